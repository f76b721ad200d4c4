"""The process that reads a stranger's file: `python -m fengcai.media.child ORDER`.

The file is standard input, the report is standard output: one JSON object a line, a line with
"bytes" being followed by that many bytes of a JPEG. Nothing is opened, written or asked for after
the walls are up. The parent believes nothing here without checking it.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any, BinaryIO

import av
import av.logging
import numpy as np
from PIL import Image

from fengcai.media.analysers import stills
from fengcai.media.containment import contain
from fengcai.media.pictures import read_still
from fengcai.media.reading import Order, Unreadable, read_film

PAPERS = ("document", "text")
"""Kinds whose libraries are loaded only for them."""


def main() -> int:
    """Read the order, put up the walls, read the film, report."""
    order = json.loads(sys.argv[1])
    # Whatever a library prints must not break the protocol.
    report = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    av.logging.set_level(None)
    _warm_up()
    if order["kind"] in PAPERS:
        import_module("fengcai.media.papers").warm_up()
    walls = order["walls"]

    def emit(message: dict[str, Any]) -> None:
        report.write(json.dumps(message, ensure_ascii=True).encode() + b"\n")
        report.flush()

    peak = _memory_meter()
    emit({"facts": {"containment": contain(**walls)}})
    try:
        files = _read(order, emit)
    except Unreadable as refusal:
        emit({"failure": refusal.code, "detail": refusal.detail})
        files = {}
    except MemoryError:
        emit({"failure": "memory", "detail": ""})
        files = {}
    except Exception as problem:  # whatever a parser raises, the parent gets a report
        emit({"failure": "crashed", "detail": f"{type(problem).__name__}: {problem}"[:200]})
        files = {}
    _send(report, emit, files)
    usage = resource.getrusage(resource.RUSAGE_SELF)
    emit({"done": {"cpu_s": usage.ru_utime + usage.ru_stime, "peak_memory_bytes": peak()}})
    # Decoder threads and a half-read file need no tidy end.
    os._exit(0)


def _read(order: dict[str, Any], emit: Any) -> dict[str, bytes]:
    if order["kind"] == "image":
        emit({"facts": {"image": read_still(order["format"], sys.stdin.buffer)}})
        return {}
    if order["kind"] in PAPERS:
        papers = import_module("fengcai.media.papers")
        size = order["film"]["size"]
        paper = papers.read_paper(order["kind"], order["format"], size, sys.stdin.buffer)
        emit({"facts": {"paper": paper}})
        return {}
    return read_film(
        "fd:",
        {"fd": "0"},
        Order(**order["film"]),
        lambda part: emit({"facts": part}),
        lambda share: emit({"progress": share}),
    )


def _send(report: BinaryIO, emit: Any, files: dict[str, bytes]) -> None:
    for name, content in files.items():
        emit({"file": name, "bytes": len(content)})
        report.write(content)
    report.flush()


def _memory_meter() -> Callable[[], int | None]:
    """Peak resident bytes, through a descriptor opened before the walls.

    The usual ru_maxrss would count the parent's memory at the moment of the fork.
    """
    try:
        status = os.open("/proc/self/status", os.O_RDONLY)
    except OSError:
        return lambda: None

    def peak() -> int | None:
        for line in os.pread(status, 8192, 0).splitlines():
            if line.startswith(b"VmHWM:"):
                return int(line.split()[1]) * 1024
        return None

    return peak


def _warm_up() -> None:
    """Load what would otherwise be imported, or opened, behind the walls."""
    for late in ("av.subtitles.stream", "av.subtitles.codeccontext", "av.subtitles.subtitle"):
        import_module(late)
    Image.preinit()
    stills.jpeg(np.zeros((16, 16, 3), dtype=np.uint8), 80)
    np.fft.irfft(np.fft.rfft(np.zeros(16)))
    av.AudioResampler(format="fltp")
    frame = av.VideoFrame(16, 16, "yuv420p")
    frame.reformat(width=8, height=8, format="rgb24").to_ndarray()


if __name__ == "__main__":
    sys.exit(main())
