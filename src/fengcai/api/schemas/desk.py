"""The review desk: the checklist of a work, judgements on it, decisions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from ninja import Schema
from pydantic import Field

from fengcai.api.types import Instant, Line, Strict, Text, Version, When

if TYPE_CHECKING:
    from fengcai.apps.intake.checklist import Point
    from fengcai.apps.intake.queries import Sheet


class ReviewOut(Schema):
    """A decision of the review desk."""

    decision: str = Field(description="accept 通过；return 退回")
    reasons: str
    mend_until: Instant | None
    at: Instant


class RulingOut(Schema):
    """A reviewer's word on one requirement, about the files that stand now."""

    says: str = Field(description="ok 符合；broken 不符合")
    reason: str
    machine: str = Field(description="作判断时机器的结论")
    overrules: bool = Field(description="与当时机器的结论相反")
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
    setting: str = Field(description="本活动对这项检查另有设定时，说明改变了什么")
    ruling: RulingOut | None = Field(description="人的判断，与机器的结论并列；没有时为 null")
    changed: bool = Field(description="作判断之后，机器的结论变了")


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


class RulingIn(Strict):
    """A word on one point. `machine` is the verdict that was seen: another one by now is stale."""

    machine: Annotated[
        str,
        Field(
            pattern="^(pass|fail|undetermined|person)$",
            description="您看到的机器结论；现在已不同则返回 stale",
        ),
    ]
    says: Annotated[
        str,
        Field(pattern="^(ok|broken)?$", description="ok 符合；broken 不符合；空串收回先前的判断"),
    ]
    reason: Annotated[Line, Field(max_length=500, description="与机器的结论相反时必填")] = ""


class Acceptance(Strict):
    """Letting a work into the contest."""

    version: Version
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
        points=[point_out(each) for each in sheet.points],
        reviews=[review_out(each) for each in sheet.reviews],
    )


def point_out(point: Point) -> PointOut:
    """A point with the word that stands beside it, without the reviewer's name."""
    said = point.ruling
    return PointOut(
        requirement=point.requirement,
        text=point.text,
        severity=point.severity,
        machine=point.machine,
        measured=point.measured,
        required=point.required,
        section=point.section,
        words=point.words,
        setting=point.setting,
        ruling=None
        if said is None
        else RulingOut(
            says=said.says,
            reason=said.reason,
            machine=said.machine,
            overrules=said.overrules,
            at=said.at,
        ),
        changed=point.changed,
    )


def review_out(review: Any) -> ReviewOut:
    """A decision, without the reviewer's name."""
    return ReviewOut(
        decision=review.decision,
        reasons=review.reasons,
        mend_until=review.mend_until,
        at=review.at,
    )
