"""Our receiver as it runs in production, with a purpose that keeps nothing.

BENCH_WITHOUT takes away what the peer does not do (`fsync`, `hash`), for the comparison only.
"""

from __future__ import annotations

import os
from pathlib import Path

from django.conf import settings

DATA = Path(os.environ["FENGCAI_DATA"])

settings.configure(
    SECRET_KEY="bench",
    USE_TZ=True,
    FENGCAI_DATA=DATA,
    **{k: v for k, v in os.environ.items() if k.startswith(("FENGCAI_S3_", "FENGCAI_STORAGE"))},
    INSTALLED_APPS=["fengcai.engines.uploads"],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": DATA / "bench.sqlite3",
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
            },
        }
    },
)

import django  # noqa: E402  (settings first)

django.setup()

from django.core.management import call_command  # noqa: E402

from fengcai.engines import storage  # noqa: E402
from fengcai.engines.uploads import CompletedUpload, local, register, tus_application  # noqa: E402

call_command("migrate", verbosity=0)


def leave(upload: CompletedUpload) -> None:
    """Take nothing over: the engine deletes the file. From S3, which the peer fills too, keep it."""
    if isinstance(upload.received, storage.Arrived):
        storage.adopt(upload.received, suffix="")


register("bench", leave)

without = os.environ.get("BENCH_WITHOUT", "").split(",")
if "fsync" in without:
    local.LocalPart.flush = lambda self: None  # type: ignore[method-assign]
if "hash" in without:
    local.LocalPart.hash = lambda self, pieces, at, check=None: None  # type: ignore[method-assign]
    local.LocalPart.seal = lambda self: ""  # type: ignore[method-assign]

application = tus_application
