"""Two people at once, on two connections: the first pauses in the middle, the second meanwhile.

Needs a database that lets two writers in (PostgreSQL); SQLite lets one in at a time, and what would
be tested here cannot happen.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import contextmanager
from typing import Any
from unittest import mock

import pytest
from django.db import connection, connections

from fengcai.apps.audit.queries import verify_chain

two_writers = [
    pytest.mark.engines,
    pytest.mark.skipif(
        "not __import__('tests.isolation').isolation.ENGINES.get('FENGCAI_DATABASE_URL')",
        reason="SQLite lets one writer in at a time: nothing to race on",
    ),
    pytest.mark.django_db(transaction=True),
]

PATIENCE = 15.0


class Person(threading.Thread):
    """One action on a connection of its own; `said` is what it returned or raised."""

    def __init__(self, act: Callable[[], Any]) -> None:
        super().__init__(daemon=True)
        self.act, self.said = act, None

    def run(self) -> None:
        try:
            self.said = self.act()
        except Exception as error:
            self.said = error
        finally:
            connections["default"].close()


def at_once(first: Callable[[], Any], second: Callable[[], Any], *, pause: str) -> tuple[Any, Any]:
    """What both came to (a value or the exception) when `second` acts while `first` is in `pause`.

    `pause` names a function that `first` calls inside its transaction. `first` goes on as soon as
    `second` has ended or waits for a lock.
    """
    with paused(first, pause) as (one, go):
        two = Person(second)
        two.start()
        until = time.monotonic() + PATIENCE
        while two.is_alive() and not _waits() and time.monotonic() < until:
            time.sleep(0.01)
        go.set()
        one.join(PATIENCE)
        two.join(PATIENCE)
        assert not one.is_alive()
        assert not two.is_alive()
    return one.said, two.said


@contextmanager
def paused(act: Callable[[], Any], pause: str) -> Any:
    """`act` under way in a thread, held at its first call of `pause` until `go` is set."""
    there, go = threading.Event(), threading.Event()
    module, name = pause.rsplit(".", 1)
    original = getattr(__import__(module, fromlist=[name]), name)
    one = Person(act)

    def held(*args: Any, **kwargs: Any) -> Any:
        if threading.current_thread() is one and not there.is_set():
            there.set()
            assert go.wait(PATIENCE)
        return original(*args, **kwargs)

    with mock.patch(pause, held):
        one.start()
        assert there.wait(PATIENCE), f"never came to {pause}: {one.said!r}"
        yield one, go
        go.set()
        one.join(PATIENCE)


def _waits() -> bool:
    """Whether a session of this database waits for another's lock."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return bool(cursor.fetchone()[0])


def intact(chain: str) -> None:
    """The record of what they did is whole."""
    assert verify_chain(chain).ok
