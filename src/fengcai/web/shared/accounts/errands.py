"""Why a browser was sent to another system, remembered in its session until it comes back.

The `state` names one errand of one session, is good once and for ten minutes: an answer that was
fetched by somebody else's browser finds nothing here.
"""

from __future__ import annotations

import secrets
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

from fengcai.engines.identity import Identity

KEY, PENDING = "errands", "identity_pending"
LIFE = 600.0  # seconds
PENDING_LIFE = 900.0
MOST = 5


@dataclass(frozen=True)
class Errand:
    """`process` is login or link; `user` who was signed in when linking began; `silent`: nobody
    asked for it, so a failure must not be a page of its own."""

    provider: str
    process: str
    next: str
    user: int | None
    silent: bool
    at: float


def safe_next(request: HttpRequest, address: str | None) -> str:
    """`address` if it is a path of this site; else empty. A path only: another host or scheme, or
    what a browser may take for one (//, /\\), leads nowhere."""
    given = address or ""
    if not given.startswith("/") or not url_has_allowed_host_and_scheme(given, allowed_hosts=None):
        return ""
    return given[:1000]


def begin(
    request: HttpRequest, provider: str, *, process: str, next: str = "", silent: bool = False
) -> str:
    """Remember an errand; returns its `state`."""
    now = time.time()
    kept = {
        state: errand
        for state, errand in request.session.get(KEY, {}).items()
        if now - errand["at"] < LIFE
    }
    for state in sorted(kept, key=lambda each: float(kept[each]["at"]))[: -(MOST - 1)]:
        del kept[state]
    state = secrets.token_hex(16)
    user = request.user.pk if process == "link" else None
    kept[state] = asdict(Errand(provider, process, next, user, silent, now))
    request.session[KEY] = kept
    return state


def take(request: HttpRequest, provider: str, state: str) -> Errand | None:
    """The errand of this session that `state` names, once; None when there is none."""
    kept = request.session.get(KEY, {})
    found = kept.pop(state, None)
    if found is None:
        return None
    request.session[KEY] = kept
    errand = Errand(**found)
    return errand if errand.provider == provider and time.time() - errand.at < LIFE else None


def keep_pending(request: HttpRequest, identity: Identity) -> None:
    """Keep an identity that opens no account yet, until its owner has come in by another way."""
    request.session[PENDING] = {**asdict(identity), "at": time.time()}


def pending(request: HttpRequest) -> Identity | None:
    """That identity, for a quarter of an hour."""
    found = dict(request.session.get(PENDING) or {})
    if not found or time.time() - found.pop("at") >= PENDING_LIFE:
        return None
    return Identity(**found)


def pending_since(request: HttpRequest) -> datetime:
    """When that identity was shown in this browser: on a shared computer it may be somebody else's."""
    return datetime.fromtimestamp(request.session[PENDING]["at"], UTC)


def drop_pending(request: HttpRequest) -> None:
    """It was tied, or is not wanted."""
    request.session.pop(PENDING, None)
