"""Watermarks: opaque, faint, jumping; captions, titles, bars and single shots are none or doubtful."""

from __future__ import annotations

import numpy as np
import pytest

from fengcai.media.film.watermark import Watermark
from tests.media.film.framing import Grey, answer, each, lay, lettering, shot, shots

pytestmark = pytest.mark.media
SIZE = (640, 360)
LOGO = "健康视频"


def marked(pictures: list[Grey], alpha: float, x: int = 520, y: int = 14) -> list[Grey]:
    mark = lettering(LOGO, 22)
    return each(pictures, lambda _, shown: lay(shown, mark, x, y, alpha))


@pytest.mark.parametrize("alpha", [1.0, 0.4, 0.2])
def test_a_logo_over_several_shots_is_found_where_it_is(alpha: float) -> None:
    measure, check = answer(Watermark, marked(shots(24, SIZE), alpha))
    assert (measure.answer, measure.facts) == ("found", {"watermark": True})
    span = measure.spans[0]
    assert (span.text, measure.values["place"], len(measure.spans)) == ("右上角", "top_right", 1)
    assert span.box is not None
    left, top, wide, high = span.box
    assert (left + wide / 2, top + high / 2) == pytest.approx((0.885, 0.078), abs=0.025)
    assert check.files["watermark-1.jpg"][:2] == b"\xff\xd8"


def test_film_without_a_logo_is_clear() -> None:
    measure, check = answer(Watermark, shots(24, SIZE))
    assert (measure.answer, measure.facts, check.files) == ("clear", {"watermark": False}, {})


def test_a_logo_in_a_turned_film_stands_where_it_is_seen() -> None:
    measure, _ = answer(Watermark, marked(shots(24, SIZE), 1.0), rotation=90)
    # A quarter turn counter-clockwise carries the upper right corner to the upper left.
    assert measure.spans[0].text == "左上角"


def test_a_logo_that_jumps_between_two_corners_is_found_at_both() -> None:
    mark = lettering(LOGO, 22)
    places = ((14, 14), (520, 318))

    def change(number: int, shown: Grey) -> Grey:
        return lay(shown, mark, *places[number // 3 % 2], 0.8)

    measure, _ = answer(Watermark, each(shots(32, SIZE), change))
    assert (measure.answer, measure.values["moves"]) == ("found", True)
    assert {span.text for span in measure.spans} == {"左上角", "右下角"}


def test_a_faint_logo_that_goes_round_four_corners_is_found_in_each() -> None:
    mark = lettering(LOGO, 22)
    places = ((14, 14), (520, 318), (520, 14), (14, 318))

    def change(number: int, shown: Grey) -> Grey:
        return lay(shown, mark, *places[number // 3 % 4], 0.5)

    measure, _ = answer(Watermark, each(shots(36, SIZE), change))
    assert (measure.answer, measure.values["moves"], len(measure.spans)) == ("found", True, 4)
    assert {span.text for span in measure.spans} == {"左上角", "右上角", "左下角", "右下角"}


def test_a_logo_in_some_shots_only_is_doubtful() -> None:
    mark = lettering(LOGO, 22)

    def change(number: int, shown: Grey) -> Grey:
        return lay(shown, mark, 14, 14, 1.0) if number % 8 < 3 else shown

    measure, _ = answer(Watermark, each(shots(32, SIZE), change))
    assert (measure.answer, measure.facts) == ("doubtful", {})


def test_captions_and_a_title_card_are_no_watermarks() -> None:
    lines = [lettering(text, 24) for text in ("今天讲高血压", "每天一杯温水", "请您按时复诊")]
    title = lettering("高血压防治", 48)

    def change(number: int, shown: Grey) -> Grey:
        if number < 2:
            return lay(np.full_like(shown, 30), title, 190, 140, 1.0)
        return lay(shown, lines[number // 2 % 3], 250, 318, 1.0)

    measure, _ = answer(Watermark, each(shots(24, SIZE), change))
    assert (measure.answer, measure.facts) == ("clear", {"watermark": False})


def test_letterbox_bars_are_no_watermark_and_hide_none() -> None:
    def change(_: int, shown: Grey) -> Grey:
        barred = shown.copy()
        barred[:40] = barred[-40:] = 0
        return barred

    barred = each(shots(24, SIZE), change)
    assert answer(Watermark, barred)[0].answer == "clear"
    assert answer(Watermark, marked(barred, 1.0, 520, 56))[0].answer == "found"


@pytest.mark.parametrize("alpha", [0.0, 1.0], ids=["none", "logo"])
def test_one_unmoving_shot_is_never_more_than_doubtful(alpha: float) -> None:
    measure, _ = answer(Watermark, marked([shot(5, SIZE)] * 16, alpha))
    assert (measure.answer, measure.facts) == ("doubtful", {})
    assert measure.spans
    assert measure.why


def test_a_crowded_scene_that_stands_still_is_not_clear() -> None:
    """Outlines everywhere make lines from side to side, as frames do; a mark among them is not told."""
    crowd = (np.random.default_rng(3).integers(0, 2, (45, 80)) * 180 + 40).astype(np.uint8)
    scene = np.kron(crowd, np.ones((8, 8), np.uint8))
    measure, _ = answer(Watermark, [scene] * 8)
    assert (measure.answer, measure.facts) == ("doubtful", {})


def test_a_person_walking_through_one_shot_makes_it_no_second_one() -> None:
    def change(number: int, shown: Grey) -> Grey:
        walked = shown.copy()
        walked[120:, 30 * number : 30 * number + 90] = 40
        return walked

    measure, _ = answer(Watermark, each([shot(5, SIZE)] * 16, change))
    assert (measure.answer, measure.facts) == ("doubtful", {})


def test_too_few_pictures_say_nothing() -> None:
    measure, _ = answer(Watermark, shots(4, SIZE))
    assert (measure.answer, measure.facts) == ("unmeasured", {})
