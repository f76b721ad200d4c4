"""Connections to mail servers kept for the next mail, so that eight hundred reminders greet and sign in
eighty times, not eight hundred.

One kept line for each server and process, for a few seconds: whoever takes it has it alone, and a second
sender beside it opens a line of its own. A line that was lost meanwhile is found out before a mail is given
to it. A forked child never speaks on its parent's line.
"""

from __future__ import annotations

import contextlib
import os
import smtplib
import threading
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass

MOST_MAILS = 10
"""On one line. Exim, as it comes, puts what follows the tenth mail of a connection aside until its next
queue run, half an hour later (`smtp_accept_queue_per_connection`); others hang up after more."""
IDLE_S = 15.0
"""How long a line waits for the next mail: servers do not like idle ones, and count them."""


@dataclass
class Line:
    """An open, encrypted and signed-in connection, and how many mails went by it."""

    smtp: smtplib.SMTP
    used: int = 0
    pid: int = 0
    since: float = 0.0


_lock = threading.Lock()
_kept: dict[Hashable, Line] = {}


def take(key: Hashable) -> Line | None:
    """The kept line of a server if it still answers; it is the taker's alone."""
    with _lock:
        line = _kept.pop(key, None)
    if line is None:
        return None
    if line.pid != os.getpid():
        _drop(line)
        return None
    if time.monotonic() - line.since < IDLE_S and _answers(line.smtp):
        return line
    close(line)
    return None


def give_back(key: Hashable, line: Line) -> None:
    """Keep a line for the next mail, after one that was taken or refused; close it where it has served
    its time or another is kept already."""
    line.used += 1
    if line.used >= MOST_MAILS:
        close(line)
        return
    line.pid, line.since = os.getpid(), time.monotonic()
    with _lock:
        spare = key in _kept
        if not spare:
            _kept[key] = line
    if spare:
        close(line)
        return
    _after(IDLE_S, lambda: _expire(key, line))


def close(line: Line) -> None:
    """Say good-bye, if the other side still listens."""
    smtp = line.smtp
    with contextlib.suppress(OSError, smtplib.SMTPException):
        smtp.timeout = 5
        if smtp.sock is not None:
            smtp.sock.settimeout(5)
        smtp.quit()
    smtp.close()


def close_all() -> None:
    """Close what is kept, in this process."""
    with _lock:
        every = list(_kept.values())
        _kept.clear()
    for line in every:
        close(line) if line.pid == os.getpid() else _drop(line)


def _answers(smtp: smtplib.SMTP) -> bool:
    """Whether the server still listens; it forgets a half-given mail at the same time."""
    try:
        return smtp.rset()[0] == 250
    except (OSError, smtplib.SMTPException):
        return False


def _drop(line: Line) -> None:
    """Let go of a parent's line without a word on it: the parent still speaks there."""
    if line.smtp.sock is not None:
        line.smtp.sock.close()
        line.smtp.sock = None


def _expire(key: Hashable, line: Line) -> None:
    with _lock:
        if _kept.get(key) is not line or time.monotonic() - line.since < IDLE_S:
            return  # taken since, or given back once more: that has a time of its own
        del _kept[key]
    close(line)


def _after(seconds: float, what: Callable[[], None]) -> None:
    timer = threading.Timer(seconds, what)
    timer.daemon = True
    timer.start()
