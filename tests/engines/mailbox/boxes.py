"""Debian's Dovecot, started once for all the tests of a session, with a new account for each of them."""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from fengcai.engines.mailbox import Account
from tooling.servers.dovecot import Dovecot, running

PASSWORD = "a word of the test"


@dataclass(frozen=True)
class Inbox:
    """An account of its own on the Dovecot."""

    server: Dovecot
    user: str

    def account(self, **different: object) -> Account:
        plain = {
            "host": "localhost", "user": self.user, "password": PASSWORD,
            "port": self.server.tls_port, "ca_file": str(self.server.certificate), "timeout_s": 20,
        }  # fmt: skip
        return Account(**(plain | different))  # type: ignore[arg-type]

    def deliver(self, *mails: bytes, folder: str = "INBOX") -> None:
        for mail in mails:
            self.server.deliver(self.user, mail, folder)


@pytest.fixture(scope="session")
def dovecot() -> Iterator[Dovecot]:
    with tempfile.TemporaryDirectory(prefix="dovecot-") as folder, running(Path(folder)) as server:
        yield server


_numbers = itertools.count()


@pytest.fixture
def inbox(dovecot: Dovecot) -> Inbox:
    user = f"office{next(_numbers)}@hospital.example"
    dovecot.add(user, PASSWORD)
    return Inbox(dovecot, user)
