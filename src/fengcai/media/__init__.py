"""Media: a file → facts, poster and sprite strip, read in a limited child process.

Plain Python over PyAV, numpy and Pillow. No rule is judged here: core.inspection does that.
Names load when they are first asked for, so that the child process need not load the parent's.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fengcai.media.facts import FACTS_VERSION, Facts
    from fengcai.media.limits import Limits
    from fengcai.media.warden import inspect_file

__all__ = ["FACTS_VERSION", "Facts", "Limits", "inspect_file"]

_HOMES = {
    "FACTS_VERSION": "fengcai.media.facts",
    "Facts": "fengcai.media.facts",
    "Limits": "fengcai.media.limits",
    "inspect_file": "fengcai.media.warden",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(name)
    return getattr(import_module(_HOMES[name]), name)
