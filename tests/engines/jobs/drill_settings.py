"""Settings of the worker processes that drills start: a SQLite file and two apps, nothing more."""

from __future__ import annotations

import os

SECRET_KEY = "drill"
USE_TZ = True
INSTALLED_APPS = ["fengcai.engines.jobs", "tests.engines.jobs.drill"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": os.environ.get("DRILL_DATABASE", ":memory:"),
        "OPTIONS": {
            "transaction_mode": os.environ.get("DRILL_TRANSACTION_MODE", "IMMEDIATE"),
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL",
        },
    }
}
