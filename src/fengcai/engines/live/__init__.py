"""Tells open pages at once that something has changed, over server-sent events.

What travels here are hints. The truth stays in the database: a page that gets a hint, or has just
connected, asks for its part anew, so nothing depends on a hint arriving. Two engines carry hints
from the process that publishes to those that hold pages: `embedded` on one machine, `redis` among
several. This engine does not know what a channel is about.

Names that need Django's settings are loaded on first use, so that this package can stand in
INSTALLED_APPS.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fengcai.engines.live.hub import end_streams, shut_down
    from fengcai.engines.live.job_signs import channel_of_job
    from fengcai.engines.live.publishing import publish
    from fengcai.engines.live.stream import live_application
    from fengcai.engines.live.tickets import ticket

__all__ = [
    "channel_of_job",
    "end_streams",
    "live_application",
    "publish",
    "shut_down",
    "ticket",
]

_LATE = {
    "channel_of_job": "job_signs",
    "end_streams": "hub",
    "live_application": "stream",
    "publish": "publishing",
    "shut_down": "hub",
    "ticket": "tickets",
}


def __getattr__(name: str) -> Any:
    if name in _LATE:
        return getattr(import_module(f"{__name__}.{_LATE[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
