"""Settings of the worker processes that drills start: a database and two apps, nothing more."""

from __future__ import annotations

import os
from pathlib import Path

from fengcai.project import databases

SECRET_KEY = "drill"
USE_TZ = True
INSTALLED_APPS = ["fengcai.engines.jobs", "tests.engines.jobs.drill"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
FENGCAI_JOBS = os.environ.get("DRILL_ENGINE", "embedded")
FENGCAI_BROKER_URL = os.environ.get("DRILL_BROKER", "")

DATABASE = os.environ.get("DRILL_DATABASE", ":memory:")
if DATABASE.startswith("postgres"):
    DATABASES = {"default": databases.postgresql(DATABASE, pool=0)}
else:
    DATABASES = {"default": databases.sqlite(Path(DATABASE))}
    DATABASES["default"]["OPTIONS"] |= {
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL",
    }
