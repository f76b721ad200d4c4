"""The pictures that show a film: a poster and a strip of tiles, chosen in one pass.

Tiles are kept at even steps; when there are too many, every second one goes and the step doubles,
so neither a false duration in the header nor a long film needs more memory. The poster is the
sampled frame with the most evenly spread detail, so a black frame loses to a real picture; the
first seconds and the very end count less, because titles and credits stand there.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from fengcai.media.samples import Picture

TILES = 20
COLUMNS = 5
TILE_WIDTH = 160
TILE_MOST_HEIGHT = 288
POSTER_WIDTH = 960
POSTER_MOST_HEIGHT = 1280
_BLOCKS = (9, 16)
_MOST_TILES = 3 * TILES


@dataclass
class _Tile:
    time_s: Fraction
    rgb: NDArray[np.uint8]


class Stills:
    """Ask `wants(t)` before feeding: most frames of a film are of no use here."""

    def __init__(self, expected_s: Fraction | None) -> None:
        sane = expected_s is not None and 0 < expected_s < 12 * 3600
        self._expected = expected_s if sane else None
        self._step = self._expected / (2 * TILES) if self._expected else Fraction(1, 4)
        self._next = Fraction(0)
        self._tiles: list[_Tile] = []
        self._best_score = -1.0
        self._best: tuple[Fraction, NDArray[np.uint8]] | None = None

    @property
    def step(self) -> Fraction:
        return self._step

    def wants(self, time_s: Fraction) -> bool:
        return time_s >= self._next

    def feed(self, picture: Picture) -> None:
        tile = picture.rgb(TILE_WIDTH, TILE_MOST_HEIGHT)
        self._tiles.append(_Tile(picture.time_s, tile))
        self._next = picture.time_s + self._step
        if len(self._tiles) > _MOST_TILES:
            del self._tiles[1::2]
            self._step *= 2
            self._next = self._tiles[-1].time_s + self._step
        score = worth(picture.luma, tile) * self._prior(picture.time_s)
        # A full-size copy is worth making only for a clear gain.
        if score > self._best_score * 1.03:
            self._best_score = score
            self._best = (picture.time_s, picture.rgb(POSTER_WIDTH, POSTER_MOST_HEIGHT))

    def _prior(self, time_s: Fraction) -> float:
        if self._expected is None:
            return 1.0
        opening = min(self._expected * Fraction(2, 5), Fraction(5))
        if time_s < opening:
            return 0.55
        return 0.7 if time_s > self._expected * Fraction(94, 100) else 1.0

    def result(self, duration_s: Fraction | None) -> tuple[dict[str, Any], dict[str, bytes]]:
        """Fields of facts.pictures, and the JPEG files by name."""
        if self._best is None:
            return {}, {}
        poster_time, poster = self._best
        chosen = self._chosen(duration_s)
        height, width = chosen[0].rgb.shape[:2]
        rows = -(-len(chosen) // COLUMNS)
        sheet = np.zeros((rows * height, COLUMNS * width, 3), dtype=np.uint8)
        for i, tile in enumerate(chosen):
            row, column = divmod(i, COLUMNS)
            part = tile.rgb[:height, :width]
            y, x = row * height, column * width
            sheet[y : y + part.shape[0], x : x + part.shape[1]] = part
        facts = {
            "poster": {
                "file": "poster.jpg",
                "width_px": int(poster.shape[1]),
                "height_px": int(poster.shape[0]),
                "time_s": str(poster_time),
            },
            "sprite": {
                "file": "sprite.jpg",
                "columns": COLUMNS,
                "rows": rows,
                "tile_width_px": int(width),
                "tile_height_px": int(height),
                "times_s": [str(tile.time_s) for tile in chosen],
            },
        }
        return facts, {"poster.jpg": jpeg(poster, 86), "sprite.jpg": jpeg(sheet, 74)}

    def _chosen(self, duration_s: Fraction | None) -> list[_Tile]:
        end = duration_s or self._tiles[-1].time_s
        targets = [(2 * i + 1) * end / (2 * TILES) for i in range(TILES)]
        return [min(self._tiles, key=lambda tile: abs(tile.time_s - at)) for at in targets]


def worth(luma: NDArray[np.float32], rgb: NDArray[np.uint8]) -> float:
    """How well a frame shows a film, 0 to 1: spread detail × exposure × contrast × colour."""
    across = np.abs(np.diff(luma, axis=1))[:-1, :]
    down = np.abs(np.diff(luma, axis=0))[:, :-1]
    detail = across + down
    rows, columns = _BLOCKS
    h, w = detail.shape[0] // rows, detail.shape[1] // columns
    if h == 0 or w == 0:
        return 0.0
    blocks = detail[: h * rows, : w * columns].reshape(rows, h, columns, w).mean(axis=(1, 3))
    spread = float(np.minimum(blocks, 20.0).mean()) / 20.0
    mean = float(luma.mean())
    exposure = max(0.0, 1.0 - abs(mean - 118.0) / 118.0)
    contrast = min(float(luma.std()) / 50.0, 1.0)
    high = rgb.max(axis=2).astype(np.float32)
    colour = float(((high - rgb.min(axis=2)) / np.maximum(high, 1.0)).mean())
    score = spread * (0.3 + 0.7 * exposure) * (0.4 + 0.6 * contrast)
    score *= 0.7 + 0.3 * min(colour / 0.4, 1.0)
    return score * (0.02 if mean < 16.0 else 1.0)


def jpeg(rgb: NDArray[np.uint8], quality: int) -> bytes:
    """A progressive JPEG file."""
    out = io.BytesIO()
    Image.fromarray(rgb).save(out, "JPEG", quality=quality, optimize=True, progressive=True)
    return out.getvalue()
