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
