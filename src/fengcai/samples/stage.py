"""Sets the stage of a demo edition: rulebook, answers, opening, roster, people with their roles.

Everything goes through the public actions, as an organiser's clicks do.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from fengcai.apps.contests import actions, roster
from fengcai.apps.contests.founding import grant_office, may_found
from fengcai.apps.contests.queries import book_of, units_of
from fengcai.apps.contests.roles import Role
from fengcai.apps.people.actions import create_account
from fengcai.apps.people.queries import account
from fengcai.core import rulebook
from fengcai.samples.cast import (
    ADMINISTRATOR,
    DEPARTMENTS,
    JUDGES,
    OFFICE,
    PASSWORD,
    PHONES,
    SHOWN_UNIT,
    roster_table,
)

if TYPE_CHECKING:
    from fengcai.apps.contests.models import Contest, Unit
    from fengcai.apps.people.models import User


@dataclass
class Stage:
    """A contest with its people at hand, by account name."""

    contest: Contest
    organiser: User
    reviewer: User
    units: dict[str, Unit] = field(default_factory=dict)
    contacts: dict[str, User] = field(default_factory=dict)
    heads: dict[str, User] = field(default_factory=dict)
    judges: list[User] = field(default_factory=list)


def example(kind: str, name: str) -> str:
    """The text of a shipped example: kind is rulebooks or answers."""
    inside = files("fengcai").joinpath("examples", kind, name)
    beside = Path(__file__).parents[3] / "examples" / kind / name
    return beside.read_text("utf-8") if beside.exists() else inside.read_text("utf-8")


def person(
    username: str, name: str, *, password: bool = False, administrator: bool = False
) -> User:
    """The demo account of this name, made once and shared by all demo editions."""
    return account(username) or create_account(
        username=username,
        name=name,
        password=PASSWORD if password else None,
        phone=PHONES.get(username, ""),
        administrator=administrator,
    )


def set_up(
    *, slug: str, book: str, answers: str | None, label: str, shift_days: int, at: datetime
) -> Stage:
    """Lay down a contest; with `answers` it is answered and opened, else its questions stay open.

    `at` is the instant that the actions are told; a demo edition may lie in the past.
    """
    organiser = person(OFFICE[0][0], OFFICE[0][1], password=True)
    administrator = person(*ADMINISTRATOR, password=True, administrator=True)
    if not may_found(organiser):
        grant_office(user=organiser, by=administrator, at=at)
    contest = actions.create_contest(
        slug=slug,
        rulebook_text=example("rulebooks", book),
        organiser=organiser,
        by=organiser,
        label=label,
        demo=True,
        shift_days=shift_days,
        at=at,
    )
    reviewer = person(OFFICE[1][0], OFFICE[1][1], password=True)
    stage = Stage(contest=contest, organiser=organiser, reviewer=reviewer)
    if answers is None:
        return stage
    given = rulebook.parse_answers(example("answers", answers), name=answers)
    for question in book_of(contest).questions:
        answer = given[question.id]
        actions.answer_question(
            contest=contest,
            question=question.id,
            choice=answer.choice or "",
            value=answer.value,
            reason=answer.reason,
            by=organiser,
            at=at,
        )
    stage.contest = actions.open_contest(contest=contest, by=organiser, at=at)
    _people(stage, at)
    return stage


def _people(stage: Stage, at: datetime) -> None:
    contest, organiser = stage.contest, stage.organiser
    headers, rows = roster_table()
    preview = roster.preview_units(contest=contest, headers=headers, rows=rows)
    roster.import_units(contest=contest, preview=preview, by=organiser, at=at)
    stage.units = {unit.name: unit for unit in units_of(contest)}

    def seat(
        username: str, name: str, role: str, unit: str = "", *, password: bool = False
    ) -> User:
        who = person(username, name, password=password)
        actions.appoint(
            contest=contest,
            user=who,
            role=role,
            unit=stage.units[unit] if unit else None,
            by=organiser,
            at=at,
        )
        return who

    actions.appoint(contest=contest, user=stage.reviewer, role=Role.REVIEWER, by=organiser, at=at)
    for department in DEPARTMENTS:
        short = department.name.split("（")[0]
        shown = department.name == SHOWN_UNIT
        stage.contacts[department.name] = seat(
            f"{department.code}-lly",
            f"{short}联络员",
            Role.CONTACT,
            department.name,
            password=shown,
        )
        stage.heads[department.name] = seat(
            f"{department.code}-fzr", f"{short}负责人", Role.HEAD, department.name, password=shown
        )
    stage.judges = [
        seat(code, name, Role.JUDGE, unit, password=number == 0)
        for number, (code, name, unit) in enumerate(JUDGES)
    ]
