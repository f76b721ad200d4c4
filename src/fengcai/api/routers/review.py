"""The review desk: a work's checklist, a word on one point of it, accepting it, returning it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from ninja import Path, Router

from fengcai.api.bearer import Bearer, caller
from fengcai.api.idempotency import once
from fengcai.api.routers.entries import Id
from fengcai.api.schemas.desk import (
    Acceptance,
    PointIn,
    PointOut,
    Return,
    RulingIn,
    SheetOut,
    point_out,
    sheet_out,
)
from fengcai.api.schemas.entries import Receipt, receipt
from fengcai.apps.intake import actions
from fengcai.apps.intake.queries import review_sheet
from fengcai.apps.people.tokens.scopes import Scope
from fengcai.apps.refusals import Refused

if TYPE_CHECKING:
    from fengcai.apps.people.models import User

router = Router(tags=["审核"])
WRITE = Bearer(Scope.REVIEW_WRITE)
RequirementId = Annotated[
    str, Path(max_length=60, pattern=r"^[^\x00-\x1f\x7f/]+$", description="要求的编号")
]


@router.get(
    "/entries/{entry}/review",
    response=SheetOut,
    auth=Bearer(Scope.ENTRIES_READ),
    summary="审核清单",
)
def read_review(request: HttpRequest, entry: Id) -> SheetOut:
    """逐条要求：机器测得什么，人作了什么判断、为什么，哪些还要人判断。限审核员和组织者。"""
    return sheet_out(review_sheet(entry_id=entry, user=caller(request)))


@router.post(
    "/entries/{entry}/review/points/{requirement}",
    response=PointOut,
    auth=WRITE,
    summary="对一项检测结果作判断",
)
@once()
def decide_point(
    request: HttpRequest, entry: Id, requirement: RequirementId, body: RulingIn
) -> PointOut:
    """记在机器的结论旁边，不改变机器的结论；与机器相反的须写明理由。限审核员。"""
    user = _reviewer(request, entry)
    actions.decide_point(
        entry_id=entry,
        requirement=requirement,
        says=body.says,
        reason=body.reason,
        seen=body.machine,
        by=user,
        at=timezone.now(),
    )
    points = review_sheet(entry_id=entry, user=user).points
    return point_out(next(each for each in points if each.requirement == requirement))


@router.post("/entries/{entry}/review/accept", response=Receipt, auth=WRITE, summary="审核通过")
@once()
def accept_entry(request: HttpRequest, entry: Id, body: Acceptance) -> Receipt:
    """每项强制要求都要判断为 ok；机器测得不符合而放行的须写明理由。限审核员。"""
    decided, notes = _judged(body.points)
    user = _reviewer(request, entry)
    review = actions.accept_entry(
        entry_id=entry,
        expected_version=body.version,
        decided=decided,
        notes=notes,
        by=user,
        at=timezone.now(),
    )
    return receipt(review.entry)


@router.post("/entries/{entry}/review/return", response=Receipt, auth=WRITE, summary="退回修改")
@once()
def return_entry(request: HttpRequest, entry: Id, body: Return) -> Receipt:
    """写明原因和修改期限，退回单位。限审核员。"""
    decided, notes = _judged(body.points)
    user = _reviewer(request, entry)
    review = actions.return_entry(
        entry_id=entry,
        expected_version=body.version,
        decided=decided,
        notes=notes,
        reasons=body.reasons,
        mend_until=body.mend_until,
        by=user,
        at=timezone.now(),
    )
    return receipt(review.entry)


def _reviewer(request: HttpRequest, entry: UUID) -> User:
    """The caller, who has to stand at this work's desk: to anybody else there is no such work."""
    user = caller(request)
    review_sheet(entry_id=entry, user=user)
    return user


def _judged(points: Sequence[PointIn]) -> tuple[dict[str, str], dict[str, str]]:
    named = [point.requirement for point in points]
    twice = sorted({name for name in named if named.count(name) > 1})
    if twice:
        raise Refused("同一项写了两次，没有处理。", fields=dict.fromkeys(twice, "只写一次"))
    return (
        {point.requirement: point.decision for point in points},
        {point.requirement: point.note for point in points},
    )
