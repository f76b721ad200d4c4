"""Flashes, exposure, combs, cuts and dynamic range: found, and told from what looks like them."""

from __future__ import annotations

from fractions import Fraction
from itertools import chain

import cv2
import numpy as np
import pytest

from fengcai.media.film.dynamic_range import DynamicRange
from fengcai.media.film.exposure import CARD, Exposure, judge, light
from fengcai.media.film.flashing import Flashing, Turns
from fengcai.media.film.interlacing import Interlacing, combs
from fengcai.media.film.shots import Shots
from tests.media.film.shooting import film, measure, shoot

pytestmark = pytest.mark.media


def strobe(hertz: float, *, share: float = 1.0, frames: int = 75):
    """A scene whose left `share` goes dark and bright `hertz` times a second, square."""
    for k, shown in enumerate(shoot("still", frames=frames, subject=0.2, noise=0)):
        if int(2 * hertz * k / 25) % 2:
            shown[:, : int(320 * share)] //= 4
        yield shown


def test_flashes_are_found_where_they_are(faulty):
    told = faulty["flashing"]
    assert (told.answer, told.facts) == ("found", {"flashing": True})
    assert told.values["flashes_in_1_s"] == 6
    [span] = told.spans
    assert 21 <= span.from_s <= 21.2
    assert 22.8 <= span.to_s <= 23
    assert (span.value, span.picture) == (6, "flashing-1.jpg")


@pytest.mark.parametrize(
    ("hertz", "share", "answer"),
    [(5, 1.0, "found"), (5, 0.4, "found"), (5, 0.15, "clear"), (1.5, 1.0, "clear"),
     (3, 1.0, "doubtful")],
)  # fmt: skip
def test_rate_and_area_decide(hertz, share, answer, shelf):
    path = film(shelf / f"strobe-{hertz}-{share}.mp4", strobe(hertz, share=share))
    assert measure(path, Flashing).answer == answer


def test_red_flashes_of_steady_brightness(shelf):
    """Saturated red against a grey of the same luma."""
    red, grey = np.array([[[220, 0, 0]]], np.uint8), np.array([[[61, 61, 61]]], np.uint8)
    frames = (np.tile(red if k // 3 % 2 else grey, (180, 320, 1)) for k in range(75))
    told = measure(film(shelf / "red.mp4", frames), Flashing)
    assert told.answer == "found"
    assert told.spans[0].text == "红色闪烁"
    assert told.values["red_flashes_in_1_s"] == 4


def test_a_pan_and_a_montage_do_not_flash(sound, shelf):
    assert sound["flashing"].facts == {"flashing": False}
    shots = chain.from_iterable(shoot("pan", frames=12, seed=seed) for seed in range(6))
    told = measure(film(shelf / "quick-cuts.mp4", shots), Flashing)
    assert told.answer == "clear"


def test_a_moving_pattern_brightens_as_much_as_it_darkens():
    turns = Turns(0.1, 0.8)
    stripes = np.tile((np.arange(32) // 4 % 2).astype(np.float32) * 0.6, (18, 1))
    counts = [turns.step(np.roll(stripes, k * 4, axis=1), k / 25) for k in range(50)]
    assert max(counts) <= 1


def test_a_dark_card_with_credits_is_left_to_a_person():
    card = np.full((180, 320), 36, np.uint8)
    cv2.putText(card, "Credits", (90, 95), cv2.FONT_HERSHEY_SIMPLEX, 1, 235, 2)
    assert judge(light(card, full_range=False)) == ("doubtful", CARD)
    night = np.random.default_rng(1).integers(16, 50, (180, 320)).astype(np.uint8)
    assert judge(light(night, full_range=False)) == ("bad", "画面过暗")


def test_too_dark_and_burnt_out(shelf):
    dark = (cv2.convertScaleAbs(shown, alpha=0.18) for shown in shoot(frames=50))
    burnt = (cv2.convertScaleAbs(shown, alpha=3.2) for shown in shoot(frames=50, seed=2))
    told = measure(film(shelf / "dark.mp4", dark), Exposure)
    assert (told.answer, told.facts, told.spans[0].text) == (
        "found", {"badly_exposed": True}, "画面过暗",
    )  # fmt: skip
    told = measure(film(shelf / "burnt.mp4", burnt), Exposure)
    assert (told.answer, told.spans[0].text) == ("found", "画面过曝")


def test_a_white_page_is_doubtful_and_a_black_film_too(shelf):
    page = np.full((180, 320, 3), 253, np.uint8)
    for row in range(10, 170, 12):
        page[row : row + 4, 30:280] = 40
    told = measure(film(shelf / "page.mp4", [page] * 50), Exposure)
    assert (told.answer, told.why) == ("doubtful", "大面积白色，可能是图文页面")
    told = measure(film(shelf / "black.mp4", [page * 0] * 50), Exposure)
    assert (told.answer, told.why) == ("doubtful", "画面几乎全黑")


def test_usual_light_is_clear(sound):
    assert sound["exposure"].facts == {"badly_exposed": False}


def woven(frames, late: int = 1):
    """Each two frames woven into one."""
    kept = None
    for shown in frames:
        if kept is None:
            kept = shown
            continue
        kept[late::2] = shown[late::2]
        yield kept
        kept = None


@pytest.mark.parametrize("late", [0, 1])
def test_combs_are_found(late, shelf):
    source = shoot("pan", frames=100, fps=50, subject=0.3, seed=6)
    told = measure(film(shelf / f"woven-{late}.mp4", woven(source, late)), Interlacing)
    assert (told.answer, told.facts) == ("found", {"interlaced": True})
    assert told.spans[0].picture == "interlacing-1.jpg"


def test_stripes_that_stand_still_are_no_combs(shelf):
    def blinds():
        for shown in shoot("still", subject=0.3):
            shown[20:100:2, 10:120] //= 2
            yield shown

    told = measure(film(shelf / "blinds.mp4", blinds()), Interlacing)
    assert (told.answer, told.facts) == ("clear", {"interlaced": False})


def test_where_nothing_moves_no_comb_can_show(shelf):
    told = measure(film(shelf / "fixed.mp4", shoot("still", noise=0, frames=40)), Interlacing)
    assert (told.answer, told.facts) == ("unmeasured", {})


def test_combs_are_counted_where_it_moves():
    before = np.zeros((20, 10), np.int16)
    rows = before.copy()
    rows[1::2, :5] = 60
    moving, combed, still = combs(before, rows)
    assert moving == pytest.approx(0.25)
    assert combed == 1
    assert still > 0


def test_cuts_are_counted_and_timed(faulty):
    told = faulty["shots"]
    rhythm = ("shots", "median_shot", "longest_shot")
    values = told.values
    assert tuple(told.facts) == rhythm
    assert told.facts["shots"] == 5
    assert [float(Fraction(told.facts[name])) for name in rhythm[1:]] == [
        values["median_shot_s"], values["longest_shot_s"],
    ]  # fmt: skip
    assert told.values["cuts_s"] == "5.00 11.00 13.00 20.00"
    assert told.values["longest_shot_s"] == 7


def test_a_flash_and_a_fast_pan_are_no_cuts(shelf):
    def flashed():
        for k, shown in enumerate(shoot("pan", seed=7)):
            yield cv2.convertScaleAbs(shown, alpha=0.5, beta=128) if k in (30, 31) else shown

    assert measure(film(shelf / "flash.mp4", flashed()), Shots).facts["shots"] == 1


def test_shots_are_not_counted_from_windows(faulty_swift):
    told = faulty_swift["shots"]
    assert (told.answer, told.facts) == ("unmeasured", {})


@pytest.mark.parametrize(("transfer", "name"), [(16, "PQ"), (18, "HLG")])
def test_hdr_is_told_by_its_transfer(transfer, name, shelf):
    path = film(
        shelf / f"{name}.mp4", shoot(frames=8), codec="libx265",
        pixel_format="yuv420p10le", transfer=transfer,
    )  # fmt: skip
    told = measure(path, DynamicRange)
    assert (told.answer, told.facts) == ("found", {"hdr": True, "bit_depth": 10})
    assert (told.values["transfer"], told.values["bits"]) == (name, 10)
    assert (measure(path, Exposure).answer, measure(path, Exposure).facts) == ("unmeasured", {})


def test_ten_bits_alone_are_no_hdr(shelf):
    path = film(shelf / "ten.mp4", shoot(frames=8), codec="libx265", pixel_format="yuv420p10le")
    told = measure(path, DynamicRange)
    assert (told.facts, told.values["bits"]) == ({"hdr": False, "bit_depth": 10}, 10)
