"""Erasing a person's data at his request (个人信息保护法 §47): a registry in which every context erases its own.

It stands below the contexts, so that all may register: each writes `@erases("messages")` over a function in
its module `erasing`, found when the project starts. What must stay is said there: that an account acted, what
it did, the works and their authors' names as handed in, the network log of half a year (网络安全法).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from fengcai.apps.audit.actions import record
from fengcai.apps.people.access import end_sessions
from fengcai.apps.people.identities import forget_ties
from fengcai.apps.people.models import Consent, DataRequest, PersonalLink, User
from fengcai.apps.people.tokens.actions import revoke_tokens
from fengcai.apps.refusals import NotFound, Refused

ERASED = "（已删除）"
POSTS = ("联络员", "负责人", "办公室", "中心", "）")


@dataclass(frozen=True)
class Whose:
    """Whose data go: the account, and how it was called before."""

    user: User
    name: str
    phone: str
    email: str

    @property
    def words(self) -> tuple[str, ...]:
        """What names the person in a text; not a name of one character, which is in every text, nor a
        post, which is nobody's name."""
        named = () if self.name.endswith(POSTS) else (self.name,)
        return tuple(each for each in (self.phone, self.email, *named) if len(each) > 1)


Eraser = Callable[[Whose, User, datetime], int]
_erasers: dict[str, Eraser] = {}


def erases(name: str) -> Callable[[Eraser], Eraser]:
    """Have the function `(whose, by, at)` erase what a context keeps; it returns how many rows. The same
    name again replaces it."""

    def register(eraser: Eraser) -> Eraser:
        _erasers[name] = eraser
        return eraser

    return register


@transaction.atomic
def erase_account(*, pk: int, by: User, at: datetime) -> dict[str, int]:
    """Erase the data of the account `pk` in every context, close it, and answer the requests for it.
    Returns how many rows each context erased. Whether `by` may is asked by whoever calls.

    Raises `NotFound`, and `Refused` for an administrator and for oneself.
    """
    user = User.objects.select_for_update(no_key=True).filter(pk=pk).first()
    if user is None:
        raise NotFound("没有这个账号。")
    if user.pk == by.pk or user.is_staff or user.is_superuser:
        raise Refused("管理员的账号和自己的账号不能这样删除。请先由别的管理员取消其管理员身份。")
    if user.username == _username(user):
        raise Refused("这个账号的个人信息已经删除过，没有改动。")
    whose = Whose(user, user.name, user.phone.strip(), user.email.strip())
    end_sessions(user)
    forget_ties(user)
    revoke_tokens(user=user, by=f"user:{by.pk}", at=at)
    PersonalLink.objects.filter(user=user).delete()
    Consent.objects.filter(user=user, withdrawn_at=None).update(withdrawn_at=at)
    found = {name: eraser(whose, by, at) for name, eraser in _erasers.items()}
    user.username, user.name, user.phone, user.email = _username(user), ERASED, "", ""
    user.is_active = False
    user.set_unusable_password()
    user.save()
    mine = DataRequest.objects.filter(user=user)
    mine.exclude(kind=DataRequest.Kind.WITHDRAWN).update(text=ERASED)
    mine.filter(answered_at=None).update(
        answer="个人信息已按请求删除，账号已停用。", answered_at=at, answered_by=by
    )
    record(
        "installation",
        actor=f"user:{by.pk}",
        action="people.erase",
        subject=f"user:{user.pk}",
        details={name: number for name, number in found.items() if number},
        at=at,
    )
    return found


def _username(user: User) -> str:
    return f"erased-{user.pk}"
