"""Enlargement: by 1.2, 1.5 and 2, through several scalers and H.264; soft native film is none."""

from __future__ import annotations

import cv2
import pytest

from fengcai.media.film.upscaling import Upscaling
from tests.media.film.framing import Grey, answer, shot, shots

pytestmark = pytest.mark.media
FULL = (1920, 1080)
SCALERS = {
    "bilinear": cv2.INTER_LINEAR,
    "bicubic": cv2.INTER_CUBIC,
    "lanczos": cv2.INTER_LANCZOS4,
}


def enlarged(lines: int, scaler: str, count: int = 5) -> list[Grey]:
    size = (lines * 16 // 9, lines)
    return [cv2.resize(shown, FULL, interpolation=SCALERS[scaler]) for shown in shots(count, size)]


@pytest.mark.parametrize(
    ("lines", "scaler"),
    [(720, "bilinear"), (720, "lanczos"), (900, "bicubic"), (540, "bilinear"), (540, "bicubic")],
)
def test_the_original_height_is_told(lines: int, scaler: str) -> None:
    measure, check = answer(Upscaling, enlarged(lines, scaler))
    assert (measure.answer, measure.facts) == ("found", {"upscaled": True})
    assert measure.values["original_short_side_px"] == lines
    assert measure.spans[0].picture in check.files


def test_native_film_is_not_enlarged() -> None:
    measure, _ = answer(Upscaling, shots(5, FULL))
    assert (measure.answer, measure.facts) == ("clear", {"upscaled": False})


@pytest.mark.parametrize("sigma", [0.9, 2.0])
def test_soft_native_film_is_doubtful_at_most(sigma: float) -> None:
    soft = [cv2.GaussianBlur(shown, (0, 0), sigma) for shown in shots(5, FULL)]
    measure, _ = answer(Upscaling, soft)
    assert measure.answer in ("clear", "doubtful")
    assert measure.facts.get("upscaled") is not True


def test_a_film_made_smaller_by_half_is_not_enlarged() -> None:
    shrunk = [
        cv2.resize(shown, (960, 540), interpolation=cv2.INTER_AREA) for shown in shots(5, FULL)
    ]
    measure, _ = answer(Upscaling, shrunk)
    assert (measure.answer, measure.facts) == ("clear", {"upscaled": False})


@pytest.mark.parametrize("how", [cv2.INTER_AREA, cv2.INTER_LANCZOS4])
def test_a_film_made_smaller_by_four_to_three_is_not_called_enlarged(how: int) -> None:
    """1440 → 1080 repeats every three points, as 720 → 1080 does, but not so deeply."""
    shrunk = [cv2.resize(shown, FULL, interpolation=how) for shown in shots(5, (2560, 1440))]
    measure, _ = answer(Upscaling, shrunk)
    assert measure.answer in ("clear", "doubtful")
    assert measure.facts.get("upscaled") is not True


def test_a_film_stretched_in_one_direction_is_doubtful() -> None:
    stretched = [
        cv2.resize(shot(n, (1280, 1080), 1.7 * n), FULL, interpolation=cv2.INTER_LINEAR)
        for n in range(5)
    ]
    measure, _ = answer(Upscaling, stretched)
    assert (measure.answer, measure.facts) == ("doubtful", {})
    assert "一个方向" in measure.why


def test_flat_and_small_pictures_say_nothing() -> None:
    flat = [shown * 0 + 90 for shown in shots(5, (640, 480))]
    measure, _ = answer(Upscaling, flat)
    assert (measure.answer, measure.facts) == ("unmeasured", {})
    measure, _ = answer(Upscaling, shots(5, (320, 180)))
    assert measure.why == "画面太小，量不出是否放大过"
