"""Tells whoever asked how a job in this process is getting on; nobody has to listen.

For hints that hurry a page along. What an observer hears may be repeated or missing: the row is
the truth.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import structlog

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Sign:
    """One sign of life: `state` as in the row; `progress` 0–1; `text` is Chinese, or empty."""

    id: int
    state: str
    progress: float = 0.0
    text: str = ""


Observer = Callable[[Sign], None]
_observers: list[Observer] = []


def observe(observer: Observer) -> None:
    """Have `observer` called at each sign, in the thread that runs the job. It must be quick."""
    if observer not in _observers:
        _observers.append(observer)


def forget(observer: Observer) -> None:
    """Stop calling it."""
    if observer in _observers:
        _observers.remove(observer)


def tell(sign: Sign) -> None:
    """Pass a sign on. An observer that fails is logged and never harms the job."""
    for observer in tuple(_observers):
        try:
            observer(sign)
        except Exception:
            log.exception("job_observer_failed", job=sign.id)
