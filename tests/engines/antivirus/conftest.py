"""Debian's clamd with one signature, started once, and a scripted one for what goes wrong."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engines.antivirus.fake import Fake, fake_clamd
from tooling.servers.clamd import Clamd, running


@pytest.fixture(scope="session")
def clamd() -> Iterator[Clamd]:
    with tempfile.TemporaryDirectory(prefix="clamd-") as folder, running(Path(folder)) as server:
        yield server


@pytest.fixture
def fake() -> Iterator[Fake]:
    with fake_clamd() as made:
        yield made
