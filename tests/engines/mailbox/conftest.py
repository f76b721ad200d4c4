"""A scripted mail server for its moods; Debian's Dovecot is in `boxes`."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.engines.mailbox.scripted import Scripted, scripted


@pytest.fixture
def server() -> Iterator[Callable[..., Scripted]]:
    """`server(mails, …)` starts a scripted server; it ends with the test."""
    started: list[Scripted] = []

    def start(*mails: bytes, **moods: object) -> Scripted:
        started.append(scripted(*mails, **moods))
        return started[-1]

    yield start
    for each in started:
        each.stop()
