"""What makes, uses and takes back the keys of programs."""

from __future__ import annotations

import hashlib
import logging
import re
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from allauth.socialaccount.models import SocialAccount
from django.db import DatabaseError, transaction
from django.db.models import Q

from fengcai.apps.audit.actions import record
from fengcai.apps.people.models import ApiToken, User
from fengcai.apps.people.tokens.scopes import Scope
from fengcai.apps.refusals import NotFound, NotPermitted, Refused

CHAIN = "people"
PREFIX = "fc_"
LONGEST_LIFE = timedelta(days=366)
MOST_TOKENS = 20
USE_NOTED_EVERY = timedelta(minutes=1)

log = logging.getLogger("fengcai.people")


@transaction.atomic
def create_token(
    *, user: User, name: str, scopes: Sequence[str], life: timedelta, by: str, at: datetime
) -> tuple[ApiToken, str]:
    """Make a key for `user`; returns its row and the key itself, which is shown this once.

    `by` is who made it, as the record names people: `user:7`, or `system:command`. Raises
    `Refused` with `fields` when something is missing or beyond the limits.
    """
    name = " ".join(name.split())
    wrong: dict[str, str] = {}
    if not name or len(name) > 60 or not name.isprintable():
        wrong["name"] = "请写明用途，60 字以内，例如“OA 同步作品”"
    if not scopes:
        wrong["scopes"] = "请至少选一项权限"
    elif unknown := sorted(set(scopes) - set(Scope.values)):
        wrong["scopes"] = f"没有这样的权限：{'、'.join(unknown)}"
    if not timedelta(0) < life <= LONGEST_LIFE:
        wrong["days"] = f"有效期须在 1 至 {LONGEST_LIFE.days} 天之间"
    if wrong:
        raise Refused(f"令牌没有建立：{'；'.join(wrong.values())}。", fields=wrong)
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if _alive(at).filter(user=user).count() >= MOST_TOKENS:
        raise Refused(f"一个账号最多有 {MOST_TOKENS} 个有效令牌。请先停用不再使用的。")
    key = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        user=user,
        name=name,
        digest=_digest(key),
        hint=key[: len(PREFIX) + 4],
        scopes=[scope for scope in Scope.values if scope in scopes],
        created_at=at,
        expires_at=at + life,
    )
    _note(token, by, "people.create_token", at)
    return token, key


def create_own_token(
    *, user: User, name: str, scopes: Sequence[str], life: timedelta, at: datetime
) -> tuple[ApiToken, str]:
    """The same for oneself. Not for people who come in by a personal link alone: a key would
    outlive the link, and whoever closes the link thinks the door is shut."""
    if not may_make_tokens(user):
        raise NotPermitted(
            "您凭个人链接进入，不能自己建立令牌。需要时请系统管理员用 fengcai token create 建立。"
        )
    return create_token(user=user, name=name, scopes=scopes, life=life, by=f"user:{user.pk}", at=at)


def may_make_tokens(user: User) -> bool:
    """Whether the account has a way in of its own: a password, or the institution's sign-in."""
    return user.has_usable_password() or SocialAccount.objects.filter(user=user).exists()


@transaction.atomic
def revoke_token(*, token_id: int, owner: User | None, by: str, at: datetime) -> ApiToken:
    """Take a key back; from now on it opens nothing. Twice does no harm.

    `owner` restricts it to one's own; None is for whoever runs the system. Raises `NotFound`.
    """
    rows = ApiToken.objects.select_for_update(of=("self",), no_key=True).select_related("user")
    if owner is not None:
        rows = rows.filter(user=owner)
    token = rows.filter(pk=token_id).first()
    if token is None:
        raise NotFound("没有这个令牌，或它不属于您。")
    if token.revoked_at is None:
        token.revoked_at, token.revoked_by = at, by
        token.save(update_fields=["revoked_at", "revoked_by"])
        _note(token, by, "people.revoke_token", at)
    return token


@transaction.atomic
def revoke_tokens(*, user: User, by: str, at: datetime) -> int:
    """Take back every key of `user` that is alive; returns how many. Holds the record's chain."""
    alive = list(_alive(at).filter(user=user).order_by("pk").values_list("pk", flat=True))
    for token_id in alive:
        revoke_token(token_id=token_id, owner=user, by=by, at=at)
    return len(alive)


def use_token(*, key: str, at: datetime) -> ApiToken | None:
    """The row of a key that is alive at `at`, with its account; None for anything else.

    Notes the use at most once a minute, and never fails for not being able to. 1 SQL, then 2.
    """
    if not re.fullmatch(r"fc_[A-Za-z0-9_-]{43}", key):
        return None
    token = _alive(at).select_related("user").filter(digest=_digest(key)).first()
    if token is None or not token.user.is_active:
        return None
    if token.last_used_at is None or token.last_used_at <= at - USE_NOTED_EVERY:
        stale = Q(last_used_at=None) | Q(last_used_at__lte=at - USE_NOTED_EVERY)
        try:
            with transaction.atomic():
                ApiToken.objects.filter(stale, pk=token.pk).update(last_used_at=at)
        except DatabaseError as error:
            log.warning("the use of token %s was not noted: %s", token.pk, error)
    return token


def _alive(at: datetime):  # type: ignore[no-untyped-def]
    return ApiToken.objects.filter(revoked_at=None, expires_at__gt=at)


def _note(token: ApiToken, by: str, action: str, at: datetime) -> None:
    record(
        CHAIN,
        actor=by,
        action=action,
        subject=f"token:{token.pk}",
        details={
            "user": token.user_id,
            "scopes": token.scopes,
            "expires_at": token.expires_at.isoformat(),
        },
        personal={"name": token.name},
        at=at,
    )


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
