"""A real installation for the drill: two web processes, two workers, and the servers behind them."""

from __future__ import annotations

import contextlib
import ctypes
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from tests import databases, warm
from tests.furnished import furnish
from tooling.servers import postgresql, redis, s3
from tooling.servers.ports import free_port
from tooling.servers.process import Server
from tooling.servers.proxy import FlakyProxy
from tooling.steps import ROOT, environment

SETTINGS = "benchmarks.faults.settings"
DISK = 768 * 2**20


class Process:
    """One process of the product that is started again after it was killed."""

    def __init__(self, name: str, words: list[str], variables: dict[str, str], log: Path) -> None:
        self.name, self.words, self.variables, self.log = name, words, variables, log
        self.child: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, unless it runs."""
        if self.child is None or self.child.poll() is not None:
            with self.log.open("ab") as log:
                self.child = warm.Popen(
                    self.words, cwd=ROOT, env=self.variables, stdin=subprocess.DEVNULL,
                    stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
                )  # fmt: skip

    def kill(self) -> None:
        """kill -9."""
        if self.child and self.child.poll() is None:
            self.child.kill()
            self.child.wait()

    def end(self) -> None:
        """Ask it to end; kill it when it will not."""
        if self.child and self.child.poll() is None:
            self.child.terminate()
            try:
                self.child.wait(25)
            except subprocess.TimeoutExpired:
                self.kill()

    @property
    def died(self) -> bool:
        """Whether it ended though nobody killed it."""
        return self.child is not None and self.child.poll() not in (None, -9)


class Installation:
    """Everything that runs. `servers` and `proxies` are empty on the embedded engines."""

    def __init__(self, folder: Path, data: Path, *, many: bool) -> None:
        self.folder, self.data, self.many = folder, data, many
        self.servers: dict[str, Server] = {}
        self.proxies: dict[str, FlakyProxy] = {}
        self.settings: dict[str, str] = {"FENGCAI_DATA": str(data)}
        self.ports = [free_port(), free_port()]
        self.processes: list[Process] = []
        self.restarts = 0

    @property
    def variables(self) -> dict[str, str]:
        """What every process of the product sees."""
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("FENGCAI_")}
        path = os.pathsep.join([str(ROOT / "src"), str(ROOT)])
        return inherited | environment(self.settings) | {
            "DJANGO_SETTINGS_MODULE": SETTINGS, "PYTHONPATH": path,
        }  # fmt: skip

    def run(self, *words: str, seconds: float = 300) -> subprocess.CompletedProcess[str]:
        """One command of Python in the installation, to its end."""
        return warm.run(
            [sys.executable, *words], cwd=ROOT, env=self.variables, stdin=subprocess.DEVNULL,
            capture_output=True, text=True, timeout=seconds, check=False,
        )  # fmt: skip

    def prepare(self) -> None:
        """Servers, a database with nothing in it, the processes' command lines."""
        if self.many:
            self.servers = {
                "postgresql": postgresql.PostgreSQL(self.folder / "postgresql"),
                "redis": redis.Redis(self.folder / "redis"),
                "s3": s3.S3(self.folder / "s3"),
            }
            for server in self.servers.values():
                server.start()
            for name in ("redis", "s3"):
                self.proxies[name] = FlakyProxy(self.servers[name].port).__enter__()
            store = f"http://127.0.0.1:{self.proxies['s3'].port}"
            self.settings |= s3.variables(store) | {
                "FENGCAI_DATABASE_URL": self.servers["postgresql"].url,  # type: ignore[attr-defined]
                "FENGCAI_JOBS": "celery",
                "FENGCAI_BROKER_URL": f"redis://127.0.0.1:{self.proxies['redis'].port}/0",
                "FENGCAI_LIVE": "redis",
                "FENGCAI_REDIS_URL": f"redis://127.0.0.1:{self.proxies['redis'].port}/1",
            }  # fmt: skip
            databases.furnish_postgresql(self.settings["FENGCAI_DATABASE_URL"])
        else:
            furnish(self.data)
        made = self.run("-m", "django", "migrate", "--run-syncdb", "-v", "0")
        assert made.returncode == 0, made.stderr
        command = [sys.executable, "-m", "fengcai.cli"]
        for number, port in enumerate(self.ports, 1):
            words = [*command, "web", "--port", str(port)]
            self.processes.append(self._process(f"web-{number}", words))
        for number in (1, 2):
            self.processes.append(self._process(f"worker-{number}", [*command, "worker"]))

    def _process(self, name: str, words: list[str]) -> Process:
        return Process(name, words, self.variables, self.folder / f"{name}.log")

    def of(self, kind: str) -> list[Process]:
        """The processes of one kind: web or worker."""
        return [each for each in self.processes if each.name.startswith(kind)]

    def keep_running(self) -> None:
        """Start what is not running, as a service manager does."""
        for process in self.processes:
            if process.died:
                self.restarts += 1
            process.start()

    def mend(self) -> None:
        """End every fault: servers run, proxies pass, the disk has room."""
        for server in self.servers.values():
            server.start()
        for proxy in self.proxies.values():
            proxy.pass_on()
        self.filler.unlink(missing_ok=True)

    @property
    def filler(self) -> Path:
        """The file that fills the disk."""
        return self.data / "filler"

    def close(self) -> None:
        """End everything."""
        for process in self.processes:
            process.end()
        for proxy in self.proxies.values():
            proxy.__exit__()
        for server in self.servers.values():
            server.stop()


@contextlib.contextmanager
def small_disk(folder: Path) -> Iterator[tuple[Path, bool]]:
    """A folder on a file system of its own, small enough to be filled; whether it is one.

    It is a tmpfs, which only root may mount; for anybody else it is a plain folder, and the drill
    leaves the full disk out.
    """
    disk = folder / "data"
    disk.mkdir()
    libc = ctypes.CDLL(None, use_errno=True)
    size = f"size={DISK}".encode()
    mounted = libc.mount(b"tmpfs", os.fsencode(disk), b"tmpfs", 0, size) == 0
    try:
        yield disk, mounted
    finally:
        until = time.monotonic() + 10
        while mounted and libc.umount2(os.fsencode(disk), 0) and time.monotonic() < until:
            time.sleep(0.2)
        if mounted:
            libc.umount2(os.fsencode(disk), 2)  # lazily: whatever still holds it lets go later
        shutil.rmtree(disk, ignore_errors=True)
