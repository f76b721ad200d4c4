"""How a test process comes by its database, and how tests that commit leave it empty again.

Migrating takes ten CPU-seconds: a database begins as a copy of one that is migrated already. Django's
own flush touches a hundred and thirty tables and makes all permissions anew after every such test: here only
tables that have rows are emptied, and what the migrations themselves lay down stays.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import psycopg

from tests import warm
from tests.furnished import TEMPLATES, fingerprint, template
from tooling.servers.postgresql import its_program

LAID_DOWN = {"django_migrations", "django_content_type", "auth_permission"}
TEMPLATE = "fengcai_template"


@contextmanager
def begun_as_copies() -> Iterator[None]:
    """While this lasts Django makes its test database as a copy; of the engine that the settings name."""
    from django.db import connection

    test = connection.settings_dict["TEST"]
    test["MIGRATE"] = False  # nothing is left to do; what is there is looked over all the same
    if connection.vendor == "postgresql":
        postgresql_template(os.environ["FENGCAI_DATABASE_URL"])
        test["TEMPLATE"] = TEMPLATE
        yield
        return
    test["NAME"] = name = "file:copy?mode=memory&cache=shared"
    with (
        closing(sqlite3.connect(name, uri=True)) as copy,
        closing(sqlite3.connect(template())) as migrated,
    ):
        migrated.backup(copy)
        yield  # a database in memory lasts as long as somebody holds it open


def postgresql_template(url: str) -> None:
    """A migrated, empty database beside that of the URL, named TEMPLATE, once for each server."""
    address = url.rpartition("/")[0]
    TEMPLATES.mkdir(parents=True, exist_ok=True)
    with (
        (TEMPLATES / "lock.postgresql").open("w") as lock,
        psycopg.connect(f"{address}/postgres", autocommit=True) as server,
    ):
        fcntl.flock(lock, fcntl.LOCK_EX)
        known = server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [TEMPLATE])
        if known.fetchone() is None:
            making = f"{TEMPLATE}_making"
            server.execute(f"CREATE DATABASE {making}")
            furnish_postgresql(f"{address}/{making}")
            server.execute(f"ALTER DATABASE {making} RENAME TO {TEMPLATE}")


def furnish_postgresql(url: str) -> None:
    """Fill the empty database at the URL as `fengcai init` would, from a dump of what that once made."""
    dump = TEMPLATES / f"{fingerprint()}.sql"
    if dump.exists():
        words = [its_program("psql"), "--quiet", "--no-psqlrc", "--set", "ON_ERROR_STOP=1"]
        subprocess.run([*words, "--file", str(dump), url], check=True, stdout=subprocess.DEVNULL)
        return
    for old in TEMPLATES.glob("*.sql"):
        if old != dump:
            old.unlink(missing_ok=True)
    own = {name: value for name, value in os.environ.items() if not name.startswith("FENGCAI_")}
    with tempfile.TemporaryDirectory() as folder:
        warm.run(
            [sys.executable, "-m", "fengcai.cli", "init", "--no-admin"],
            env=own | {"FENGCAI_DATABASE_URL": url, "FENGCAI_DATA": folder},
            check=True, capture_output=True,
        )  # fmt: skip
    draft = dump.with_suffix(f".{os.getpid()}")
    subprocess.run([its_program("pg_dump"), "--no-owner", "--file", str(draft), url], check=True)
    draft.replace(dump)


def emptied(test: Any) -> None:
    """In place of `TransactionTestCase._fixture_teardown`: away with every row of the test."""
    from django.db import connections

    for name in test._databases_names(include_mirrors=False):
        empty(connections[name])


def empty(connection: Any) -> None:
    """Delete all rows but those of the migrations, in one transaction; keys are checked at its end."""
    from django.db import transaction

    quote = connection.ops.quote_name
    tables = [name for name in connection.introspection.table_names() if name not in LAID_DOWN]
    asked = " UNION ALL ".join(
        f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM {quote(name)})" for name in tables
    )
    with connection.cursor() as cursor:
        cursor.execute(asked)
        filled = [name for (name,) in cursor.fetchall()]
        with transaction.atomic(using=connection.alias):
            for name in filled:
                cursor.execute(f"DELETE FROM {quote(name)}")
