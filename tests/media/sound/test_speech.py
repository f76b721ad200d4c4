"""How much is spoken: of a voice, of music, of both."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from benchmarks.media.sound.music import chords
from tests.media.sound.hearing import RATE, both, said, seconds_of, under

pytestmark = pytest.mark.media


def test_half_spoken_half_music(voice, rng):
    music = chords(rng, 20)
    measure = said("speech", both(np.concatenate((voice, 0.5 * music))))
    share = Fraction(measure.facts["speech_share"])
    assert 40 <= share <= 52
    assert measure.answer == "found"
    assert max(end for _, end in seconds_of(measure)) <= 21
    assert measure.curve.unit == "%"
    assert max(measure.curve.values[22:]) == 0


def test_a_voice_over_music_is_heard(voice, rng):
    measure = said("speech", both(under(voice, chords(rng, 20), 15)))
    assert Fraction(measure.facts["speech_share"]) >= 80


@pytest.mark.parametrize("made", ["music", "hiss", "nothing"])
def test_nobody_speaks(rng, made):
    wave = {
        "music": lambda: chords(rng, 10),
        "hiss": lambda: 0.1 * rng.normal(size=10 * RATE).astype(np.float32),
        "nothing": lambda: np.zeros(10 * RATE, np.float32),
    }[made]()
    measure = said("speech", both(wave))
    assert (measure.answer, measure.facts) == ("clear", {"speech_share": "0"})


def test_a_second_film_does_not_remember_the_first(voice):
    once = said("speech", both(voice))
    assert said("speech", both(voice)) == once
