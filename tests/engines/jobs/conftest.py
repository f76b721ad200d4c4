"""Kinds of jobs that exist for one test only, and drills: real databases, brokers and workers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from fengcai.engines.jobs import handler, registry
from tests.engines.jobs.drills import Drill, Servers


@pytest.fixture
def kind() -> Iterator[Callable[..., Any]]:
    """`@kind("name", …)` registers a handler that is forgotten when the test ends."""
    before = set(registry.kinds())

    yield handler
    for name in set(registry.kinds()) - before:
        registry.forget(name)


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    """Servers of this suite's own, since it kills them; each starts when first asked for."""
    servers = Servers(tmp_path_factory.mktemp("servers"))
    yield servers
    servers.stop()


@pytest.fixture
def drill(tmp_path: Path, request: pytest.FixtureRequest, servers: Servers) -> Iterator[Drill]:
    """An empty drill of the engine named by `@drilled(…)`; by default the embedded one on SQLite."""
    drill = Drill(tmp_path, getattr(request, "param", "sqlite"), servers)
    yield drill
    drill.close()
