"""Which function carries out which kind of job, and the words a handler may raise.

Holds no rows and needs no database; it may be imported before Django is ready.
"""

from __future__ import annotations

import inspect
import json
import math
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import IntEnum, StrEnum
from typing import Any, TypeVar

ARGUMENTS_MAX_BYTES = 65_536
"""The largest JSON a job may carry; anything bigger belongs in a table, and its id in the job."""


class Priority(IntEnum):
    """Who is waiting: higher numbers are claimed first."""

    BULK = -10
    NORMAL = 0
    WAITED_FOR = 10


class Lane(StrEnum):
    """What a job occupies while it runs: workers may be kept for one lane, so that long work of one
    sort never holds up short work of another."""

    DEFAULT = "default"
    MEDIA = "media"
    DOCUMENTS = "documents"
    MAIL = "mail"


LANE_NAMES: Mapping[Lane, str] = {
    Lane.DEFAULT: "日常",
    Lane.MEDIA: "音视频检测",
    Lane.DOCUMENTS: "文书制作",
    Lane.MAIL: "消息发送",
}


class UnknownKind(LookupError):
    """A job was enqueued under a name that no installed app has registered."""


class ArgumentsRefused(TypeError):
    """A job's arguments are not plain JSON values, or do not fit its handler's signature."""


class JobFailed(Exception):
    """Raised by a handler when trying again is pointless; the text is Chinese, for officers."""


class JobRetry(Exception):
    """Raised by a handler to be tried again; the text is Chinese and says what it waits for.

    `after` overrides the handler's back-off. It counts as a failed attempt.
    """

    def __init__(self, text: str, *, after: timedelta | None = None) -> None:
        super().__init__(text)
        self.after = after


class JobInterrupted(Exception):
    """Raised inside a handler when its worker is told to stop: the job goes back to the queue."""


class LeaseLost(Exception):
    """Raised inside a handler whose job was given to another worker: it must not write any more."""


@dataclass(frozen=True, slots=True)
class Handler:
    """A kind of job: its function and how patient the engine is with it."""

    kind: str
    title: str
    lane: Lane
    function: Callable[..., Mapping[str, Any] | None]
    lease: timedelta
    max_attempts: int
    backoff: timedelta
    backoff_max: timedelta
    max_interruptions: int
    atomic: bool

    def delay(self, failures: int) -> timedelta:
        """Wait before attempt `failures + 1`: back-off × 4^(failures−1), at most `backoff_max`."""
        exponent = min(max(failures - 1, 0), 20)
        return min(self.backoff * 4**exponent, self.backoff_max)


_handlers: dict[str, Handler] = {}

_Function = TypeVar("_Function", bound=Callable[..., Any])


def handler(
    kind: str,
    *,
    title: str = "",
    lane: Lane | str = Lane.DEFAULT,
    lease: timedelta | float = 60.0,
    max_attempts: int = 5,
    backoff: timedelta | float = 5.0,
    backoff_max: timedelta | float = 3600.0,
    max_interruptions: int = 20,
    atomic: bool = False,
) -> Callable[[_Function], _Function]:
    """Register `def f(job: JobContext, **primitives) -> Mapping | None` under `kind`.

    `title` is what officers call it, in Chinese. `lane` says which workers may carry it out.
    `lease`, `backoff` and `backoff_max` are seconds or timedeltas. `max_attempts` bounds failures,
    `max_interruptions` bounds killed workers, so that a job that fells its worker ends too.
    `atomic=True` runs the whole function inside `job.completing()`: right for short jobs that only
    write rows. Raises ValueError when another function already holds the name.
    """
    if max_attempts < 1 or max_interruptions < 1:
        raise ValueError("max_attempts and max_interruptions must be at least 1")
    lease_span = _span(lease)
    if lease_span <= timedelta(0):
        raise ValueError("a lease must be longer than nothing")

    def register(function: _Function) -> _Function:
        known = _handlers.get(kind)
        if known is not None and (
            known.function.__module__,
            known.function.__qualname__,
        ) != (function.__module__, function.__qualname__):
            raise ValueError(f"job kind {kind!r} is already registered by {known.function!r}")
        _handlers[kind] = Handler(
            kind=kind,
            title=title or kind,
            lane=Lane(lane),
            function=function,
            lease=lease_span,
            max_attempts=max_attempts,
            backoff=_span(backoff),
            backoff_max=_span(backoff_max),
            max_interruptions=max_interruptions,
            atomic=atomic,
        )
        return function

    return register


def find(kind: str) -> Handler:
    """The handler registered as `kind`. Raises UnknownKind."""
    try:
        return _handlers[kind]
    except KeyError:
        known = ", ".join(sorted(_handlers)) or "none"
        raise UnknownKind(
            f"no handler is registered for job kind {kind!r}; known: {known}"
        ) from None


def kinds(lanes: Collection[str] | None = None) -> tuple[str, ...]:
    """Every registered kind, or those of `lanes`, sorted."""
    return tuple(sorted(k for k, spec in _handlers.items() if lanes is None or spec.lane in lanes))


def leases() -> dict[str, float]:
    """Each kind's lease in seconds."""
    return {kind: spec.lease.total_seconds() for kind, spec in _handlers.items()}


def title(kind: str) -> str:
    """What officers call a kind of job; the kind itself when this program does not know it."""
    known = _handlers.get(kind)
    return kind if known is None else known.title


def lane(kind: str) -> Lane:
    """The lane of a kind; the default one when this program does not know it."""
    known = _handlers.get(kind)
    return Lane.DEFAULT if known is None else known.lane


def forget(kind: str) -> None:
    """Remove a handler; tests that register their own kinds tidy up with it."""
    _handlers.pop(kind, None)


def check_arguments(spec: Handler, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Return a plain copy of `arguments` fit to be stored and to call `spec` with.

    Only JSON values are let in (text, numbers, booleans, null, lists and mappings of them): a model
    instance or a date would be stale or ambiguous by the time the job runs.
    Raises ArgumentsRefused.
    """
    if not isinstance(arguments, Mapping):
        raise ArgumentsRefused(f"{spec.kind}: arguments must be a mapping of names to values")
    plain = {str(name): _plain(value, f"{spec.kind}.{name}") for name, value in arguments.items()}
    size = len(json.dumps(plain, ensure_ascii=False).encode())
    if size > ARGUMENTS_MAX_BYTES:
        raise ArgumentsRefused(
            f"{spec.kind}: arguments take {size} bytes, more than {ARGUMENTS_MAX_BYTES}"
        )
    try:
        inspect.signature(spec.function).bind(None, **plain)
    except TypeError as error:
        raise ArgumentsRefused(f"{spec.kind}: {error}") from None
    return plain


def _plain(value: Any, path: str) -> Any:
    # bool, int and str subclasses (enums, lazy text) are refused: JSON would store something else.
    if value is None or type(value) in (bool, int, str):
        return value
    if type(value) is float:
        if not math.isfinite(value):
            raise ArgumentsRefused(f"{path}: {value} is not a JSON number")
        return value
    if type(value) in (list, tuple):
        return [_plain(item, f"{path}[{index}]") for index, item in enumerate(value)]
    if type(value) is dict:
        for key in value:
            if type(key) is not str:
                raise ArgumentsRefused(f"{path}: the key {key!r} is not text")
        return {key: _plain(item, f"{path}.{key}") for key, item in value.items()}
    raise ArgumentsRefused(
        f"{path}: {type(value).__name__} is not a primitive; pass an id or text instead"
    )


def _span(value: timedelta | float) -> timedelta:
    return value if isinstance(value, timedelta) else timedelta(seconds=value)
