"""The review desk: the checklist of a work, judgements on it, decisions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from ninja import Schema
from pydantic import Field

from fengcai.api.types import Instant, Line, Strict, Text, When

if TYPE_CHECKING:
    from fengcai.apps.intake.queries import Sheet


class ReviewOut(Schema):
    """A decision of the review desk."""

    decision: str = Field(description="accept 通过；return 退回")
    reasons: str
    mend_until: Instant | None
    at: Instant


class PointOut(Schema):
    """A point of the reviewer's checklist. `machine` is what was measured."""

    requirement: str
    text: str
    severity: str
    machine: str
    measured: str
    required: str
    section: str
    words: str


class SheetOut(Schema):
    """A work on the review desk."""

    entry: str
    version: int
    state: str
    points: list[PointOut]
    reviews: list[ReviewOut]


class PointIn(Strict):
    """A judgement on one point."""

    requirement: Annotated[Line, Field(max_length=60)]
    decision: Annotated[str, Field(pattern="^(ok|broken)$", description="ok 符合；broken 不符合")]
    note: Annotated[Line, Field(max_length=200)] = ""


class Acceptance(Strict):
    """Letting a work into the contest."""

    version: Annotated[int, Field(ge=1, le=2_000_000_000)]
    points: Annotated[list[PointIn], Field(max_length=200)] = []


class Return(Acceptance):
    """Giving a work back to its unit."""

    reasons: Annotated[Text, Field(max_length=2000)]
    mend_until: Annotated[When, Field(description="修改期限，带时区")]


def sheet_out(sheet: Sheet) -> SheetOut:
    """The review desk's sheet."""
    entry = sheet.page.entry
    return SheetOut(
        entry=str(entry.pk),
        version=entry.version,
        state=entry.state,
        points=[
            PointOut(
                requirement=p.requirement,
                text=p.text,
                severity=p.severity,
                machine=p.machine,
                measured=p.measured,
                required=p.required,
                section=p.section,
                words=p.words,
            )
            for p in sheet.points
        ],
        reviews=[review_out(each) for each in sheet.reviews],
    )


def review_out(review: Any) -> ReviewOut:
    """A decision, without the reviewer's name."""
    return ReviewOut(
        decision=review.decision,
        reasons=review.reasons,
        mend_until=review.mend_until,
        at=review.at,
    )
