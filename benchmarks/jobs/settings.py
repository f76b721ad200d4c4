"""Settings of the measurement: one database, the jobs engine, and the kinds that are measured."""

from __future__ import annotations

import os
from pathlib import Path

from fengcai.project import databases

SECRET_KEY = "bench"
USE_TZ = True
INSTALLED_APPS = ["fengcai.engines.jobs", "benchmarks.jobs.kinds"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
FENGCAI_JOBS = os.environ.get("BENCH_ENGINE", "embedded")
FENGCAI_BROKER_URL = os.environ.get("BENCH_BROKER", "")
_url = os.environ["BENCH_DATABASE"]
DATABASES = {
    "default": databases.postgresql(_url, pool=0)
    if _url.startswith("postgres")
    else databases.sqlite(Path(_url))
}
LOGGING_CONFIG = None
