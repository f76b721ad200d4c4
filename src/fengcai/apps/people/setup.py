"""The first administrator of an installation: made by whoever can read what the server printed.

The key is good until somebody looks after the installation or a newer one is printed; only its digest is
kept.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime

from django.db import transaction
from django.utils.crypto import constant_time_compare

from fengcai.apps.people.actions import create_account
from fengcai.apps.people.events import Kind
from fengcai.apps.people.log import note
from fengcai.apps.people.models import Installation, User
from fengcai.apps.people.queries import has_administrator
from fengcai.apps.refusals import NotPermitted

SIGNS = "ABCDEFGHJKMNPQRSTVWXYZ23456789"
GROUPS, LENGTH = 4, 5


@transaction.atomic
def make_setup_key() -> str:
    """A new key, shown once; the one before it is void. Empty when somebody looks after the
    installation already. 2 SQL."""
    if has_administrator():
        return ""
    key = "-".join("".join(secrets.choice(SIGNS) for _ in range(LENGTH)) for _ in range(GROUPS))
    Installation.objects.update_or_create(pk=1, defaults={"setup_digest": _digest(key)})
    return key


def setup_digest_of(key: str) -> str:
    """The digest of `key` if it opens the setup now; else empty. 2 SQL."""
    row = Installation.objects.filter(pk=1).first()
    digest = _digest(key)
    known = row.setup_digest if row else ""
    right = constant_time_compare(digest, known)
    return digest if known and right and not has_administrator() else ""


def setup_is_open(digest: str) -> bool:
    """Whether a session that holds `digest` may still set things up. 2 SQL."""
    row = Installation.objects.filter(pk=1).first()
    known = row.setup_digest if row else ""
    return (
        bool(known and digest) and constant_time_compare(digest, known) and not has_administrator()
    )


@transaction.atomic
def make_first_administrator(
    *, digest: str, username: str, name: str, password: str, at: datetime
) -> User:
    """The first account that looks after the installation; the key is void from now on. Of two at once
    the second is refused. Raises `Refused` for a name that is taken or a weak password."""
    row = Installation.objects.select_for_update(no_key=True).filter(pk=1).first()
    if row is None or not row.setup_digest or not constant_time_compare(digest, row.setup_digest):
        raise NotPermitted("安装口令已经失效，没有建立账号。请照服务器上最新打印的口令重新进入。")
    if has_administrator():
        raise NotPermitted("已经有系统管理员了，没有再建立。请用那个账号登录。")
    user = create_account(username=username, name=name, password=password, administrator=True)
    Installation.objects.filter(pk=1).update(setup_digest="")
    note(user, Kind.ADMINISTRATOR, at=at, detail="首次安装")
    return user


def _digest(key: str) -> str:
    plain = "".join(sign for sign in key.upper()[:80] if sign.isalnum())
    return hashlib.sha256(plain.encode()).hexdigest()
