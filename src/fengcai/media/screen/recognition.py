"""Text in a picture, by PP-OCR (the models lie in the rapidocr package), on one processor thread.

The two networks are driven here without rapidocr's own code, which opens files late, keeps the whole
picture's activations at once and reads every line anew. The picture is looked at in strips, and what
was known of the last picture is used again where nothing changed. Nothing is kept of an older one.
"""

from __future__ import annotations

import importlib.util
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from fengcai.media.checks import Line
from fengcai.media.networks import session

DETECTION_SIDE = 1280
"""The picture's longer side while text is looked for; letters of 16 px in 1080 lines still stand out."""
MOVING_SHARE = 0.75
"""What moves is blurred: its letters are looked for in a picture of so much of that side, at half the
cost. Those of 20 px in 1080 lines still stand out."""
_STRIP_POINTS = 288 * 1280
_OVERLAP = 64
_LIKELY, _SURE = 0.3, 0.5
_GROW = 1.6
_LEAST_SIDE = 3
_MOST_LINES = 120
_READ_HEIGHT, _READ_WIDTHS = 48, (160, 2400)
_MOST_READ_PX = 30_000
"""New lines of one picture, side by side at reading height: no page of text holds the reader for long."""
_LEAST_SCORE = 0.6
_ENDS_EARLY = re.compile(
    r"^(?:\d{10}|\d{14,17})(?![0-9Xx])|(?<![0-9])(?:\d{10}|\d{14,17})$", re.ASCII
)
"""Digits at an end of the line that lack a few to be a phone's or an identity number's."""
_MOST_LEFT_OUT = 3
_TALLEST, _TALL_PX = 0.36, 360
"""Share of the picture's height, and points: what exceeds both is a pattern taken for one huge letter."""
_SAME_BOX, _SAME_POINTS = 0.8, 14.0

Quad = NDArray[np.float32]


@dataclass(frozen=True)
class _Known:
    """A line as it was read, with a small picture of it to know it again by."""

    quad: Quad
    thumb: NDArray[np.uint8]
    line: Line


class Recogniser:
    """Loads its models once; then reads pictures without opening a file."""

    def __init__(self) -> None:
        self._finder: Any = None
        self._reader: Any = None
        self._letters: list[str] = []
        self._map: NDArray[np.float32] = np.zeros((0, 0), dtype=np.float32)
        self._known: list[_Known] = []
        self._left_px = 0

    def warm_up(self) -> None:
        """Load the models and read one picture, so that nothing is opened later."""
        cv2.setNumThreads(1)
        found = importlib.util.find_spec("rapidocr")
        if found is None or found.origin is None:
            raise RuntimeError("rapidocr is not installed: its models are missing")
        models = Path(found.origin).parent / "models"
        self._finder = _session(models, "*_det_small.onnx")
        self._reader = _session(models, "*_rec_small.onnx")
        about = self._reader.get_modelmeta().custom_metadata_map
        self._letters = ["", *about["character"].splitlines(), " "]
        picture = np.full((320, 640, 3), 255, dtype=np.uint8)
        cv2.putText(picture, "Fengcai 2026", (40, 160), cv2.FONT_HERSHEY_SIMPLEX, 2, (0, 0, 0), 4)
        if not self.read(picture):
            raise RuntimeError("the models of rapidocr do not read their trial picture")
        self.forget()

    def forget(self) -> None:
        """The next picture has nothing to do with the last one."""
        self._map = np.zeros((0, 0), dtype=np.float32)
        self._known = []

    def read(
        self,
        rgb: NDArray[np.uint8],
        rows: tuple[int, int] | None = None,
        *,
        moving: bool = False,
    ) -> tuple[Line, ...]:
        """The lines of an upright RGB picture, shape (h, w, 3), from top to bottom.

        `rows`: only these rows (from, to) changed since the last call; `moving`: they do not stand.
        """
        height, width = rgb.shape[:2]
        scale = min(1.0, DETECTION_SIDE / max(height, width))
        size = max(1, round(width * scale)), max(1, round(height * scale))
        if self._map.shape != (size[1], size[0]):
            self._map = np.zeros((size[1], size[0]), dtype=np.float32)
            self._known, rows = [], None
        shrunk = _bytes(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA if scale < 1 else 0))
        top, bottom = (0, size[1]) if rows is None else _rows(rows, scale, size[1])
        self._find(shrunk, top, bottom, MOVING_SHARE if moving else 1.0)
        shape = np.array([width / size[0], height / size[1]], dtype=np.float32)
        quads = [quad * shape for quad in _quads(self._map)]
        self._left_px = _MOST_READ_PX
        lines = [line for quad in quads if (line := self._line(rgb, quad)) is not None]
        self._known = list({id(line): line for line in lines}.values())
        return tuple(known.line for known in self._known if known.line.score >= _LEAST_SCORE)

    # -- where text stands ------------------------------------------------------------------

    def _find(self, rgb: NDArray[np.uint8], top: int, bottom: int, scale: float) -> None:
        """Fill the rows of the map from strips that overlap, each up to the middle of the overlap,
        looking at each in this scale."""
        height, width = self._map.shape
        strip = max(96, int(_STRIP_POINTS / width / scale**2) // 32 * 32)
        start = max(0, top - _OVERLAP // 2)
        written = top
        while written < bottom:
            end = min(height, start + strip)
            chances = self._chances(rgb[start:end], scale)
            until = bottom if end >= min(height, bottom + _OVERLAP // 2) else end - _OVERLAP // 2
            self._map[written:until] = chances[written - start : until - start]
            written, start = until, end - _OVERLAP

    def _chances(self, part: NDArray[np.uint8], scale: float) -> NDArray[np.float32]:
        """How likely each point of the strip belongs to the core of a line, 0–1."""
        tall, wide = part.shape[:2]
        size = max(1, round(wide * scale)), max(1, round(tall * scale))
        seen = part if scale == 1 else _bytes(cv2.resize(part, size, interpolation=cv2.INTER_AREA))
        below, beside = -size[1] % 32, -size[0] % 32
        seen = _bytes(cv2.copyMakeBorder(seen, 0, below, 0, beside, cv2.BORDER_REPLICATE))
        chances = self._run(self._finder, seen)[0, 0, : size[1], : size[0]]
        if scale == 1:
            return chances
        return np.asarray(cv2.resize(chances, (wide, tall)), dtype=np.float32)

    @staticmethod
    def _run(network: Any, rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
        """The network's answer to one picture, whose channels it wants blue first, from -1 to 1."""
        if network is None:
            raise RuntimeError("warm_up() comes first")
        blob = cv2.dnn.blobFromImage(rgb, 1 / 127.5, mean=(127.5,) * 3, swapRB=True)
        answer: NDArray[np.float32] = network.run(None, {"x": blob})[0]
        return answer

    # -- what it says -----------------------------------------------------------------------

    def _line(self, rgb: NDArray[np.uint8], quad: Quad) -> _Known | None:
        for known in self._known:
            # Outlines waver from picture to picture: what is compared is the place as it was.
            if _overlap(known.quad, quad) > _SAME_BOX and _alike(
                known.thumb, _thumb(_cut(rgb, known.quad))
            ):
                return known
        if _letter_height(quad) > max(_TALL_PX, _TALLEST * rgb.shape[0]):
            return None
        cut = _cut(rgb, quad)
        if cut.size == 0 or self._left_px <= 0:
            return None
        text, score = self._said(cut)
        if _ENDS_EARLY.search(text):
            text, score = self._said_wider(rgb, quad, text, score)
        if not text.strip():
            return None
        return _Known(quad, _thumb(cut), Line(text.strip(), _shares(quad, rgb), score))

    def _said_wider(
        self, rgb: NDArray[np.uint8], quad: Quad, text: str, score: float
    ) -> tuple[str, float]:
        """The line read once more with half a letter's height more at both ends: outlines sometimes
        leave a number's last digit out. Nothing but more of the same line counts."""
        more, sure = self._said(_cut(rgb, _wider(quad)))
        if (
            text in more
            and len(text) < len(more) <= len(text) + _MOST_LEFT_OUT
            and sure >= _LEAST_SCORE
        ):
            return more, sure
        return text, score

    def _said(self, cut: NDArray[np.uint8]) -> tuple[str, float]:
        """Greedy decoding of the network's columns: repeats are one letter, the first is none."""
        least, most = _READ_WIDTHS
        width = round(cut.shape[1] * _READ_HEIGHT / cut.shape[0])
        shape = max(8, min(most, width)), _READ_HEIGHT
        line = cv2.resize(cut, shape, interpolation=_way(cut.shape[0]))
        spare = max(least - shape[0], -shape[0] % 32)
        line = cv2.copyMakeBorder(line, 0, 0, 0, spare, cv2.BORDER_CONSTANT, value=(127,) * 3)
        self._left_px -= line.shape[1]
        columns = self._run(self._reader, _bytes(line))[0]
        best = columns.argmax(axis=1)
        new = np.concatenate(([True], best[1:] != best[:-1])) & (best != 0)
        if not new.any():
            return "", 0.0
        text = "".join(self._letters[letter] for letter in best[new])
        return text, float(columns[np.flatnonzero(new), best[new]].mean())


def _session(models: Path, pattern: str) -> Any:
    """Its memory is planned for each run, not for each shape ever seen."""
    return session(max(models.glob(pattern)), enable_mem_pattern=False)


def _rows(rows: tuple[int, int], scale: float, height: int) -> tuple[int, int]:
    return max(0, int(rows[0] * scale)), min(height, int(np.ceil(rows[1] * scale)))


def _quads(chances: NDArray[np.float32]) -> list[Quad]:
    """Corners (4, 2) of each line of text, clockwise from the top left, in points of the map.

    Differentiable binarisation: what is likely text is outlined, and each outline grown by its area ×
    1.6 ÷ its perimeter, since the network answers for the core of a line only (Liao et al., 2020).
    """
    mask = cv2.dilate((chances > _LIKELY).astype(np.uint8), np.ones((2, 2), dtype=np.uint8))
    outlines, _ = cv2.findContours(mask, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    found: list[Quad] = []
    for outline in sorted(outlines, key=cv2.contourArea, reverse=True)[:_MOST_LINES]:
        (x, y), (w, h), angle = cv2.minAreaRect(outline)
        if min(w, h) < _LEAST_SIDE:
            continue
        core = np.asarray(cv2.boxPoints(((x, y), (w, h), angle)), dtype=np.float32)
        if _sureness(chances, core) < _SURE:
            continue
        more = w * h * _GROW / (2 * (w + h)) * 2
        grown = cv2.boxPoints(((x, y), (w + more, h + more), angle))
        found.append(_clockwise(np.asarray(grown, dtype=np.float32)))
    return sorted(found, key=lambda quad: (round(float(quad[:, 1].mean()) / 10), quad[0, 0]))


def _sureness(chances: NDArray[np.float32], quad: Quad) -> float:
    low = np.floor(quad.min(axis=0)).astype(int).clip(0)
    high = np.ceil(quad.max(axis=0)).astype(int) + 1
    part = chances[low[1] : high[1], low[0] : high[0]]
    if part.size == 0:
        return 0.0
    mask = np.zeros(part.shape, dtype=np.uint8)
    cv2.fillPoly(mask, [(quad - low).astype(np.int32)], 1)
    return float(cv2.mean(part, mask)[0])


def _clockwise(quad: Quad) -> Quad:
    by_x = quad[np.argsort(quad[:, 0])]
    left = by_x[:2][np.argsort(by_x[:2, 1])]
    right = by_x[2:][np.argsort(by_x[2:, 1])]
    return np.array([left[0], right[0], right[1], left[1]], dtype=np.float32)


def _wider(quad: Quad) -> Quad:
    """The same line, half its height longer at both ends."""
    ahead = (quad[1] - quad[0]) / max(1.0, float(np.linalg.norm(quad[1] - quad[0])))
    reach = ahead * float(np.linalg.norm(quad[3] - quad[0])) / 2
    return np.array(
        [quad[0] - reach, quad[1] + reach, quad[2] + reach, quad[3] - reach], dtype=np.float32
    )


def _cut(rgb: NDArray[np.uint8], quad: Quad) -> NDArray[np.uint8]:
    """The line as an upright picture; a column of letters is laid on its side."""
    height, width = rgb.shape[:2]
    across = float(np.linalg.norm(quad[1] - quad[0]))
    down = float(np.linalg.norm(quad[3] - quad[0]))
    if across < 2 or down < 2:
        return np.zeros((0, 0, 3), dtype=np.uint8)
    slant = abs(float(quad[1, 1] - quad[0, 1])) / across
    if slant * across < 0.06 * down:
        x0, y0 = np.floor(quad.min(axis=0)).astype(int).clip(0)
        x1, y1 = np.ceil(quad.max(axis=0)).astype(int)
        cut = rgb[y0 : min(y1, height), x0 : min(x1, width)]
    else:
        w, h = round(across), round(down)
        corners = np.array([[0, 0], [w, 0], [w, h], [0, h]], dtype=np.float32)
        turn = cv2.getPerspectiveTransform(quad, corners)
        flat = cv2.warpPerspective(
            rgb, turn, (w, h), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
        )
        cut = _bytes(flat)
    if cut.size and cut.shape[0] >= 1.5 * cut.shape[1]:
        cut = np.rot90(cut)
    return np.ascontiguousarray(cut)


def _letter_height(quad: Quad) -> float:
    """Of a line, or of a column laid on its side, in points."""
    across = float(np.linalg.norm(quad[1] - quad[0]))
    down = float(np.linalg.norm(quad[3] - quad[0]))
    return across if down >= 1.5 * across else down


def _thumb(cut: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return _bytes(cv2.resize(cut, (64, 8), interpolation=cv2.INTER_AREA))


def _way(height: int) -> int:
    return cv2.INTER_AREA if height > 2 * _READ_HEIGHT else cv2.INTER_LINEAR


def _overlap(one: Quad, other: Quad) -> float:
    """Intersection over union of the upright boxes."""
    low = np.maximum(one.min(axis=0), other.min(axis=0))
    high = np.minimum(one.max(axis=0), other.max(axis=0))
    shared = float(np.prod((high - low).clip(0)))
    whole = sum(float(np.prod(np.ptp(quad, axis=0))) for quad in (one, other)) - shared
    return shared / whole if whole > 0 else 0.0


def _alike(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> bool:
    """No part of the line looks different; one changed digit of eighteen does."""
    apart = cv2.absdiff(one, other).mean(axis=2)
    return float(cv2.blur(apart, (3, 3)).max()) < _SAME_POINTS


def _shares(quad: Quad, rgb: NDArray[np.uint8]) -> tuple[float, float, float, float]:
    height, width = rgb.shape[:2]
    left, top = quad.min(axis=0).clip(0)
    right, bottom = np.minimum(quad.max(axis=0), (width, height))
    return (
        round(float(left) / width, 4),
        round(float(top) / height, 4),
        round(float(max(right - left, 0)) / width, 4),
        round(float(max(bottom - top, 0)) / height, 4),
    )


def _bytes(picture: NDArray[Any]) -> NDArray[np.uint8]:
    """The same array, of the type that OpenCV gave it without saying so."""
    return np.asarray(picture, dtype=np.uint8)
