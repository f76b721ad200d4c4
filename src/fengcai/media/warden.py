"""Inspect one file without trusting it: start the limited child, watch it, believe nothing.

The parent hashes the file, looks at its first bytes and box headers, and leaves every parser to
the child. Whatever the child does (crash, hang, flood, lie), the answer is a `Facts`; only a file
that cannot be opened at all raises OSError.
"""

from __future__ import annotations

import hashlib
import json
import os
import selectors
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from pydantic import ValidationError

from fengcai.media import boxes, verdicts
from fengcai.media.facts import Facts, Kind, storable
from fengcai.media.limits import Limits
from fengcai.media.sniff import HEAD_BYTES, Sniffed, sniff

Progress = Callable[[float, str], None]

_PACKAGE_ROOT = str(Path(__file__).resolve().parents[2])
_FILE_NAMES = ("poster.jpg", "sprite.jpg")
_MOST_FILE_BYTES = 8 * 1024**2
_MOST_LINE_BYTES = 4 * 1024**2
_MOST_REPORT_BYTES = 64 * 1024**2
_HASH_CHUNK = 1024**2
_HEARTBEAT_S = 5.0
_READING = "正在检查画面和声音"
_PROGRAMS = ("exe", "elf")


def inspect_file(
    path: str | os.PathLike[str],
    *,
    outputs: Path | None = None,
    limits: Limits | None = None,
    progress: Progress | None = None,
    filename: str | None = None,
    expected: Kind | Collection[Kind] = "video",
) -> Facts:
    """Facts about the file at `path`; `poster.jpg` and `sprite.jpg` go into `outputs` if given.

    `filename` is the name people gave it, if `path` is a storage key. `expected` is the kind (or
    kinds) of the slot: a readable file of another kind gets the verdict "unreadable" with its
    reason, and keeps its facts. `progress(fraction, text)` is called from this thread; what it raises ends
    the child and passes through, which is how an inspection is cancelled.
    Raises OSError if the file cannot be opened.
    """
    limits = limits or Limits()
    kinds = frozenset((expected,) if isinstance(expected, str) else expected)
    started = time.monotonic()
    with Path(path).open("rb") as film:
        before = os.fstat(film.fileno())
        name = filename or Path(path).name
        if not stat.S_ISREG(before.st_mode):
            return _refused(name, before.st_size, "unknown", "not_a_file")
        head = film.read(HEAD_BYTES)
        film.seek(0)
        kind = sniff(head)
        hashing = _Hash(film.fileno())
        hashing.start()
        try:
            found = _look(film, before.st_size, kind, kinds, limits, outputs is not None, progress)
        finally:
            hashing.stop_if_unused()
        sha256 = hashing.result()
        after = os.fstat(film.fileno())
    if (after.st_size, after.st_mtime_ns) != (before.st_size, before.st_mtime_ns):
        return _refused(name, after.st_size, kind.kind, "changed")
    facts = _conclude(found, name, before.st_size, sha256, kind, kinds, started)
    if outputs is not None and facts.pictures.poster is not None:
        _write(outputs, found.files)
    if progress is not None:
        progress(1.0, "检查完成")
    return facts


@dataclass
class _Found:
    """What the child said so far, unchecked."""

    parts: dict[str, Any] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    failure: str | None = None
    detail: str = ""
    layout: boxes.Layout | None = None
    cost: dict[str, Any] = field(default_factory=dict)


def _look(
    film: IO[bytes],
    size: int,
    kind: Sniffed,
    expected: frozenset[Kind],
    limits: Limits,
    pictures: bool,
    progress: Progress | None,
) -> _Found:
    found = _Found()
    if kind.kind == "empty":
        found.failure = kind.format
        return found
    if kind.format in _PROGRAMS and "video" not in expected:
        found.failure = "program"
        return found
    if kind.kind in ("document", "text") and kind.kind in expected:
        _Child(film, size, kind, limits, pictures, progress, found).run()
        return found
    if kind.demuxer is None and kind.kind != "image":
        if kind.kind not in expected:
            found.failure = kind.kind if kind.kind in verdicts.REASONS else "unknown"
        return found
    if kind.format == "iso":
        found.layout = boxes.scan(lambda at, n: os.pread(film.fileno(), n, at), size)
        if not found.layout.has_index and not found.layout.fragmented:
            found.failure = "no_index"
            return found
    _Child(film, size, kind, limits, pictures, progress, found).run()
    return found


class _Child:
    """One child process and its report."""

    def __init__(
        self,
        film: IO[bytes],
        size: int,
        kind: Sniffed,
        limits: Limits,
        pictures: bool,
        progress: Progress | None,
        found: _Found,
    ) -> None:
        self._film = film
        self._limits = limits
        self._progress = progress
        self._found = found
        self._buffer = bytearray()
        self._awaited: tuple[str, int] | None = None
        self._received = 0
        self._done = False
        self._share = 0.0
        self._told = 0.0
        self._order = json.dumps(
            {
                "kind": kind.kind,
                "format": kind.format,
                "walls": {
                    "memory_bytes": limits.memory_bytes,
                    "cpu_s": limits.cpu_s,
                    "open_files": limits.open_files,
                },
                "film": {
                    "demuxer": kind.demuxer or "",
                    "size": size,
                    "mode": limits.mode,
                    "threads": limits.threads,
                    "picture_pixels": limits.picture_pixels,
                    "thorough_pixels": limits.thorough_pixels,
                    "pictures": pictures,
                },
            }
        )

    def run(self) -> None:
        deadline = time.monotonic() + self._limits.wall_s
        process = subprocess.Popen(
            [sys.executable, "-P", "-s", "-B", "-m", "fengcai.media.child", self._order],
            stdin=self._film,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd="/" if os.name == "posix" else None,
            env=_bare_environment(),
        )
        assert process.stdout is not None
        try:
            overrun = self._listen(process.stdout, deadline)
        finally:
            process.stdout.close()
            if not self._done:
                process.kill()
            status = process.wait()
        if self._done:
            return
        if self._found.failure is None:
            self._found.failure = _cause(status, overrun)

    def _listen(self, report: IO[bytes], deadline: float) -> str | None:
        """Read the report to its end; the reason code if the child must be ended."""
        with selectors.DefaultSelector() as ready:
            ready.register(report, selectors.EVENT_READ)
            while not self._done:
                left = deadline - time.monotonic()
                if left <= 0:
                    return "timeout"
                if not ready.select(min(left, _HEARTBEAT_S)):
                    self._tell(self._told)  # a lease is kept while one picture takes long
                    continue
                chunk = os.read(report.fileno(), 1 << 16)
                if not chunk:
                    return None
                self._received += len(chunk)
                if self._received > _MOST_REPORT_BYTES:
                    return "crashed"
                self._buffer += chunk
                try:
                    self._digest()
                except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
                    return "crashed"
                if self._share > self._told:
                    self._tell(self._share)
        return None

    def _tell(self, share: float) -> None:
        self._told = share
        if self._progress is not None:
            self._progress(share * 0.98, _READING)

    def _digest(self) -> None:
        while True:
            if self._awaited is not None:
                name, length = self._awaited
                if len(self._buffer) < length:
                    return
                self._found.files[name] = bytes(self._buffer[:length])
                del self._buffer[:length]
                self._awaited = None
            end = self._buffer.find(b"\n")
            if end < 0:
                if len(self._buffer) > _MOST_LINE_BYTES:
                    raise ValueError("a report line without end")
                return
            line = bytes(self._buffer[:end])
            del self._buffer[: end + 1]
            self._take(json.loads(line))

    def _take(self, message: dict[str, Any]) -> None:
        if "progress" in message:
            self._share = min(1.0, max(0.0, float(message["progress"])))
        elif "facts" in message:
            self._found.parts.update(message["facts"])
        elif "failure" in message:
            code = str(message["failure"])
            self._found.failure = code if code in verdicts.REASONS else "crashed"
            # It becomes part of the reason in words, which no model validates again.
            self._found.detail = storable(str(message.get("detail", "")))[:200]
        elif "file" in message:
            name, length = str(message["file"]), int(message["bytes"])
            if name not in _FILE_NAMES or not 0 <= length <= _MOST_FILE_BYTES:
                raise ValueError("a file that was not asked for")
            self._awaited = (name, length)
        elif "done" in message:
            self._found.cost = dict(message["done"])
            self._done = True


def _cause(status: int, overrun: str | None) -> str:
    if overrun is not None:
        return overrun
    if os.name == "posix" and status in (-signal.SIGXCPU, -signal.SIGKILL):
        return "cpu" if status == -signal.SIGXCPU else "crashed"
    return "crashed"


def _bare_environment() -> dict[str, str]:
    """The child gets no secret of the service's environment."""
    kept = {
        name: os.environ[name] for name in ("SYSTEMROOT", "LD_LIBRARY_PATH") if name in os.environ
    }
    return kept | {
        "PYTHONPATH": _PACKAGE_ROOT,
        "PYTHONUTF8": "1",
        "LANG": "C.UTF-8",
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "MALLOC_ARENA_MAX": "2",
    }


class _Hash(threading.Thread):
    """SHA-256 beside the reading, by positional reads: the child shares the file's offset."""

    def __init__(self, descriptor: int) -> None:
        super().__init__(name="fengcai-hash", daemon=True)
        self._descriptor = descriptor
        self._digest = hashlib.sha256()
        self._unused = threading.Event()

    def run(self) -> None:
        at = 0
        while not self._unused.is_set():
            chunk = os.pread(self._descriptor, _HASH_CHUNK, at)
            if not chunk:
                return
            self._digest.update(chunk)
            at += len(chunk)

    def stop_if_unused(self) -> None:
        """End early when an exception is passing, so that the descriptor may be closed."""
        if sys.exc_info()[0] is not None:
            self._unused.set()
        self.join()

    def result(self) -> str:
        return self._digest.hexdigest()


def _conclude(
    found: _Found,
    name: str,
    size: int,
    sha256: str,
    kind: Sniffed,
    expected: frozenset[Kind],
    started: float,
) -> Facts:
    parts = dict(found.parts)
    if found.layout is not None:
        told = parts.get("container")
        parts["container"] = (told if isinstance(told, dict) else {}) | {
            "name": found.layout.name,
            "major_brand": found.layout.major_brand,
            "faststart": found.layout.faststart,
            "fragmented": found.layout.fragmented,
            "missing_bytes": found.layout.missing_bytes,
        }
    cost = {"wall_s": round(time.monotonic() - started, 3), **found.cost}
    base: dict[str, Any] = {
        "filename": name,
        "size_bytes": size,
        "sha256": sha256,
        "kind": kind.kind,
        "verdict": "unreadable",
        "reason_code": "crashed",
        "reason": verdicts.refusal("crashed"),
    }
    try:
        facts = Facts.model_validate({**base, **parts, "cost": cost})
    except (ValidationError, TypeError):
        # The child's report is not what the child writes: none of it counts.
        return Facts.model_validate(base)
    return _judged(facts, found, expected)


def _judged(facts: Facts, found: _Found, expected: frozenset[Kind]) -> Facts:
    kind = facts.kind
    if kind == "video" and facts.video is None and facts.audio is not None:
        kind = "audio"
    code, reason, verdict = "", "", "readable"
    if found.failure is not None:
        verdict, code = "unreadable", found.failure
        of_another_kind = code == kind and code in verdicts.KINDS
        reason = (
            verdicts.mismatch(code, expected)
            if of_another_kind
            else verdicts.refusal(code, found.detail)
        )
    elif kind not in expected:
        verdict, code = "unreadable", kind
        reason = verdicts.mismatch(code, expected)
    elif facts.decoding is not None:
        missing = facts.container.missing_bytes if facts.container is not None else 0
        frames = facts.video.frames_found if facts.video is not None else 0
        damaged = verdicts.damage(facts.decoding, frames, missing)
        if damaged is not None:
            verdict, (code, reason) = "damaged", damaged
    return facts.model_copy(
        update={"kind": kind, "verdict": verdict, "reason": reason, "reason_code": code}
    )


def _refused(name: str, size: int, kind: Kind, code: str) -> Facts:
    return Facts(
        filename=name,
        size_bytes=size,
        kind=kind,
        verdict="unreadable",
        reason=verdicts.refusal(code),
        reason_code=code,
    )


def _write(outputs: Path, files: dict[str, bytes]) -> None:
    outputs.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        partial = outputs / f".{name}.partial"
        partial.write_bytes(content)
        partial.replace(outputs / name)
