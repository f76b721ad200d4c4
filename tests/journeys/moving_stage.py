"""One contest judged in two halves, on whatever engines this process's settings name.

Every step by the public actions or over HTTP; instants come from the contest's own windows, so that
the second half gives the same result wherever it is played. Prints JSON, like `stage`.
"""

# ruff: noqa: E402  (Django is set up before its apps are imported)

from __future__ import annotations

import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fengcai.project.settings")

import django

django.setup()

import httpx
from django.utils import timezone

from fengcai.apps.audit.queries import verify_chain
from fengcai.apps.awards.actions.certificates import issue_certificates
from fengcai.apps.awards.queries.certificates import certificates_in
from fengcai.apps.awards.queries.result import result_page
from fengcai.apps.awards.queries.tables import result_json
from fengcai.apps.contests.queries import contest_by_slug, people_in, rules_of
from fengcai.apps.contests.roles import Role
from fengcai.apps.entries.queries import entry_page
from fengcai.apps.judging.actions.promises import sign_commitment
from fengcai.apps.judging.actions.rounds import open_round, seal_round
from fengcai.apps.judging.actions.sheets import hand_in, save_sheet
from fengcai.apps.judging.queries import round_of
from fengcai.apps.judging.queries.stack import judge_stack
from fengcai.apps.people.queries import account
from fengcai.engines.storage import verify
from fengcai.samples import works
from fengcai.samples.cast import OFFICE
from fengcai.samples.films import FILMS
from fengcai.samples.journey import Sender, award, sign_in, wait_for
from fengcai.samples.sending import resume_file
from fengcai.samples.stage import Stage
from tests.journeys import stage

LATE_FILM = FILMS[0]
"""Its unit has not handed anything in when the judging begins."""


def begin(slug: str, film: str, address: str) -> dict[str, Any]:
    """A contest with ten accepted works, and one more whose upload is cut half-way."""
    house = stage.contest(slug, works_in=10, film=film)
    here = _stage(slug)
    entry = works.draft(here, LATE_FILM, at=timezone.now())
    send = Sender(address, go_on=False)
    send(entry, Path(film), LATE_FILM.file_name, here.contacts[LATE_FILM.unit_name])
    return house | {"entry": str(entry.pk), "upload": send.upload}


def judge_half(slug: str) -> dict[str, Any]:
    """The first two judges hand in, the third is left half-way."""
    round = open_round(
        contest=contest_by_slug(slug), round_id="review", by=account(OFFICE[0][0]), at=_begins(slug)
    )
    judges = [seat.user for seat in people_in(contest_by_slug(slug), Role.JUDGE)]
    for number, who in enumerate(judges[:3]):
        _mark(round, who, at=_begins(slug) + timedelta(hours=1), half=number == 2)
    return {"judges": len(judges)}


def finish(slug: str, address: str, out: str) -> dict[str, Any]:
    """The rest of the judging, the awards, certificates from the worker and over HTTP."""
    here = _stage(slug)
    contest, at = here.contest, _begins(slug) + timedelta(hours=2)
    round = round_of(contest, "review")
    for seat in people_in(contest, Role.JUDGE):
        if judge_stack(round=round, user=seat.user).handed_in_at is None:
            _mark(round, seat.user, at=at, half=False)
    seal_round(round=round, by=here.organiser, at=at)
    award(here, at)
    page = result_page(contest=contest, user=here.organiser)
    assert page is not None
    Path(out).write_bytes(result_json(page))
    issue_certificates(contest=contest, by=here.organiser, at=at, site=address)
    rows = wait_for(
        lambda: certificates_in(contest=contest, user=here.organiser),
        lambda rows: bool(rows) and all(row.ready for row in rows),
        "the certificates were not made",
    )
    with httpx.Client(base_url=address, timeout=60, follow_redirects=True) as client:
        sign_in(client, here.organiser.username)
        pages = [client.get(f"/certificates/{row.id}.pdf").content[:5] for row in rows]
    chain = verify_chain(contest.chain)
    return {
        "certificates": len(rows),
        "pdfs": pages.count(b"%PDF-"),
        "money": str(page.awarded),
        "chain": chain.ok,
    }


def resume(slug: str, film: str, address: str, upload: str, entry: str) -> dict[str, Any]:
    """The cut upload goes on at its old address, on another server; then the film is inspected."""
    here = _stage(slug)
    contact = here.contacts[LATE_FILM.unit_name]
    with httpx.Client(timeout=60) as client:
        offset = resume_file(client, Path(film), httpx.URL(address).join(upload))
    page = wait_for(
        lambda: entry_page(entry_id=entry, user=contact),
        lambda page: "main" in page.current and not page.current["main"].file.running,
        "the film was not inspected",
    )
    file = page.current["main"].file
    return {"offset": offset, "size": file.size, "sha256": file.sha256, "state": file.state}


def files(slug: str) -> dict[str, Any]:
    """Whether each accepted work's film is in the store with the bytes that were registered."""
    from fengcai.engines.storage import all_owned

    owned = [each for each in all_owned() if each.sha256]
    return {"films": len(owned), "good": sum(verify(each.key, each.sha256) for each in owned)}


def _begins(slug: str) -> datetime:
    rules = rules_of(contest_by_slug(slug))
    return rules.windows[rules.rounds[0].window or ""].opens


def _mark(round: Any, who: Any, *, at: datetime, half: bool) -> None:
    if not judge_stack(round=round, user=who).promised:
        sign_commitment(round=round, signed_name=str(who), by=who, at=at)
    due = judge_stack(round=round, user=who).due
    for card in due[: len(due) // 2] if half else due:
        if not card.marked:
            save_sheet(
                round=round,
                entry_id=card.entry_id,
                values=works.marks(
                    str(who), card.title, judge_stack(round=round, user=who).criteria
                ),
                comment="",
                expected_version=0,
                by=who,
                at=at,
            )
    if not half:
        hand_in(round=round, signed_name=str(who), by=who, at=at)


def _stage(slug: str) -> Stage:
    """The people of a contest that was set up by another process."""
    contest = contest_by_slug(slug)
    organiser, reviewer = account(OFFICE[0][0]), account(OFFICE[1][0])
    assert organiser is not None
    assert reviewer is not None
    found = Stage(contest=contest, organiser=organiser, reviewer=reviewer)
    for seat in people_in(contest, Role.CONTACT):
        found.units[seat.unit.name] = seat.unit
        found.contacts[seat.unit.name] = seat.user
    return found


COMMANDS = {
    "begin": begin,
    "judge-half": judge_half,
    "finish": finish,
    "resume": resume,
    "files": files,
}
