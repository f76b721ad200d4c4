"""A real web process without a database, and a client that reads its streams."""

from __future__ import annotations

import http.client
import os
import signal
import sys
import time
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from django.conf import settings

from fengcai.engines import live
from fengcai.engines.live.embedded import Sender
from fengcai.engines.live.messages import encode
from fengcai.samples.server import free_port
from tests import warm

ROOT = Path(__file__).resolve().parents[3]

SERVER = """
import sys, uvicorn
from fengcai.cli.draining import Server
Server(uvicorn.Config(
    "fengcai.project.asgi:application", host="127.0.0.1", port=int(sys.argv[1]), loop="uvloop",
    http="httptools", ws="none", log_level="warning", access_log=False, timeout_graceful_shutdown=10,
)).run()
"""


class Station:
    """One web process on a data directory; several may share one."""

    def __init__(self, data: Path, **variables: str) -> None:
        self.data = data
        self.port = free_port()
        data.mkdir(parents=True, exist_ok=True)
        self._log = data / f"{self.port}.log"
        self._env = {
            **{k: v for k, v in os.environ.items() if not k.startswith("FENGCAI_")},
            "FENGCAI_DATA": str(data),
            "FENGCAI_SECRET_KEY": settings.SECRET_KEY,
            "PYTHONPATH": f"{ROOT}/src:{ROOT}",
            "DJANGO_SETTINGS_MODULE": "fengcai.project.settings",
            **variables,
        }
        self.start()

    def start(self) -> None:
        with self._log.open("ab") as log:
            self.process = warm.Popen(
                [sys.executable, "-c", SERVER, str(self.port)],
                cwd=ROOT, env=self._env, stdout=log, stderr=log,
            )  # fmt: skip
        for _ in range(800):
            assert self.process.poll() is None, self.said()
            with suppress(OSError):
                if self.ask("/healthz")[0] == 200:
                    return
            time.sleep(0.025)
        raise AssertionError(self.said())

    def said(self) -> str:
        return self._log.read_text("utf-8", "replace")

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def end(self) -> float:
        """SIGTERM; returns how many seconds it took to be gone."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(20)
        return time.monotonic() - began

    def close(self) -> None:
        if self.process.poll() is None:
            self.kill()

    def ask(
        self, path: str, method: str = "GET", **headers: str
    ) -> tuple[int, dict[str, str], str]:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        line.request(method, path, headers=headers)
        answer = line.getresponse()
        found = {name.lower(): value for name, value in answer.getheaders()}
        text = answer.read().decode()
        line.close()
        return answer.status, found, text

    def status(self, ticket: str) -> int:
        """What a stream on this ticket is answered with; it is closed at once."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        line.request("GET", f"/live/{ticket}/events")
        status = line.getresponse().status
        line.close()
        return status

    def python(self, code: str) -> None:
        """Run `code` in a process like the worker: no event loop, no stream of its own."""
        whole = f"import django; django.setup()\n{code}"
        warm.run([sys.executable, "-c", whole], env=self._env, cwd=ROOT, check=True)

    def listen(self, *channels: str, ticket: str = "", more: tuple[str, ...] = ()) -> Stream:
        ticket = ticket or live.ticket(*channels)
        query = "?with=" + "&with=".join(more) if more else ""
        return Stream(self.port, f"/live/{ticket}/events{query}")

    def memory(self) -> int:
        """Bytes that the process has in memory of its own."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.split("RssAnon:")[1].split()[0]) * 1024

    def publish(self, channel: str, event: str, **data: object) -> None:
        """As another process on this machine would."""
        Sender(self.data / "live").send(channel, encode(channel, event, data))


class Stream:
    """An open stream, past its hello."""

    def __init__(self, port: int, path: str) -> None:
        self.line = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        self.line.request("GET", path, headers={"Last-Event-ID": "7"})
        self.answer = self.line.getresponse()
        assert self.answer.status == 200, self.answer.read().decode()
        assert self.frame() == "retry: 5000\nevent: hello\ndata: {}\n"

    def frame(self) -> str:
        """The next frame; empty at the end of the stream."""
        lines = []
        while (read := self.answer.readline().decode()) not in ("\n", ""):
            lines.append(read)
        return "".join(lines)

    def close(self) -> None:
        self.answer.close()
        self.line.close()


def expired_ticket(channel: str) -> str:
    return live.ticket(channel, expires=timedelta(seconds=-1))
