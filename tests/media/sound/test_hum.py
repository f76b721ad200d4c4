"""Lines that stand still are hum; notes that end, and hum that nobody hears, are not."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.media.sound.music import chords
from benchmarks.media.sound.noises import coloured, hum
from fengcai.media.sound.hum import a_weighting
from tests.media.clips import tone
from tests.media.sound.hearing import RATE, both, said, seconds_of, under

pytestmark = pytest.mark.media


@pytest.mark.parametrize("base", [50.0, 60.0, 49.95])
def test_hum_under_speech_is_found(voice, base):
    measure = said("hum", both(under(voice, hum(len(voice), base, 3), 15)))
    assert (measure.answer, measure.facts) == ("found", {"hum": True})
    assert measure.values["base_hz"] == round(base, -1)


def test_it_is_found_where_it_is(voice):
    long = np.concatenate((voice, voice))
    noise = hum(len(long), 50.0, 3)
    noise[: 16 * RATE] = 0
    measure = said("hum", both(under(long, noise, 15)))
    assert measure.answer == "found"
    (span,) = seconds_of(measure)
    # a stretch of twelve seconds tells, so its edges are that coarse
    assert 8 <= span[0] <= 20
    assert span[1] >= 36


@pytest.mark.parametrize("made", ["voice", "music", "held note", "rumble"])
def test_what_moves_or_has_no_lines_is_clear(voice, rng, made):
    wave = {
        "voice": lambda: voice,
        "music": lambda: chords(rng, 20),
        "held note": lambda: under(voice, tone(20, -20, 48.999, 1)[0], 10),
        "rumble": lambda: under(voice, coloured(rng, len(voice), -6.0), 10),
    }[made]()
    measure = said("hum", both(wave))
    assert (measure.answer, measure.facts) == ("clear", {"hum": False})


def test_what_nobody_hears_is_clear(voice):
    """50 Hz alone, 35 dB down: the ear takes another 30 dB off it."""
    assert said("hum", both(under(voice, tone(20, 0, 50.0, 1)[0], 35))).answer == "clear"


def test_a_faint_hum_is_doubtful(voice):
    measure = said("hum", both(under(voice, hum(len(voice), 50.0, 3), 28)))
    assert (measure.answer, measure.facts) == ("doubtful", {})
    assert measure.spans


def test_too_short_to_tell():
    measure = said("hum", tone(4, -20, 50.0))
    assert (measure.answer, measure.why) == ("unmeasured", "声音太短")


@pytest.mark.parametrize(
    ("hertz", "decibels"), [(50, -30.2), (100, -19.1), (1000, 0.0), (10_000, -2.5)]
)
def test_a_weighting_of_iec_61672(hertz, decibels):
    assert 10 * np.log10(a_weighting(hertz)) == pytest.approx(decibels, abs=0.1)
