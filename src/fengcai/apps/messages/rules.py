"""Who may look into an outbox and write to many. A contest's office is known above: it says so here."""

from __future__ import annotations

from collections.abc import Callable

from fengcai.apps.people.models import User
from fengcai.apps.refusals import NotPermitted

_offices: list[Callable[[User, int], bool]] = []


def offices_are(runs: Callable[[User, int], bool]) -> None:
    """Have `runs(user, contest)` decide who is the office of a contest; the contests context calls it."""
    _offices[:] = [runs]


def may_manage(user: object, contest: int | None) -> bool:
    """Whether `user` looks after the messages of a contest; an administrator after those of none,
    and after all of the installation's that did not go out."""
    if not isinstance(user, User) or not user.is_active:
        return False
    if contest is None:
        return user.is_staff
    return any(runs(user, contest) for runs in _offices)


def require_managing(user: object, contest: int | None) -> None:
    """Raise `NotPermitted` unless `may_manage`."""
    if not may_manage(user, contest):
        raise NotPermitted("只有本活动的组织者（全站的消息：系统管理员）可以这样做。")
