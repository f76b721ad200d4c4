"""Works of a demo edition, from draft to the sealed round, each step by the public action.

How a file gets to the server is the caller's choice (`send`): over HTTP through tus, or from this
machine's disk with the instant that a demo edition of the past needs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

from fengcai.apps.contests.queries import rules_of
from fengcai.apps.entries import actions as entries
from fengcai.apps.entries.cards import cards
from fengcai.apps.entries.queries import entry_page
from fengcai.apps.entries.states import State
from fengcai.apps.intake.actions import accept_entry, return_entry
from fengcai.apps.intake.queries import review_sheet
from fengcai.apps.judging.actions.promises import sign_commitment
from fengcai.apps.judging.actions.sheets import hand_in, save_sheet
from fengcai.apps.judging.queries.stack import judge_stack
from fengcai.apps.releases.actions import say_nobody
from fengcai.samples.films import Film
from fengcai.samples.stage import Stage

Send = Callable[[Any, Path, str, Any], None]
"""(entry, file, its name, who sends it)"""

AUTHORS = [
    {"name": "编导甲", "role": "编导"},
    {"name": "摄影乙", "role": "摄影"},
    {"name": "剪辑丙", "role": "剪辑"},
]


def draft(stage: Stage, film: Film, *, at: datetime) -> Any:
    """A draft with every field filled in."""
    contact = stage.contacts[film.unit_name]
    track = rules_of(stage.contest).tracks[0]
    entry = entries.start_entry(
        contest=stage.contest, unit=stage.units[film.unit_name], track=track.id, by=contact, at=at
    )
    return entries.save_draft(
        entry_id=entry.pk,
        changes={
            "title": film.title,
            "authors": AUTHORS,
            "contact": f"{film.unit_name}联络员 0791-0000000",
            "synopsis": film.synopsis,
            "themes": [film.direction],
        },
        expected_version=entry.version,
        by=contact,
        at=at,
    )


def submit_and_confirm(
    stage: Stage, film: Film, entry_id: Any, *, at: datetime, nobody: bool = True
) -> None:
    """The contact signs and submits; the head confirms. `nobody`: that nobody is on screen is said."""
    contact, head = stage.contacts[film.unit_name], stage.heads[film.unit_name]
    rules = rules_of(stage.contest)
    declarations = rules.declarations
    if rules.releases and nobody:  # the sample films are painted: nobody is in them
        say_nobody(entry_id=entry_id, nobody=True, by=contact, at=at)
    page = entry_page(entry_id=entry_id, user=contact)
    entries.submit_entry(
        entry_id=entry_id,
        expected_version=page.entry.version,
        declared=[d.id for d in declarations if d.when == "submit"],
        signed_name=f"{film.unit_name}联络员",
        by=contact,
        at=at,
    )
    entries.confirm_entry(
        entry_id=entry_id,
        expected_version=entry_page(entry_id=entry_id, user=head).entry.version,
        declared=[d.id for d in declarations if d.when == "confirm"],
        signed_name=f"{film.unit_name}负责人",
        by=head,
        at=at,
    )


def review(stage: Stage, entry_id: Any, *, at: datetime, mend: timedelta) -> bool:
    """The reviewer judges every point: accepted when no binding clause is broken, else returned
    with the measured values as reasons. Returns whether it was accepted."""
    sheet = review_sheet(entry_id=entry_id, user=stage.reviewer)
    broken = [p for p in sheet.points if p.machine == "fail" and p.severity == "must"]
    common = {
        "entry_id": entry_id,
        "expected_version": sheet.page.entry.version,
        "decided": {p.requirement: "broken" if p in broken else "ok" for p in sheet.points},
        "notes": {},
        "by": stage.reviewer,
        "at": at,
    }
    if not broken:
        accept_entry(**common)
        return True
    reasons = "；".join(f"{p.text}：实测 {p.measured}，要求 {p.required}" for p in broken)
    return_entry(**common, reasons=f"{reasons}。请修改后重新上传。", mend_until=at + mend)
    return False


def judge(stage: Stage, round: Any, *, at: datetime, upto: int | None = None) -> None:
    """Every judge signs the commitment, marks the stack and hands it in; with `upto`, only the
    first judges finish and the next one is left half-way."""
    judges = stage.judges
    for number, who in enumerate(judges):
        if upto is not None and number > upto:
            return
        sign_commitment(round=round, signed_name=str(who), by=who, at=at)
        stack = judge_stack(round=round, user=who)
        todo = stack.due if upto is None or number < upto else stack.due[: len(stack.due) // 2]
        for card in todo:
            save_sheet(
                round=round,
                entry_id=card.entry_id,
                values=marks(str(who), card.title, stack.criteria),
                comment="",
                expected_version=0,
                by=who,
                at=at,
            )
        if upto is None or number < upto:
            hand_in(round=round, signed_name=str(who), by=who, at=at)


def marks(who: str, title: str, criteria: Sequence[Any]) -> dict[str, str]:
    """A judge's marks for a work: the work's own quality, the judge's severity, a little chance.

    Deterministic, on the criterion's steps and inside its bounds.
    """
    quality = Random(f"work:{title}").uniform(0.66, 0.97)
    severity = Random(f"judge:{who}").uniform(-0.04, 0.03)
    chance = Random(f"mark:{who}:{title}")
    values = {}
    for criterion in criteria:
        low, high, step = (Decimal(x) for x in (criterion.min, criterion.max, criterion.step))
        share = Decimal(str(round(quality + severity + chance.gauss(0, 0.035), 4)))
        steps = round((high - low) * min(max(share, Decimal(0)), Decimal(1)) / step)
        values[criterion.id] = str(low + steps * step)
    return values


def waiting(stage: Stage) -> dict[str, Any]:
    """The works that wait for the review, by the name of their unit."""
    return {card.unit: card.id for card in cards(stage.contest, states=[State.CONFIRMED])}
