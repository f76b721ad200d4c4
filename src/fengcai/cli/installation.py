"""Opening the installation for a command: Django's settings, the database, who else is running.

Names settings by dotted string; holds no rule of the product.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from typing import IO

from fengcai.cli.errors import Failure

SETTINGS = "fengcai.project.settings"


def open_installation() -> Path:
    """Load the settings and the apps; returns the data directory. Raises ImproperlyConfigured."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    import django
    from django.conf import settings

    django.setup()
    return Path(settings.FENGCAI_DATA)


def pending_migrations() -> tuple[str, ...]:
    """Names of migrations that the database still lacks; all of them before the first run."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return tuple(f"{migration.app_label}.{migration.name}" for migration, _ in plan)


def require_database() -> None:
    """Refuse to serve on a database that is missing or older than the program."""
    from django.conf import settings

    file = Path(str(settings.DATABASES["default"]["NAME"]))
    if not file.exists():
        raise Failure("还没有数据库", where=str(file), mend="先运行 fengcai init")
    if pending := pending_migrations():
        raise Failure(
            f"数据库需要升级（{len(pending)} 步）",
            where=str(file),
            mend="先备份，再运行 fengcai init",
        )


def announce_worker(data: Path) -> IO[str]:
    """Hold a shared lock for as long as this worker lives, however it ends; keep the handle."""
    handle = (data / "worker.lock").open("w")
    fcntl.flock(handle, fcntl.LOCK_SH)
    return handle


def worker_is_alive(data: Path) -> bool:
    """Whether a worker on this machine holds the lock."""
    try:
        handle = (data / "worker.lock").open("r")
    except FileNotFoundError:
        return False
    with handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False
