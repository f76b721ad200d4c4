"""A still picture as a page to be read: upright, on white where it is transparent, no larger than needed.

Letters are read from about 16 pixels of height on at `WIDTH` × `MOST_HEIGHT`: of an A3 poster at 300 dpi,
from about 10 points on.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from fengcai.media.film.fingerprint import PICTURES_FILE
from fengcai.media.fingerprints.stills import gray_of, still_parts
from fengcai.media.pictures import MOST_PIXELS
from fengcai.media.screen.passing import MOST_HEIGHT, WIDTH
from fengcai.media.stills.opening import NotShown, opened
from fengcai.media.verdicts import Unreadable

_DEEP = ("I;16", "I;16B", "I;16L", "I", "F")


STILL_FILE = "fingerprint-still.bin"


def fingerprint(page: NDArray[np.uint8]) -> dict[str, bytes]:
    """The parts of the picture's fingerprint by the names of their files, of a page (h, w, 3)."""
    parts = still_parts(gray_of(Image.fromarray(page)))
    return {PICTURES_FILE: parts["pictures"], STILL_FILE: parts["still"]}


def shown(name: str, file: Any) -> NDArray[np.uint8] | None:
    """The picture as (h, w, 3); None where its pixels are not decoded."""
    try:
        with opened(name, file) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                return None
            picture.draft("RGB", (WIDTH, MOST_HEIGHT))  # JPEG is decoded smaller right away
            return _page(picture)
    except (NotShown, Unreadable):  # that the picture is broken was told already, by its own name
        return None


def _page(picture: Image.Image) -> NDArray[np.uint8]:
    upright = ImageOps.exif_transpose(picture)
    if upright.mode in _DEEP:
        deep = np.asarray(upright, dtype=np.float64)
        upright = Image.fromarray((deep / max(float(deep.max()), 1.0) * 255).astype(np.uint8))
    if upright.has_transparency_data:
        over = upright.convert("RGBA")
        upright = Image.new("RGBA", over.size, (255, 255, 255, 255))
        upright.alpha_composite(over)
    upright = upright.convert("RGB")
    upright.thumbnail((WIDTH, MOST_HEIGHT), Image.Resampling.LANCZOS)
    return np.asarray(upright)
