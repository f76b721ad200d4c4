"""Blur and grain: found, and told from a soft background, from texture and from a moving camera."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from fengcai.media.film.grain import Grain, noise, tiles
from fengcai.media.film.sharpness import Sharpness, sharp_share
from tests.media.film.shooting import film, measure, shoot

pytestmark = pytest.mark.media
SIZE = (640, 360)


def test_a_film_out_of_focus_is_found(shelf):
    soft = (
        cv2.GaussianBlur(shown, (0, 0), 3.5) for shown in shoot("pan", frames=31, size=SIZE)
    )  # fmt: skip
    told = measure(film(shelf / "soft.mp4", soft, fps=10), Sharpness)
    assert (told.answer, told.facts) == ("found", {"blurred": True})
    assert told.spans[0].picture == "sharpness-1.jpg"


def test_subtitles_do_not_make_a_blurred_picture_sharp(shelf):
    def captioned():
        for shown in shoot("pan", frames=31, size=SIZE):
            soft = cv2.GaussianBlur(shown, (0, 0), 3.5)
            yield cv2.putText(soft, "KESHI FENGCAI 2026", (60, 340), 0, 1.4, (255,) * 3, 3)

    told = measure(film(shelf / "captioned.mp4", captioned(), fps=10), Sharpness)
    assert told.answer == "found"


def test_a_sharp_face_before_a_soft_background_is_clear(shelf):
    mask = np.zeros(SIZE[::-1], np.uint8)
    cv2.ellipse(mask, (320, 200), (100, 140), 0, 0, 360, 1, -1)

    def portrait():
        for shown in shoot("still", frames=31, size=SIZE, subject=0.2):
            soft = cv2.GaussianBlur(shown, (0, 0), 4)
            yield np.where(mask[:, :, None] == 1, shown, soft)

    told = measure(film(shelf / "portrait.mp4", portrait(), fps=10), Sharpness)
    assert (told.answer, told.facts) == ("clear", {"blurred": False})


def test_a_picture_without_edges_is_unmeasured(shelf):
    grey = np.full((360, 640, 3), 120, np.uint8)
    told = measure(film(shelf / "grey.mp4", [grey] * 31, fps=10), Sharpness)
    assert (told.answer, told.facts) == ("unmeasured", {})


def test_a_step_is_sharp_until_it_is_blurred():
    picture = np.full((360, 640), 60, np.uint8)
    picture[:, np.arange(640) // 40 % 2 == 0] = 180
    assert sharp_share(picture) == 1
    assert sharp_share(cv2.GaussianBlur(picture, (0, 0), 4)) == 0


def test_grain_is_found(shelf):
    told = measure(
        film(shelf / "grainy.mp4", shoot("still", frames=31, size=SIZE, noise=14), fps=10), Grain
    )
    assert (told.answer, told.facts) == ("found", {"grainy": True})
    assert told.values["noise_levels"] > 4


def test_texture_that_stands_still_is_no_grain(shelf):
    rng = np.random.default_rng(1)
    gravel = rng.integers(60, 200, (360, 640, 1), dtype=np.uint8).repeat(3, axis=2)
    told = measure(film(shelf / "gravel.mp4", [gravel] * 31, fps=10), Grain)
    assert (told.answer, told.facts) == ("clear", {"grainy": False})


def test_a_pan_over_texture_is_never_called_grain(shelf):
    told = measure(film(shelf / "over.mp4", shoot("pan", frames=31, size=SIZE), fps=10), Grain)
    assert told.answer != "found"


def test_noise_is_measured_in_levels():
    rng = np.random.default_rng(2)
    still = rng.integers(80, 160, (180, 320)).astype(float)
    before, now = (still + rng.normal(0, 6, still.shape) for _ in range(2))
    level = noise(tiles(before.astype(np.uint8)), tiles(now.astype(np.uint8)))
    assert level == pytest.approx(6, rel=0.1)
    assert noise(tiles(np.zeros((8, 8), np.uint8)), tiles(np.zeros((8, 8), np.uint8))) is None
