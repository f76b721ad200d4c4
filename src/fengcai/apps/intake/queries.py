"""What the review desk shows of one work: its checklist and the decisions so far.

The desk's lists are `entries.listing`.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from fengcai.apps.contests.roles import Role
from fengcai.apps.entries.models import Entry
from fengcai.apps.entries.queries import Page, entry_page
from fengcai.apps.intake.checklist import Point, points_of, with_rulings
from fengcai.apps.intake.models import Review
from fengcai.apps.people.models import User
from fengcai.apps.prepared import Given, Prepared
from fengcai.apps.refusals import NotFound


@dataclass(frozen=True)
class Sheet:
    """One work on the desk."""

    page: Page
    points: list[Point]
    reviews: list[Review]

    @property
    def to_judge(self) -> list[Point]:
        """What needs the reviewer's eye, broken things first."""
        order = {"fail": 0, "undetermined": 1, "person": 2, "pass": 3}
        return sorted(
            (p for p in self.points if not p.settled_by_machine), key=lambda p: order[p.machine]
        )

    @property
    def settled(self) -> list[Point]:
        """What the machine found in order."""
        return [p for p in self.points if p.settled_by_machine]


def review_sheet(*, entry_id: UUID, user: User) -> Sheet:
    """One work with its checklist and its history. Raises `NotFound` for anyone but the desk.

    8 SQL, 1 more while a file of it is being checked, and what `entry_page` and `doubts` ask.
    """
    page = entry_page(entry_id=entry_id, user=user)
    if not page.roles & {Role.REVIEWER, Role.ORGANISER}:
        raise NotFound("没有这件作品。")
    current = [row for row in page.entry.files.all() if row.current]
    points = with_rulings(page.entry, points_of(page.entry, page.rules, current))
    return Sheet(page, points, reviews_of(page.entry))


def reviews_of(entry: Entry) -> list[Review]:
    """The decisions on one work, newest first. 1 SQL."""
    return _REVIEWS(entry=entry.pk)


_REVIEWS = Prepared(
    lambda: Review.objects.filter(entry=Given("entry")).select_related("reviewer").order_by("-at")
)
