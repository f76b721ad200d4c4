"""Which engine carries the hints: FENGCAI_LIVE names it, and only that one is loaded."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, cast

from django.conf import settings

if TYPE_CHECKING:
    from fengcai.engines.live.port import Engine

ENGINES = ("embedded", "redis")


def chosen() -> Engine:
    """The engine that the settings name."""
    name = settings.FENGCAI_LIVE
    if name not in ENGINES:
        raise LookupError(f"no live engine is called {name!r}")
    return cast("Engine", import_module(f"fengcai.engines.live.{name}"))
