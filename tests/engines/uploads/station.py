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

ROOT = Path(__file__).resolve().parents[3]
TUS = {"Tus-Resumable": "1.0.0"}
BODY = {"Content-Type": "application/offset+octet-stream"}


_empty: dict[str, bytes] = {}


class Station:
    """One data directory and the server process that owns it at the moment."""

    def __init__(self, data: Path, **environment: str) -> None:
        self.data = data
        self.environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith("DJANGO_")},
            "FENGCAI_DATA": str(data),
            "PYTHONPATH": str(ROOT),
            "DJANGO_SETTINGS_MODULE": "tests.engines.uploads.station_settings",
            **environment,
        }
        self.log = data / "station.log"
        self.process: subprocess.Popen[bytes] | None = None
        self.port = 0
        data.mkdir(parents=True, exist_ok=True)
        if not (data / "station.sqlite3").exists():
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
        done = subprocess.run(
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
            self.process = subprocess.Popen(
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
        with closing(sqlite3.connect(self.data / "station.sqlite3", timeout=20)) as connection:
            rows = connection.execute(statement, values).fetchall()
            connection.commit()
            return rows

    def calls(self) -> list[dict[str, Any]]:
        """What the purposes have been called with."""
        file = self.data / "calls.jsonl"
        return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []

    def parts(self) -> list[Path]:
        """Files still arriving."""
        return sorted((self.data / "uploads").glob("*.part"))

    def files(self) -> list[Path]:
        """Files in the content store."""
        return sorted(path for path in (self.data / "files").glob("*/*/*") if path.is_file())

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
        """Until the upload's file holds `size` bytes."""
        path = self.station.data / "uploads" / f"{upload_id}.part"
        for _ in range(400):
            if path.exists() and path.stat().st_size >= size:
                return
            time.sleep(0.025)
        raise AssertionError(
            f"only {path.stat().st_size if path.exists() else 0} of {size} arrived"
        )


def upload_id(path: str) -> str:
    """The id inside an address, as the database and the file name write it."""
    plain = path.removeprefix("/uploads/").partition(".")[0]
    return "-".join((plain[:8], plain[8:12], plain[12:16], plain[16:20], plain[20:]))
