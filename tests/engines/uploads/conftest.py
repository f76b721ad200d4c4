"""Servers for the upload tests: each test runs against a local disk and against S3."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from tests.engines.uploads.station import Bucket, Client, Station
from tooling.servers import s3

_prefixes = count()


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[s3.S3]:
    """One S3 service for all tests; each station has a prefix of its own."""
    with s3.running(tmp_path_factory.mktemp("s3")) as server:
        yield server


def bucket_at(server: s3.S3, endpoint: str = "") -> Bucket:
    """A fresh prefix; `endpoint` may be a proxy's."""
    prefix = f"s3://{server.bucket}/station{next(_prefixes)}"
    return Bucket(endpoint or server.endpoint, prefix)


@pytest.fixture(scope="session", params=["disk", "s3"])
def where(request: pytest.FixtureRequest) -> str:
    """Where the stations keep files."""
    return str(request.param)


def _bucket(where: str, request: pytest.FixtureRequest) -> Bucket | None:
    return bucket_at(request.getfixturevalue("s3_server")) if where == "s3" else None


@pytest.fixture(scope="session")
def shared_station(
    where: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Station]:
    """One server for the tests that leave it running."""
    station = Station(tmp_path_factory.mktemp("station"), _bucket(where, request))
    yield station
    station.stop()


@pytest.fixture
def client(shared_station: Station) -> Client:
    """A client of the shared server."""
    return shared_station.client()


@pytest.fixture
def station(
    where: str, request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[Callable[..., Station]]:
    """`station(STATION_…="…")` starts a server of the test's own."""
    made: list[Station] = []

    def make(**environment: str) -> Station:
        bucket = _bucket(where, request)
        made.append(Station(tmp_path / f"station{len(made)}", bucket, **environment))
        return made[-1]

    yield make
    for one in made:
        one.stop()


@pytest.fixture
def on_disk(tmp_path: Path) -> Iterator[Callable[..., Station]]:
    """The same, on a local disk only: for what looks at the files themselves."""
    made: list[Station] = []

    def make(**environment: str) -> Station:
        made.append(Station(tmp_path / f"disk{len(made)}", **environment))
        return made[-1]

    yield make
    for one in made:
        one.stop()
