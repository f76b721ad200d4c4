"""Keeps a web process and a worker process alive together, and ends them together.

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
from collections.abc import Iterator
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


def supervise(*, web: list[str], worker: list[str]) -> int:
    """Run both until a signal or the end of `web`; returns 0 after a signal, else web's code."""
    return _Pair(web, worker).run()


@dataclass
class _Pair:
    web: list[str]
    worker: list[str]
    signals: int = 0
    children: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def run(self) -> int:
        with self._signals():
            self._start("web", self.web)
            try:
                code = self._watch()
            finally:
                self._end()
        return code

    def _watch(self) -> int:
        crashes, due, began = 0, time.monotonic(), 0.0
        while not self.signals:
            ended = self.children["web"].poll()
            if ended is not None:
                self._say(f"网站进程已结束（退出码 {ended}），后台任务随之结束")
                return ended if ended > 0 else 1
            running = self.children.get("worker")
            if running is None:
                if time.monotonic() >= due:
                    began = time.monotonic()
                    self._start("worker", self.worker)
            elif (code := running.poll()) is not None:
                del self.children["worker"]
                crashes = 1 if time.monotonic() - began >= STEADY else crashes + 1
                pause = pause_after(crashes)
                due = time.monotonic() + pause
                self._say(f"后台任务进程意外结束（退出码 {code}），{pause:.0f} 秒后重新启动")
            time.sleep(0.1)
        return 0

    def _start(self, name: str, command: list[str]) -> None:
        variables = os.environ | {PARENT: str(os.getpid())}
        self.children[name] = subprocess.Popen(command, env=variables, stdin=subprocess.DEVNULL)

    def _end(self) -> None:
        """Ask all to end; kill what still runs after the grace, or at a second signal."""
        for child in self.children.values():
            with contextlib.suppress(ProcessLookupError):
                child.terminate()
        until, asked = time.monotonic() + GRACE, self.signals
        while any(child.poll() is None for child in self.children.values()):
            if time.monotonic() > until or self.signals > asked:
                for child in self.children.values():
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
