"""What a reader of a stranger's file does, after it was forked from a `nursery`.

One looks at the pictures, one hears the sound, one reads what stands on screen; a still or a paper
needs one only. The file is standard input, the report is standard output: one JSON object a line, a
line with "bytes" being followed by that many bytes of an output file. Nothing is opened or asked for
after the walls are up. The parent believes nothing here without checking it.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import resource
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

from fengcai.media.containment import contain
from fengcai.media.verdicts import Unreadable

Files = dict[str, bytes]
Emit = Callable[[dict[str, Any]], None]


def load(room: str) -> None:
    """Everything that the tasks of this room need, once, before anything is forked."""
    from fengcai.media import rehearsal

    if room == "film":
        rehearsal.films()
    else:
        rehearsal.papers()


def main(order: dict[str, Any], pages: int | None) -> None:
    """In the fork: put up the walls, carry out the order, report, end."""
    # Whatever a library prints must not break the protocol.
    report = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)

    def emit(message: dict[str, Any]) -> None:
        report.write(json.dumps(message, ensure_ascii=True).encode() + b"\n")
        report.flush()

    task = TASKS[order["task"]]
    peak = _memory_meter()
    walls = {**order["walls"], "memory_bytes": _mapped_bytes() + order["walls"]["memory_bytes"]}
    emit({"facts": {"containment": contain(**walls)}})
    began = resource.getrusage(resource.RUSAGE_SELF)
    files = _carried_out(lambda: task(order, emit, pages), emit)
    for name, content in files.items():
        emit({"file": name, "bytes": len(content)})
        report.write(content)
    report.flush()
    usage = resource.getrusage(resource.RUSAGE_SELF)
    spent = usage.ru_utime + usage.ru_stime - began.ru_utime - began.ru_stime
    emit({"done": {"cpu_s": spent, "peak_memory_bytes": peak()}})
    # Decoder threads and a half-read file need no tidy end.
    os._exit(0)


def _carried_out(task: Callable[[], Files], emit: Emit) -> Files:
    try:
        return task()
    except Unreadable as refusal:
        emit({"failure": refusal.code, "detail": refusal.detail})
    except MemoryError:
        emit({"failure": "memory", "detail": ""})
    except Exception as problem:  # whatever a parser raises, the parent gets a report
        emit({"failure": "crashed", "detail": f"{type(problem).__name__}: {problem}"[:200]})
    return {}


# -- the tasks -------------------------------------------------------------------------------------


def _look(order: dict[str, Any], emit: Emit, pages: int | None) -> Files:
    from fengcai.media.opening import Order
    from fengcai.media.reading import read_film
    from fengcai.media.screen.choosing import Chooser
    from fengcai.media.screen.passing import Sender

    sender = None if pages is None else Sender(os.fdopen(pages, "wb"))
    try:
        choose = None if sender is None else Chooser(sender.send)
        return read_film(Order(**order["film"]), _facts(emit), _progress(emit), choose)
    finally:
        if sender is not None:
            sender.close()


def _hear(order: dict[str, Any], emit: Emit, _: int | None) -> Files:
    from fengcai.media.opening import Order
    from fengcai.media.sound.listening import hear_film

    return hear_film(Order(**order["film"]), _facts(emit), _progress(emit))


def _voice(order: dict[str, Any], emit: Emit, pages: int | None) -> Files:
    from fengcai.media.opening import Order
    from fengcai.media.sound.taking import take_sound

    assert pages is not None
    with os.fdopen(pages, "wb", buffering=0) as pipe, contextlib.suppress(BrokenPipeError):
        take_sound(Order(**order["film"]), _whole(pipe), _progress(emit))
    return {}


def _whole(pipe: io.FileIO) -> Callable[[bytes], None]:
    """Writing of everything: a pipe may take less at once."""

    def write(samples: bytes) -> None:
        left = memoryview(samples)
        while left:
            left = left[pipe.write(left) :]

    return write


def _read(order: dict[str, Any], emit: Emit, pages: int | None) -> Files:
    from fengcai.media.screen.reading import read_pages

    assert pages is not None
    return read_pages(os.fdopen(pages, "rb"), _facts(emit), still=order["kind"] == "image")


def _still(order: dict[str, Any], emit: Emit, pages: int | None) -> Files:
    from fengcai.media import stills
    from fengcai.media.pictures import read_still
    from fengcai.media.screen.passing import send_still

    file = _standard_input()
    with contextlib.ExitStack() as open_till_told:
        pipe = None if pages is None else open_till_told.enter_context(os.fdopen(pages, "wb"))
        _facts(emit)({"image": read_still(order["format"], file)})
        _facts(emit)({"measures": stills.look(order["format"], file)})
        page = stills.shown(order["format"], file)
        if page is None:
            return {}
        if pipe is not None:
            send_still(pipe, page)
    return stills.fingerprint(page)


def _paper(order: dict[str, Any], emit: Emit, _: int | None) -> Files:
    from fengcai.media import contents
    from fengcai.media.papers import read_paper

    file, size = _standard_input(), order["film"]["size"]
    _facts(emit)({"paper": read_paper(order["kind"], order["format"], size, file)})
    measures, files = contents.examine(order["kind"], order["format"], size, file)
    _facts(emit)({"measures": measures})
    return files


def _hide(order: dict[str, Any], _: Emit, __: int | None) -> Files:
    from fengcai.media.covering import carry_out

    return carry_out(_standard_input(), order["pictures"])


def _standard_input() -> BinaryIO:
    """The file; Python's own view of it was made in the nursery, for another."""
    return os.fdopen(0, "rb", closefd=False)


TASKS = {
    "look": _look, "hear": _hear, "read": _read, "voice": _voice, "still": _still, "paper": _paper,
    "hide": _hide,
}  # fmt: skip
ROOMS = {
    "look": "film", "hear": "film", "read": "film", "voice": "film",
    "still": "paper", "paper": "paper", "hide": "paper",
}  # fmt: skip
"""Which nursery a task's reader comes from."""


def _facts(emit: Emit) -> Emit:
    return lambda part: emit({"facts": part})


def _progress(emit: Emit) -> Callable[[float], None]:
    return lambda share: emit({"progress": share})


def _mapped_bytes() -> int:
    """The address space that the nursery's libraries and models take already."""
    try:
        told = Path("/proc/self/statm").read_text(encoding="ascii")
        return int(told.split()[0]) * resource.getpagesize()
    except OSError:
        return 0


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
