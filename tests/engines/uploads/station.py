"""A real uvicorn on a loopback port, to be talked to, cut off and killed."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import re
import socket
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import httpx

from fengcai.engines import storage
from fengcai.engines.storage.s3 import S3Store
from tests import warm

ROOT = Path(__file__).resolve().parents[3]
TUS = {"Tus-Resumable": "1.0.0"}
BODY = {"Content-Type": "application/offset+octet-stream"}


_empty: dict[str, bytes] = {}


MIB = 1024 * 1024
PART = 5 * MIB  # the smallest that S3 takes; so that a few MiB make several


class Bucket:
    """What a station keeps in S3, seen from outside: a prefix of its own in the test's bucket."""

    def __init__(self, endpoint: str, url: str) -> None:
        self.variables = {
            "FENGCAI_STORAGE": url,
            "FENGCAI_S3_ENDPOINT": endpoint,
            "FENGCAI_S3_REGION": "us-east-1",
            "FENGCAI_S3_ACCESS_KEY": "tests",
            "FENGCAI_S3_SECRET_KEY": "tests-secret",
            "STATION_PART": str(PART),
            "STATION_FLUSH": "0",
        }
        store = storage.open_store(
            url, storage.Access(endpoint=endpoint, access_key="tests", secret_key="tests-secret")
        )
        assert isinstance(store, S3Store)
        self.store = store
        self.arriving = storage.Multiparts(store)

    def size_of(self, upload_id: str, key: str, begun: str) -> int:
        """Bytes that S3 holds of an unfinished upload."""
        try:
            found = self.arriving.parts(key, begun) if begun else []
        except storage.MultipartGone:
            return self.store.size(key) or 0
        full = sum(part.size == PART for part in found)
        newest = max(
            (piece for piece in self.arriving.pieces(f"{upload_id}/{full:05d}-")),
            key=lambda piece: piece.name,
            default=None,
        )
        return full * PART + (newest.size if newest else 0)


class Kept:
    """A stored object, to be read as a test reads a file."""

    def __init__(self, store: S3Store, key: str) -> None:
        self.store, self.key = store, key

    def read_bytes(self) -> bytes:
        return b"".join(self.store.get(self.key))

    def size(self) -> int:
        return self.store.size(self.key) or 0


class Station:
    """One data directory and the server process that owns it at the moment."""

    def __init__(self, data: Path, bucket: Bucket | None = None, **environment: str) -> None:
        self.data = data
        self.bucket = bucket
        environment = {**(bucket.variables if bucket else {}), **environment}
        self.environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith(("DJANGO_", "FENGCAI_"))},
            "FENGCAI_DATA": str(data),
            "PYTHONPATH": str(ROOT),
            "DJANGO_SETTINGS_MODULE": "tests.engines.uploads.station_settings",
            **environment,
        }
        self.log = data / "station.log"
        self.process: subprocess.Popen[bytes] | None = None
        self.port = 0
        data.mkdir(parents=True, exist_ok=True)
        self.database = Path(environment.get("STATION_DATABASE", data / "station.sqlite3"))
        if not self.database.exists():
            self._migrate()
        self.start()

    def _migrate(self) -> None:
        """An empty database: made by the migrations once, then copied."""
        empty = _empty.get("database")
        if empty is None:
            self.python(
                "from django.core.management import call_command; call_command('migrate', verbosity=0)"
            )
            self.sql("pragma wal_checkpoint(truncate)")
            _empty["database"] = (self.data / "station.sqlite3").read_bytes()
        else:
            (self.data / "station.sqlite3").write_bytes(empty)

    def python(self, code: str) -> str:
        """Run `code` in the station's Django, in a process of its own; returns its output."""
        done = warm.run(
            [sys.executable, "-c", f"import tests.engines.uploads.station_app\n{code}"],
            env=self.environment,
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def start(self, *options: str) -> None:
        """Start uvicorn and wait until it answers."""
        with closing(socket.socket()) as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        with self.log.open("ab") as log:
            self.process = warm.Popen(
                [
                    *(sys.executable, "-m", "uvicorn"),
                    "tests.engines.uploads.station_app:application",
                    *("--host", "127.0.0.1", "--port", str(self.port), "--lifespan", "off"),
                    *("--log-level", "warning", "--no-access-log"),
                    *options,
                ],
                env=self.environment,
                cwd=ROOT,
                stdout=log,
                stderr=log,
            )
        for _ in range(400):
            assert self.process.poll() is None, self.log.read_text()
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port)):
                return
            time.sleep(0.025)
        raise AssertionError(self.log.read_text())

    def kill(self) -> None:
        """kill -9, and wait until the process is gone."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        """End the server if it still runs."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                self.kill()

    def memory(self) -> int:
        """Highest resident size of the server so far, in bytes."""
        assert self.process is not None
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        found = re.search(r"VmHWM:\s+(\d+) kB", status)
        assert found
        return int(found[1]) * 1024

    def sql(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Read (or change) the station's database beside the server."""
        with closing(sqlite3.connect(self.database, timeout=20)) as connection:
            rows = connection.execute(statement, values).fetchall()
            connection.commit()
            return rows

    def calls(self) -> list[dict[str, Any]]:
        """What the purposes have been called with."""
        file = self.data / "calls.jsonl"
        return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []

    def parts(self) -> list[Any]:
        """Files still arriving; in S3 whatever is left of any."""
        if self.bucket is not None:
            pieces = [piece.name for piece in self.bucket.arriving.pieces()]
            return pieces + [key for key, _, _ in self.bucket.arriving.begun()]
        return sorted((self.data / "uploads").glob("*.part"))

    def files(self) -> list[Any]:
        """Files in the content store, in the order of their keys; each has `read_bytes`."""
        if self.bucket is not None:
            listed = self.bucket.store.keys()
            return [Kept(self.bucket.store, key) for key, _ in listed]
        return sorted(path for path in (self.data / "files").glob("*/*/*") if path.is_file())

    def content(self, key: str) -> bytes:
        """A stored file."""
        if self.bucket is not None:
            return b"".join(self.bucket.store.get(key))
        return (self.data / "files" / key).read_bytes()

    def arrived(self, upload_id: str) -> int:
        """Bytes that are kept of an unfinished upload; -1 when there is nothing at all."""
        if self.bucket is None:
            path = self.data / "uploads" / f"{upload_id}.part"
            return path.stat().st_size if path.exists() else -1
        ((key, begun),) = self.sql(
            "select key, multipart from uploads_upload where id = ?", upload_id.replace("-", "")
        )
        if not begun and not any(self.bucket.arriving.pieces(f"{upload_id}/")):
            return -1
        return self.bucket.size_of(upload_id, key, begun)

    def client(self) -> Client:
        return Client(self)


_owners = count()


def grant(
    purpose: str = "test.keep",
    *,
    owner: str = "",
    max_size: int = 1 << 40,
    seconds: float = 3600,
) -> str:
    """A grant signed with the station's key; its expiry may lie in the past."""
    from django.core import signing

    body = {
        "p": purpose,
        "s": {"entry": 7, "slot": "film"},
        "o": owner or f"user:{next(_owners)}",
        "m": max_size,
        "e": int((datetime.now(UTC) + timedelta(seconds=seconds)).timestamp()),
    }
    return signing.dumps(body, key="station", salt="fengcai.uploads.grant", compress=True)


def metadata(**pairs: str) -> str:
    return ",".join(f"{k} {base64.b64encode(v.encode()).decode()}" for k, v in pairs.items())


_http = httpx.Client(timeout=60, trust_env=False, limits=httpx.Limits(max_keepalive_connections=0))


class Client:
    """Speaks tus to a station: whole requests by httpx, broken ones by a socket."""

    def __init__(self, station: Station) -> None:
        self.station = station

    def request(self, method: str, path: str, body: bytes = b"", **headers: str) -> httpx.Response:
        """One request; header names are given with underscores."""
        return _http.request(
            method,
            f"http://127.0.0.1:{self.station.port}{path}",
            headers={**TUS, **{k.replace("_", "-"): v for k, v in headers.items()}},
            content=body,
        )

    def create(
        self,
        length: int,
        *,
        body: bytes = b"",
        token: str | None = None,
        name: str = "短片.mp4",
        **headers: str,
    ) -> httpx.Response:
        if body:
            headers.setdefault("content_type", BODY["Content-Type"])
        return self.request(
            "POST",
            "/uploads/",
            body,
            upload_length=str(length),
            upload_metadata=metadata(filename=name, grant=token or grant()),
            **headers,
        )

    def begin(self, length: int, **more: Any) -> str:
        """Create an upload and return its address."""
        answer = self.create(length, **more)
        assert answer.status_code == 201, answer.text
        return answer.headers["location"]

    def head(self, path: str) -> httpx.Response:
        return self.request("HEAD", path)

    def offset(self, path: str) -> int:
        """The offset that HEAD tells."""
        answer = self.head(path)
        assert answer.status_code == 200
        return int(answer.headers["upload-offset"])

    def patch(self, path: str, offset: int, body: bytes, **headers: str) -> httpx.Response:
        return self.request(
            "PATCH",
            path,
            body,
            content_type=BODY["Content-Type"],
            upload_offset=str(offset),
            **headers,
        )

    def cut(
        self, path: str, offset: int, body: bytes, declared: int, **headers: str
    ) -> socket.socket:
        """Send the head of a PATCH of `declared` bytes but only `body`; the socket stays open."""
        wire = socket.create_connection(("127.0.0.1", self.station.port), timeout=60)
        lines = [f"PATCH {path} HTTP/1.1", "Host: station", f"Content-Length: {declared}"]
        lines += [f"Upload-Offset: {offset}"]
        lines += [f"{k}: {v}" for k, v in {**TUS, **BODY}.items()]
        lines += [f"{k.replace('_', '-')}: {v}" for k, v in headers.items()]
        wire.sendall("\r\n".join([*lines, "", ""]).encode() + body)
        return wire

    def wait_for(self, upload_id: str, size: int) -> None:
        """Until `size` bytes of the upload are kept."""
        for _ in range(400):
            if self.station.arrived(upload_id) >= size:
                return
            time.sleep(0.025)
        raise AssertionError(f"only {self.station.arrived(upload_id)} of {size} arrived")


def upload_id(path: str) -> str:
    """The id inside an address, as the database and the file name write it."""
    plain = path.removeprefix("/uploads/").partition(".")[0]
    return "-".join((plain[:8], plain[8:12], plain[12:16], plain[16:20], plain[20:]))
