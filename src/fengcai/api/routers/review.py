"""The review desk: a work's checklist, accepting it, returning it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router

from fengcai.api.bearer import Bearer, caller
from fengcai.api.idempotency import once
from fengcai.api.routers.entries import Id
from fengcai.api.schemas.desk import Acceptance, PointIn, Return, SheetOut, sheet_out
from fengcai.api.schemas.entries import Receipt, receipt
from fengcai.apps.intake import actions
from fengcai.apps.intake.queries import review_sheet
from fengcai.apps.people.tokens.scopes import Scope
from fengcai.apps.refusals import Refused

if TYPE_CHECKING:
    from fengcai.apps.people.models import User

router = Router(tags=["审核"])
WRITE = Bearer(Scope.REVIEW_WRITE)


@router.get(
    "/entries/{entry}/review",
    response=SheetOut,
    auth=Bearer(Scope.ENTRIES_READ),
    summary="审核清单",
)
def read_review(request: HttpRequest, entry: Id) -> SheetOut:
    """逐条要求：机器测得什么，哪些要人判断。限审核员和组织者。"""
    return sheet_out(review_sheet(entry_id=entry, user=caller(request)))


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
    """写明原因和修改期限，退回科室。限审核员。"""
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
