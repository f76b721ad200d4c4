"""The three kinds of check that share one reading of a film, and what each of them is told first.

A new check is one new module with a subclass, and one line in the registry of its room (`film`,
`sound` or `screen`). A check keeps a bounded amount of state whatever the film's length, imports all
that it needs at the top of its module (behind the walls nothing can be opened: models load in
`warm_up`), and answers once with a `Measure`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from fractions import Fraction
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from fengcai.media.facts.measures import Box, Measure
from fengcai.media.samples import Picture, Sound


@dataclass(frozen=True, kw_only=True)
class Film:
    """What the headers and the packets say before a picture is decoded.

    Sizes are those of the picture as shown. `packets` holds (time_s, bytes, keyframe) of every
    packet in the order of presentation. `thorough`: every frame will be fed to `run`; else only
    windows of a few seconds.
    """

    width_px: int
    height_px: int
    fps: Fraction | None
    duration_s: Fraction | None
    codec: str
    pixel_format: str | None
    thorough: bool
    has_sound: bool
    packet_times_s: NDArray[np.float64]
    packet_bytes: NDArray[np.int64]
    packet_keys: NDArray[np.bool_]


class Check(ABC):
    """One question about a film. `name` keys its answer in `facts.measures`.

    `files` are the JPEGs that its spans name, and other outputs (`fingerprint.bin`): at most
    twelve for each check, 300 kB each.
    """

    name: ClassVar[str]

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}

    @classmethod
    def warm_up(cls) -> None:
        """Load models and libraries, before the walls are up. Runs once in the process."""
        return  # most checks have nothing to load

    @abstractmethod
    def result(self) -> Measure | None:
        """The answer, after the last feed; None where the question makes no sense."""


class PictureCheck(Check):
    """Fed pictures in the order of time: sparse ones over the whole film, and whole runs.

    `sample` gets pictures at least `SAMPLE_STEP_S` apart over the whole film (in swift mode keyframes, so
    up to ten seconds apart). `run` gets every frame of a stretch; `first` says that a new stretch
    begins here. In thorough mode the whole film is one stretch. Override what is needed: what is not
    overridden is not fed.
    """

    SAMPLE_STEP_S: ClassVar[Fraction] = Fraction(1, 2)

    def __init__(self, film: Film) -> None:
        super().__init__()
        self.film = film

    def sample(self, picture: Picture) -> None:
        """One of the sparse pictures."""

    def run(self, picture: Picture, *, first: bool) -> None:
        """The next frame of a stretch."""


class SoundCheck(Check):
    """Fed every block of sound in order."""

    def feed(self, sound: Sound) -> None:
        """The next block, about 0.7 s."""


@dataclass(frozen=True)
class Line:
    """One line of recognised text; `box` in shares of the picture, `score` 0–1."""

    text: str
    box: Box
    score: float


@dataclass(frozen=True)
class Page:
    """A picture in which text was looked for: upright RGB of shape (h, w, 3) at full size, and lines.

    `until_s` is when the next read picture comes: the page stood there at most so long.
    """

    time_s: Fraction
    rgb: NDArray[np.uint8]
    lines: tuple[Line, ...] = field(default=())


class ScreenCheck(Check):
    """Fed the pages that were read, in the order of time.

    `of_stills`: whether the question makes sense for a still picture, which is one page.
    """

    of_stills: ClassVar[bool] = True

    def __init__(self, film: Film | None) -> None:
        super().__init__()
        self.film = film

    def look(self, page: Page) -> None:
        """The next page."""
