"""Bars: letterbox, pillarbox, blurred sides; and what looks like them and is none."""

from __future__ import annotations

from fractions import Fraction

import cv2
import numpy as np
import pytest

from fengcai.media.film.bars import Bars
from tests.media.film.framing import Grey, answer, each, lay, lettering, shot, shots

pytestmark = pytest.mark.media
SIZE = (640, 360)


def framed(picture: Grey, top: int, left: int, level: int = 0) -> Grey:
    """The picture between bars of one level, equal on both sides."""
    out = np.full_like(picture, level)
    high, wide = picture.shape
    size = (wide - 2 * left, high - 2 * top)
    out[top : high - top, left : wide - left] = cv2.resize(
        picture, size, interpolation=cv2.INTER_AREA
    )
    return out


def blurred(number: int, _: Grey) -> Grey:
    """A portrait picture between blurred, enlarged copies of itself."""
    tall = shot(number % 8, (202, 360), 1.7 * number)
    behind = cv2.GaussianBlur(cv2.resize(tall, (640, 1140))[390:750], (0, 0), 18)
    behind[:, 219:421] = tall
    return behind


@pytest.mark.parametrize(
    ("top", "left", "level", "true"),
    [(46, 0, 0, (640, 268)), (0, 80, 0, (480, 360)), (0, 80, 235, (480, 360)),
     (30, 40, 0, (560, 300))],
    ids=["letterbox", "pillarbox", "white", "all round"],
)  # fmt: skip
def test_bars_are_measured(top: int, left: int, level: int, true: tuple[int, int]) -> None:
    pictures = each(shots(10, SIZE), lambda _, shown: framed(shown, top, left, level))
    measure, check = answer(Bars, pictures)
    assert measure.answer == "found"
    found = measure.facts["true_width"], measure.facts["true_height"]
    assert all(abs(a - b) <= 4 for a, b in zip(found, true, strict=True)), found
    box = measure.spans[0].box
    assert box == pytest.approx((left / 640, top / 360, true[0] / 640, true[1] / 360), abs=0.007)
    assert check.files["bars-1.jpg"][:2] == b"\xff\xd8"


def test_a_film_without_bars_has_the_size_it_is_shown_in() -> None:
    measure, _ = answer(Bars, shots(10, SIZE), aspect=Fraction(4, 3))
    assert (measure.answer, measure.spans) == ("clear", ())
    assert measure.facts == {"true_width": 853, "true_height": 360}


def test_subtitles_on_the_lower_bar_are_no_picture() -> None:
    words = [lettering(text, 22) for text in ("今天讲高血压", "每天一杯温水", "请按时复诊")]

    def change(number: int, shown: Grey) -> Grey:
        return lay(framed(shown, 46, 0), words[number % 3], 230, 322, 1.0)

    measure, _ = answer(Bars, each(shots(10, SIZE), change))
    assert measure.answer == "found"
    assert abs(int(measure.facts["true_height"]) - 268) <= 4


def test_a_portrait_film_between_blurred_copies_of_itself() -> None:
    measure, _ = answer(Bars, each(shots(10, SIZE), blurred))
    assert (measure.answer, measure.values["kind"]) == ("found", "blurred")
    assert abs(int(measure.facts["true_width"]) - 202) <= 6
    assert measure.facts["true_height"] == 360


def test_a_turned_film_tells_its_size_upright() -> None:
    pictures = each(shots(10, SIZE), lambda _, shown: framed(shown, 46, 0))
    measure, _ = answer(Bars, pictures, rotation=90)
    assert measure.facts["true_height"] == 640
    assert abs(int(measure.facts["true_width"]) - 268) <= 4


def test_dark_scenes_are_no_bars() -> None:
    def change(number: int, shown: Grey) -> Grey:
        if number % 3:
            return shown
        lamp = np.zeros_like(shown)
        lamp[100:240, 200 + 20 * number : 330 + 20 * number] = 120
        return lamp

    measure, _ = answer(Bars, each(shots(12, SIZE), change))
    assert measure.answer == "clear"
    assert measure.facts == {"true_width": 640, "true_height": 360}


def test_white_lettering_on_black_says_nothing() -> None:
    def change(number: int, shown: Grey) -> Grey:
        text = lettering("健康科普第" + "一二三四五六七八九十"[number % 10] + "讲", 40)
        return lay(np.zeros_like(shown), text, 180, 150, 1.0)

    measure, _ = answer(Bars, each(shots(10, SIZE), change))
    assert (measure.answer, measure.facts) == ("unmeasured", {})


def test_a_slide_with_margins_that_never_changes_is_doubtful() -> None:
    still = framed(shot(3, SIZE), 40, 60, 235)
    measure, _ = answer(Bars, [still] * 10)
    assert measure.answer == "doubtful"
    assert measure.facts == {}
    assert measure.why


def test_slides_whose_margins_differ_are_no_bars() -> None:
    def change(number: int, shown: Grey) -> Grey:
        return framed(shown, 24 + 9 * (number % 5), 30 + 17 * (number % 6), 235)

    measure, _ = answer(Bars, each(shots(12, SIZE), change))
    assert measure.answer != "found"


def test_bars_in_some_shots_only_are_doubtful() -> None:
    pictures = each(shots(12, SIZE), lambda n, shown: framed(shown, 46, 0) if n % 2 else shown)
    measure, _ = answer(Bars, pictures)
    assert measure.answer == "doubtful"


def test_a_person_before_a_soft_background_is_no_blurred_bar() -> None:
    def change(number: int, shown: Grey) -> Grey:
        soft = cv2.GaussianBlur(shown, (0, 0), 3)
        mask = np.zeros(shown.shape, np.uint8)
        cv2.ellipse(mask, (320, 240), (120, 220), 0, 0, 360, 255, -1)
        return np.where(cv2.GaussianBlur(mask, (0, 0), 4) > 128, shown, soft)

    measure, _ = answer(Bars, each(shots(10, SIZE), change))
    assert measure.answer != "found"


def test_too_few_pictures_say_nothing() -> None:
    measure, _ = answer(Bars, shots(2, SIZE))
    assert (measure.answer, measure.facts) == ("unmeasured", {})
