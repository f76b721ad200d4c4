"""The servers of one installation of many machines, and the settings that name them."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tooling.servers.postgresql import PostgreSQL
from tooling.servers.process import Server
from tooling.servers.rabbitmq import RabbitMQ
from tooling.servers.redis import Redis
from tooling.servers.s3 import S3

KNOWN = ("postgresql", "redis", "rabbitmq", "s3")
USUAL = ("postgresql", "redis", "s3")


@contextlib.contextmanager
def running(names: Collection[str] = USUAL) -> Iterator[dict[str, str]]:
    """Start the named servers side by side; yields FENGCAI_… settings that use each of them.

    Jobs go over RabbitMQ where it is named, else over Redis where that is. For tests: PostgreSQL
    gives up safety from a power cut for speed, and everything is deleted at the end.
    """
    with tempfile.TemporaryDirectory(prefix="fengcai-servers-") as folder:
        makers = {
            "postgresql": lambda at: PostgreSQL(at, durable=False),
            "redis": Redis,
            "rabbitmq": RabbitMQ,
            "s3": S3,
        }
        servers: dict[str, Server] = {
            name: makers[name](Path(folder) / name) for name in KNOWN if name in names
        }
        try:
            with ThreadPoolExecutor(len(servers) or 1) as pool:
                list(pool.map(Server.start, servers.values()))
            yield settings(servers)
        finally:
            for server in servers.values():
                server.stop()


def settings(servers: dict[str, Server]) -> dict[str, str]:
    """FENGCAI_… variables that use each of the servers."""
    chosen: dict[str, str] = {}
    for server in servers.values():
        match server:
            case PostgreSQL():
                chosen["FENGCAI_DATABASE_URL"] = server.url
            case Redis():
                chosen |= {"FENGCAI_LIVE": "redis", "FENGCAI_REDIS_URL": server.url}
                chosen |= {"FENGCAI_JOBS": "celery", "FENGCAI_BROKER_URL": server.url}
            case RabbitMQ():
                chosen |= {"FENGCAI_JOBS": "celery", "FENGCAI_BROKER_URL": server.url}
            case S3():
                chosen |= server.variables
    return chosen
