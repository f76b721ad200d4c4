"""The rules of one window: before, open, closed; in time, late, refused.

A closing instant is read to the second, as receipts show it: where the rulebook counts 17:00:00 as
in time, everything that a receipt shows as 17:00:00 is in time, and 17:00:01 is late. It does not
store admissions and sends no reminders.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from fengcai.core.rulebook import Citation, Window
from fengcai.core.rulebook.instants import day_and_clock

Standing = Literal["before", "open", "closed"]

AFTER_UPLOAD = timedelta(minutes=30)
"""How long a work may still be handed in after an upload that began in time has ended, where the rules
count what began in time: the upload kept its unit from the last step."""

_BASES = {
    "server_received": "以服务器收到的时间为准",
    "mail_date": "以邮件发出的时间为准",
    "paper_arrival": "以纸质材料送达的时间为准",
    "post_mark": "以邮戳日期为准",
}


@dataclass(frozen=True, slots=True)
class Admission:
    """Whether something is taken in, whether it counts as late, why, and by which clause."""

    accepted: bool
    late: bool
    reason: str
    cite: Citation


def standing(window: Window, at: datetime) -> Standing:
    """Whether a window is still to open, open, or closed at an instant (with a time zone)."""
    _aware(at)
    if at < window.opens:
        return "before"
    return "open" if in_time(window, at) else "closed"


def in_time(window: Window, at: datetime) -> bool:
    """Whether an instant is not past the closing one, grace included."""
    _aware(at)
    second = at.replace(microsecond=0)
    last = window.closes + window.grace
    return second <= last if window.closes_inclusive else second < last


def remaining(window: Window, at: datetime) -> timedelta:
    """Time until the window closes, grace not counted; zero when it has closed."""
    _aware(at)
    return max(window.closes - at, timedelta(0))


def admit(window: Window, *, arrived: datetime, began: datetime | None = None) -> Admission:
    """Decide on something that arrived whole at `arrived` and, for an upload, began at `began`.

    What arrives after the deadline is late even when it began before, unless the rulebook says
    that what began in time counts. Late things are refused, marked or allowed as the rulebook says.
    """
    _aware(arrived)
    day, clock = day_and_clock(window.closes, seconds=True)
    closes = f"{day} {clock}"
    if arrived < window.opens:
        return _answer(window, False, False, f"尚未开始，{window.opens:%Y-%m-%d %H:%M} 起受理")
    if in_time(window, arrived):
        return _answer(window, True, False, f"在截止时间 {closes} 之前收到")
    if window.begun_counts and began is not None and standing(window, began) == "open":
        return _answer(window, True, False, f"在截止时间 {closes} 之前开始上传，按规则算按时")
    said = f"收到时间 {arrived.astimezone(window.closes.tzinfo):%Y-%m-%d %H:%M:%S} 晚于截止时间 {closes}"
    if window.late == "reject":
        return _answer(window, False, True, f"{said}，按规则不再受理")
    if window.late == "mark":
        return _answer(window, True, True, f"{said}，已收下并注明逾期")
    return _answer(window, True, True, f"{said}，按规则照常收下")


def held_open(window: Window, *, began: datetime, arrived: datetime) -> Window:
    """The window as it stands for a work whose upload began at `began` and ended at `arrived`.

    Where what began in time counts and it ended after the closing instant, it stays open until
    `AFTER_UPLOAD` has passed since; else it is the window itself.
    """
    excused = window.begun_counts and standing(window, began) == "open"
    if not excused or in_time(window, arrived):
        return window
    closes = arrived.astimezone(window.closes.tzinfo) + AFTER_UPLOAD
    return window.model_copy(update={"closes": closes, "grace": timedelta(0)})


def basis_in_words(window: Window) -> str:
    """By which instant it is in time, as a person reads it: 以服务器收到的时间为准."""
    return _BASES[window.basis]


def _answer(window: Window, accepted: bool, late: bool, reason: str) -> Admission:
    return Admission(accepted, late, reason, window.cite)


def _aware(at: datetime) -> None:
    if at.tzinfo is None:
        raise ValueError("an instant needs a time zone")
