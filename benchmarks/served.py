"""A real web process of the product on an empty folder of its own, for benchmarks over HTTP.

Embedded engines, the loopback, no worker: what jobs there are, the stage carries out itself.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from tooling.servers.ports import free_port
from tooling.steps import ROOT, environment

TICKS = os.sysconf("SC_CLK_TCK")


class Served:
    """An installation in `folder`, and its web process while it runs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("FENGCAI_")}
        self.variables = inherited | environment({"FENGCAI_DATA": str(folder / "data")}) | {
            "DJANGO_SETTINGS_MODULE": "fengcai.project.settings",
            "FENGCAI_DEMO": "false",
            "FENGCAI_DEBUG": "false",
            "FENGCAI_ALLOWED_HOSTS": "127.0.0.1",
            "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]),
        }  # fmt: skip
        self.process: subprocess.Popen[bytes] | None = None

    def python(self, *words: str) -> str:
        """Run Python in the installation; what it printed. SystemExit with its errors."""
        done = subprocess.run(
            [sys.executable, *words], cwd=ROOT, env=self.variables, stdin=subprocess.DEVNULL,
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            raise SystemExit(done.stderr[-3000:])
        return done.stdout

    def stage(self, module: str, *words: str) -> Any:
        """Migrate, run the module, and read the JSON of its last line."""
        self.python("-m", "django", "migrate", "-v", "0")
        return json.loads(self.python("-m", module, *words).splitlines()[-1])

    @contextmanager
    def running(self) -> Iterator[Served]:
        """The web process, fresh, until the block ends."""
        words = [sys.executable, "-m", "fengcai.cli", "web", "--port", str(self.port)]
        with (self.folder / "web.log").open("ab") as log:
            self.process = subprocess.Popen(
                words, cwd=ROOT, env=self.variables, stdin=subprocess.DEVNULL, stdout=log,
                stderr=subprocess.STDOUT,
            )  # fmt: skip
        try:
            self._wait()
            yield self
        finally:
            self.process.terminate()
            self.process.wait()

    def _wait(self) -> None:
        assert self.process is not None
        for _ in range(600):
            with suppress(OSError), closing(HTTPConnection("127.0.0.1", self.port, timeout=5)) as c:
                c.request("GET", "/healthz")
                if c.getresponse().status == 200:
                    return
            if self.process.poll() is not None:
                break
            time.sleep(0.1)
        raise SystemExit((self.folder / "web.log").read_text()[-3000:])

    def cpu_s(self) -> float:
        """CPU seconds of the web process until now."""
        assert self.process is not None
        stat = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(stat[11]) + int(stat[12])) / TICKS

    def peak_bytes(self) -> int:
        """The most memory that the web process had resident."""
        assert self.process is not None
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        found = re.search(r"VmHWM:\s+(\d+) kB", status)
        assert found is not None
        return int(found[1]) * 1024
