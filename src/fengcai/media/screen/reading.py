"""Reading what stands on screen, behind the walls: pages in, measures out."""

from __future__ import annotations

from fractions import Fraction
from typing import BinaryIO

import cv2
import numpy as np
from numpy.typing import NDArray

from fengcai.media.checks import Film, Line, Page, ScreenCheck
from fengcai.media.facts.measures import Box
from fengcai.media.opening import Emit
from fengcai.media.screen import registry as room
from fengcai.media.screen.choosing import COLUMNS, ROWS
from fengcai.media.screen.passing import Sheet, sheets
from fengcai.media.screen.personal import masked
from fengcai.media.screen.recognition import Recogniser
from fengcai.media.screen.sightings import TimedCheck
from fengcai.media.screen.spells import Timeline, is_gone
from fengcai.media.tolerance import Together

TEXT_FILE = "screen-text.json"
EMPTY_PAGES = 2
"""After so many whole pictures without a line the next is looked at in less detail first, at half the cost."""
_RECOGNISER = Recogniser()


def warm_up() -> None:
    """Load the models and read a trial page to its end, before the walls: nothing is opened later."""
    _RECOGNISER.warm_up()
    for check in room.CHECKS:
        check.warm_up()
    picture = np.full((360, 640, 3), 255, dtype=np.uint8)
    for row, words in ((100, "www.example.com"), (200, "13800000000"), (330, "Fengcai")):
        cv2.putText(picture, words, (40, row), cv2.FONT_HERSHEY_SIMPLEX, 2, (0, 0, 0), 4)
    gone = np.zeros((ROWS, COLUMNS), dtype=bool)
    trial = Reading(_RECOGNISER)
    for second in range(2):
        moment = Fraction(second)
        trial.take(Sheet(moment, moment, gone, picture[180 * second :], 180 * second, 360))
        trial.take(Sheet(moment, moment, gone, None, 0, 0))
    trial.results()
    _RECOGNISER.forget()


def read_pages(pipe: BinaryIO, emit: Emit, *, still: bool = False) -> dict[str, bytes]:
    """Read every page that comes; measures go to `emit`, evidence pictures come back."""
    reading = Reading(_RECOGNISER, still=still)
    for sheet in sheets(pipe):
        reading.take(sheet)
    measures, files = reading.results()
    emit({"measures": measures})
    return files


class Reading:
    """One film's pages, read and shown to the checks; a still is a film of one page."""

    def __init__(
        self, recogniser: Recogniser, film: Film | None = None, *, still: bool = False
    ) -> None:
        self._recogniser = recogniser
        recogniser.forget()
        self.timeline = Timeline(timed=not still)
        kinds = [make for make in room.CHECKS if make.of_stills or not still]
        checks: list[ScreenCheck] = [make(film) for make in kinds]
        self._timed = [check for check in checks if isinstance(check, TimedCheck)]
        self._checks = Together(checks)
        self._rgb: NDArray[np.uint8] | None = None
        self.pages_read = 0
        self._empty = 0

    def take(self, sheet: Sheet) -> None:
        """The next sampled picture: its new rows are laid over what is known, and read."""
        if sheet.rgb is None:
            self.timeline.pass_by(sheet.time_s, sheet.gone)
            return
        rows = self._lay(sheet.rgb, sheet.top, sheet.height)
        assert self._rgb is not None
        lines = self._read(self._rgb, rows, moving=sheet.moving)
        standing = tuple(line for line in lines if self._stands(line, sheet))
        for line in set(lines).difference(standing):
            # No cutting may show, nor any check find, what stood there earlier.
            _wipe(self._rgb, line.box)
        self.timeline.look(sheet.time_s, sheet.since_s, standing, sheet.gone)
        self.pages_read += 1
        page = Page(sheet.time_s, self._rgb, standing)
        self._checks.feed(lambda check: check.look(page))

    def _read(
        self, rgb: NDArray[np.uint8], rows: tuple[int, int] | None, *, moving: bool
    ) -> tuple[Line, ...]:
        """The lines; where the last whole pictures had none, it is first looked for any as in what moves."""
        briefly = rows is None and not moving and self._empty >= EMPTY_PAGES
        lines = self._recogniser.read(rgb, rows, moving=moving or briefly)
        if briefly and lines:
            lines = self._recogniser.read(rgb, rows)
        if rows is None:
            self._empty = 0 if lines else self._empty + 1
        return lines

    def results(self) -> tuple[dict[str, object], dict[str, bytes]]:
        """`facts.measures` as JSON-ready values, and the files: evidence and all text with times."""
        for check in self._timed:
            check.times = self.timeline
        measures, files = self._checks.results()
        files[TEXT_FILE] = self.timeline.as_json(masked)
        return measures, files

    def _lay(self, rgb: NDArray[np.uint8], top: int, height: int) -> tuple[int, int] | None:
        """Lay the rows over the last picture; which rows those are, None for all of them."""
        shape = (height, rgb.shape[1], 3)
        if self._rgb is None or self._rgb.shape != shape:
            self._rgb = np.zeros(shape, dtype=np.uint8)
            self._recogniser.forget()
        else:
            self._rgb = self._rgb.copy()
        self._rgb[top : top + rgb.shape[0]] = rgb
        if rgb.shape[0] == height:
            return None
        return top, top + rgb.shape[0]

    @staticmethod
    def _stands(line: Line, sheet: Sheet) -> bool:
        """Lines in the rows just read, and those elsewhere that are not gone since."""
        assert sheet.rgb is not None
        middle = (line.box[1] + line.box[3] / 2) * sheet.height
        if sheet.top <= middle < sheet.top + sheet.rgb.shape[0]:
            return True
        return not is_gone(line.box, sheet.gone)


def _wipe(rgb: NDArray[np.uint8], box: Box) -> None:
    """Paint over a line with its own mean colour."""
    height, width = rgb.shape[:2]
    margin = 0.2 * box[3]
    rows = slice(max(0, int((box[1] - margin) * height)), int((box[1] + box[3] + margin) * height))
    columns = slice(
        max(0, int(box[0] * width - margin * height)), int((box[0] + box[2]) * width) + 1
    )
    part = rgb[rows, columns]
    if part.size:
        part[:] = part.mean(axis=(0, 1)).astype(np.uint8)
