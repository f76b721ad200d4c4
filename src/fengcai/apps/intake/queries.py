"""What the review desk shows: the queue, one work's checklist, the decisions so far."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from fengcai.apps.contests.models import Contest
from fengcai.apps.contests.roles import Role
from fengcai.apps.contests.rules import has_role
from fengcai.apps.entries.models import Entry
from fengcai.apps.entries.queries import Card, Page, cards, entry_page
from fengcai.apps.entries.states import State
from fengcai.apps.intake.checklist import Point, checklist
from fengcai.apps.intake.models import Review
from fengcai.apps.people.models import User
from fengcai.apps.refusals import NotFound


@dataclass(frozen=True)
class Desk:
    """The review desk: what waits, what is with the units, what is decided."""

    waiting: list[Card]
    returned: list[Card]
    accepted: list[Card]
    on_the_way: list[Card]


@dataclass(frozen=True)
class Sheet:
    """One work on the desk."""

    page: Page
    points: list[Point]
    reviews: list[Review]

    @property
    def to_judge(self) -> list[Point]:
        """What needs the reviewer's eye, broken things first."""
        order = {"fail": 0, "undetermined": 1, "person": 2}
        return sorted(
            (p for p in self.points if not p.settled_by_machine), key=lambda p: order[p.machine]
        )

    @property
    def settled(self) -> list[Point]:
        """What the machine found in order."""
        return [p for p in self.points if p.settled_by_machine]


def desk(contest: Contest) -> Desk:
    """The works of a contest by where they stand. 3 SQL."""
    by_state: dict[str, list[Card]] = {}
    for each in cards(contest):
        by_state.setdefault(each.state, []).append(each)
    return Desk(
        waiting=sorted(
            by_state.get(State.CONFIRMED, []),
            key=lambda c: (c.submitted_at is None, c.submitted_at),
        ),
        returned=by_state.get(State.RETURNED, []),
        accepted=sorted(by_state.get(State.ACCEPTED, []), key=lambda c: c.number),
        on_the_way=by_state.get(State.SUBMITTED, []) + by_state.get(State.DRAFT, []),
    )


def review_sheet(*, entry_id: UUID, user: User) -> Sheet:
    """One work with its checklist and its history. Raises `NotFound` for anyone but the desk."""
    page = entry_page(entry_id=entry_id, user=user)
    if not has_role(user, page.entry.contest, Role.REVIEWER, Role.ORGANISER):
        raise NotFound("没有这件作品。")
    return Sheet(page, checklist(page.entry), reviews_of(page.entry))


def reviews_of(entry: Entry) -> list[Review]:
    """The decisions on one work, newest first. 1 SQL."""
    return list(entry.reviews.select_related("reviewer").order_by("-at"))
