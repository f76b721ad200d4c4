"""Handing over a unit's contact (J13): by the officer at once, or by the contact with a link.

The unit's drafts and works are the unit's, so they stay where they are; the seat and the right to
write go to the successor, and the one who leaves loses both, and the personal links with them
unless they open other doors.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import transaction

from fengcai.apps.audit.actions import record
from fengcai.apps.contests.actions import locked
from fengcai.apps.contests.duties import Handover
from fengcai.apps.contests.models import Contest, Membership, Unit
from fengcai.apps.contests.naming import plain
from fengcai.apps.contests.roles import Role
from fengcai.apps.contests.roster import is_mail
from fengcai.apps.contests.rules import has_role, require_role
from fengcai.apps.people.actions import create_account, revoke_personal_links
from fengcai.apps.people.models import User
from fengcai.apps.refusals import NotFound, NotPermitted, Refused
from fengcai.apps.texts import storable

LIFE = timedelta(days=7)
LONGEST_PERSON = 60


@transaction.atomic
def hand_over(
    *,
    contest: Contest,
    unit: Unit,
    leaving: User | None,
    name: str,
    phone: str,
    email: str,
    by: User,
    at: datetime,
) -> Membership:
    """The officer seats a new contact in the place of `leaving` (None: beside nobody)."""
    contest = locked(contest)
    require_role(by, contest, Role.ORGANISER)
    if unit.contest_id != contest.pk:
        raise NotFound("没有这个单位。")
    if leaving is not None and not _seats(unit, leaving).exists():
        raise Refused("这个人已不是本单位的联络员，请刷新页面。没有改动。")
    successor = _account(name, phone, email)
    row = Handover.objects.create(
        contest=contest,
        unit=unit,
        leaving=leaving,
        offered_by=by,
        offered_at=at,
        expires_at=at,  # done at once: there is no link
        successor=successor,
        taken_at=at,
    )
    return _seat(row, successor, by, at)


@transaction.atomic
def offer_handover(*, contest: Contest, unit: Unit, by: User, at: datetime) -> str:
    """The contact offers the place by a link: its token, told once. A new offer voids the one before."""
    contest = locked(contest)
    if unit.contest_id != contest.pk or not _seats(unit, by).exists():
        raise NotPermitted("只有本单位现任的联络员可以办理交接。")
    open_offers(unit, at).filter(leaving=by).update(void_at=at)
    token = secrets.token_urlsafe(24)
    row = Handover.objects.create(
        contest=contest,
        unit=unit,
        leaving=by,
        digest=_digest(token),
        offered_by=by,
        offered_at=at,
        expires_at=at + LIFE,
    )
    _note(row, f"user:{by.pk}", "contests.offer_handover", at)
    return token


@transaction.atomic
def withdraw_handover(*, handover: int, by: User, at: datetime) -> None:
    """Take an offer back: its link opens nothing any more. The contact's own, or by the officer."""
    row = Handover.objects.select_related("contest", "unit").filter(pk=handover).first()
    if row is None or not (row.leaving_id == by.pk or has_role(by, row.contest, Role.ORGANISER)):
        raise NotFound("没有这次交接。")
    locked(row.contest)
    if not Handover.objects.filter(pk=row.pk, taken_at=None, void_at=None).update(void_at=at):
        raise Refused("这次交接已经办完或已经作废。")
    _note(row, f"user:{by.pk}", "contests.withdraw_handover", at)


def offered(token: str, *, at: datetime) -> Handover | None:
    """The offer that a link stands for, if it can still be taken up. 1 SQL."""
    row = (
        Handover.objects.filter(digest=_digest(token))
        .exclude(digest="")
        .select_related("contest__version", "unit", "leaving")
        .first()
    )
    return row if row is not None and row.open_at(at) and row.unit.closed_at is None else None


@transaction.atomic
def take_handover(
    *, token: str, name: str, phone: str, email: str, user: User | None, at: datetime
) -> User:
    """The successor takes the place: gets the seat, and an account where they come without one
    (`user` is None). The link opens once."""
    found = offered(token, at=at)
    if found is None:
        raise Refused("这个交接链接已经用过、作废或过期。请向原联络员或主办方索取新的。")
    locked(found.contest)
    row = Handover.objects.select_related("contest", "unit", "leaving").get(pk=found.pk)
    if not row.open_at(at) or row.leaving is None or not _seats(row.unit, row.leaving).exists():
        raise Refused("这个交接链接已经用过、作废或过期。请向原联络员或主办方索取新的。")
    if user is not None and user.pk == row.leaving_id:
        raise Refused("您就是现任联络员：请把这个链接交给接任的人打开。")
    if user is None and not plain(phone):
        raise Refused("请填写手机号。", fields={"phone": "请填写，便于主办方联系"})
    successor = user or _account(name, phone, email)
    row.successor, row.taken_at = successor, at
    row.save(update_fields=["successor", "taken_at"])
    _seat(row, successor, successor, at)
    return successor


def open_offers(unit: Unit, at: datetime):  # type: ignore[no-untyped-def]
    """The offers of a unit that can still be taken up."""
    return Handover.objects.filter(unit=unit, taken_at=None, void_at=None, expires_at__gt=at)


def _seat(row: Handover, successor: User, by: User, at: datetime) -> Membership:
    seat, new = Membership.objects.get_or_create(
        contest=row.contest,
        user=successor,
        role=Role.CONTACT,
        unit=row.unit,
        defaults={"since": at},
    )
    if not new and seat.until is not None:
        seat.until = None
        seat.save(update_fields=["until"])
    if row.leaving is not None:
        _seats(row.unit, row.leaving).update(until=at)
        if not Membership.objects.filter(user=row.leaving, until=None).exists():
            revoke_personal_links(user=row.leaving, at=at)
    open_offers(row.unit, at).filter(leaving=row.leaving).exclude(pk=row.pk).update(void_at=at)
    _note(row, f"user:{by.pk}", "contests.hand_over", at)
    return seat


def _account(name: str, phone: str, email: str) -> User:
    name, phone, email = (plain(storable(text)) for text in (name, phone, email))
    problems = {}
    if not name:
        problems["name"] = "请填写姓名或岗位"
    elif len(name) > LONGEST_PERSON:
        problems["name"] = f"最多 {LONGEST_PERSON} 字，现有 {len(name)} 字"
    if email and not is_mail(email):
        problems["email"] = "邮箱写得不完整"
    if problems:
        raise Refused("接任人的信息需要修改，还没有交接。", fields=problems)
    user = create_account(username=f"u{secrets.token_hex(6)}", name=name, phone=phone[:40])
    if email:
        user.email = email
        user.save(update_fields=["email"])
    return user


def _seats(unit: Unit, user: User):  # type: ignore[no-untyped-def]
    return Membership.objects.filter(unit=unit, user=user, role=Role.CONTACT, until=None)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _note(row: Handover, actor: str, action: str, at: datetime) -> None:
    record(
        row.contest.chain,
        actor=actor,
        action=action,
        subject=f"unit:{row.unit_id}",
        details={
            "handover": row.pk,
            "leaving": f"user:{row.leaving_id}" if row.leaving_id else None,
            "successor": f"user:{row.successor_id}" if row.successor_id else None,
        },
        at=at,
    )
