"""Inspect one file without trusting it: start the limited children, watch them, believe nothing.

The parent hashes the file, looks at its first bytes and box headers, and leaves every parser to the
children. Whatever they do, the answer is a `Facts`; only a file that cannot be opened at all raises
OSError.
"""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from pydantic import ValidationError

from fengcai.media import boxes, processes, verdicts
from fengcai.media.facts import Facts, Kind, Measure
from fengcai.media.hashing import Hashing
from fengcai.media.hiding import hidden
from fengcai.media.joining import joined
from fengcai.media.limits import Limits
from fengcai.media.processes import Progress, Report, Task
from fengcai.media.sniff import HEAD_BYTES, Sniffed, sniff

_PROGRAMS = ("exe", "elf")
_READING = {
    "video": "正在检查画面和声音",
    "audio": "正在检查声音",
    "image": "正在检查图片",
    "document": "正在检查文档",
    "text": "正在检查文档",
}
_NOT_READ = "画面上的文字没有读成，请人工查看"


def inspect_file(
    path: str | os.PathLike[str],
    *,
    outputs: Path | None = None,
    limits: Limits | None = None,
    progress: Progress | None = None,
    filename: str | None = None,
    expected: Kind | Collection[Kind] = "video",
) -> Facts:
    """Facts about the file at `path`; the output files (`poster.jpg`, `sprite.jpg`, evidence …) go
    into `outputs` if given.

    `filename` is the name people gave it, if `path` is a storage key. `expected` is the kind (or
    kinds) of the slot: a readable file of another kind gets the verdict "unreadable" with its
    reason, and keeps its facts. `progress(fraction, text)` is called from this thread; what it raises
    ends the children and passes through, which is how an inspection is cancelled.
    Raises OSError if the file cannot be opened.
    """
    limits = limits or Limits()
    kinds = frozenset((expected,) if isinstance(expected, str) else expected)
    started = time.monotonic()
    with Path(path).open("rb") as file:
        before = os.fstat(file.fileno())
        name = filename or Path(path).name
        if not stat.S_ISREG(before.st_mode):
            return _refused(name, before.st_size, "unknown", "not_a_file")
        head = file.read(HEAD_BYTES)
        kind = sniff(head)
        hashing = Hashing(file.fileno())
        hashing.start()

        def tell(share: float) -> None:
            if progress is not None:
                progress(share * 0.98, _READING.get(kind.kind, _READING["video"]))

        try:
            found = _look(file, before.st_size, kind, kinds, limits, outputs is not None, tell)
        finally:
            hashing.stop_if_unused()
        sha256 = hashing.result()
        after = os.fstat(file.fileno())
    if (after.st_size, after.st_mtime_ns) != (before.st_size, before.st_mtime_ns):
        return _refused(name, after.st_size, kind.kind, "changed")
    facts = _conclude(found, name, before.st_size, sha256, kind, kinds, started)
    if outputs is not None and facts.verdict != "unreadable" and found.report.files:
        facts, files = hidden(facts, found.report.files, limits)
        _write(outputs, files)
    if progress is not None:
        progress(1.0, "检查完成")
    return facts


@dataclass
class _Found:
    """What the children said, unchecked, and what the file's boxes say."""

    report: Report
    layout: boxes.Layout | None = None


def _look(
    file: IO[bytes],
    size: int,
    kind: Sniffed,
    expected: frozenset[Kind],
    limits: Limits,
    outputs: bool,
    tell: Callable[[float], None],
) -> _Found:
    found = _Found(Report())
    if kind.kind == "empty":
        found.report.failure = kind.format
        return found
    if kind.format in _PROGRAMS and "video" not in expected:
        found.report.failure = "program"
        return found
    paper = kind.kind in ("document", "text") and kind.kind in expected
    if not paper and kind.demuxer is None and kind.kind != "image":
        if kind.kind not in expected:
            code = kind.kind if kind.kind in verdicts.REASONS else "unknown"
            found.report.failure = code
        return found
    if kind.format == "iso":
        found.layout = boxes.scan(lambda at, n: os.pread(file.fileno(), n, at), size)
        if not found.layout.has_index and not found.layout.fragmented:
            found.report.failure = "no_index"
            return found
        if found.layout.encrypted:
            found.report.failure = "encrypted"
            return found
    order: dict[str, Any] = {
        "kind": kind.kind,
        "format": kind.format,
        "film": {
            "demuxer": kind.demuxer or "",
            "size": size,
            "mode": limits.mode,
            "threads": limits.threads,
            "picture_pixels": limits.picture_pixels,
            "thorough_pixels": limits.thorough_pixels,
            "pictures": outputs,
        },
    }
    if paper:
        found.report = processes.run(file, [Task("paper", order)], limits, tell)["paper"]
        return found
    if kind.kind == "image":
        reports = processes.run(file, _still_tasks(order, limits, expected), limits, tell)
        found.report = _with_text(reports["still"], reports)
        return found
    found.report = _together(processes.run(file, _tasks(order, limits), limits, tell))
    return found


def _tasks(order: dict[str, Any], limits: Limits) -> list[Task]:
    """One process decodes pictures, one hears the sound, one reads the pictures that the first
    hands on."""
    tasks = [Task("hear", order)]
    if not limits.read_screen:
        return [Task("look", order), *tasks]
    read, write = os.pipe()
    return [Task("look", order, write), *tasks, Task("read", order, read)]


def _still_tasks(order: dict[str, Any], limits: Limits, expected: Collection[Kind]) -> list[Task]:
    """One process decodes the picture, one reads what stands on it."""
    if not limits.read_screen or "image" not in expected:
        return [Task("still", order)]
    read, write = os.pipe()
    return [Task("still", order, write), Task("read", order, read)]


def _together(reports: dict[str, Report]) -> Report:
    """Three reports as one. Without pictures or sound there is no verdict; text may be missing."""
    look, hear = reports["look"], reports["hear"]
    whole = Report(
        parts={**hear.parts, **look.parts},
        files={**hear.files, **look.files},
        failure=look.failure or hear.failure,
        detail=look.detail if look.failure else hear.detail,
    )
    measures = _measures(look) | _measures(hear)
    if "decoding" in look.parts and "decoding" in hear.parts:
        whole.parts["decoding"] = look.parts["decoding"]
    whole.parts["measures"] = measures
    return _with_text(whole, reports)


def _with_text(whole: Report, reports: dict[str, Report]) -> Report:
    """The report with what stands on screen, or with the word that this was not read; and what all
    of them took."""
    whole.cost = _sum([report.cost for report in reports.values()])
    read = reports.get("read")
    if read is None:
        return whole
    measures = _measures(whole)
    if read.failure is None:
        measures |= _measures(read)
        whole.files |= read.files
    else:
        measures["screen"] = Measure(
            method=f"text on screen: {read.failure}", answer="unmeasured", why=_NOT_READ
        ).model_dump(mode="json")
    whole.parts["measures"] = measures
    return whole


def _measures(report: Report) -> dict[str, Any]:
    told = report.parts.get("measures")
    return dict(told) if isinstance(told, dict) else {}


def _sum(costs: list[dict[str, Any]]) -> dict[str, Any]:
    """Processor time of all; peaks added up as well: they may have been at the same moment."""
    total: dict[str, Any] = {}
    for name in ("cpu_s", "peak_memory_bytes"):
        numbers = [cost[name] for cost in costs if isinstance(cost.get(name), int | float)]
        if numbers:
            total[name] = sum(numbers)
    return total


def _conclude(
    found: _Found,
    name: str,
    size: int,
    sha256: str,
    kind: Sniffed,
    expected: frozenset[Kind],
    started: float,
) -> Facts:
    parts = dict(found.report.parts)
    if found.layout is not None:
        told = parts.get("container")
        parts["container"] = (told if isinstance(told, dict) else {}) | {
            "name": found.layout.name,
            "major_brand": found.layout.major_brand,
            "faststart": found.layout.faststart,
            "fragmented": found.layout.fragmented,
            "missing_bytes": found.layout.missing_bytes,
        }
    cost = {"wall_s": round(time.monotonic() - started, 3), **found.report.cost}
    base: dict[str, Any] = {
        "filename": name,
        "size_bytes": size,
        "sha256": sha256,
        "kind": kind.kind,
        "verdict": "unreadable",
        "reason_code": "crashed",
        "reason": verdicts.refusal("crashed", kind=kind.kind),
    }
    try:
        facts = joined(Facts.model_validate({**base, **parts, "cost": cost}))
    except (ValidationError, TypeError):
        # The child's report is not what the child writes: none of it counts.
        return Facts.model_validate(base)
    return _judged(facts, found, expected)


def _judged(facts: Facts, found: _Found, expected: frozenset[Kind]) -> Facts:
    kind = facts.kind
    if kind == "video" and facts.video is None and facts.audio is not None:
        kind = "audio"
    code, reason, verdict = "", "", "readable"
    if found.report.failure is not None:
        verdict, code = "unreadable", found.report.failure
        of_another_kind = code == kind and code in verdicts.KINDS
        reason = (
            verdicts.mismatch(code, expected)
            if of_another_kind
            else verdicts.refusal(code, found.report.detail, kind)
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
