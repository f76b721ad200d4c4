"""The limited child processes that read one file together, started, listened to and ended.

Each gets the file as its standard input, opened once more for it alone, and an order as its argument;
each reports on its standard output. Whatever they do (crash, hang, flood, lie), the answer is a
`Report`. Nothing that they say is believed here beyond its form.
"""

from __future__ import annotations

import json
import os
import selectors
import signal
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from fengcai.media import verdicts
from fengcai.media.child import ROOMS
from fengcai.media.facts import storable
from fengcai.media.limits import Limits
from fengcai.media.nursery import Nursery, Reader

Progress = Callable[[float, str], None]

_NURSERIES = {room: Nursery(room) for room in sorted(set(ROOMS.values()))}
_MOST_LINE_BYTES = 4 * 1024**2
_MOST_REPORT_BYTES = 64 * 1024**2
_HEARTBEAT_S = 5.0
_MOST_FILES = 100
_MOST_FILE_BYTES = {".jpg": 8 * 1024**2, ".json": 1024**2, ".txt": 1024**2, ".bin": 4 * 1024**2}


@dataclass
class Report:
    """What one child said, unchecked but for its form. `failure` is a key of verdicts.REASONS."""

    parts: dict[str, Any] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    failure: str | None = None
    detail: str = ""
    cost: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Task:
    """One child to be started. `pages` is its end of the pipe on which pictures travel."""

    name: str
    order: Mapping[str, Any]
    pages: int | None = None


def run(
    file: IO[bytes], tasks: list[Task], limits: Limits, tell: Callable[[float], None]
) -> dict[str, Report]:
    """Carry out the tasks at once on an open file; a report each.

    `tell(share)` is called from this thread at least every five seconds with the share (0–1) of the
    slowest; what it raises ends the children and passes through. The tasks' pipe ends are closed.
    """
    children: list[_Child] = []
    begun = 0
    try:
        for task in tasks:  # one that does not start must not hide those that did
            begun += 1
            children += [_Child(file, task, limits)]
        _listen(children, time.monotonic() + limits.wall_s, tell)
    finally:
        for task in tasks[begun:]:
            if task.pages is not None:
                os.close(task.pages)
        for child in children:
            child.end()
    return {child.task.name: child.report for child in children}


def fork(room: str, order: Mapping[str, Any], descriptors: list[int]) -> Reader:
    """A reader from the nursery of that room. Raises OSError."""
    return _NURSERIES[room].fork(dict(order), descriptors)


def _listen(children: list[_Child], deadline: float, tell: Callable[[float], None]) -> None:
    told = 0.0
    with selectors.DefaultSelector() as ready:
        for child in children:
            ready.register(child.pipe, selectors.EVENT_READ, child)
        while ready.get_map():
            left = deadline - time.monotonic()
            if left <= 0:
                for key in list(ready.get_map().values()):
                    key.data.give_up("timeout")
                return
            events = ready.select(min(left, _HEARTBEAT_S))
            for key, _ in events:
                if not key.data.take():
                    ready.unregister(key.fileobj)
            share = min(child.share for child in children)
            if share > told or not events:  # a lease is kept while one picture takes long
                told = max(told, share)
                tell(told)


class _Child:
    """One child process and its report."""

    def __init__(self, file: IO[bytes], task: Task, limits: Limits) -> None:
        self.task = task
        self.report = Report()
        self.share = 0.0
        self._buffer = bytearray()
        self._awaited: tuple[str, int] | None = None
        self._received = 0
        self._done = False
        walls = {
            "memory_bytes": limits.memory_bytes,
            "cpu_s": limits.cpu_s,
            "open_files": limits.open_files,
        }
        order = {**task.order, "task": task.name, "walls": walls}
        report, written = os.pipe()
        self.pipe: IO[bytes] = os.fdopen(report, "rb", buffering=0)
        try:
            with _opened_again(file) as own:
                given = [own.fileno(), written]
                given += [] if task.pages is None else [task.pages]
                self._reader = fork(ROOMS[task.name], order, given)
        except OSError:
            self.pipe.close()
            raise
        finally:
            os.close(written)
            if task.pages is not None:
                os.close(task.pages)

    def take(self) -> bool:
        """Read what came; False when there will be no more."""
        chunk = os.read(self.pipe.fileno(), 1 << 16)
        if not chunk:
            self.share = 1.0
            return False
        self._received += len(chunk)
        self._buffer += chunk
        try:
            if self._received > _MOST_REPORT_BYTES:
                raise ValueError("a report without end")
            self._digest()
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            self.give_up("crashed")
            return False
        if self._done:
            self.share = 1.0
        return not self._done

    def give_up(self, code: str) -> None:
        """The child is to be ended; this is why."""
        self._done = False
        self.share = 1.0
        self.report.failure = code

    def end(self) -> None:
        """The process is gone after this, and the report says how it went."""
        self.pipe.close()
        # Killing changes nothing where it is dying of something else already.
        status = self._reader.end(kill=not self._done)
        if not self._done and self.report.failure is None:
            self.report.failure = "cpu" if status == -signal.SIGXCPU else "crashed"

    def _digest(self) -> None:
        while True:
            if self._awaited is not None:
                name, length = self._awaited
                if len(self._buffer) < length:
                    return
                self.report.files[name] = bytes(self._buffer[:length])
                del self._buffer[:length]
                self._awaited = None
            end = self._buffer.find(b"\n")
            if end < 0:
                if len(self._buffer) > _MOST_LINE_BYTES:
                    raise ValueError("a report line without end")
                return
            line = bytes(self._buffer[:end])
            del self._buffer[: end + 1]
            self._understand(json.loads(line))

    def _understand(self, message: dict[str, Any]) -> None:
        if "progress" in message:
            self.share = min(1.0, max(self.share, float(message["progress"])))
        elif "facts" in message:
            self.report.parts.update(message["facts"])
        elif "failure" in message:
            code = str(message["failure"])
            self.report.failure = code if code in verdicts.REASONS else "crashed"
            # It becomes part of the reason in words, which no model validates again.
            self.report.detail = storable(str(message.get("detail", "")))[:200]
        elif "file" in message:
            name, length = str(message["file"]), int(message["bytes"])
            if not acceptable(name) or not 0 <= length <= _MOST_FILE_BYTES[Path(name).suffix]:
                raise ValueError("a file that was not asked for")
            if len(self.report.files) >= _MOST_FILES:
                raise ValueError("more files than were asked for")
            self._awaited = (name, length)
        elif "done" in message:
            self.report.cost = dict(message["done"])
            self._done = True


def _opened_again(file: IO[bytes]) -> IO[bytes]:
    """The same file with an offset of its own. Raises OSError if another one has taken its place."""
    seen = Path(f"/proc/self/fd/{file.fileno()}")
    if seen.exists():
        return seen.open("rb")
    own = os.open(file.name, os.O_RDONLY)
    if not os.path.sameopenfile(own, file.fileno()):
        os.close(own)
        raise OSError("the file was replaced while it was read")
    return os.fdopen(own, "rb")


def acceptable(name: str) -> bool:
    """Whether an output may have this name: small letters, digits and hyphens, and a known ending."""
    stem, suffix = Path(name).stem, Path(name).suffix
    plain = stem.replace("-", "").replace("_", "")
    good = plain.isascii() and plain.isalnum() and plain == plain.lower() and len(stem) <= 60
    return good and name == stem + suffix and suffix in _MOST_FILE_BYTES
