"""Left and right: one dead, one louder, one against the other, and what is only wide."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.media.sound.music import chords
from fengcai.media.samples import Sound
from fengcai.media.sound.balance import Balance
from tests.media.sound.hearing import RATE, both, said, seconds_of

pytestmark = pytest.mark.media


@pytest.mark.parametrize(
    ("left", "right", "kind"),
    [
        (1, 0, "dead right"),
        (0, 1, "dead left"),
        (1, 0.25, "leaning left"),
        (0.25, 1, "leaning right"),
        (1, -1, "against"),
        (0.6, -1, "against"),
    ],
)
def test_channels_that_disagree(voice, left, right, kind):
    measure = said("balance", np.stack((voice * left, voice * right)).astype(np.float32))
    assert (measure.answer, measure.facts) == ("found", {"one_sided": True})
    assert measure.values["channels"] == kind
    assert measure.spans


def test_equal_slightly_apart_and_wide_are_clear(voice, rng):
    for planes in (
        both(voice),
        np.stack((voice * 0.7, voice)),
        np.stack((voice + 0.2 * chords(rng, 20), voice + 0.2 * chords(rng, 20))),
    ):
        measure = said("balance", planes.astype(np.float32))
        assert (measure.answer, measure.facts) == ("clear", {"one_sided": False})


def test_in_between_is_doubtful(voice):
    measure = said("balance", np.stack((voice, voice * 0.42)).astype(np.float32))
    assert (measure.answer, measure.facts) == ("doubtful", {})
    assert measure.values["left_over_right_db"] == pytest.approx(7.5, abs=0.1)


def test_a_scene_of_ten_seconds_is_found_and_told(voice):
    planes = both(np.concatenate((voice, voice, voice, voice)))
    planes[1, 30 * RATE : 42 * RATE] = 0
    measure = said("balance", planes)
    assert measure.answer == "found"
    spans = seconds_of(measure)
    assert spans[0][0] == pytest.approx(30, abs=1)
    assert spans[-1][1] == pytest.approx(42, abs=1)
    assert {span.text for span in measure.spans} == {"右声道没有声音或很轻"}


def test_one_channel_has_nothing_to_compare(voice):
    measure = said("balance", voice[None])
    assert (measure.answer, measure.facts) == ("clear", {"one_sided": False})


def test_silence_is_not_measured():
    measure = said("balance", np.zeros((2, 5 * RATE), np.float32))
    assert (measure.answer, measure.facts) == ("unmeasured", {})


def test_of_surround_sound_a_quiet_pair_beside_the_centre_is_left_out(voice):
    names = ("FL", "FR", "FC", "LFE", "BL", "BR")
    planes = np.zeros((6, len(voice)), np.float32)
    planes[2], planes[0] = voice, 0.01 * voice
    check = Balance()
    check.feed(Sound(planes, RATE, names))
    assert check.result().answer == "unmeasured"
