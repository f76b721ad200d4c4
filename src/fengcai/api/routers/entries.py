"""Works: read, begin, write, send files, hand in, take back, withdraw."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Path, Query, Router

from fengcai.api import pages
from fengcai.api.bearer import Bearer, caller
from fengcai.api.drafts import fields_from
from fengcai.api.idempotency import once
from fengcai.api.routers.contests import Slug
from fengcai.api.schemas.entries import (
    Changes,
    EntryOut,
    EntryPage,
    NewEntry,
    Receipt,
    Submission,
    UploadGrant,
    UploadWish,
    listed,
    receipt,
    whole,
)
from fengcai.apps.contests.feeds import standing_in
from fengcai.apps.contests.queries import unit as unit_of
from fengcai.apps.entries import actions
from fengcai.apps.entries.feeds import Sought, entries_in
from fengcai.apps.entries.queries import entry_page
from fengcai.apps.entries.states import State
from fengcai.apps.intake.queries import reviews_of
from fengcai.apps.people.tokens.scopes import Scope
from fengcai.apps.publishing.rules import is_shown
from fengcai.apps.receipt import received_at

router = Router(tags=["作品"])

Id = Annotated[UUID, Path(description="作品编号")]
READ, WRITE = Bearer(Scope.ENTRIES_READ), Bearer(Scope.ENTRIES_WRITE)
NO_CONTROLS = r"^[^\x00-\x1f\x7f]*$"
UPLOADS = "/uploads/"


@router.get("/contests/{contest}/entries", response=EntryPage, auth=READ, summary="作品列表")
def list_entries(
    request: HttpRequest,
    contest: Slug,
    limit: pages.Limit,
    after: pages.After,
    state: Annotated[State | None, Query(None, description="只列这个状态的")],
    track: Annotated[
        str, Query("", max_length=40, pattern=NO_CONTROLS, description="作品类别编号")
    ],
    unit: Annotated[str, Query("", pattern=r"^[0-9]{0,18}$", description="单位编号")],
    q: Annotated[
        str,
        Query("", max_length=100, pattern=NO_CONTROLS, description="在题目、编号、单位名中查找"),
    ],
) -> EntryPage:
    """组织者和审核员看到全部作品；联络员和负责人看到本单位的。评委在网页上评审，这里看不到作品。"""
    place = pages.place(after, pages.instant, UUID)
    standing = standing_in(contest, caller(request))
    sought = Sought(
        track=track, state=state or "", unit=int(unit) if unit else None, text=q.strip()
    )
    rows = entries_in(standing, sought, after=place, most=limit + 1)
    shown, following = pages.split(
        request, rows, limit, lambda row: pages.cursor(row.created_at.isoformat(), row.pk)
    )
    return EntryPage(items=[listed(row, contest) for row in shown], next=following)


@router.post(
    "/contests/{contest}/entries",
    response={201: Receipt},
    auth=WRITE,
    summary="新建作品草稿",
)
@once(201)
def start_entry(request: HttpRequest, contest: Slug, body: NewEntry) -> Receipt:
    """为本单位新建一件草稿；不在报送时间内或超过件数时返回 too-late 或 refused。"""
    user = caller(request)
    row = standing_in(contest, user).contest
    entry = actions.start_entry(
        contest=row,
        unit=unit_of(row, int(body.unit)),
        track=body.track,
        by=user,
        at=received_at(request),
    )
    return receipt(entry)


@router.get("/entries/{entry}", response=EntryOut, auth=READ, summary="一件作品")
def read_entry(request: HttpRequest, entry: Id) -> EntryOut:
    """栏目、文件、检查结果、承诺、审核意见，以及提交前还差什么。"""
    page = entry_page(entry_id=entry, user=caller(request))
    return whole(page, reviews_of(page.entry), shown=is_shown(page.entry))


@router.patch("/entries/{entry}", response=Receipt, auth=WRITE, summary="修改草稿")
def save_entry(request: HttpRequest, entry: Id, body: Changes) -> Receipt:
    """只改写出的栏目。version 不是最新的返回 stale（409），附上现在的内容。"""
    user = caller(request)
    changes: dict[str, Any] = fields_from(body.fields)
    if body.themes is not None:
        changes["themes"] = body.themes
    if body.divisions is not None:
        changes["divisions"] = body.divisions
    saved = actions.save_draft(
        entry_id=entry,
        changes=changes,
        expected_version=body.version,
        by=user,
        at=received_at(request),
    )
    return receipt(saved)


@router.post(
    "/entries/{entry}/uploads", response={201: UploadGrant}, auth=WRITE, summary="申请上传文件"
)
@once(201, keep_answer=False)
def ask_to_upload(request: HttpRequest, entry: Id, body: UploadWish) -> UploadGrant:
    """得到一张签名的许可，凭它按 tus 1.0 把一个文件传到 endpoint；传完自动成为最新版本并检查。"""
    grant = actions.ask_to_upload(
        entry_id=entry,
        slot=body.slot,
        by=caller(request),
        at=received_at(request),
        place=body.place,
    )
    return UploadGrant(endpoint=UPLOADS, **grant)


@router.post("/entries/{entry}/submit", response=Receipt, auth=WRITE, summary="提交作品")
@once()
def submit_entry(request: HttpRequest, entry: Id, body: Submission) -> Receipt:
    """承诺并提交；还差的栏目、文件、承诺一次列全。之后由负责人在网页上确认。"""
    done = actions.submit_entry(
        entry_id=entry,
        expected_version=body.version,
        declared=body.declared,
        signed_name=body.signed_name,
        by=caller(request),
        at=received_at(request),
        signers=body.signers,
    )
    return receipt(done)


@router.post("/entries/{entry}/recall", response=Receipt, auth=WRITE, summary="取回修改")
@once()
def recall_entry(request: HttpRequest, entry: Id) -> Receipt:
    """截止前、审核前把已提交的作品取回修改；负责人的确认随之作废。"""
    return receipt(
        actions.recall_entry(entry_id=entry, by=caller(request), at=received_at(request))
    )


@router.post("/entries/{entry}/withdraw", response=Receipt, auth=WRITE, summary="撤回作品")
@once()
def withdraw_entry(request: HttpRequest, entry: Id) -> Receipt:
    """作品退出活动；文件与记录仍然保留。审核通过后须由组织者办理。"""
    return receipt(
        actions.withdraw_entry(entry_id=entry, by=caller(request), at=received_at(request))
    )
