"""What a signer does behind the personal link: sign, or say no. No account, the token is the right."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from fengcai.apps.audit.actions import record
from fengcai.apps.entries.actions.desk import locked
from fengcai.apps.entries.governing import rules_for
from fengcai.apps.entries.models import Entry
from fengcai.apps.refusals import NotFound, Refused, TooLate
from fengcai.apps.releases import links
from fengcai.apps.releases.models import Release
from fengcai.apps.releases.naming import plain_line
from fengcai.apps.releases.registering import demands_on, today, ways_for
from fengcai.apps.releases.standing import write_standing
from fengcai.apps.texts import storable
from fengcai.core.consent import BadDrawing, after_months, clean_drawing, seal

GONE = "这个链接打不开：可能已经换了新链接，或不再需要签署。请向给您链接的单位要一个新的。"
STATEMENT = "本人以输入姓名代替手写签名，与手写签名具有同样的意思。"


@transaction.atomic
def sign(
    *,
    token: str,
    text_hash: str,
    purposes: Collection[str],
    name: str,
    relation: str = "",
    drawing: str = "",
    typed: bool = False,
    address: str | None = None,
    at: datetime,
) -> Release:
    """Sign a release for the uses ticked. Exactly one of a drawing or a typed name counts as the hand.

    `text_hash` is of the text that the page showed. `address` is kept beside it and shown to nobody.
    """
    row, entry = waiting(token, at)
    demands = demands_on(rules_for(entry), entry.track)
    person = row.appearance
    name, relation = plain_line(name), plain_line(relation)
    wrong: dict[str, str] = {}
    if text_hash != row.text_hash:
        raise Refused("同意书的内容刚刚更新过。请看一看现在的内容，再签署。")
    if demands and "e_sign" not in ways_for(demands, person.role):
        raise Refused("本活动要求签纸质同意书，请与给您链接的单位联系；这里没有签署。")
    agreed = [use for use in row.offered if use in purposes]
    if not agreed:
        wrong["purposes"] = "请至少勾选一项用途；都不同意，请选“不同意出镜”"
    if row.capacity == "guardian":
        if not name or len(name) > 60:
            wrong["name"] = "请填写监护人姓名"
        if not relation or len(relation) > 20:
            wrong["relation"] = "请填写与出镜人的关系，如母亲"
    elif typed and name != person.name:
        wrong["name"] = "输入的姓名与登记的姓名不一致；登记有误，请联系单位更正"
    else:
        name, relation = person.name, ""
    if typed:
        drawing = ""
    else:
        try:
            drawing = clean_drawing(drawing)
        except BadDrawing as error:
            wrong["drawing"] = str(error)
    if wrong:
        raise Refused("还差一点，没有签署成：" + "；".join(wrong.values()), fields=wrong)
    row.state, row.way = "signed", "e_sign"
    row.purposes, row.name, row.relation, row.drawing = agreed, name, relation, drawing
    row.until = after_months(today(rules_for(entry), at), row.months)
    row.answered_at, row.address, row.salt = at, address, secrets.token_hex(16)
    row.seal = seal(content_of(row), row.salt)
    row.save()
    write_standing(entry, at)
    _note(row, entry, "releases.sign", {"seal": row.seal, "purposes": agreed}, at)
    return row


@transaction.atomic
def refuse(*, token: str, reason: str = "", at: datetime) -> Release:
    """Say no. Nothing is kept but that, and a reason if one was given."""
    row, entry = waiting(token, at)
    row.state, row.answered_at = "refused", at
    row.reason = storable(reason.strip())[:300]
    row.save()
    write_standing(entry, at)
    _note(row, entry, "releases.refuse", {}, at)
    return row


def waiting(token: str, at: datetime) -> tuple[Release, Entry]:
    """The release of a link that still takes an answer, its work locked. Raises `Refused`."""
    row, entry = standing(token)
    if row.state != "asked":
        raise Refused("这份同意书已经有了答复，没有改动。请刷新页面。")
    if row.expires_at <= at:
        raise TooLate("这个链接已经过期，没有签署。请向给您链接的单位要一个新的。")
    return row, entry


def standing(token: str) -> tuple[Release, Entry]:
    """The release of a link that was not replaced or erased, its work locked. Raises `NotFound`."""
    found = Release.objects.filter(digest=links.digest(token)).values_list(
        "pk", "appearance__entry"
    )
    first = found.first()
    if first is None:
        raise NotFound(GONE)
    entry = locked(first[1])
    row = Release.objects.select_related("appearance").get(pk=first[0])
    row.appearance.entry = entry
    gone = row.replaced_at or row.appearance.removed_at or row.appearance.erased_at
    if gone or row.digest != links.digest(token):
        raise NotFound(GONE)
    return row, entry


def content_of(row: Release) -> dict[str, object]:
    """Everything that the seal covers."""
    assert row.answered_at is not None
    return {
        "release": str(row.pk),
        "edition": row.edition,
        "text": row.text,
        "capacity": row.capacity,
        "way": row.way,
        "offered": list(row.offered),
        "purposes": list(row.purposes),
        "until": row.until.isoformat() if row.until else "",
        "name": row.name,
        "relation": row.relation,
        "drawing": row.drawing,
        "statement": "" if row.drawing or row.way != "e_sign" else STATEMENT,
        "scan": row.scan_sha256,
        "at": row.answered_at.isoformat(),
    }


def _note(
    row: Release, entry: Entry, action: str, details: dict[str, object], at: datetime
) -> None:
    record(
        entry.contest.chain,
        actor=f"release:{row.pk}",
        action=action,
        subject=f"entry:{entry.pk}",
        details={"release": str(row.pk), "text": row.text_hash, **details},
        at=at,
    )
