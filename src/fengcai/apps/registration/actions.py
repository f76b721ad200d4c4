"""A unit puts itself down; the unit above confirms it; the office lets it in, asks back or refuses."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from stdnum.cn import uscc
from stdnum.exceptions import ValidationError

from fengcai.apps.audit.actions import record
from fengcai.apps.contests.actions import appoint, locked
from fengcai.apps.contests.models import Contest, Unit
from fengcai.apps.contests.naming import folded, plain
from fengcai.apps.contests.roles import Role
from fengcai.apps.contests.roster import is_mail
from fengcai.apps.contests.rules import acts_for, has_role, require_role
from fengcai.apps.contests.units import UnitText, add_unit
from fengcai.apps.people.actions import create_account
from fengcai.apps.people.models import User
from fengcai.apps.refusals import NotFound, NotPermitted, Refused, TooLate
from fengcai.apps.registration import links
from fengcai.apps.registration.models import Registration
from fengcai.apps.registration.papers import Paper, keep
from fengcai.apps.registration.queries import Door, door, likely
from fengcai.apps.registration.telling import tell
from fengcai.apps.texts import storable

State = Registration.State
AN_HOUR, MOST_AN_HOUR = timedelta(hours=1), 5
MOST_WAITING = 1000
"""Undecided registrations that a contest keeps; beyond it somebody plays tricks."""


@dataclass(frozen=True)
class Said:
    """What a unit says of itself, as typed."""

    name: str
    unit_class: str
    contact: str
    phone: str
    email: str = ""
    district: str = ""
    code: str = ""
    parent: str = ""


class Alike(Refused):
    """There may be this unit already: the registrant is asked whether it is another one. Nobody's
    data is told."""

    code = "alike"


@transaction.atomic
def register_unit(
    *, contest: Contest, said: Said, paper: Paper | None, sure: bool, address: str, at: datetime
) -> str:
    """Put a unit down. Returns the token of its own link. Anybody may, within the window, so many
    from one address. `sure`: the registrant was told that there is an alike unit and says it is not
    the same."""
    here = _open_door(contest, at)
    contest = locked(contest)
    origin = links.origin(address)
    lately = Registration.objects.filter(origin=origin, created_at__gt=at - AN_HOUR).count()
    if lately >= MOST_AN_HOUR:
        raise Refused("这个网络一小时内报名的单位太多，请过一小时再报；已报的都在。")
    if (
        Registration.objects.filter(contest=contest, state__in=("pending", "upper")).count()
        >= MOST_WAITING
    ):
        raise Refused("等待审核的报名太多，暂时不能再报，请联系主办方。")
    values = _checked(here, said, paper)
    if not sure and likely(contest, name=values["name"], code=values["code"]):
        raise Alike(
            "名单或报名里已有名称相同、相近或信用代码相同的单位。如果就是贵单位，请联系主办方，"
            "不必重复报名；确实不是同一个单位，请勾选后再提交。您填写的内容都还在。",
            fields={"sure": "请确认不是同一个单位"},
        )
    row = Registration(contest=contest, created_at=at, nonce=links.fresh_nonce(), origin=origin)
    token = links.token(row.pk, row.nonce)
    row.digest = links.digest(token)
    _fill(row, values, paper)
    row.state = State.UPPER if here.rule.upper else State.PENDING
    row.save(force_insert=True)
    tell(row, "received", at=at)
    _note(row, "public", "registration.register", {"class": row.unit_class}, at)
    return token


@transaction.atomic
def mend_registration(
    *, registration: Registration, said: Said, paper: Paper | None, answer: str, at: datetime
) -> None:
    """The registrant mends what the office asked about, and sends it again."""
    row = _locked(registration)
    if row.state != State.ASKED:
        raise Refused(f"这份报名现在是“{row.get_state_display()}”，不能修改。")
    here = _open_door(row.contest, at, late=True)
    _fill(row, _checked(here, said, paper, kept=bool(row.proof_key)), paper)
    row.answer = plain(storable(answer))[:500]
    waits = here.rule.upper and row.confirmed_at is None
    row.state = State.UPPER if waits else State.PENDING
    row.turn += 1
    row.save()
    _note(row, "public", "registration.mend", {}, at)


@transaction.atomic
def confirm_below(*, registration: Registration, by: User, at: datetime) -> None:
    """The unit above says that it knows the unit; the office may say so in its place."""
    row = _locked(registration)
    above = row.parent is not None and acts_for(by, row.parent)
    if not above and not has_role(by, row.contest, Role.ORGANISER):
        raise NotPermitted("只有上级单位的联络员、负责人或主办方可以确认。")
    if row.state != State.UPPER:
        raise Refused(f"这份报名现在是“{row.get_state_display()}”，不用确认。")
    row.state, row.confirmed_by, row.confirmed_at = State.PENDING, by, at
    row.save()
    _note(row, f"user:{by.pk}", "registration.confirm", {"above": above}, at)


@transaction.atomic
def deny_below(*, registration: Registration, reason: str, by: User, at: datetime) -> None:
    """The unit above says that the unit is not one of its own."""
    row = _locked(registration)
    if row.parent is None or not acts_for(by, row.parent):
        raise NotPermitted("只有上级单位的联络员或负责人可以退回。")
    if row.state != State.UPPER:
        raise Refused(f"这份报名现在是“{row.get_state_display()}”，不用确认。")
    _refuse(row, f"{row.parent.name}：{_words(reason)}", by, at)


@transaction.atomic
def ask_back(*, registration: Registration, question: str, by: User, at: datetime) -> None:
    """Ask the registrant for something; its page opens for mending."""
    row = _for_office(registration, by)
    row.question, row.state = _words(question), State.ASKED
    row.turn += 1
    row.save()
    tell(row, "asked", words=row.question, at=at)
    _note(row, f"user:{by.pk}", "registration.ask", {}, at, reason=row.question)


@transaction.atomic
def accept_registration(
    *, registration: Registration, unit_class: str, district: str, by: User, at: datetime
) -> Unit:
    """Let the unit in as of this class and district; its contact gets an account and is told."""
    row = _for_office(registration, by)
    if row.state == State.UPPER:
        raise Refused("上级单位还没有确认。上级单位不便确认的，请先核实并代为确认。")
    parent = str(row.parent_id or "")
    text = UnitText(row.name, unit_class, district, parent, "", row.email, "")
    unit = add_unit(contest=row.contest, text=text, by=by, at=at)
    _let_in(row, unit, State.ACCEPTED, by, at)
    return unit


@transaction.atomic
def merge_registration(*, registration: Registration, into: Unit, by: User, at: datetime) -> None:
    """The unit stands on the roster already: its contact becomes one more contact of it."""
    row = _for_office(registration, by)
    if into.contest_id != row.contest_id or into.closed_at is not None:
        raise NotFound("名单中没有这个单位。")
    if row.name != into.name and row.name not in into.aliases:
        into.aliases = [*into.aliases, row.name]
        into.save(update_fields=["aliases"])
    _let_in(row, into, State.MERGED, by, at)


@transaction.atomic
def refuse_registration(*, registration: Registration, reason: str, by: User, at: datetime) -> None:
    """Say no, with the reason, which the registrant is told."""
    _refuse(_for_office(registration, by), _words(reason), by, at)


def _let_in(row: Registration, unit: Unit, state: str, by: User, at: datetime) -> None:
    user = create_account(username=f"u{secrets.token_hex(6)}", name=row.contact, phone=row.phone)
    if row.email:
        user.email = row.email
        user.save(update_fields=["email"])
    appoint(contest=row.contest, user=user, role=Role.CONTACT, unit=unit, by=by, at=at)
    row.unit, row.user, row.state = unit, user, state
    row.decided_by, row.decided_at = by, at
    row.turn += 1
    row.save()
    words = "" if state == State.ACCEPTED else f"您已成为“{unit.name}”的联络员。"
    tell(row, "accepted", words=words, at=at)
    _note(row, f"user:{by.pk}", "registration.accept", {"unit": unit.pk, "state": state}, at)


def _refuse(row: Registration, reason: str, by: User, at: datetime) -> None:
    row.state, row.reason, row.decided_by, row.decided_at = State.REFUSED, reason[:300], by, at
    row.turn += 1
    row.save()
    tell(row, "refused", words=row.reason, at=at)
    _note(row, f"user:{by.pk}", "registration.refuse", {}, at, reason=row.reason)


def _open_door(contest: Contest, at: datetime, *, late: bool = False) -> Door:
    here = door(contest, at=at)
    if here is None:
        raise NotFound("本活动由主办方拟定单位名单，不接受自行报名。")
    if here.standing == "before":
        raise TooLate("报名还没有开始，请在开始后再来。")
    if here.standing == "closed" and not late:
        raise TooLate("报名已经截止，请联系主办方。")
    return here


def _checked(here: Door, said: Said, paper: Paper | None, *, kept: bool = False) -> dict[str, Any]:
    """What was typed, cleaned. Raises `Refused` with a word for each field."""
    text = {key: plain(storable(value)) for key, value in vars(said).items()}
    problems: dict[str, str] = {}
    for key, longest, word in (
        ("name", 100, "请填写单位全称"),
        ("contact", 60, "请填写联系人"),
        ("phone", 40, "请填写联系电话"),
    ):
        if not text[key]:
            problems[key] = word
        elif len(text[key]) > longest:
            problems[key] = f"最多 {longest} 字，现有 {len(text[key])} 字"
    if text["phone"] and sum(sign.isdigit() for sign in text["phone"]) < 7:
        problems["phone"] = "电话号码不完整"
    if text["unit_class"] not in {each.id for each in here.classes}:
        problems["unit_class"] = "请选择单位类别"
    if here.districts and text["district"] not in here.districts:
        problems["district"] = "请选择所在地区"
    text["district"] = text["district"][:60]
    if text["email"] and not is_mail(text["email"]):
        problems["email"] = "邮箱写得不完整"
    _check_code(here, text, problems)
    if here.rule.proof and paper is None and not kept:
        problems["proof"] = "请上传证明材料"
    values: dict[str, Any] = {**text, "parent": _parent(here, text, problems)}
    if problems:
        raise Refused(
            f"有 {len(problems)} 处需要修改，还没有提交。您填写的内容都还在。", fields=problems
        )
    return values


def _check_code(here: Door, text: dict[str, str], problems: dict[str, str]) -> None:
    if not text["code"]:
        if here.rule.code:
            problems["code"] = "请填写统一社会信用代码"
        return
    try:
        text["code"] = uscc.validate(text["code"])
    except ValidationError:
        problems["code"] = "统一社会信用代码不对：应为 18 位，请核对每一位"


def _parent(here: Door, text: Mapping[str, str], problems: dict[str, str]) -> int | None:
    if not here.rule.upper:
        return None
    wanted = next((each.parent for each in here.classes if each.id == text["unit_class"]), None)
    for pk, _, unit_class in here.parents:
        if str(pk) == text["parent"] and unit_class == wanted:
            return pk
    problems["parent"] = "请选择上级单位"
    return None


def _fill(row: Registration, values: Mapping[str, Any], paper: Paper | None) -> None:
    for key in ("name", "unit_class", "district", "code", "contact", "phone", "email"):
        setattr(row, key, values[key])
    row.folded, row.parent_id = folded(values["name"])[:100], values["parent"]
    if paper is not None:
        stored = keep(paper)
        row.proof_key, row.proof_sha256 = stored.key, stored.sha256
        row.proof_name = paper.name


def _locked(registration: Registration) -> Registration:
    rows = Registration.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("contest__version", "parent").get(pk=registration.pk)


def _for_office(registration: Registration, by: User) -> Registration:
    require_role(by, registration.contest, Role.ORGANISER)
    row = _locked(registration)
    if not row.open:
        raise Refused(f"这份报名现在是“{row.get_state_display()}”，已经办完。")
    return row


def _words(text: str) -> str:
    words = plain(storable(text))
    if not words:
        raise Refused("请写明原因或要补充什么。", fields={"reason": "请填写"})
    return words[:300]


def _note(
    row: Registration,
    actor: str,
    action: str,
    details: dict[str, Any],
    at: datetime,
    *,
    reason: str = "",
) -> None:
    record(
        row.contest.chain,
        actor=actor,
        action=action,
        subject=f"registration:{row.pk}",
        details=details,
        personal={"reason": reason} if reason else {},
        at=at,
    )
