"""Opening the installation for a command: Django's settings, and who else is running.

Names settings by dotted string; holds no rule of the product.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from typing import IO

SETTINGS = "fengcai.project.settings"


def open_installation() -> Path:
    """Load the settings and the apps; returns the data directory. Raises ImproperlyConfigured."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    import django
    from django.conf import settings

    django.setup()
    return Path(settings.FENGCAI_DATA)


def announce(data: Path, process: str) -> IO[str]:
    """Hold a shared lock for as long as this `web` or `worker` lives, however it ends; keep it."""
    data.mkdir(parents=True, exist_ok=True)  # a further machine's own, where `init` never ran
    handle = (data / f"{process}.lock").open("w")
    fcntl.flock(handle, fcntl.LOCK_SH)
    return handle


def is_alive(data: Path, process: str) -> bool:
    """Whether a `web` or a `worker` of this data directory holds its lock."""
    try:
        handle = (data / f"{process}.lock").open("r")
    except FileNotFoundError:
        return False
    with handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def whoever_runs(data: Path) -> str:
    """Who else works on this installation's database now, in Chinese; empty when nobody does."""
    from django.db import connection

    names = {"web": "网站", "worker": "后台任务"}
    running = [name for process, name in names.items() if is_alive(data, process)]
    if not running and connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
                "AND application_name = 'fengcai' AND pid <> pg_backend_pid()"
            )
            if cursor.fetchone()[0]:
                running.append("别的机器上的风采")
    return "和".join(running)
