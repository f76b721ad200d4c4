"""Places of a work beside its form: links and things written, files put in order, arrivals noted."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Router

from fengcai.api.bearer import Bearer, caller
from fengcai.api.idempotency import once
from fengcai.api.routers.entries import Id
from fengcai.api.schemas.entries import Receipt, receipt
from fengcai.api.schemas.places import (
    ArrivalId,
    ArrivalIn,
    ArrivalOut,
    LinkIn,
    LinkOut,
    Order,
    Place,
    SlotId,
    arrival_out,
    link_out,
)
from fengcai.apps.entries import actions
from fengcai.apps.entries.queries import entry_page
from fengcai.apps.people.tokens.scopes import Scope
from fengcai.apps.receipt import received_at
from fengcai.apps.refusals import Refused

router = Router(tags=["作品"])
WRITE, DESK = Bearer(Scope.ENTRIES_WRITE), Bearer(Scope.REVIEW_WRITE)


@router.post(
    "/entries/{entry}/links/{slot}",
    response={201: LinkOut},
    auth=WRITE,
    summary="加一条链接或一件实物",
)
@once(201)
def add_link(request: HttpRequest, entry: Id, slot: SlotId, body: LinkIn) -> LinkOut:
    """放在这一项的下一个空位；可以先不填全，提交时再查。链接的截图另行上传。"""
    return _saved(request, entry, slot, None, body)


@router.patch(
    "/entries/{entry}/links/{slot}/{place}",
    response=LinkOut,
    auth=WRITE,
    summary="修改一条链接或实物",
)
def save_link(request: HttpRequest, entry: Id, slot: SlotId, place: Place, body: LinkIn) -> LinkOut:
    """只改写出的各项；写 null 或空文字即清空。"""
    return _saved(request, entry, slot, place, body)


@router.post(
    "/entries/{entry}/links/{slot}/{place}/remove",
    response=Receipt,
    auth=WRITE,
    summary="取消一条链接或实物",
)
@once()
def remove_link(request: HttpRequest, entry: Id, slot: SlotId, place: Place) -> Receipt:
    """它和它的截图退出作品，记录仍然保留。"""
    user = caller(request)
    actions.remove_item(entry_id=entry, slot=slot, place=place, by=user, at=received_at(request))
    return receipt(entry_page(entry_id=entry, user=user).entry)


@router.post(
    "/entries/{entry}/files/{slot}/arrange",
    response=Receipt,
    auth=WRITE,
    summary="排列一组文件",
)
@once()
def arrange_files(request: HttpRequest, entry: Id, slot: SlotId, body: Order) -> Receipt:
    """按给出的次序排列并写说明；没有列出的文件退出作品，记录仍然保留。"""
    done = actions.arrange_files(
        entry_id=entry,
        slot=slot,
        order=[each.id for each in body.files],
        captions={each.id: each.caption for each in body.files if each.caption is not None},
        by=caller(request),
        at=received_at(request),
    )
    return receipt(done)


@router.post(
    "/entries/{entry}/arrivals",
    response={201: ArrivalOut},
    auth=DESK,
    summary="登记收到的纸质材料或实物",
)
@once(201)
def note_arrival(request: HttpRequest, entry: Id, body: ArrivalIn) -> ArrivalOut:
    """按规则的期限判断是否按时；过期不收的返回 too-late。限审核员和组织者。"""
    user, now = caller(request), received_at(request)
    entry_page(entry_id=entry, user=user)  # to a stranger there is no such work
    row = actions.note_arrival(
        entry_id=entry,
        what=body.what,
        count=body.count,
        arrived_at=body.arrived_at or now,
        remark=body.note,
        by=user,
        at=now,
    )
    return arrival_out(row)


@router.post(
    "/entries/{entry}/arrivals/{arrival}/void",
    response=Receipt,
    auth=DESK,
    summary="撤销一条收件登记",
)
@once()
def void_arrival(request: HttpRequest, entry: Id, arrival: ArrivalId) -> Receipt:
    """登记有误时撤销；记录仍然保留。限审核员和组织者。"""
    user = caller(request)
    page = entry_page(entry_id=entry, user=user)
    actions.void_arrival(entry_id=entry, arrival=int(arrival), by=user, at=received_at(request))
    return receipt(page.entry)


def _saved(request: HttpRequest, entry: Id, slot: str, place: int | None, body: LinkIn) -> LinkOut:
    values = body.values()
    if not values:
        raise Refused("没有写出要保存的内容。", fields={"url": "请至少写一项"})
    row = actions.save_item(
        entry_id=entry, slot=slot, place=place, values=values, by=caller(request),
        at=received_at(request),
    )  # fmt: skip
    return link_out(row)
