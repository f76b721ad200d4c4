"""Writing to many: an officer's own plain words with a few named fields, looked at before they go.

What was looked at is what goes: the confirmation names the preview's fingerprint, and anything that
changed meanwhile (a person more, another address) has it looked at again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from django.db import transaction

from fengcai.apps.audit.actions import record
from fengcai.apps.messages import unsubscribing, ways, wordings
from fengcai.apps.messages.actions import post
from fengcai.apps.messages.models import BulkSend, Channel, Message, State
from fengcai.apps.messages.recipients import Recipient
from fengcai.apps.messages.rules import require_managing
from fengcai.apps.messages.templates import FIELD, fields_in, fill
from fengcai.apps.people.models import User
from fengcai.apps.refusals import Refused
from fengcai.apps.texts import storable
from fengcai.engines.delivery.mail import is_address

FIELDS: Mapping[str, str] = {
    "姓名": "收件人的姓名或岗位",
    "单位": "收件人代表的单位",
    "活动": "活动名称",
    "截止时间": "报送截止时间",
    "活动网址": "活动首页的地址",
}
LONGEST_SUBJECT, LONGEST_BODY, MOST_PEOPLE = 100, 5_000, 2_000


@dataclass(frozen=True)
class Addressee:
    """Somebody to write to, with the values of the fields for this person."""

    recipient: Recipient
    about: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Draft:
    """What an officer wrote: `channel` is mail (without an address: a notice on the site) or site."""

    subject: str
    body: str
    channel: Literal["mail", "site"] = "mail"
    invitation: bool = False


@dataclass(frozen=True)
class Row:
    """One message as it would go out; `note` says what is out of the ordinary with it."""

    name: str
    about: str
    way: str
    address: str
    subject: str
    body: str
    note: str = ""
    goes: bool = True


@dataclass(frozen=True)
class BulkPreview:
    """Everybody to whom a draft would go, with the words for each."""

    draft: Draft
    rows: tuple[Row, ...]
    fingerprint: str
    without_mail: int
    unsubscribed: int

    @property
    def going(self) -> int:
        """How many messages would be sent."""
        return sum(row.goes for row in self.rows)

    @property
    def sentence(self) -> str:
        """“将发给 87 人，其中 5 人没有邮箱……”"""
        said = [f"将发给 {self.going} 人"]
        if self.without_mail:
            said.append(f"其中 {self.without_mail} 人没有邮箱，改为站内消息")
        if self.unsubscribed:
            said.append(f"另有 {self.unsubscribed} 人已退订，不发")
        return "，".join(said)


def preview_bulk(*, contest: int, draft: Draft, to: Sequence[Addressee], by: User) -> BulkPreview:
    """Work out every message; nothing is written. At most 2 SQL.

    Raises `NotPermitted`, and `Refused` with `fields` for words that cannot be sent.
    """
    require_managing(by, contest)
    draft = _checked(draft)
    people = _each_once(to)
    if not people:
        raise Refused("所选的范围里没有人，没有发送。", fields={"groups": "请选择发给谁"})
    if len(people) > MOST_PEOPLE:
        raise Refused(f"一次最多发给 {MOST_PEOPLE} 人，所选的有 {len(people)} 人。请分几次发。")
    refusing: set[str] = set()
    if draft.invitation:
        refusing = unsubscribing.refusing([each.recipient.email for each in people], contest)
    rows = tuple(_row(draft, each, refusing) for each in people)
    told = [draft.subject, draft.body, draft.channel, draft.invitation, contest]
    who = [[each.recipient.user_id, row.address, row.way, row.body, row.goes]
           for each, row in zip(people, rows, strict=True)]  # fmt: skip
    text = json.dumps([*told, who], ensure_ascii=False)
    return BulkPreview(
        draft,
        rows,
        hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest(),
        without_mail=sum(row.note == NO_MAIL for row in rows),
        unsubscribed=sum(not row.goes for row in rows),
    )


@transaction.atomic
def send_bulk(
    *,
    contest: int,
    draft: Draft,
    to: Sequence[Addressee],
    groups: Sequence[str],
    confirmed: str,
    by: User,
    at: datetime,
) -> BulkSend:
    """Post every message of a preview that was confirmed; they leave a pace apart.

    Confirmed twice (a double click, a page sent again) it is sent once. Raises `Refused` where
    what would go out is not what was looked at.
    """
    # Of two confirmations at once the later one finds what the earlier made.
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    found = preview_bulk(contest=contest, draft=draft, to=to, by=by)
    if found.fingerprint != confirmed:
        raise Refused("名单或内容与您核对时不同，没有发送。请重新核对，再确认。")
    if not found.going:
        raise Refused("没有一个人会收到，没有发送。")
    occasion = f"bulk:{contest}:{by.pk}:{confirmed[:40]}"
    if before := _sent_before(occasion, at):
        return before
    draft = found.draft
    bulk = BulkSend.objects.create(
        contest=contest,
        subject=draft.subject,
        body=draft.body,
        channel=draft.channel,
        may_unsubscribe=draft.invitation,
        groups=list(groups),
        recipients=found.going,
        by=by,
        at=at,
    )
    name = wordings.INVITATION if draft.invitation else wordings.OWN
    gone = 0
    for number, (each, row) in enumerate(zip(_each_once(to), found.rows, strict=True)):
        if not row.goes:
            continue
        way: Literal["mail", "site"] = "mail" if row.way == Channel.MAIL else "site"
        post(
            template=name,
            to=each.recipient,
            context={"主题": row.subject, "正文": row.body},
            channel=way,
            key=f"{occasion}:{int(at.timestamp())}:{number}",
            contest=contest,
            at=at,
            due=at + gone * ways.pace(Channel.MAIL) if way == "mail" else at,
            bulk=bulk,
        )
        gone += way == "mail"
    record(
        f"contest:{contest}",
        actor=f"user:{by.pk}",
        action="messages.bulk",
        subject=f"bulk:{bulk.pk}",
        details={"recipients": found.going, "groups": list(groups), "channel": draft.channel},
        at=at,
    )
    return bulk


NO_MAIL = "没有邮箱，改为站内消息"
_TWICE_S = 600


def _sent_before(occasion: str, at: datetime) -> BulkSend | None:
    """The bulk that the very same confirmation made within ten minutes."""
    row = (
        Message.objects.filter(key__startswith=f"{occasion}:")
        .select_related("bulk")
        .order_by("-created_at")
        .first()
    )
    if row is None or row.bulk is None or (at - row.created_at).total_seconds() > _TWICE_S:
        return None
    return row.bulk


def _row(draft: Draft, to: Addressee, refusing: set[str]) -> Row:
    values = {**dict.fromkeys(FIELDS, ""), "姓名": to.recipient.name, **to.fields}
    subject, body = fill(draft.subject, values), fill(draft.body, values)
    email = to.recipient.email.strip()
    way, note = Channel.SITE, ""
    if draft.channel == "mail":
        if email and is_address(email):
            way = Channel.MAIL
        else:
            note = NO_MAIL
    goes = not (way == Channel.MAIL and email in refusing)
    return Row(
        name=to.recipient.name,
        about=to.about,
        way=str(way),
        address=email if way == Channel.MAIL else "",
        subject=subject,
        body=body,
        note=note if goes else "已退订，不发",
        goes=goes,
    )


def _checked(draft: Draft) -> Draft:
    subject, body = " ".join(storable(draft.subject).split()), storable(draft.body).strip()
    body = body.replace("\r\n", "\n").replace("\r", "\n")
    wrong = {}
    if not subject:
        wrong["subject"] = "请写主题"
    elif len(subject) > LONGEST_SUBJECT:
        wrong["subject"] = f"最多 {LONGEST_SUBJECT} 字，现有 {len(subject)} 字"
    if not body:
        wrong["body"] = "请写正文"
    elif len(body) > LONGEST_BODY:
        wrong["body"] = f"最多 {LONGEST_BODY} 字，现有 {len(body)} 字"
    for name, text in (("subject", subject), ("body", body)):
        strange = [each for each in fields_in(text) if each not in FIELDS]
        if strange and name not in wrong:
            known = "、".join(f"{{{each}}}" for each in FIELDS)
            wrong[name] = f"没有 {{{strange[0]}}} 这一栏；可用的有 {known}"
    if draft.invitation and not wrong and not ways.address_of_site("/"):
        wrong["invitation"] = "邀请和宣传要带退订链接，请管理员先设好站点地址（FENGCAI_PUBLIC_URL）"
    if wrong:
        raise Refused("这封信还不能发，您写的都还在页面上。", fields=wrong)
    return Draft(subject, body, draft.channel, draft.invitation)


def _each_once(to: Sequence[Addressee]) -> list[Addressee]:
    """Every person once, however many units he acts for; their names are joined."""
    seen: dict[int | str, Addressee] = {}
    for each in to:
        key: int | str = each.recipient.user_id or each.recipient.email.casefold()
        if key in seen:
            before = seen[key]
            merged = {
                name: _joined(before.fields.get(name, ""), value)
                for name, value in each.fields.items()
            }
            about = _joined(before.about, each.about)
            seen[key] = Addressee(before.recipient, about, {**before.fields, **merged})
        else:
            seen[key] = each
    return list(seen.values())


def _joined(one: str, other: str) -> str:
    parts = [part for part in one.split("、") if part]
    return "、".join([*parts, other]) if other and other not in parts else one


__all__ = [
    "FIELD", "FIELDS", "Addressee", "BulkPreview", "Draft", "Row", "State", "preview_bulk", "send_bulk",
]  # fmt: skip
