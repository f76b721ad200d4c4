"""A real SMTP server for this folder: one that takes everything, one that asks who one is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tooling.servers.exim import Exim, running


@pytest.fixture(scope="session")
def exim(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Exim]:
    """An exim without demands."""
    with running(tmp_path_factory.mktemp("exim")) as server:
        yield server


@pytest.fixture(scope="session")
def strict_exim(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Exim]:
    """An exim that wants TLS and a password."""
    with running(tmp_path_factory.mktemp("strict-exim"), signed_in=True) as server:
        yield server
