"""Who may lay a contest down: administrators, and those to whom an administrator gave the right.

Being the organiser of one contest gives no right to begin another.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction

from fengcai.apps.audit.actions import record
from fengcai.apps.contests.models import OfficeRight
from fengcai.apps.people.models import User
from fengcai.apps.refusals import NotFound, NotPermitted, Refused

CHAIN = "installation"
"""The chain of what belongs to no contest."""


def administers(user: object) -> bool:
    """Whether `user` looks after the installation."""
    return isinstance(user, User) and user.is_active and (user.is_superuser or user.is_staff)


def may_found(user: object) -> bool:
    """Whether `user` may lay contests down. At most 1 SQL."""
    if not isinstance(user, User) or not user.is_active:
        return False
    return administers(user) or OfficeRight.objects.filter(user=user, until=None).exists()


def require_founder(user: object) -> None:
    """Raise `NotPermitted` unless `user` may lay contests down."""
    if not may_found(user):
        raise NotPermitted("您没有建立活动的权限。请系统管理员在“全部活动”页给您开通。")


def office_rights() -> Sequence[OfficeRight]:
    """Who has been given the right and has it now, with the account. 1 SQL."""
    rows = OfficeRight.objects.filter(until=None).select_related("user", "granted_by")
    return list(rows.order_by("since", "pk"))


@transaction.atomic
def grant_office(*, user: User, by: User, at: datetime) -> OfficeRight:
    """Let `user` lay contests down. Administrators only."""
    _require_administrator(by)
    if not user.is_active:
        raise Refused(f"账号“{user}”已停用，没有开通。")
    try:
        with transaction.atomic():
            right = OfficeRight.objects.create(user=user, granted_by=by, since=at)
    except IntegrityError:
        raise Refused(f"“{user}”已经有建立活动的权限。") from None
    _note(by, "contests.grant_office", user, at)
    return right


@transaction.atomic
def end_office(*, right: int, by: User, at: datetime) -> None:
    """Take the right back; contests that exist stay as they are. Administrators only."""
    _require_administrator(by)
    row = OfficeRight.objects.filter(pk=right, until=None).select_related("user").first()
    if row is None:
        raise NotFound("没有这项权限，或已经收回。")
    row.until = at
    row.save(update_fields=["until"])
    _note(by, "contests.end_office", row.user, at)


def _require_administrator(user: object) -> None:
    if not administers(user):
        raise NotPermitted("只有系统管理员可以开通或收回建立活动的权限。")


def _note(by: User, action: str, user: User, at: datetime) -> None:
    record(
        CHAIN, actor=f"user:{by.pk}", action=action, subject=f"user:{user.pk}", details={}, at=at
    )
