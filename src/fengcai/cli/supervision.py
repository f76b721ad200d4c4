"""Keeps a web process and its worker processes alive together, and ends them together.

A worker that crashes is started again, later each time; when the web process ends, all end, so that
the service manager above sees it. Knows processes only.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from types import FrameType

PARENT = "FENGCAI_SUPERVISOR"
GRACE = 20.0
"""Seconds from the first signal until what still runs is killed: a worker needs up to 15."""

LONGEST_PAUSE = 30.0
STEADY = 60.0
"""A worker that ran this many seconds is trusted again: its next pause is the shortest."""

_PR_SET_PDEATHSIG = 1


def pause_after(crashes: int) -> float:
    """Seconds to wait before start number `crashes` + 1: 1, 2, 4, … at most 30."""
    return min(LONGEST_PAUSE, 2.0 ** (crashes - 1))


def end_with_parent() -> None:
    """In a supervised child on Linux: be told to end when the supervisor is killed outright."""
    supervisor = os.environ.get(PARENT)
    if supervisor is None or not sys.platform.startswith("linux"):
        return
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != int(supervisor):  # it went before we asked
        sys.exit(1)


def supervise(*, web: list[str], workers: Sequence[list[str]]) -> int:
    """Run all until a signal or the end of `web`; returns 0 after a signal, else web's code."""
    return _Group(web, [_Worker(command) for command in workers]).run()


@dataclass
class _Worker:
    """A worker's command, and when it may be started (again)."""

    command: list[str]
    process: subprocess.Popen[bytes] | None = None
    crashes: int = 0
    began: float = 0.0
    due: float = 0.0

    def crashed(self) -> float:
        """Note the end of its process; returns the seconds to wait before the next."""
        self.process = None
        now = time.monotonic()
        self.crashes = 1 if now - self.began >= STEADY else self.crashes + 1
        pause = pause_after(self.crashes)
        self.due = now + pause
        return pause


@dataclass
class _Group:
    web: list[str]
    workers: list[_Worker]
    signals: int = 0
    children: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def run(self) -> int:
        with self._signals():
            web = self._start(self.web)
            try:
                code = self._watch(web)
            finally:
                self._end()
        return code

    def _watch(self, web: subprocess.Popen[bytes]) -> int:
        while not self.signals:
            ended = web.poll()
            if ended is not None:
                self._say(f"网站进程已结束（退出码 {ended}），后台任务随之结束")
                return ended if ended > 0 else 1
            for worker in self.workers:
                self._look_after(worker)
            time.sleep(0.1)
        return 0

    def _look_after(self, worker: _Worker) -> None:
        if worker.process is None:
            if time.monotonic() >= worker.due:
                worker.began = time.monotonic()
                worker.process = self._start(worker.command)
        elif (code := worker.process.poll()) is not None:
            self.children.remove(worker.process)
            pause = worker.crashed()
            self._say(f"后台任务进程意外结束（退出码 {code}），{pause:.0f} 秒后重新启动")

    def _start(self, command: list[str]) -> subprocess.Popen[bytes]:
        variables = os.environ | {PARENT: str(os.getpid())}
        child = subprocess.Popen(command, env=variables, stdin=subprocess.DEVNULL)
        self.children.append(child)
        return child

    def _end(self) -> None:
        """Ask all to end; kill what still runs after the grace, or at a second signal."""
        for child in self.children:
            with contextlib.suppress(ProcessLookupError):
                child.terminate()
        until, asked = time.monotonic() + GRACE, self.signals
        while any(child.poll() is None for child in self.children):
            if time.monotonic() > until or self.signals > asked:
                for child in self.children:
                    child.kill()
            time.sleep(0.05)

    @contextlib.contextmanager
    def _signals(self) -> Iterator[None]:
        def note(number: int, frame: FrameType | None) -> None:
            self.signals += 1

        before = {n: signal.signal(n, note) for n in (signal.SIGTERM, signal.SIGINT)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    @staticmethod
    def _say(text: str) -> None:
        sys.stderr.write(f"{text}\n")
        sys.stderr.flush()
