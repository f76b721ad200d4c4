"""Black, frozen, repeated and stuck pictures; how much swift mode may say of them."""

from __future__ import annotations

from fractions import Fraction
from itertools import islice

import cv2
import numpy as np
import pytest

from benchmarks.media.motion.rates import repeated, shown_between
from fengcai.media.film.black import Black
from fengcai.media.film.cadence import Cadence, Stutter, repetitions, usual_rate
from fengcai.media.film.freeze import Freeze
from tests.media.film.shooting import film, measure, shoot

pytestmark = pytest.mark.media


def test_black_is_measured_to_the_frame(faulty):
    told = faulty["black"]
    assert (told.answer, told.facts) == ("found", {"longest_black": "2"})
    assert [(span.from_s, span.to_s) for span in told.spans] == [(11, 13)]


def test_black_at_the_very_end(shelf):
    frames = [*shoot(frames=30), *[np.zeros((180, 320, 3), np.uint8)] * 20]
    told = measure(film(shelf / "ends-black.mp4", frames), Black)
    assert told.facts == {"longest_black": "4/5"}
    assert told.values["to_the_end"] is True


def test_a_moment_of_black_and_a_night_scene_are_not_black(shelf):
    frames = list(shoot(frames=50, subject=0.2))
    frames[20:28] = [np.zeros((180, 320, 3), np.uint8)] * 8
    brief = measure(film(shelf / "blink.mp4", frames), Black)
    night = measure(film(shelf / "night.mp4", (f // 4 for f in shoot(frames=50))), Black)
    assert (brief.answer, brief.facts) == ("clear", {"longest_black": "0"})
    assert (night.answer, night.facts) == ("clear", {"longest_black": "0"})


def test_a_freeze_is_measured_to_the_frame(faulty):
    told = faulty["freeze"]
    assert (told.answer, told.facts) == ("found", {"longest_freeze": "4"})
    [span] = told.spans
    assert (span.from_s, span.to_s, span.picture) == (7, 11, "freeze-1.jpg")


def test_a_slow_zoom_into_a_photograph_is_no_freeze(shelf):
    [photograph] = islice(shoot("still", noise=0, seed=5), 1)

    def zooming():
        for k in range(75):
            turn = cv2.getRotationMatrix2D((160, 90), 0, 1 + k * 0.0012)
            yield cv2.warpAffine(photograph, turn, (320, 180), borderMode=cv2.BORDER_REFLECT)

    told = measure(film(shelf / "zooming.mp4", zooming()), Freeze)
    assert (told.answer, told.facts) == ("clear", {"longest_freeze": "0"})


def test_keyframes_do_not_break_a_freeze(shelf):
    [photograph] = islice(shoot("still", noise=6, seed=5), 1)
    path = film(shelf / "photograph.mp4", [photograph] * 75, gop=10)
    assert measure(path, Freeze).facts == {"longest_freeze": "3"}


def test_a_hand_held_zoom_too_slow_for_two_frames_is_no_freeze(shelf):
    """Each frame differs from the one before by less than coding does."""
    [photograph] = islice(shoot("still", noise=0, seed=5), 1)

    def creeping():
        for k in range(100):
            turn = cv2.getRotationMatrix2D((160, 90), 0, 1 + k * 0.0004)
            yield cv2.warpAffine(photograph, turn, (320, 180), borderMode=cv2.BORDER_REFLECT)

    told = measure(film(shelf / "creeping.mp4", creeping()), Freeze)
    assert told.values["longest_s"] < 1.5


def test_the_noise_of_a_running_camera_is_no_freeze(shelf):
    told = measure(film(shelf / "tripod.mp4", shoot("still", noise=3)), Freeze)
    assert told.facts == {"longest_freeze": "0"}


def test_a_freeze_coded_by_another_encoder_is_found(shelf):
    """HEVC changes the still picture for some frames before each keyframe."""
    frames = [*shoot("pan", frames=20, subject=0.2), *([next(shoot("pan"))] * 60)]
    told = measure(film(shelf / "hevc.mp4", frames, codec="libx265", gop=24), Freeze)
    assert told.answer == "found"
    assert told.values["longest_s"] >= 2


def test_someone_moving_before_a_still_camera_is_no_freeze(shelf):
    told = measure(film(shelf / "talking.mp4", shoot("still", subject=0.2)), Freeze)
    assert told.facts == {"longest_freeze": "0"}


def test_swift_mode_doubts_what_it_saw_a_part_of(faulty_swift):
    for name in ("freeze", "black"):
        told = faulty_swift[name]
        assert (told.answer, told.facts) == ("doubtful", {})
        assert "没有逐帧量出它的全长" in told.why


def test_swift_mode_clears_where_no_packets_are_small(sound_swift):
    assert sound_swift["freeze"].facts == {"longest_freeze": "0"}
    assert sound_swift["black"].facts == {"longest_black": "0"}


def test_swift_mode_does_not_clear_what_only_keyframes_tell(shelf):
    """A film of keyframes alone has no small packets, frozen or not."""
    frames = repeated(shoot("pan", frames=300, size=(160, 90)), (1,))
    path = film(shelf / "intra.mp4", frames, gop=1)
    told = measure(path, Freeze, thorough=False)
    assert (told.answer, told.facts) == ("unmeasured", {})


@pytest.mark.clause("J3")
@pytest.mark.parametrize(
    ("pattern", "fps", "true"),
    [((2,), 25, "25/2"), ((2,), 30, "15"), ((3,), 30, "10"), ((1, 1, 1, 2), 30, "24")],
)
def test_a_padded_rate_is_found(pattern, fps, true, shelf):
    source = shoot("pan", frames=90, seed=9)
    name = "".join(map(str, pattern))
    path = film(shelf / f"padded-{name}-{fps}.mp4", islice(repeated(source, pattern), 100), fps=fps)
    told = measure(path, Cadence)
    assert (told.answer, told.facts) == ("found", {"true_fps": true})


def test_a_full_rate_is_clear_and_exact(sound):
    assert (sound["cadence"].answer, sound["cadence"].facts) == ("clear", {"true_fps": "25"})


@pytest.mark.parametrize(
    ("source", "fps", "true"), [(12.5, 25, "25/2"), (20, 25, "20"), (24, 30, "24")]
)
def test_a_blended_rate_is_told_by_the_rhythm_of_its_detail(shelf, source, fps, true):
    shown = shown_between(
        shoot("pan", frames=80, seed=33, fps=source, size=(640, 360)), source, fps
    )
    told = measure(
        film(shelf / f"blended-{true[:2]}-{fps}.mp4", islice(shown, 80), fps=fps), Cadence
    )
    assert (told.answer, told.facts) == ("found", {"true_fps": true})
    assert told.values["detail_pulse_hz"] == float(min(Fraction(true), fps - Fraction(true)))


def test_where_nothing_moves_no_rate_is_told(shelf):
    path = film(shelf / "unmoved.mp4", shoot("still", frames=60))
    told = measure(path, Cadence)
    assert (told.answer, told.facts) == ("unmeasured", {})
    assert measure(path, Stutter).answer == "unmeasured"


def test_a_freeze_is_no_padding(faulty):
    assert faulty["cadence"].facts == {"true_fps": "25"}


def test_a_second_of_repetition_in_a_still_film_is_doubtful_at_most(shelf):
    moving = islice(repeated(shoot("pan", frames=60, seed=13), (1, 1, 1, 2)), 75)
    frames = list(moving)
    frames += [frames[-1]] * 400
    told = measure(film(shelf / "mostly-still.mp4", frames, fps=25), Cadence)
    assert (told.answer, told.facts) == ("doubtful", {})
    assert told.why == "画面大多不动，动的几秒里有重复"


def test_stuck_frames_are_stutter_and_a_padded_rate_is_none(shelf):
    frames = list(shoot("pan", frames=75, seed=14))
    for place in (9, 17, 22, 37, 41, 58, 66):
        frames[place] = frames[place - 1]
    told = measure(film(shelf / "stuck.mp4", frames), Stutter)
    assert told.answer == "found"
    assert told.values["stuck_frames"] >= 4
    padded = islice(repeated(shoot("pan", frames=75, seed=14), (1, 1, 1, 2)), 90)
    assert measure(film(shelf / "regular.mp4", padded, fps=30), Stutter).answer == "clear"


def test_repetitions_are_judged_by_what_moves_around_them():
    even = np.full(25, 3.0)
    assert repetitions(even * 0.01) is None
    assert not repetitions(even).any()
    even[[5, 12, 20]] = 0.05
    assert np.flatnonzero(repetitions(even)).tolist() == [5, 12, 20]
    turning = np.abs(np.arange(-12, 13)) * 0.3
    assert np.count_nonzero(repetitions(turning)) <= 1


def test_usual_rates():
    assert usual_rate(Fraction(30000, 1001), 0.2) == Fraction(24000, 1001)
    assert usual_rate(Fraction(25), 0.5) == Fraction(25, 2)
    assert usual_rate(Fraction(30), 0.29) is None
