"""The process from which every reader of a stranger's file is forked: loaded once, and of no family.

Loading the decoders, the models and their libraries takes seconds; a fork takes a hundredth of one. A
nursery has an empty environment and never sees a byte of a file: each reader is a copy of it that puts
up the walls and is gone afterwards. It serves one parent process over a socket, ends with it, and ends
by itself after two idle minutes. Why: docs/adr/0021-one-reading-many-checks.md.
"""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import signal
import socket
import struct
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

IDLE_S = 120.0
_PACKAGE_ROOT = str(Path(__file__).resolve().parents[2])
_LENGTH = struct.Struct("!I")
_MOST_ORDER = 1 << 20
_MOST_DESCRIPTORS = 4


class NoReader(OSError):
    """A reader could not be started."""


# -- the parent's side ---------------------------------------------------------------------------


class Reader:
    """One forked reader, as its parent holds it."""

    def __init__(self, line: socket.socket) -> None:
        self._line = line

    def end(self, *, kill: bool) -> int:
        """Wait for its end, killing it first if asked; minus the signal, or the exit status."""
        if kill:
            self._line.shutdown(socket.SHUT_WR)
        told = _line_of(self._line)
        self._line.close()
        return -signal.SIGKILL if told is None else int(told["status"])


class Nursery:
    """The parent's handle on one nursery process; it is started when a reader is wanted."""

    def __init__(self, room: str) -> None:
        self._room = room
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        os.register_at_fork(after_in_child=self._forget)

    def fork(self, order: dict[str, Any], descriptors: list[int]) -> Reader:
        """A new reader with this order; `descriptors` become its standard input, its standard
        output and, where there is a third, the pipe of pages. Raises NoReader."""
        message = json.dumps(order).encode()
        with self._lock:
            for _ in range(2):  # it may have gone, idle, a moment ago
                mine, theirs = socket.socketpair()
                with theirs, contextlib.suppress(OSError):
                    line = self._running()
                    given = [theirs.fileno(), *descriptors]
                    socket.send_fds(line, [_LENGTH.pack(len(message))], given)
                    line.sendall(message)
                if _line_of(mine) is not None:
                    return Reader(mine)
                mine.close()
                self._forget()
        raise NoReader("no process could be started to read the file")

    def _running(self) -> socket.socket:
        if self._socket is None:
            self._socket, theirs = socket.socketpair()
            with theirs:
                subprocess.Popen(
                    [sys.executable, "-P", "-s", "-B", "-m", "fengcai.media.nursery",
                     self._room, str(theirs.fileno())],
                    stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL, cwd="/", env=bare_environment(),
                    pass_fds=(theirs.fileno(),), start_new_session=True,
                )  # fmt: skip
        return self._socket

    def _forget(self) -> None:
        """Another process's nursery, or one that has ended, is not this one's to speak with."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None


def bare_environment() -> dict[str, str]:
    """A nursery gets no secret of the service's environment, so no reader can tell one."""
    kept = {
        name: os.environ[name] for name in ("SYSTEMROOT", "LD_LIBRARY_PATH") if name in os.environ
    }
    return kept | {
        "PYTHONPATH": _PACKAGE_ROOT,
        "PYTHONUTF8": "1",
        "LANG": "C.UTF-8",
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "OPENCV_FOR_THREADS_NUM": "1",
        "MALLOC_ARENA_MAX": "2",
    }


def _line_of(line: socket.socket) -> dict[str, Any] | None:
    """The next message of the nursery about one reader; None if there will be none."""
    told = b""
    while not told.endswith(b"\n"):
        try:
            more = line.recv(4096)
        except OSError:
            return None
        if not more:
            return None
        told += more
    # A reader may end before its beginning was read: the last line counts.
    return dict(json.loads(told.splitlines()[-1]))


# -- the nursery's side --------------------------------------------------------------------------


class _House:
    """Who was forked, and who wants to hear of it."""

    def __init__(self, line: socket.socket) -> None:
        self._line = line
        self._ready = selectors.DefaultSelector()
        self._ready.register(line, selectors.EVENT_READ)
        self._wake, wake = os.pipe()
        os.set_blocking(wake, False)
        signal.set_wakeup_fd(wake)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        self._ready.register(self._wake, selectors.EVENT_READ)
        self._readers: dict[int, socket.socket] = {}

    def serve(self) -> None:
        """Until the parent is gone, or nobody has wanted anything for a while."""
        while True:
            events = self._ready.select(None if self._readers else IDLE_S)
            if not events and not self._readers:
                return
            for key, _ in events:
                if key.fileobj is self._line:
                    if not self._take():
                        return
                elif key.fileobj == self._wake:
                    os.read(self._wake, 4096)
                    self._reap()
                else:
                    self._killed(key.data)

    def _take(self) -> bool:
        """Fork one reader; False when the parent is gone."""
        head, given, _, _ = socket.recv_fds(self._line, _LENGTH.size, _MOST_DESCRIPTORS)
        if len(head) < _LENGTH.size or not given:
            return False
        (length,) = _LENGTH.unpack(head)
        order = b""
        while len(order) < min(length, _MOST_ORDER):
            more = self._line.recv(length - len(order))
            if not more:
                return False
            order += more
        with socket.socket(fileno=given[0]) as line:
            pid = os.fork()
            if pid == 0:
                _become_reader(json.loads(order), given[1:])
            for descriptor in given[1:]:
                os.close(descriptor)
            line.sendall(json.dumps({"pid": pid}).encode() + b"\n")
            kept = line.dup()
        self._readers[pid] = kept
        self._ready.register(kept, selectors.EVENT_READ, pid)
        return True

    def _killed(self, pid: int) -> None:
        """The parent wants no more of this reader, or is gone."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        line = self._readers[pid]
        with contextlib.suppress(KeyError):
            self._ready.unregister(line)

    def _reap(self) -> None:
        while self._readers:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            line = self._readers.pop(pid, None)
            if line is None:
                continue
            with contextlib.suppress(KeyError):
                self._ready.unregister(line)
            with contextlib.suppress(OSError):
                told = {"status": os.waitstatus_to_exitcode(status)}
                line.sendall(json.dumps(told).encode() + b"\n")
            line.close()


def _become_reader(order: dict[str, Any], descriptors: list[int]) -> None:
    """In the fork: take the given descriptors, drop all others, do what is asked, never return."""
    from fengcai.media.child import main

    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        keep = [os.dup(descriptor) for descriptor in descriptors]
        lowest = [os.open(os.devnull, os.O_RDWR) for _ in range(3)]
        for place, descriptor in enumerate(keep[:2]):
            os.dup2(descriptor, place)
        os.dup2(lowest[0], 2)
        pages = os.dup2(keep[2], 3) if len(keep) > 2 else None
        os.closerange(4, 1 << 16)
        main(order, pages)
    finally:
        os._exit(1)


def main(room: str, descriptor: str) -> int:
    """Load everything, then serve."""
    from fengcai.media.child import load

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what an interruption ends
    with socket.socket(fileno=int(descriptor)) as line:
        load(room)
        _House(line).serve()
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
