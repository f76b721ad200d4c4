"""Noise under a voice is found by kind and level; music, echoes and silence are not noise."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from benchmarks.media.sound.blocks import through_aac
from benchmarks.media.sound.music import chords, strings
from benchmarks.media.sound.noises import coloured, fan, surf, wind
from benchmarks.media.sound.voices import in_a_room
from fengcai.media.samples import Sound
from fengcai.media.sound.noise import MOST_JUDGED, WINDOW, Noise
from tests.media.sound.hearing import RATE, said, seconds_of, under

pytestmark = pytest.mark.media


@pytest.mark.parametrize("kind", ["white", "pink", "fan"])
def test_noise_under_speech_is_found_after_aac(voice, rng, kind):
    size = len(voice)
    noise = {
        "white": lambda: coloured(rng, size, 0.0),
        "pink": lambda: coloured(rng, size, -3.0),
        "fan": lambda: fan(rng, size),
    }[kind]()
    measure = said("noise", through_aac(under(voice, noise, 12)[None], 96_000))
    assert (measure.answer, measure.facts) == ("found", {"noisy": True})
    assert measure.values["background_score"] < 3
    assert seconds_of(measure) == [(0, 18.02)]


@pytest.mark.parametrize("make", [wind, surf])
def test_gusts_and_waves_under_speech_are_found_by_their_rumble(voice, rng, make):
    measure = said("noise", under(voice, make(rng, len(voice)), 12)[None])
    assert (measure.answer, measure.facts) == ("found", {"noisy": True})
    assert measure.values["rumbling_s"] == measure.values["noisy_s"] == 18.0


@pytest.mark.parametrize("made", ["voice", "room", "chords", "music alone", "gated"])
def test_what_is_not_noise_is_clear(voice, rng, made):
    wave = {
        "voice": lambda: voice,
        "room": lambda: in_a_room(voice, 3, 1.6),
        "chords": lambda: under(voice, chords(rng, 20), 6),
        "music alone": lambda: chords(rng, 20),
        "gated": lambda: np.where(np.abs(voice) > 1e-3, voice, 0).astype(np.float32),
    }[made]()
    measure = said("noise", wave[None])
    assert (measure.answer, measure.facts) == ("clear", {"noisy": False})
    # DNSMOS calls most music noise: it is not even asked
    assert measure.values["windows_judged"] == 0


def test_a_dense_section_of_strings_is_doubtful_at_most(voice, rng):
    """Thirty-six bows a little apart are nearly chance."""
    measure = said("noise", under(voice, np.tile(strings(rng, 10), 2), 10)[None])
    assert measure.answer in ("clear", "doubtful")
    assert measure.values["scatter"] < 0.42


def test_noise_that_disturbs_nobody_is_clear(voice, rng):
    assert said("noise", under(voice, coloured(rng, len(voice), -3.0), 32)[None]).answer == "clear"


def test_a_rush_without_a_voice_is_for_a_person_to_tell(rng):
    """Rain may be the scene."""
    measure = said("noise", 0.1 * coloured(rng, 20 * RATE, -3.0)[None])
    assert (measure.answer, measure.facts) == ("doubtful", {})
    assert seconds_of(measure) == [(0, 18.02)]


def test_too_short_or_silent_is_not_measured():
    assert said("noise", np.zeros((1, 2 * RATE), np.float32)).answer == "unmeasured"
    silent = said("noise", np.zeros((1, 12 * RATE), np.float32))
    assert (silent.answer, silent.why) == ("unmeasured", "声音太短或太轻")


def test_a_short_film_is_judged_too(voice, rng):
    part = under(voice, coloured(rng, len(voice), -3.0), 8)[: 5 * RATE]
    assert said("noise", part[None]).answer == "found"


def test_of_a_long_film_only_a_few_windows_are_judged(voice, rng):
    """Forty noisy windows: no more sound is kept and judged than the budget allows."""
    noisy = under(voice, coloured(rng, len(voice), -3.0), 10)[::3][:WINDOW]
    check = Noise()
    empty = np.zeros((1, 0), np.float32)
    for number in range(24):
        speech = np.roll(noisy, number * 997)
        check.feed(Sound(empty, RATE, ("FC",), Fraction(number * 9), speech))
        assert len(check._suspects) <= 2 * MOST_JUDGED
    measure = check.result()
    assert measure.answer == "found"
    assert 3 <= measure.values["windows_judged"] <= MOST_JUDGED
    assert seconds_of(measure)[0][0] == 0


def test_noise_of_one_scene_is_found_there(voice, rng):
    long = np.concatenate([voice] * 3)
    noise = coloured(rng, len(long), -3.0)
    level = np.sqrt(np.square(voice).mean()) * 10 ** (-10 / 20)
    noise[: 27 * RATE] = 0
    noise[46 * RATE :] = 0
    measure = said("noise", (long + noise * level).astype(np.float32)[None])
    assert measure.answer == "found"
    (span,) = seconds_of(measure)
    assert 26 <= span[0] <= 37
    assert 44 <= span[1] <= 55
