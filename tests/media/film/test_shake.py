"""Shake is told from every steady move, found where it is, and doubted where it cannot be told."""

from __future__ import annotations

from itertools import chain

import cv2
import numpy as np
import pytest

from fengcai.media.film.shake import TREMOR_PERCENT, Shake, tremor
from tests.media.film.shooting import film, measure, shoot

pytestmark = pytest.mark.media


@pytest.mark.parametrize("move", ["still", "pan", "tilt", "zoom", "ease", "drift"])
def test_a_steady_camera_is_clear_however_it_moves(move, shelf):
    told = measure(film(shelf / f"steady-{move}.mp4", shoot(move, subject=0.35)), Shake)
    assert (told.answer, told.facts, told.spans) == ("clear", {"shaky": False}, ())
    assert told.values["tremor_percent"] < TREMOR_PERCENT


@pytest.mark.parametrize("move", ["still", "pan", "zoom"])
def test_a_hand_is_found_on_every_move(move, shelf):
    told = measure(film(shelf / f"hand-{move}.mp4", shoot(move, tremor=0.002, subject=0.2)), Shake)
    assert (told.answer, told.facts) == ("found", {"shaky": True})
    assert told.values["tremor_percent"] > TREMOR_PERCENT


@pytest.mark.clause("J4")
def test_shake_is_found_where_it_is(faulty):
    told = faulty["shake"]
    assert told.answer == "found"
    [span] = told.spans
    assert 13 <= span.from_s <= 13.6
    assert 19 <= span.to_s <= 20
    assert span.picture == "shake-1.jpg"
    shaky = [i * told.curve.step_s for i, v in enumerate(told.curve.values) if v and v > 0.2]
    assert min(shaky) >= 13
    assert max(shaky) < 20


def test_a_knock_is_no_shake(shelf):
    def knocked():
        for k, shown in enumerate(shoot("still")):
            yield np.roll(shown, 12, axis=1) if 40 <= k < 43 else shown

    assert measure(film(shelf / "knock.mp4", knocked()), Shake).answer == "clear"


def test_cuts_between_steady_shots_are_no_shake(shelf):
    shots = chain.from_iterable(shoot("pan", frames=30, seed=seed) for seed in range(4))
    assert measure(film(shelf / "montage.mp4", shots), Shake).values["shaky_s"] == 0


def test_pulldown_is_doubtful(shelf):
    """24 frames a second shown at 30: every fourth twice."""
    pan = (
        shown
        for k, shown in enumerate(shoot("pan", frames=100, seed=8))
        for _ in range(2 if k % 4 == 3 else 1)
    )
    told = measure(film(shelf / "pulldown.mp4", pan, fps=30), Shake)
    assert told.answer in ("doubtful", "clear")
    assert told.values["shaky_s"] == 0


def test_someone_before_a_flat_wall_is_not_called_shake(shelf):
    told = measure(film(shelf / "wall.mp4", shoot("still", subject=0.4, flat=True)), Shake)
    assert (told.answer, told.facts) == ("doubtful", {})
    assert told.why == "画面大部分平坦，动的可能是被摄主体而不是镜头"


def test_violent_blur_is_not_clear(shelf):
    """The camera is swung about; every frame is smeared."""
    rng = np.random.default_rng(4)

    def swung():
        for shown in shoot("still", seed=12):
            way = cv2.getRotationMatrix2D((12, 12), float(rng.uniform(0, 180)), 1)
            smear = np.zeros((25, 25), np.float32)
            smear[12] = 1 / 25
            smear = cv2.warpAffine(smear, way, (25, 25))
            moved = np.roll(shown, rng.integers(-60, 60, 2), axis=(0, 1))
            yield cv2.filter2D(moved, -1, smear / smear.sum())

    told = measure(film(shelf / "swung.mp4", swung()), Shake)
    assert told.answer in ("found", "doubtful")


def test_fifty_frames_a_second_are_measured_alike(shelf):
    calm = film(shelf / "fifty.mp4", shoot("pan", frames=120, fps=50), fps=50)
    held = film(shelf / "fifty-held.mp4", shoot("pan", frames=120, fps=50, tremor=0.004), fps=50)
    assert measure(calm, Shake).answer == "clear"
    assert measure(held, Shake).answer == "found"


def test_two_seconds_are_too_few(shelf):
    told = measure(film(shelf / "brief.mp4", shoot("still", frames=40)), Shake)
    assert (told.answer, told.facts) == ("unmeasured", {})


@pytest.mark.clause("J4")
def test_swift_mode_claims_no_more_than_it_saw(sound, sound_swift):
    assert sound["shake"].facts == {"shaky": False}
    swift = sound_swift["shake"]
    assert (swift.answer, swift.facts) == ("unmeasured", {})
    assert swift.why == "快速检查只逐帧看了 3 段共 11 秒，其中没有抖动；其余时间没有看"


def test_a_parabola_is_no_tremor_and_a_sine_is():
    times = np.arange(25) / 25
    steady = np.stack([0.01 * times, 0.003 + 0 * times, 0 * times], axis=1)
    assert tremor(times, steady) == pytest.approx(0, abs=1e-9)
    sway = 0.005 * np.sin(2 * np.pi * 4 * times)
    steps = np.stack([np.diff(sway, prepend=0), 0 * times, 0 * times], axis=1)
    assert tremor(times, steps) == pytest.approx(100 * 0.005 / np.sqrt(2), rel=0.1)


@pytest.mark.parametrize("tremor", [0.003, 0.006])
def test_a_tremor_after_a_calm_beginning_is_seen_from_its_beginning(shelf, tremor):
    """While nothing trembles every other picture is passed over; where something does, none."""
    frames = [*shoot("pan", frames=150, seed=5), *shoot("still", frames=125, seed=6, tremor=tremor)]
    told = measure(film(shelf / f"late-tremor-{tremor}.mp4", frames), Shake)
    assert told.answer == "found"
    [span] = [each for each in told.spans if not each.text]
    assert 5.5 <= float(span.from_s) <= 7.5
    assert float(span.to_s) >= 10
