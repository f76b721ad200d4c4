"""Jobs' signs of life as hints: what a page shows while it waits, and when to look again."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict

from fengcai.engines.jobs import Sign
from fengcai.engines.live.publishing import publish

RATE = 4.0
"""Hints a second of one job, and as many at once: a new word soon after another is still shown."""
REMEMBERED = 256


class Allowance:
    """How many hints each job may still send. Of jobs that never end the oldest are forgotten."""

    def __init__(self, rate: float = RATE, remembered: int = REMEMBERED) -> None:
        self._rate = rate
        self._remembered = remembered
        self._left: OrderedDict[int, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, job: int, *, at: float) -> bool:
        """Whether one more may go at `at` (monotonic seconds)."""
        with self._lock:
            left, since = self._left.pop(job, (self._rate, at))
            left = min(self._rate, left + (at - since) * self._rate)
            allowed = left >= 1.0
            self._left[job] = (left - 1.0 if allowed else left, at)
            if len(self._left) > self._remembered:
                self._left.popitem(last=False)
            return allowed

    def forget(self, job: int) -> None:
        """It has ended."""
        with self._lock:
            self._left.pop(job, None)


_allowance = Allowance()


def channel_of_job(job: int) -> str:
    """The channel on which a job's signs are published."""
    return f"job:{job}"


def pass_on(sign: Sign) -> None:
    """Publish `progress` (percent, text) while it runs, `changed` when its state may be another."""
    if sign.state != "running":
        _allowance.forget(sign.id)
        publish(channel_of_job(sign.id), "changed")
    elif _allowance.take(sign.id, at=time.monotonic()):
        percent = min(int(sign.progress * 100), 99)
        publish(channel_of_job(sign.id), "progress", {"percent": percent, "text": sign.text})
