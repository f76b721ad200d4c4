"""Who is on screen: registered, asked, asked again, taken off the register."""

from __future__ import annotations

import re
from datetime import datetime
from uuid import UUID

from django.db import transaction

from fengcai.apps.contests.roles import Role
from fengcai.apps.entries.actions.desk import note
from fengcai.apps.entries.rules import roles_at
from fengcai.apps.messages.actions import post
from fengcai.apps.messages.recipients import Recipient
from fengcai.apps.people.models import User
from fengcai.apps.refusals import Refused
from fengcai.apps.releases import links
from fengcai.apps.releases.asking import ask, ask_everybody, freeze
from fengcai.apps.releases.models import Appearance, NobodyShown, Release
from fengcai.apps.releases.naming import plain_line
from fengcai.apps.releases.rules import appearance_of, demanded, kept_by, release_of
from fengcai.apps.releases.standing import write_standing
from fengcai.apps.texts import storable
from fengcai.core.consent import AGES, ON_SCREEN

MOST_PEOPLE = 80
MAIL = re.compile(r"[^\s@,;<>\"']+@[^\s@,;<>\"']+\.[^\s@,;<>\"']+")
PHONE = re.compile(r"1[3-9]\d{9}", re.ASCII)


@transaction.atomic
def say_nobody(*, entry_id: UUID, nobody: bool, by: User, at: datetime) -> None:
    """The unit's word that nobody can be recognised in its work, or that it takes the word back."""
    entry = kept_by(entry_id, by)
    demanded(entry)
    if nobody and Appearance.objects.filter(entry=entry, removed_at=None).exists():
        raise Refused("名单里还有出镜人员，不能同时写明“没有可辨认的人”。请先核对名单。")
    if nobody:
        NobodyShown.objects.get_or_create(entry=entry, defaults={"by": by, "at": at})
    else:
        NobodyShown.objects.filter(entry=entry).delete()
    write_standing(entry, at)
    note(entry, by, "releases.nobody", {"nobody": nobody}, at)


@transaction.atomic
def add_person(
    *,
    entry_id: UUID,
    name: str,
    role: str,
    age: str = "adult",
    guardian: str = "",
    where: str = "",
    by: User,
    at: datetime,
) -> Appearance:
    """Register somebody on screen, and ask everybody who has to sign for him at once.

    Of somebody whom nobody can recognise no name is kept, whatever was typed.
    """
    entry = kept_by(entry_id, by)
    demands = demanded(entry)
    name, guardian, where = (plain_line(text) for text in (name, guardian, where))
    wrong = {}
    if role not in ON_SCREEN:
        wrong["role"] = "请选择这个人以什么身份出镜"
    if age not in AGES:
        wrong["age"] = "请选择年龄段"
    if role == "background":
        name = guardian = ""
    elif not name or len(name) > 60:
        wrong["name"] = "请填写姓名（不超过 60 字）"
    if age in ("teen", "child", "incapable") and role != "background" and not guardian:
        wrong["guardian"] = "请填写监护人姓名"
    if len(guardian) > 60 or len(where) > 120:
        wrong["where"] = "监护人姓名不超过 60 字，出现的位置不超过 120 字"
    if wrong:
        raise Refused("这位出镜人员还没有登记上：" + "；".join(wrong.values()), fields=wrong)
    standing = Appearance.objects.filter(entry=entry, removed_at=None)
    if standing.count() >= MOST_PEOPLE:
        raise Refused(f"一件作品最多登记 {MOST_PEOPLE} 位出镜人员。群像镜头请按“背景”登记一行。")
    if name and standing.filter(name=name, role=role).exists():
        raise Refused(
            f"{name}（{ON_SCREEN[role]}）已经在名单里。同名的两位请在姓名后加注区别。",
            fields={"name": "已经在名单里"},
        )
    NobodyShown.objects.filter(entry=entry).delete()
    row = Appearance.objects.create(
        entry=entry, name=name, role=role, age=age, guardian=guardian, where=where, by=by, at=at
    )
    asked = ask_everybody(row, demands, by, at)
    write_standing(entry, at)
    note(
        entry,
        by,
        "releases.add",
        {"person": str(row.pk), "role": role, "age": age, "asked": [str(r.pk) for r in asked]},
        at,
    )
    return row


@transaction.atomic
def ask_again(*, release_id: UUID, by: User, at: datetime) -> Release:
    """A new link with the text as it stands now; the old one opens no more.

    What was refused, withdrawn or has ended stays as it is, and a new release is asked for beside it.
    """
    row = release_of(release_id, by)
    person = row.appearance
    demands = demanded(person.entry)
    if row.state in ("signed", "scanned", "kept") and (row.until is None or row.until >= at.date()):
        raise Refused("这份同意书还有效，不用再签。")
    if row.state == "asked":
        freeze(row, person, demands, at)
        row.save()
    else:
        row.replaced_at = at
        row.save(update_fields=["replaced_at"])
        row = ask(person, row.capacity, demands, by, at)
    write_standing(person.entry, at)
    note(person.entry, by, "releases.ask", {"release": str(row.pk)}, at)
    return row


@transaction.atomic
def send_link(*, release_id: UUID, to: str, by: User, at: datetime) -> None:
    """Send the signer the link by mail or text message. Where it went stays in the outbox only."""
    row = release_of(release_id, by)
    address = to.strip()
    if row.state != "asked":
        raise Refused("这份同意书不在等待签署，没有发送。")
    if row.expires_at <= at:
        raise Refused("链接已经过期，请先换一个新链接，再发送。")
    mail, phone = MAIL.fullmatch(address), PHONE.fullmatch(address)
    if not (mail or phone) or len(address) > 200:
        raise Refused(
            "请填写对方的手机号或邮箱；没有发送，也没有保存。", fields={"to": "手机号或邮箱"}
        )
    link = links.address(links.token(row.pk, row.nonce))
    if not link.startswith("http"):
        raise Refused("系统还没有设置站点地址，发出的链接打不开。请用二维码或复制链接。")
    entry = row.appearance.entry
    post(
        template="releases.ask",
        to=Recipient(email=address if mail else "", phone=address if phone else ""),
        context={"unit": entry.unit.name, "contest": entry.contest.title, "link": link,
                 "until": row.expires_at},
        channel="mail" if mail else "sms",
        key=f"releases.ask:{row.pk}:{links.digest(row.nonce + address)[:16]}",
        contest=entry.contest_id,
        at=at,
        expires_at=row.expires_at,
    )  # fmt: skip
    note(entry, by, "releases.send", {"release": str(row.pk)}, at)


@transaction.atomic
def remove_person(*, appearance_id: UUID, why: str = "", by: User, at: datetime) -> None:
    """Take somebody off the register who is no longer in the film. What was signed stays kept.

    Once somebody has answered, in whatever way, only the office may say that he is out of the film:
    else a unit could undo a withdrawal with a click.
    """
    row = appearance_of(appearance_id, by)
    answered = row.releases.exclude(state="asked").exists()
    if answered and Role.ORGANISER not in roles_at(by, row.entry):
        raise Refused(
            "这位出镜人员已经签署、拒绝或撤回过。如已从作品中剪去，请联系活动组织者核对后删除。"
        )
    if answered and not why.strip():
        raise Refused("请写明为什么可以从名单中删除。", fields={"why": "请填写"})
    row.removed_at, row.removed_why = at, storable(why.strip())[:200]
    row.save(update_fields=["removed_at", "removed_why"])
    write_standing(row.entry, at)
    note(row.entry, by, "releases.remove", {"person": str(row.pk)}, at)
