"""The receiver with a few purposes, as an ASGI application for uvicorn.

Each purpose leaves a line in DATA/calls.jsonl, so that a test can count and read the calls.
"""

from __future__ import annotations

import json
import os
import resource
import signal
from datetime import timedelta
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.engines.uploads.station_settings")

import django
from django.conf import settings

django.setup()

from fengcai.engines import storage  # noqa: E402  (needs the app registry)
from fengcai.engines.uploads import (  # noqa: E402
    CompletedUpload,
    UploadRefused,
    digests,
    lease,
    multipart,
    register,
    stream,
    tus_application,
)

DATA: Path = settings.FENGCAI_DATA


def keep(upload: CompletedUpload) -> None:
    """Take the file over; on the way, fail or die as files in DATA tell."""
    stored = storage.adopt(upload.received, suffix=".bin", sha256=upload.sha256)
    note = {
        "id": str(upload.id),
        "key": stored.key,
        "size": upload.size,
        "sha256": upload.sha256,
        "filename": upload.filename,
        "subject": upload.subject,
        "owner": upload.owner,
        "began_at": upload.began_at.isoformat(),
        "finished_at": upload.finished_at.isoformat(),
    }
    with (DATA / "calls.jsonl").open("a") as file:
        file.write(json.dumps(note) + "\n")
    if (DATA / "die").exists():
        (DATA / "die").unlink()
        os.kill(os.getpid(), signal.SIGKILL)
    if (DATA / "fail").exists():
        (DATA / "fail").unlink()
        raise RuntimeError("the purpose is broken for once")


def refuse(upload: CompletedUpload) -> None:
    """Never take a file, even one already in the store."""
    storage.adopt(upload.received, suffix=".bin", sha256=upload.sha256)
    raise UploadRefused("征集已经截止。文件没有保存；如有特殊情况请联系组织者。")


register("test.keep", keep)
register("test.refuse", refuse)

stream.SILENCE = float(os.environ.get("STATION_SILENCE", stream.SILENCE))
stream.PATIENCE = float(os.environ.get("STATION_PATIENCE", stream.PATIENCE))
if limit := os.environ.get("STATION_DISK"):
    # A disk that takes this much into one file and no more (EFBIG instead of a signal).
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(limit), int(limit)))
if os.environ.get("STATION_FORGETFUL"):
    digests._REMEMBERED = 0  # every request finds the file's digest gone, as in another process

if size := os.environ.get("STATION_PART"):
    from fengcai.engines.storage import s3

    s3.PART = int(size)
multipart.FLUSH_AFTER = float(os.environ.get("STATION_FLUSH", multipart.FLUSH_AFTER))
lease.LEASE = timedelta(seconds=float(os.environ.get("STATION_LEASE", 15)))
lease._RENEW_AFTER, lease._SURE_FOR = (lease.LEASE.total_seconds() / by for by in (3, 2))
if os.environ.get("STATION_STRANGER"):
    lease._is_dead = lambda holder: False  # every other process is on another machine

application = tus_application
