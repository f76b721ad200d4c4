"""What was cut off is found, turned down or not; what is only loud is not."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.media.sound.blocks import through_aac
from benchmarks.media.sound.music import chords
from benchmarks.media.sound.run import cut_off, limited
from tests.media.clips import tone
from tests.media.sound.hearing import RATE, both, said, seconds_of

pytestmark = pytest.mark.media


@pytest.mark.parametrize("turned_down", [1.0, 0.3])
def test_speech_cut_off_is_found_after_aac_and_turned_down(voice, turned_down):
    planes = through_aac(both(cut_off(voice, 9) * turned_down))
    measure = said("clipping", planes)
    assert measure.answer == "found"
    assert measure.facts == {"clipped": True}
    assert measure.about == ("clipped",)


def test_its_time_is_told(voice):
    planes = both(0.8 * voice)
    planes[:, 8 * RATE : 12 * RATE] = cut_off(voice, 12)[8 * RATE : 12 * RATE] * 0.5
    measure = said("clipping", planes)
    spans = seconds_of(measure)
    assert measure.answer == "found"
    assert spans[0][0] >= 8
    assert spans[-1][1] <= 12
    assert sum(end - begin for begin, end in spans) >= 3
    assert max(measure.curve.values) == measure.values["crowding"]


def test_one_side_alone_may_be_cut(voice):
    wave = voice / np.abs(voice).max()
    assert said("clipping", both(np.maximum(wave, -0.2))).answer == "found"


@pytest.mark.parametrize("made", ["voice", "limited", "music", "limited music", "quiet"])
def test_what_is_only_loud_is_clear(voice, made, rng):
    wave = {
        "voice": lambda: voice / np.abs(voice).max(),
        "limited": lambda: limited(voice),
        "music": lambda: chords(rng, 10) * 1.9,
        "limited music": lambda: limited(chords(rng, 10)),
        "quiet": lambda: cut_off(voice, 12) * 0.01,
    }[made]()
    measure = said("clipping", through_aac(both(wave)))
    assert (measure.answer, measure.facts) == ("clear", {"clipped": False})


def test_a_tone_is_no_cut_wave():
    assert said("clipping", tone(5, -1, 440.0)).answer == "clear"
    assert said("clipping", tone(5, -1, 50.0)).answer == "clear"
    assert said("clipping", np.clip(tone(5, 4, 440.0), -1, 1)).answer == "found"


def test_beyond_full_scale_is_cut_by_every_loudspeaker(rng):
    drums = rng.normal(size=(2, 12 * RATE)).astype(np.float32) * 0.2
    assert said("clipping", drums).answer == "clear"
    drums[:, 3 * RATE : 6 * RATE] *= 2.2
    measure = said("clipping", drums)
    assert measure.answer == "found"
    assert seconds_of(measure) == [(3, 6)]


def test_a_single_second_is_doubtful(voice):
    planes = both(0.5 * voice)
    planes[:, 5 * RATE : 6 * RATE] = np.clip(tone(1, 12, 310.0), -1, 1)
    measure = said("clipping", planes)
    assert (measure.answer, measure.facts) == ("doubtful", {})
    assert seconds_of(measure) == [(5, 6)]


def test_less_than_a_second_says_nothing():
    from fengcai.media.sound.clipping import Clipping

    assert Clipping().result() is None
