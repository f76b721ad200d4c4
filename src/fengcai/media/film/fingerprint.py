"""The picture's part of a film's fingerprint, made on the way; it judges nothing."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from fengcai.media.checks import Film, PictureCheck
from fengcai.media.facts.measures import Measure
from fengcai.media.fingerprints.pictures import PictureFingerprint, row_of
from fengcai.media.samples import Picture

PICTURES_FILE = "fingerprint-pictures.bin"


class Fingerprint(PictureCheck):
    """Leaves a file and no measure."""

    name = "fingerprint"

    def __init__(self, film: Film) -> None:
        super().__init__(film)
        self._making = PictureFingerprint()

    @classmethod
    def warm_up(cls) -> None:
        """Load what OpenCV loads at the first picture."""
        row_of(np.tile(np.arange(64, dtype=np.uint8) * 3, (64, 1)), Fraction(0))

    def sample(self, picture: Picture) -> None:
        self._making.feed(picture)

    def result(self) -> Measure | None:
        self.files[PICTURES_FILE] = self._making.result()
        return None
