"""Prepares a contest's data for the browser, through the public actions.

One process for each installation, with the server's environment (`python -m tests.journeys.stage`), takes
commands from standard input until that ends: the test that drives the browser never opens the database.
"""

# ruff: noqa: E402  (Django is set up before its apps are imported)

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
import time
import traceback
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fengcai.project.settings")

import django

django.setup()

from django.db import connections
from django.utils import timezone

from fengcai.apps.audit.queries import verify_chain
from fengcai.apps.contests.actions import dismiss
from fengcai.apps.contests.queries import contest_by_slug, people_in, units_of
from fengcai.apps.contests.roles import Role
from fengcai.apps.entries.actions import hand_over_file
from fengcai.apps.entries.cards import cards
from fengcai.apps.entries.queries import entry_page
from fengcai.apps.judging.actions.promises import sign_commitment
from fengcai.apps.judging.actions.sheets import hand_in, save_sheet
from fengcai.apps.judging.queries import round_of
from fengcai.apps.judging.queries.stack import judge_stack
from fengcai.apps.people.actions import issue_personal_link
from fengcai.apps.people.queries import account
from fengcai.engines.jobs import run_pending
from fengcai.samples import works
from fengcai.samples.cast import OFFICE, PASSWORD
from fengcai.samples.films import FILMS
from fengcai.samples.journey import shift_to_close_in
from fengcai.samples.stage import Stage, set_up

BOOK = "jiangxi-2026.yaml"
PANEL = ("pw1", "pw2", "pw4", "pw5")
"""pw2 is of 心病科 and recused from its work, which the other three then judge."""


def contest(slug: str, works_in: int = 0, film: str = "") -> dict[str, Any]:
    """A contest that collects, with `works_in` accepted works of other units, all with one film."""
    now = timezone.now()
    stage = set_up(
        slug=slug,
        book=BOOK,
        answers=BOOK,
        label="走查",
        shift_days=shift_to_close_in(10, now),
        at=now,
    )
    for seat in people_in(stage.contest, Role.JUDGE):
        if seat.user.username not in PANEL:
            dismiss(seat=seat, by=stage.organiser, at=now)
    for each in [film for film in FILMS if film.fault is None][1 : works_in + 1]:
        entry = works.draft(stage, each, at=now)
        _hand_over(stage, each, entry, Path(film))
        _inspected(entry.pk, stage.contacts[each.unit_name])
        works.submit_and_confirm(stage, each, entry.pk, at=timezone.now())
        done = works.review(stage, entry.pk, at=timezone.now(), mend=timedelta(days=3))
        assert done, f"{each.title} was not accepted"
    return {
        "slug": slug,
        "password": PASSWORD,
        "organiser": OFFICE[0][0],
        "reviewer": OFFICE[1][0],
        "accepted": [card.title for card in cards(stage.contest) if card.state == "accepted"],
    }


def _inspected(entry_id: Any, contact: Any) -> None:
    """By whoever comes first: the house's worker, or we."""
    until = time.monotonic() + 120
    while entry_page(entry_id=entry_id, user=contact).current["main"].file.running:
        assert time.monotonic() < until, "the film was not inspected"
        run_pending(10)
        time.sleep(0.1)


def _hand_over(stage: Stage, film: Any, entry: Any, path: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="hand-over-") as folder:
        now = timezone.now()
        hand_over_file(
            entry_id=entry.pk,
            slot="main",
            path=Path(shutil.copy(path, Path(folder) / "film.mp4")),
            filename=film.file_name,
            by=stage.contacts[film.unit_name],
            began_at=now,
            finished_at=now,
        )


def written(slug: str, unit: str) -> dict[str, str]:
    """A draft of the unit with every field filled in and no film yet."""
    stage = _standing(slug)
    film = next(each for each in FILMS if each.unit_name == unit)
    entry = works.draft(stage, film, at=timezone.now())
    return {"entry": str(entry.pk), "title": film.title}


def submitted(slug: str, unit: str, entry: str) -> dict[str, str]:
    """The unit's contact submits the draft, its head confirms it."""
    film = next(each for each in FILMS if each.unit_name == unit)
    works.submit_and_confirm(_standing(slug), film, entry, at=timezone.now())
    return {"entry": entry}


def _standing(slug: str) -> Stage:
    here = contest_by_slug(slug)
    office = [account(name) for name, *_ in OFFICE]
    stage = Stage(contest=here, organiser=office[0], reviewer=office[1])
    stage.units = {unit.name: unit for unit in units_of(here)}
    for role, people in ((Role.CONTACT, stage.contacts), (Role.HEAD, stage.heads)):
        people.update({seat.unit.name: seat.user for seat in people_in(here, role)})
    return stage


def link(username: str) -> dict[str, str]:
    """A new personal link of this account."""
    who = account(username)
    assert who is not None, username
    return {"path": f"/enter/{issue_personal_link(user=who, by=None, at=timezone.now())}/"}


def others_judge(slug: str, browser_judge: str, browser_work: str) -> dict[str, Any]:
    """Every judge marks what is due and hands in, except the browser's judge: for him everything
    but the browser's work is marked, and nothing handed in. He has signed in the browser."""
    here = contest_by_slug(slug)
    round = round_of(here, "review")
    marked: dict[str, int] = {}
    for seat in people_in(here, Role.JUDGE):
        who, in_browser = seat.user, seat.user.username == browser_judge
        if not in_browser:
            sign_commitment(round=round, signed_name=str(who), by=who, at=timezone.now())
        stack = judge_stack(round=round, user=who)
        for card in stack.due:
            if in_browser and card.title == browser_work:
                continue
            save_sheet(
                round=round,
                entry_id=card.entry_id,
                values=works.marks(str(who), card.title, stack.criteria),
                comment="",
                expected_version=0,
                by=who,
                at=timezone.now(),
            )
            marked[who.username] = marked.get(who.username, 0) + 1
        if not in_browser:
            hand_in(round=round, signed_name=str(who), by=who, at=timezone.now())
    return marked


def film_of(slug: str, unit: str, username: str) -> dict[str, Any]:
    """The current film of the unit's only work, as the server knows it."""
    who = account(username)
    assert who is not None, username
    (card,) = [card for card in cards(contest_by_slug(slug)) if card.unit == unit]
    page = entry_page(entry_id=card.id, user=who)
    file = page.current["main"].file
    return {
        "state": card.state,
        "title": card.title,
        "versions": len(page.versions["main"]),
        "sha256": file.sha256,
        "size": file.size,
        "filename": file.filename,
        "file_state": file.state,
        "verdicts": {row.requirement: row.verdict for row in file.findings},
    }


def chain(slug: str) -> dict[str, Any]:
    """Whether the contest's audit chain holds."""
    found = verify_chain(contest_by_slug(slug).chain)
    return {"ok": found.ok, "length": found.length}


COMMANDS = {
    "contest": contest,
    "link": link,
    "written": written,
    "submitted": submitted,
    "others-judge": others_judge,
    "film-of": film_of,
    "chain": chain,
}


def main() -> None:
    """A line of JSON for each command: its module, name and arguments; and a line for its answer."""
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as answers:
        os.dup2(2, 1)  # what is logged meanwhile is no answer
        for line in sys.stdin:
            asked = json.loads(line)
            try:
                command = import_module(asked["module"]).COMMANDS[asked["command"]]
                said = {"answer": command(**asked["arguments"])}
            except Exception:
                said = {"failed": traceback.format_exc()}
            connections.close_all()
            print(json.dumps(said, ensure_ascii=False, default=str), file=answers, flush=True)


if __name__ == "__main__":
    main()
