"""The fingerprint of a film's pictures: for each sampled one its time, its hashes and its points.

`PictureFingerprint` is fed pictures in the order of time; a single image is a film of one picture.
No picture can be drawn again from it: signs of frequencies are kept, no brightness.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from fengcai.media.fingerprints import hashing, points

VERSION = 1
MOST_PICTURES = 480
"""Above it every second picture goes and the step doubles: 480 are 8 minutes at one a second."""
STEP_S = Fraction(9, 10)
_FLAT = 4.0
_SHORTEST = 24

_ROW_1 = np.dtype(
    [
        ("time_ms", "<u4"),
        ("detail", "u1"),
        ("bars", "u1", (4,)),
        ("hashes", "u1", (5, 32)),
        ("words", "<u8", (points.MOST,)),
        ("x", "u1", (points.MOST,)),
        ("y", "u1", (points.MOST,)),
        ("size", "u1", (points.MOST,)),
    ]
)
_NOBODY = 255


class Sampled(Protocol):
    """What is asked of a picture: brightness (h, w), its moment, the quarter turns that set it upright."""

    @property
    def quarter_turns(self) -> int: ...

    @property
    def luma(self) -> NDArray[np.float32]: ...

    @property
    def time_s(self) -> Fraction: ...


@dataclass(frozen=True)
class Pictures:
    """What is kept of a film's n pictures, in the order of time.

    `times_s` (n,); `detail` (n,) spread of the brightness, 0–255: below `FLAT` there is nothing to
    compare; `hashes` (n, 5, 32); `words`, `x`, `y`, `size` (n, 32), `size` 255 where no point is.
    """

    times_s: NDArray[np.float64]
    detail: NDArray[np.uint8]
    bars: NDArray[np.uint8]
    hashes: NDArray[np.uint8]
    words: NDArray[np.uint64]
    x: NDArray[np.uint8]
    y: NDArray[np.uint8]
    size: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.times_s)


class PictureFingerprint:
    """Keeps at most `MOST_PICTURES` rows, whatever the film's length."""

    name = "fingerprint"

    def __init__(self, step_s: Fraction = STEP_S) -> None:
        self._step = step_s
        self._rows: list[NDArray[np.void]] = []
        self._last: Fraction | None = None

    def feed(self, picture: Sampled) -> None:
        """The next sampled picture; those nearer than the step to the one before are left out."""
        at = picture.time_s
        if self._last is not None and at - self._last < self._step:
            return
        self._last = at
        upright = np.ascontiguousarray(np.rot90(picture.luma, picture.quarter_turns))
        self._rows.append(row_of(upright, at))
        if len(self._rows) > MOST_PICTURES:
            self._rows = self._rows[::2]
            self._step *= 2

    def result(self) -> bytes:
        """The section; empty when no picture was fed."""
        return np.array(self._rows, dtype=_ROW_1).tobytes() if self._rows else b""


def row_of(luma: NDArray[np.float32] | NDArray[np.uint8], time_s: Fraction) -> NDArray[np.void]:
    """One picture's row. `luma`: brightness 0–255, (h, w)."""
    row = np.zeros((), dtype=_ROW_1)
    row["time_ms"] = min(round(time_s * 1000), 2**32 - 1)
    row["size"] = _NOBODY
    gray: NDArray[np.uint8] = np.clip(np.round(luma), 0, 255).astype(np.uint8)
    height, width = gray.shape
    if min(height, width) < _SHORTEST:
        return row
    left, top, right, bottom = hashing.without_bars(gray)
    row["bars"] = [
        round(255 * left / width), round(255 * top / height),
        round(255 * (width - right) / width), round(255 * (height - bottom) / height),
    ]  # fmt: skip
    inner = np.ascontiguousarray(gray[top:bottom, left:right])
    spread = float(cv2.meanStdDev(inner)[1][0, 0])
    row["detail"] = min(255, round(spread))
    if spread < _FLAT or min(inner.shape) < _SHORTEST:
        return row
    row["hashes"] = hashing.hashes(inner)
    found = points.points(inner)
    count = len(found.words)
    row["words"][:count] = found.words
    row["x"][:count], row["y"][:count], row["size"][:count] = found.x, found.y, found.size
    return row


def layout() -> np.dtype[np.void]:
    """The fields of a row as they are written now."""
    return _ROW_1


def read(payload: bytes, version: int) -> Pictures:
    """A section as written by any version up to this one. Raises ValueError for any other."""
    if version != VERSION or len(payload) % _ROW_1.itemsize:
        raise ValueError(f"pictures of version {version}, {len(payload)} bytes")
    rows = np.frombuffer(payload, dtype=_ROW_1)
    times = rows["time_ms"].astype(np.float64) / 1000
    if np.any(np.diff(times) < 0):
        raise ValueError("pictures out of order")
    return Pictures(
        times,
        rows["detail"],
        rows["bars"],
        rows["hashes"],
        rows["words"].astype(np.uint64),
        rows["x"],
        rows["y"],
        rows["size"],
    )
