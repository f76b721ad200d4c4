"""Web processes for the stream tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.engines.live.station import Station


@pytest.fixture(scope="module")
def shared_station(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Station]:
    """One process for the tests that leave it running."""
    station = Station(tmp_path_factory.mktemp("live"))
    yield station
    station.close()


@pytest.fixture
def station(tmp_path: Path) -> Iterator[Callable[..., Station]]:
    """`station(FENGCAI_…="…")` starts a process of the test's own; all share one directory."""
    made: list[Station] = []

    def make(data: Path | None = None, **variables: str) -> Station:
        made.append(Station(data or tmp_path / "data", **variables))
        return made[-1]

    yield make
    for one in made:
        one.close()
