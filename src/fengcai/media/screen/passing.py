"""Pictures on their way from the process that decodes to the process that reads, through a pipe.

One line of JSON for each sampled picture, then the bytes of those of its rows that are to be read, as
upright RGB. The pipe is the bounded queue: who decodes waits while the reader is busy. The reader
trusts no size that it is told.
"""

from __future__ import annotations

import contextlib
import json
import queue
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from fengcai.media.samples import Picture
from fengcai.media.screen.choosing import COLUMNS, ROWS, Choice, Grid

WIDTH, MOST_HEIGHT = 1920, 1920
_MOST_LINE = 4096
_CELLS = ROWS * COLUMNS


@dataclass(frozen=True)
class Sheet:
    """What is told of a sampled picture.

    `rgb`: its rows from `top` on that are to be read, upright, of shape (h, w, 3); none where nothing
    new stands. `height` is that of the whole picture in the same scale; `gone` and `moving` as in
    Choice.
    """

    time_s: Fraction
    since_s: Fraction
    gone: Grid
    rgb: NDArray[np.uint8] | None
    top: int
    height: int
    moving: bool = False


class Sender:
    """The decoding process's end: a thread writes, so that decoding goes on while a page is read.

    A reader that is gone is no fault of the film's.
    """

    AHEAD = 3
    """Pictures that wait at most, 6 MB each; then who decodes waits too."""

    def __init__(self, pipe: BinaryIO) -> None:
        self._pipe = pipe
        self._waiting: queue.SimpleQueue[tuple[bytes, bytes] | None] = queue.SimpleQueue()
        self._room = threading.Semaphore(self.AHEAD)
        self._gone = False
        self._writer: threading.Thread | None = None

    def send(self, picture: Picture, choice: Choice) -> None:
        """Hand on what was chosen; blocks while the reader is far behind."""
        if self._gone:
            return
        head: dict[str, object] = {
            "time_s": str(picture.time_s),
            "gone": np.packbits(choice.gone).tobytes().hex(),
        }
        content = b""
        if choice.rows is not None:
            whole = picture.rgb(WIDTH, MOST_HEIGHT)
            height, width = whole.shape[:2]
            top = int(choice.rows[0] * height)
            rows = whole[top : max(top + 1, int(np.ceil(choice.rows[1] * height)))]
            head |= {"since_s": str(choice.since_s), "top": top, "height": height, "width": width}
            head |= {"rows": rows.shape[0], "moving": choice.moving}
            content = rows.tobytes()
            self._room.acquire()
        if self._writer is None:
            self._writer = threading.Thread(target=self._write, name="pages", daemon=True)
            self._writer.start()
        self._waiting.put((json.dumps(head).encode() + b"\n", content))

    def _write(self) -> None:
        while (message := self._waiting.get()) is not None:
            head, content = message
            if not self._gone:
                try:
                    self._pipe.write(head)
                    self._pipe.write(content)
                    self._pipe.flush()
                except (OSError, ValueError):
                    self._gone = True
            if content:
                self._room.release()

    def close(self) -> None:
        """Write what waits, then tell the reader that no more will come."""
        if self._writer is not None:
            self._waiting.put(None)
            self._writer.join()
            self._writer = None
        with contextlib.suppress(OSError):
            self._pipe.close()
        self._gone = True


def send_still(pipe: BinaryIO, rgb: NDArray[np.uint8]) -> None:
    """Hand a still on as one page of shape (h, w, 3), at most WIDTH × MOST_HEIGHT; a reader that is
    gone is no fault of the picture's."""
    height, width = rgb.shape[:2]
    head: dict[str, object] = {"time_s": "0", "since_s": "0", "gone": bytes(_CELLS // 8).hex()}
    head |= {"top": 0, "height": height, "width": width, "rows": height}
    with contextlib.suppress(BrokenPipeError):
        pipe.write(json.dumps(head).encode() + b"\n" + rgb.tobytes())
        pipe.flush()


def sheets(pipe: BinaryIO) -> Iterator[Sheet]:
    """Every picture that comes, until the other end is closed. Raises ValueError on nonsense."""
    while line := pipe.readline(_MOST_LINE):
        head = json.loads(line)
        time_s = Fraction(head["time_s"])
        cells = np.frombuffer(bytes.fromhex(head["gone"]), dtype=np.uint8)
        if cells.size != _CELLS // 8:
            raise ValueError("a grid of another size")
        gone = np.unpackbits(cells).astype(bool).reshape(ROWS, COLUMNS)
        if "rows" not in head:
            yield Sheet(time_s, time_s, gone, None, 0, 0)
            continue
        height, width = int(head["height"]), int(head["width"])
        top, rows = int(head["top"]), int(head["rows"])
        sane = 0 < height <= MOST_HEIGHT and 0 < width <= WIDTH
        if not (sane and top >= 0 and rows > 0 and top + rows <= height):
            raise ValueError("a picture of a size that is not sent")
        content = pipe.read(rows * width * 3)
        if len(content) < rows * width * 3:
            return
        rgb = np.frombuffer(content, dtype=np.uint8).reshape(rows, width, 3)
        since_s, moving = Fraction(head["since_s"]), bool(head.get("moving"))
        yield Sheet(time_s, since_s, gone, rgb, top, height, moving)
