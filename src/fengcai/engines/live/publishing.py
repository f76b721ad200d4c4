"""Publishing a hint: after the commit of what it speaks of, and never to the caller's harm."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, partial
from typing import TYPE_CHECKING, Any

import structlog
from django.db import transaction

from fengcai.engines.live import engine
from fengcai.engines.live.messages import BadMessage, encode

if TYPE_CHECKING:
    from fengcai.engines.live.port import Sender

log = structlog.get_logger(__name__)


def publish(channel: str, event: str, data: Mapping[str, Any] | None = None) -> None:
    """Tell every page that holds a ticket for `channel` that `event` happened.

    Inside a transaction it is sent when that commits, and not at all when it does not. `data` is
    JSON of at most 4 KB, fit for everybody who may hold a ticket. Never raises: what cannot be
    sent is logged. On a slow line a later event of the same name on the same channel replaces an
    earlier one, so an event must say "look again", never "add this".
    """
    try:
        message = encode(channel, event, data or {})
    except BadMessage:
        log.exception("live_message_refused", channel=channel, live_event=event)
        return
    # Asked of the connection itself: transaction.on_commit would open one where there is none.
    if transaction.get_connection().in_atomic_block:
        transaction.on_commit(partial(_send, channel, message), robust=True)
    else:
        _send(channel, message)


@cache
def _sender() -> Sender:
    return engine.chosen().sender()


def _send(channel: str, message: bytes) -> None:
    try:
        _sender().send(channel, message)
    except Exception:
        log.exception("live_send_failed", channel=channel)
