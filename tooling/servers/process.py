"""One server's process: start until it answers, stop, kill -9 with all its children, start again.

Knows how to run a program as an unprivileged account, not what any program is for.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Self, TypeVar

from tooling.servers.ports import free_port
from tooling.steps import Trouble

INHERITED = ("PATH", "LANG", "TZ", "TMPDIR")


class Server:
    """What all servers share. A subclass says its command and when it answers."""

    title = ""
    package = ""
    account = ""
    ending = signal.SIGTERM
    patience = 60.0

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self.folder.mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        self.log = self.folder / "log"
        self._child: subprocess.Popen[bytes] | None = None

    # What a subclass says.
    def command(self) -> list[str]:
        """The words that start it in the foreground."""
        raise NotImplementedError

    def surroundings(self) -> dict[str, str]:
        """Environment variables beside the few that are inherited."""
        return {}

    def prepare(self) -> None:
        """What must stand before each start: folders, configuration."""

    def answers(self) -> bool:
        """Whether it does its work now; may raise OSError for "not yet"."""
        raise NotImplementedError

    def started(self) -> None:
        """What is left to do once it answers."""

    # What everybody calls.
    def start(self) -> Self:
        """Start, and wait until it answers. Raises Trouble, in Chinese, with the log's tail."""
        if self.alive:
            return self
        self.prepare()
        with self.log.open("ab") as log:
            self._child = subprocess.Popen(
                as_account(self.account, self.command()), cwd=self.folder, env=self._environment(),
                stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
                start_new_session=True,
            )  # fmt: skip
        try:
            self._wait()
            self.started()
        except BaseException:
            self.kill()
            raise
        return self

    def stop(self, grace: float = 20) -> None:
        """End it in order; kill what has not ended after `grace` seconds."""
        if self._child and self._child.poll() is None:
            below = descendants(self._child.pid)
            self._child.send_signal(self.ending)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._child.wait(grace)
            _kill(below)
        self.kill()

    def kill(self) -> None:
        """kill -9 of the process and of every process below it, at once; nothing is flushed."""
        if self._child:
            if self._child.poll() is None:
                below = descendants(self._child.pid)
                self._child.kill()
                _kill(below)
            self._child.wait()
            self._child = None

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self._child is not None and self._child.poll() is None

    @property
    def pid(self) -> int:
        """The process that was started."""
        assert self._child
        return self._child.pid

    def _environment(self) -> dict[str, str]:
        inherited = {name: os.environ[name] for name in INHERITED if name in os.environ}
        return {**inherited, "HOME": str(self.folder), **self.surroundings()}

    def _wait(self) -> None:
        until = time.monotonic() + self.patience
        while time.monotonic() < until:
            if not self.alive:
                break
            with contextlib.suppress(OSError):
                if self.answers():
                    return
            time.sleep(0.05)
        said = "没有启动" if not self.alive else f"{self.patience:.0f} 秒内没有应答"
        raise Trouble(f"{self.title} {said}；它的记录在 {self.log}：\n{self.tail()}")

    def tail(self, lines: int = 12) -> str:
        """The last lines of the log."""
        text = self.log.read_text(errors="replace") if self.log.exists() else ""
        return "\n".join(text.splitlines()[-lines:])

    def connect(self, port: int | None = None, seconds: float = 2) -> socket.socket:
        """A connection to it; raises OSError when nothing listens."""
        return socket.create_connection(("127.0.0.1", port or self.port), timeout=seconds)


S = TypeVar("S", bound=Server)


@contextlib.contextmanager
def kept_running(server: S) -> Iterator[S]:
    """The server, started; ended when the block ends, however it ends."""
    try:
        yield server.start()
    finally:
        server.stop()


def program(name: str, package: str, *places: Path) -> str:
    """Where a program is. Raises Trouble that names the Debian package when it is not installed."""
    folders = os.pathsep.join([*map(str, places), "/usr/sbin", "/usr/bin", os.defpath])
    found = shutil.which(name, path=folders) or shutil.which(name)
    if not found:
        raise Trouble(f"没有找到 {name}；先安装 Debian 软件包：apt-get install {package}")
    return found


def as_account(account: str, words: list[str]) -> list[str]:
    """`words`, run as the system account when we are root (most servers refuse to be root).

    The account may pass through folders that are root's alone, as temporary ones are; it keeps no
    other right of root's.
    """
    if not account or os.geteuid() != 0:
        return words
    passing = ["--inh-caps", "+dac_override", "--ambient-caps", "+dac_override"]
    who = ["--reuid", account, "--regid", account, "--init-groups"]
    return [program("setpriv", "util-linux"), *who, *passing, *words]


def give(folder: Path, account: str) -> None:
    """Make the folder, and what is in it, the account's when we are root."""
    folder.mkdir(parents=True, exist_ok=True)
    if account and os.geteuid() == 0:
        for path in (folder, *folder.rglob("*")):
            shutil.chown(path, account, account)


def descendants(pid: int) -> list[int]:
    """Every process below this one; servers put theirs in sessions of their own."""
    said = subprocess.run(
        ["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True
    )
    below: dict[int, list[int]] = {}
    for line in said.stdout.splitlines():
        child, parent = map(int, line.split())
        below.setdefault(parent, []).append(child)
    found, todo = [], [pid]
    while todo:
        todo += (more := below.get(todo.pop(), []))
        found += more
    return found


def _kill(pids: list[int], seconds: float = 10) -> None:
    """kill -9 each that is still there, and wait until none is."""
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    until = time.monotonic() + seconds
    while time.monotonic() < until and any(_running(pid) for pid in pids):
        time.sleep(0.01)


def _running(pid: int) -> bool:
    """Whether the process is there and more than an entry that waits for its parent."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
