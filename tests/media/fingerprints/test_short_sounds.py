"""Sound that is shorter than the stretch over which two sounds are compared."""

from __future__ import annotations

import numpy as np
import pytest

from fengcai.media.fingerprints.sound import Sounds
from fengcai.media.likeness.sounds import same_sounds

pytestmark = pytest.mark.media


@pytest.mark.parametrize("length", [3, 9, 14, 23, 24, 25])
def test_two_short_sounds_are_compared_and_break_nothing(length: int) -> None:
    words = np.random.default_rng(length).integers(1, 2**32, length, dtype=np.uint32)
    found = same_sounds(Sounds(words), Sounds(words))
    assert all(len(moments) <= length for _, moments in found)
    if length >= 14:
        ((line, moments),) = found
        assert (round(line.pace, 3), round(line.shift, 3), len(moments) > 0) == (1, 0, True)
