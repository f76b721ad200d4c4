"""Tickets: a page's signed permission to hear some channels for a while.

A page issues one to somebody who may see what it shows. A connection then needs no session and no
database. A ticket is readable by its holder (signed, not encrypted) and opens nothing but hints.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core import signing
from django.utils import timezone

from fengcai.engines.live.messages import CHANNEL

_SALT = "fengcai.live.ticket"
CHANNELS_MAX = 16
LENGTH_MAX = 2_048
LIFE = timedelta(hours=1)


class BadTicket(Exception):
    """The ticket is forged, damaged, or past its time (`expired`)."""

    def __init__(self, *, expired: bool) -> None:
        super().__init__("expired" if expired else "forged")
        self.expired = expired


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a holder may hear, and until when (seconds since 1970, UTC)."""

    number: str
    channels: tuple[str, ...]
    expires: int


def ticket(*channels: str, expires: timedelta = LIFE, at: datetime | None = None) -> str:
    """A ticket for `/live/<ticket>/events`, good for `expires` from `at` (default: now).

    Issue one for each page that is drawn: four connections share it at most. Raises ValueError for
    no channel, more than 16, or a name that is not lower-case letters, digits and `:._-`.
    """
    if not 0 < len(channels) <= CHANNELS_MAX:
        raise ValueError(f"a ticket covers 1 to {CHANNELS_MAX} channels")
    for channel in channels:
        if not CHANNEL.fullmatch(channel):
            raise ValueError(f"not a channel's name: {channel!r}")
    until = int(((at or timezone.now()) + expires).timestamp())
    return signing.Signer(salt=_SALT).sign_object([secrets.token_hex(4), until, *channels])


def read(text: str, *, at: datetime) -> Ticket:
    """The ticket in `text`. Raises BadTicket when it is forged or `at` is past its expiry."""
    if len(text) > LENGTH_MAX:
        raise BadTicket(expired=False)
    try:
        number, until, *channels = signing.Signer(salt=_SALT).unsign_object(text)
    except (signing.BadSignature, ValueError, TypeError):
        raise BadTicket(expired=False) from None
    if at.timestamp() >= until:
        raise BadTicket(expired=True)
    return Ticket(number, tuple(channels), until)
