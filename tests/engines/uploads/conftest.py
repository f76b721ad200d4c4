"""Servers for the upload tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.engines.uploads.station import Client, Station


@pytest.fixture(scope="session")
def shared_station(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Station]:
    """One server for the tests that leave it running."""
    station = Station(tmp_path_factory.mktemp("station"))
    yield station
    station.stop()


@pytest.fixture
def client(shared_station: Station) -> Client:
    """A client of the shared server."""
    return shared_station.client()


@pytest.fixture
def station(tmp_path: Path) -> Iterator[Callable[..., Station]]:
    """`station(STATION_…="…")` starts a server of the test's own."""
    made: list[Station] = []

    def make(**environment: str) -> Station:
        made.append(Station(tmp_path / f"station{len(made)}", **environment))
        return made[-1]

    yield make
    for one in made:
        one.stop()
