"""How each database is opened, and why so. Knows no table.

SQLite serves one machine, PostgreSQL any number of them; the code above is the same.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any


def sqlite(path: Path) -> dict[str, Any]:
    """One file in write-ahead mode."""
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "OPTIONS": {
            # A writer takes its lock when its transaction begins, so that two never deadlock
            # half-way; readers go on beside it (WAL); a writer waits up to 20 s for its turn.
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
            ),
        },
        "TEST": {"NAME": None},
        # A thread keeps its connection, so that a page neither opens the file anew nor, as the last
        # one to close it, writes the journal back (project.handler).
        "CONN_MAX_AGE": 60,
    }


def postgresql(url: str, *, pool: int) -> dict[str, Any]:
    """A server, by its URL; what follows `?` (sslmode, sslrootcert, …) is passed on to libpq.

    Raises ValueError, in Chinese, for a URL that libpq cannot read.
    """
    from psycopg import ProgrammingError
    from psycopg.conninfo import conninfo_to_dict

    try:
        parts = {name: str(value) for name, value in conninfo_to_dict(url).items()}
    except ProgrammingError as error:
        raise ValueError(f"FENGCAI_DATABASE_URL 读不懂：{str(error).strip()}") from None
    if not parts.get("dbname"):
        raise ValueError(
            "FENGCAI_DATABASE_URL 缺少库名，例如 postgres://用户:口令@主机:5432/fengcai"
        )
    named = {
        "NAME": parts.pop("dbname"),
        "USER": parts.pop("user", ""),
        "PASSWORD": parts.pop("password", ""),
        "HOST": parts.pop("host", ""),
        "PORT": parts.pop("port", ""),
    }
    options: dict[str, Any] = {"connect_timeout": 5, "application_name": "fengcai", **parts}
    # A statement that waits on another's row must end before the person's browser gives up.
    options.setdefault("options", "-c lock_timeout=20s -c idle_in_transaction_session_timeout=120s")
    if pool:
        # Opening a connection costs a fork of the server and a handshake; a pool keeps a few. A
        # request that finds none free waits ten seconds at most, then fails with a plain error.
        options["pool"] = {
            "min_size": 1,
            "max_size": pool,
            "timeout": 10,
            "max_idle": 300,
            "max_lifetime": 3600,
        }
    return {
        "ENGINE": "django.db.backends.postgresql",
        **named,
        "OPTIONS": options,
        # With a pool the connection goes back at the request's end and is checked when lent.
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": not pool,
    }
