"""A single picture's many points: a photograph has no next second that could speak for it, so it is
kept in more detail than a picture of a film.

Points and words are those of `points`, more of them and at finer places. Nothing is judged here.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TypedDict

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from fengcai.media.fingerprints import hashing, points
from fengcai.media.fingerprints.pictures import row_of

VERSION = 1
AREA = 120_000
EACH = (96, 72, 52, 36)
MOST = sum(EACH)
SIDE = 640
_CELLS = (8, 6)
_FINE = 65_535

_POINT_1 = np.dtype([("word", "<u8"), ("x", "<u2"), ("y", "<u2"), ("size", "u1")])


@dataclass(frozen=True)
class Still:
    """`words` uint64 (n,); `places` in shares of the picture's width and height (n, 2)."""

    words: NDArray[np.uint64]
    places: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.words)


def still_points(gray: NDArray[np.uint8]) -> bytes:
    """The section of an 8-bit picture (h, w); empty for one without corners."""
    words, places, sizes = points.described(gray, area=AREA, each=EACH, cells=_CELLS)
    rows = np.zeros(len(words), dtype=_POINT_1)
    rows["word"], rows["size"] = words, sizes
    rows["x"], rows["y"] = np.round(places * _FINE).astype(np.uint16).T
    return rows.tobytes()


def gray_of(picture: Image.Image) -> NDArray[np.uint8]:
    """An upright picture as its fingerprint is made of it: grey, on white, at most `SIDE` pixels wide and high."""
    if picture.has_transparency_data:
        over = picture.convert("RGBA")
        picture = Image.new("RGBA", over.size, (255, 255, 255, 255))
        picture.alpha_composite(over)
    gray = picture.convert("L")
    gray.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
    return np.asarray(gray)


class Parts(TypedDict):
    """Sections by the names that `container.join` gives them."""

    pictures: bytes
    still: bytes


def still_parts(gray: NDArray[np.uint8]) -> Parts:
    """What `container.join` takes of a picture that `gray_of` made."""
    left, top, right, bottom = hashing.without_bars(gray)
    inner = np.ascontiguousarray(gray[top:bottom, left:right])
    return {"pictures": row_of(gray, Fraction(0)).tobytes(), "still": still_points(inner)}


def read(payload: bytes, version: int) -> Still:
    """A section as written by any version up to this one. Raises ValueError for any other."""
    if version != VERSION or len(payload) % _POINT_1.itemsize:
        raise ValueError(f"still of version {version}, {len(payload)} bytes")
    rows = np.frombuffer(payload, dtype=_POINT_1)
    if len(rows) > 4 * MOST:
        raise ValueError(f"still of {len(rows)} points")
    return Still(
        rows["word"].astype(np.uint64),
        np.stack((rows["x"], rows["y"]), axis=1).astype(np.float64) / _FINE,
    )
