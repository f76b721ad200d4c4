"""Faces as hints for the register of releases: that people appear, and when; never who.

OpenCV's cascades (Viola and Jones, 2001; frontal and profile) miss faces that are small, turned or
covered by a mask, and see some that are none. So nothing found proves nothing: there is no "clear" fact.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import ClassVar

import cv2
import numpy as np
from numpy.typing import NDArray

from fengcai.media.checks import Film, Page
from fengcai.media.facts.measures import Answer, Box, Measure, Span
from fengcai.media.screen.evidence import cutting
from fengcai.media.screen.fresh import Fresh
from fengcai.media.screen.sightings import NOTHING_LOOKED_AT, TimedCheck

_WIDTH = 400
_LEAST_SHARE = 0.09
_SURE_WEIGHT = 6.0
_SURE_PAGES = 2
_MOST_PAGES = 60
_APART_S = 2
"""Pages that follow each other sooner show the same people."""
_MOST_PICTURES = 8


@dataclass(frozen=True)
class _Face:
    box: Box
    weight: float
    frontal: bool


class Faces(TimedCheck):
    """Found where a frontal face is clear on at least two pages; doubtful on one, or where several pages
    show something like one."""

    name = "faces"
    method = "OpenCV Haar cascades, frontal (alt2) and profile, on 400 px pictures; a hint only"
    _cascades: ClassVar[dict[str, cv2.CascadeClassifier]] = {}

    def __init__(self, film: Film | None) -> None:
        super().__init__(film)
        self._fresh = Fresh()
        self._pages = 0
        self._sure = 0
        self._looked_at: Fraction | None = None
        self._spans: list[Span] = []

    @classmethod
    def warm_up(cls) -> None:
        folder = Path(cv2.__file__).parent / "data"
        for kind, file in (("frontal", "frontalface_alt2"), ("profile", "profileface")):
            cls._cascades[kind] = cv2.CascadeClassifier(str(folder / f"haarcascade_{file}.xml"))
        _faces(np.zeros((360, _WIDTH), dtype=np.uint8), cls._cascades)

    def look(self, page: Page) -> None:
        soon = self._looked_at is not None and page.time_s - self._looked_at < _APART_S
        if self._pages >= _MOST_PAGES or soon or not self._worth_it(page.rgb):
            return
        self._looked_at = page.time_s
        self._pages += 1
        height, width = page.rgb.shape[:2]
        scale = min(1.0, _WIDTH / width)
        size = round(width * scale), round(height * scale)
        small = cv2.resize(page.rgb, size, interpolation=cv2.INTER_AREA)
        grey = np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), dtype=np.uint8)
        faces = _faces(grey, self._cascades)
        if not faces:
            return
        best = max(faces, key=lambda face: (face.frontal, face.weight))
        sure = best.frontal and best.weight >= _SURE_WEIGHT
        self._sure += sure
        self._spans.append(
            Span(
                from_s=page.time_s,
                to_s=page.time_s,
                value=float(len(faces)),
                text=f"约 {len(faces)} 张人脸" if sure else "像有人脸",
                box=best.box,
                picture=self._picture(page, best.box),
            )
        )

    def _worth_it(self, rgb: NDArray[np.uint8]) -> bool:
        """Not where only a band, such as a subtitle, is another one."""
        rows = self._fresh.rows(rgb)
        return rows is not None and rows[1] - rows[0] > rgb.shape[0] / 4

    def _picture(self, page: Page, box: Box) -> str | None:
        if len(self.files) >= _MOST_PICTURES:
            return None
        name = f"faces-{len(self.files) + 1}.jpg"
        self.files[name] = cutting(page, box)
        return name

    def result(self) -> Measure:
        if not self.times.samples or not self._pages:
            return Measure(
                method=self.method, answer="unmeasured", about=("faces",), why=NOTHING_LOOKED_AT
            )
        found = self._sure >= _SURE_PAGES
        likely = self._sure > 0 or len(self._spans) >= _SURE_PAGES
        answer: Answer = "found" if found else "doubtful" if likely else "clear"
        return Measure(
            method=self.method,
            answer=answer,
            about=("faces",),
            facts={"faces": True} if found else {},
            values={"pages_count": self._pages, "with_faces_count": len(self._spans)},
            spans=tuple(self._spans[:60]) if likely else (),
        )


def _faces(grey: NDArray[np.uint8], cascades: dict[str, cv2.CascadeClassifier]) -> Sequence[_Face]:
    """Faces at least 9 % of the picture's height; a profile counts where no frontal face is."""
    height, width = grey.shape
    even = cv2.equalizeHist(grey)
    least = max(24, round(height * _LEAST_SHARE))
    found: list[_Face] = []
    for kind in ("frontal", "profile"):
        boxes, _, weights = cascades[kind].detectMultiScale3(
            even, 1.2, 5, minSize=(least, least), outputRejectLevels=True
        )
        for (x, y, w, h), weight in zip(boxes, np.ravel(weights), strict=False):
            box = (
                round(x / width, 4),
                round(y / height, 4),
                round(w / width, 4),
                round(h / height, 4),
            )
            found.append(_Face(box, float(weight), kind == "frontal"))
        if found:
            break
    return found
