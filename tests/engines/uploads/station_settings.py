"""Settings of the server processes that these tests start: a SQLite file and one app."""

from __future__ import annotations

import os
from pathlib import Path

FENGCAI_DATA = Path(os.environ["FENGCAI_DATA"])
SECRET_KEY = "station"
USE_TZ = True
for _name, _value in os.environ.items():
    if _name.startswith(("FENGCAI_S3_", "FENGCAI_STORAGE")):
        globals()[_name] = _value
INSTALLED_APPS = ["fengcai.engines.uploads"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": os.environ.get("STATION_DATABASE", FENGCAI_DATA / "station.sqlite3"),
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL",
        },
    }
}
LOGGING_CONFIG = None
