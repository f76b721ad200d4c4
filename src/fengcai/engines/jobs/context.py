"""What a handler holds while it works: its job's number, its lease, and the one way to end it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from fengcai.engines.jobs import claims
from fengcai.engines.jobs.claims import Claim
from fengcai.engines.jobs.models import State
from fengcai.engines.jobs.observers import Sign, tell
from fengcai.engines.jobs.registry import JobInterrupted, LeaseLost

PROGRESS_EVERY = 0.5
"""Seconds between two progress writes of one job; a page cannot show more and a disk should not."""


class JobContext:
    """The first argument of every handler. One attempt, one context; not shared between threads."""

    def __init__(
        self,
        claim: Claim,
        *,
        interrupted: Callable[[], bool] = lambda: False,
    ) -> None:
        self._claim = claim
        self._interrupted = interrupted
        self._lost = threading.Event()
        self._renewed = time.monotonic()
        self._last_write = float("-inf")
        self._last: tuple[float, str] = (0.0, "")
        self._completing = False
        self._completed = False

    @property
    def id(self) -> int:
        """The job's number, as officers see it."""
        return self._claim.id

    @property
    def kind(self) -> str:
        """The name the handler was registered under."""
        return self._claim.kind

    @property
    def subject(self) -> str:
        """What the job is about, as given to `enqueue`."""
        return self._claim.subject

    @property
    def attempt(self) -> int:
        """1 for the first start of this job, counting interrupted ones."""
        return self._claim.attempts

    def renewal_due(self) -> bool:
        """True when a third of the lease has passed since it was last lengthened.

        Never inside `completing`: its transaction holds the row, so that nobody takes the job, and
        whoever would lengthen the lease would wait for it.
        """
        if self._completing:
            return False
        return time.monotonic() - self._renewed >= self._claim.handler.lease.total_seconds() / 3

    @property
    def lost(self) -> bool:
        """True once the job is known to be in other hands."""
        return self._lost.is_set()

    @property
    def completed(self) -> bool:
        """True once `completing()` has committed."""
        return self._completed

    def check(self) -> None:
        """Stop here if the work no longer counts. Raises LeaseLost or JobInterrupted."""
        if self._lost.is_set():
            raise LeaseLost(f"job {self.id} is no longer held by this attempt")
        if self._interrupted():
            raise JobInterrupted(f"job {self.id} is asked to stop")

    def progress(self, fraction: float, text: str = "") -> None:
        """Show `fraction` (0 to 1, clamped) and a few Chinese words, and renew the lease.

        Writes at most every half second; the first word, a new word and 1.0 are written at once.
        Raises LeaseLost or JobInterrupted, which the handler lets pass.
        """
        self.check()
        fraction = min(max(float(fraction), 0.0), 1.0)
        text = text[:200]
        moment = time.monotonic()
        if (
            moment - self._last_write < PROGRESS_EVERY
            and text == self._last[1]
            and (fraction < 1.0 or self._last[0] == 1.0)
        ):
            return
        self._renewed = self._last_write = moment
        self._last = (fraction, text)
        if not claims.renew(self._claim, progress=fraction, progress_text=text):
            self.lose()
            self.check()
        tell(Sign(self.id, State.RUNNING, fraction, text))

    @contextmanager
    def completing(self) -> Iterator[dict[str, Any]]:
        """Write the job's effects and its ending in one transaction, so they happen once.

            with job.completing() as outcome:
                Finding.objects.create(...)
                outcome["findings"] = 3

        What the dict holds (JSON values) becomes the job's outcome. Raises LeaseLost, with nothing
        written, when another worker has taken the job over; let it pass. Use it once per attempt.
        """
        self._may_complete()
        self._completing = True
        try:
            with claims.completing(self._claim) as outcome:
                yield outcome
        finally:
            self._completing = False
        self._completed = True

    def complete(self, outcome: Mapping[str, Any]) -> None:
        """End well without effects of its own in the database; `outcome` as in `completing`."""
        self._may_complete()
        claims.complete(self._claim, outcome)
        self._completed = True

    def _may_complete(self) -> None:
        if self._completed:
            raise RuntimeError(f"job {self.id} has been completed already")
        if self._lost.is_set():
            raise LeaseLost(f"job {self.id} is no longer held by this attempt")

    def renew(self) -> bool:
        """Lengthen the lease; False when it was lost. The worker's heartbeat calls this.

        A row that another transaction holds is passed over: it is due again at the next beat.
        """
        if self._completed or self._lost.is_set():
            return False
        moment = time.monotonic()
        kept = claims.keep(self._claim)
        if kept is None:
            return True
        if not kept:
            self.lose()
            return False
        self._renewed = moment
        return True

    def lose(self) -> None:
        """Note that the job is in other hands; the next `check` or `progress` stops the handler."""
        self._lost.set()

    def release(self) -> bool:
        """Put the job back into the queue; False when it had ended, was in other hands, or a
        transaction holds its row (then its lease runs out)."""
        return claims.release_if_free(self._claim)
