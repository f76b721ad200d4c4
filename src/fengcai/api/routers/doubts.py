"""What a person decides beside the machine: doubtful wording, works that are alike."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from ninja import Path, Query, Router

from fengcai.api import pages
from fengcai.api.bearer import Bearer, caller
from fengcai.api.idempotency import once
from fengcai.api.routers.contests import Slug
from fengcai.api.schemas.doubts import (
    Decided,
    LikenessDecision,
    LikenessOut,
    LikenessPage,
    RemarkPage,
    RemarksDecision,
    likeness_out,
    remark_out,
)
from fengcai.apps.compliance import actions as wording
from fengcai.apps.compliance.feeds import Sought, remarks_in
from fengcai.apps.contests.feeds import standing_in
from fengcai.apps.likeness import actions as likeness_actions
from fengcai.apps.likeness.queries import likenesses_in, side_by_side
from fengcai.apps.people.tokens.scopes import Scope
from fengcai.apps.refusals import Refused

router = Router(tags=["人工判断"])
READ, WRITE = Bearer(Scope.ENTRIES_READ), Bearer(Scope.REVIEW_WRITE)


class RemarkState(StrEnum):
    """Which remarks are listed."""

    OPEN = "open"
    KEEP = "keep"
    CHANGE = "change"
    UNRELATED = "unrelated"


class LikenessState(StrEnum):
    """Which likenesses are listed."""

    OPEN = "open"
    COPY = "copy"
    ALLOWED = "allowed"


LikenessId = Annotated[str, Path(pattern=r"^[0-9]{1,18}$", description="一组相似作品的编号")]


@router.get("/contests/{contest}/remarks", response=RemarkPage, auth=READ, summary="用语提示")
def list_remarks(
    request: HttpRequest,
    contest: Slug,
    limit: pages.Limit,
    after: pages.After,
    state: Annotated[RemarkState | None, Query(None, description="只列这个状态的")],
    law: Annotated[
        str, Query("", pattern=r"^[A-Za-z0-9_-]{0,40}$", description="只列以这部法规为依据的")
    ],
    entry: Annotated[UUID | None, Query(None, description="只列这件作品的")],
) -> RemarkPage:
    """已提交作品的栏目、文档、画面文字、字幕中可疑的用语，逐处写明依据和人的决定。限审核员和组织者。"""
    place = pages.place(after, pages.number)
    rows = remarks_in(
        contest=standing_in(contest, caller(request)).contest,
        user=caller(request),
        sought=Sought(state=state or "", law=law, work=entry),
        after=place[0] if place else None,
        most=limit + 1,
    )
    shown, following = pages.split(request, rows, limit, lambda row: pages.cursor(row.id))
    return RemarkPage(items=[remark_out(row) for row in shown], next=following)


@router.post(
    "/contests/{contest}/remarks/decide", response=Decided, auth=WRITE, summary="对用语作决定"
)
@once()
def decide_remarks(request: HttpRequest, contest: Slug, body: RemarksDecision) -> Decided:
    """一次决定一处或多处，理由必填；作品本身不变，是否退回由审核决定。限审核员和组织者。"""
    seen = {int(each.id): each.version for each in body.remarks}
    if len(seen) < len(body.remarks):
        raise Refused("同一处用语写了两次，没有处理。", fields={"remarks": "每处只写一次"})
    decided = wording.decide_remarks(
        contest=standing_in(contest, caller(request)).contest,
        remarks=seen,
        decision=body.decision,
        reason=body.reason,
        by=caller(request),
        at=timezone.now(),
    )
    return Decided(decided=decided)


@router.get("/contests/{contest}/likenesses", response=LikenessPage, auth=READ, summary="相似作品")
def list_likenesses(
    request: HttpRequest,
    contest: Slug,
    limit: pages.Limit,
    after: pages.After,
    state: Annotated[
        LikenessState | None, Query(None, description="只列这个状态的；open 不含模板相似")
    ],
) -> LikenessPage:
    """两两列出：机器的依据、相同的时段、人的决定。限审核员和组织者。"""
    place = pages.place(after, pages.number)
    rows = likenesses_in(
        contest=standing_in(contest, caller(request)).contest,
        user=caller(request),
        state=state or "",
        after=place[0] if place else None,
        most=limit + 1,
    )
    shown, following = pages.split(request, rows, limit, lambda row: pages.cursor(row.id))
    return LikenessPage(items=[likeness_out(row) for row in shown], next=following)


@router.post(
    "/contests/{contest}/likenesses/{likeness}/decide",
    response=LikenessOut,
    auth=WRITE,
    summary="对一组相似作品作决定",
)
@once()
def decide_likeness(
    request: HttpRequest, contest: Slug, likeness: LikenessId, body: LikenessDecision
) -> LikenessOut:
    """认定重复或允许，理由必填；记在机器的结论旁边。限组织者。"""
    row, user = standing_in(contest, caller(request)).contest, caller(request)
    side_by_side(contest=row, likeness=int(likeness), user=user)  # what is not shown is not decided
    likeness_actions.decide_likeness(
        contest=row,
        pairs={int(likeness): body.version},
        decision=body.decision,
        reason=body.reason,
        by=user,
        at=timezone.now(),
    )
    return likeness_out(side_by_side(contest=row, likeness=int(likeness), user=user))
