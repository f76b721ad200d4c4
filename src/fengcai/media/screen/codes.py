"""QR codes and bar codes, decoded by zxing-cpp, with what they say.

A matrix code that decodes is found (its error correction leaves no room for chance); a bar code is
doubtful. What only looks like a code is not told: textures do too. The round mini-program codes of WeChat
have no public decoder: their caption (扫码) is what `contacts` sees.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import cv2
import numpy as np
import zxingcpp
from numpy.typing import NDArray

from fengcai.media.checks import Film, Page
from fengcai.media.facts.measures import Box
from fengcai.media.screen.fresh import Fresh
from fengcai.media.screen.personal import masked, personal
from fengcai.media.screen.sightings import Sighting, SightingCheck

_MATRIX = (
    zxingcpp.BarcodeFormat.QRCode,
    zxingcpp.BarcodeFormat.DataMatrix,
    zxingcpp.BarcodeFormat.Aztec,
)
_BARS = (
    zxingcpp.BarcodeFormat.EAN13,
    zxingcpp.BarcodeFormat.Code128,
    zxingcpp.BarcodeFormat.PDF417,
)
# The package takes a tuple; its stub does not say so.
_FORMATS = cast("zxingcpp.BarcodeFormats", (*_MATRIX, *_BARS))
_LEAST_BARS = 6


class Codes(SightingCheck):
    """`qr_code` is true where a matrix code stands; each span's text is what it says."""

    name = "qr_code"
    fact = "qr_code"
    about = ("qr_code",)
    method = (
        "zxing-cpp on full-size pictures; matrix codes that decode count, bar codes are doubtful"
    )

    def __init__(self, film: Film | None) -> None:
        super().__init__(film)
        self._fresh = Fresh()

    @classmethod
    def warm_up(cls) -> None:
        _decoded(np.zeros((64, 64), dtype=np.uint8))

    def find(self, page: Page) -> Sequence[Sighting]:
        rows = self._fresh.rows(page.rgb)
        if rows is None:
            return []
        height = page.rgb.shape[0]
        top, bottom = max(0, rows[0] - height // 10), min(height, rows[1] + height // 10)
        grey = np.asarray(cv2.cvtColor(page.rgb[top:bottom], cv2.COLOR_RGB2GRAY), dtype=np.uint8)
        found = (_sighting(code, top, page.rgb.shape) for code in _decoded(grey))
        return [sighting for sighting in found if sighting is not None]


def _decoded(grey: NDArray[np.uint8]) -> list[zxingcpp.Barcode]:
    # Matrix codes are found at any angle all the same; only upright bars would be tried again.
    return zxingcpp.read_barcodes(grey, formats=_FORMATS, try_rotate=False)


def _sighting(code: zxingcpp.Barcode, top: int, shape: tuple[int, ...]) -> Sighting | None:
    matrix = code.symbology in _MATRIX
    box = _box(code, top, shape)
    if matrix:
        said = f"二维码：{masked(code.text)}"
        private = bool(personal(code.text))
        return Sighting("matrix", f"matrix {code.text}", said, box, "", True, private)
    if len(code.text) >= _LEAST_BARS:
        said = f"条形码：{masked(code.text)}"
        # A wristband or a test tube has one: whose, the number may tell.
        return Sighting("bars", f"bars {code.text}", said, box, "", False, private=True)
    return None


def _box(code: zxingcpp.Barcode, top: int, shape: tuple[int, ...]) -> Box:
    height, width = shape[:2]
    corners = code.position
    points = (corners.top_left, corners.top_right, corners.bottom_right, corners.bottom_left)
    xs = [min(width, max(0, point.x)) / width for point in points]
    ys = [min(height, max(0, point.y + top)) / height for point in points]
    left, high = min(xs), min(ys)
    return round(left, 4), round(high, 4), round(max(xs) - left, 4), round(max(ys) - high, 4)
