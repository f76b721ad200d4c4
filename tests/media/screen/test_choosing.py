"""Which pictures are read, and how they come to the reader."""

from __future__ import annotations

import os
import threading
from fractions import Fraction

import numpy as np
import pytest

from fengcai.media.screen.choosing import A_MINUTE, SAVED, Chooser
from fengcai.media.screen.passing import Sender, sheets
from tests.media.screen.drawing import Words, drawn, picture

pytestmark = pytest.mark.media

NUMBER = Words("11010519491231002X", 300, 300, 16)
SUBTITLE = Words("请按时服药", 800, 980, 48)


class Told:
    """What was handed on."""

    def __init__(self) -> None:
        self.rows: dict[Fraction, tuple[float, float]] = {}
        self.gone: dict[Fraction, int] = {}
        self.since: dict[Fraction, Fraction] = {}

    def __call__(self, shown, choice):
        self.gone[shown.time_s] = int(choice.gone.sum())
        self.since[shown.time_s] = choice.since_s
        if choice.rows is not None:
            self.rows[shown.time_s] = choice.rows


def chosen(frames):
    """`frames`: (time, RGB); what the chooser told of them."""
    told = Told()
    choose = Chooser(told)
    for time_s, rgb in frames:
        choose(picture(rgb, Fraction(time_s)))
    return told


def noise(seed: int):
    return np.random.default_rng(seed).integers(0, 255, (1080, 1920, 3), dtype=np.uint8)


def test_only_what_is_new_is_read_and_only_its_rows():
    empty, number, both = drawn(), drawn(NUMBER), drawn(NUMBER, SUBTITLE)
    told = chosen([(0, empty), (1, number), (2, number), (3, both), (4, both), ("4.5", number)])
    assert list(told.rows) == [1, 4]
    assert told.since[Fraction(4)] == 3
    low, high = told.rows[Fraction(1)]
    assert low <= 300 / 1080
    assert high >= 322 / 1080
    assert high - low < 0.12
    low, high = told.rows[Fraction(4)]
    assert low <= 980 / 1080
    assert high >= 1030 / 1080
    assert [number > 0 for number in told.gone.values()] == [False] * 5 + [True]


def test_far_apart_pictures_need_not_stand_still():
    shown = [(0, drawn(SUBTITLE)), (10, drawn(SUBTITLE)), (20, drawn(NUMBER, SUBTITLE))]
    told = chosen([*shown, (30, drawn(SUBTITLE))])
    assert list(told.rows) == [0, 10, 20]
    assert told.rows[Fraction(20)] != (0, 1)


def test_now_and_then_a_whole_picture_goes():
    told = chosen([(at, drawn()) for at in range(60)])
    assert told.rows == {Fraction(5): (0.0, 1.0), Fraction(50): (0.0, 1.0)}


def test_brightness_and_an_empty_picture_are_not_worth_reading():
    page = drawn(SUBTITLE)
    darker = (page * 0.8).astype(np.uint8)
    told = chosen([(0, drawn()), (1, page), (2, darker), (3, drawn())])
    assert list(told.rows) == [1]


def test_what_moves_leaves_half_of_the_budget_to_what_stands():
    frames = [(Fraction(at, 2), noise(at)) for at in range(24)]
    told = chosen(frames)
    spent = sum(high - low for low, high in told.rows.values())
    assert spent <= SAVED / 2 + 1
    still = noise(1)
    still[290:340, 280:640] = drawn(NUMBER)[290:340, 280:640]
    later = [*frames, (13, still), (Fraction(27, 2), still)]
    assert Fraction(27, 2) in chosen(later).rows
    assert chosen(later).since[Fraction(27, 2)] == 13


def test_a_long_film_of_new_pictures_keeps_the_budget():
    slides = [noise(at) for at in range(4)]
    frames = [(Fraction(2 * at + more), slides[at % 4]) for at in range(30) for more in (0, 1)]
    told = chosen(frames)
    spent = sum(max(0.2, high - low) for low, high in told.rows.values())
    assert spent <= SAVED + A_MINUTE


@pytest.mark.parametrize("size", [(640, 360), (1080, 1920), (3840, 2160), (64, 36)])
def test_pictures_of_any_size_are_looked_at(size):
    words = Words("健康科普", size[0] // 4, size[1] // 3, max(8, size[1] // 8))
    told = chosen(
        [(0, drawn(size=size)), (1, drawn(words, size=size)), (2, drawn(words, size=size))]
    )
    assert list(told.rows) in ([1], [2]) or size[1] < 100


def piped(frames):
    """What the reader gets of these frames."""
    read, write = os.pipe()
    came = []

    def reader():
        with os.fdopen(read, "rb") as pipe:
            came.extend(sheets(pipe))

    thread = threading.Thread(target=reader)
    thread.start()
    sender = Sender(os.fdopen(write, "wb"))
    choose = Chooser(sender.send)
    for time_s, rgb in frames:
        choose(picture(rgb, time_s))
    sender.close()
    thread.join()
    return came


def test_rows_come_through_the_pipe():
    told = piped([(0, drawn()), (1, drawn(SUBTITLE)), (2, drawn(SUBTITLE))])
    assert [(each.time_s, each.since_s, each.rgb is not None) for each in told] == [
        (0, 0, False), (1, 1, True), (2, 2, False),
    ]  # fmt: skip
    sheet = told[1]
    assert sheet.height == 1080
    rows = slice(sheet.top, sheet.top + sheet.rgb.shape[0])
    assert rows.start <= 980
    assert rows.stop >= 1030
    apart = sheet.rgb.astype(int) - drawn(SUBTITLE)[rows]
    assert np.abs(apart).mean() < 4


def test_a_reader_that_is_gone_is_no_fault():
    read, write = os.pipe()
    os.close(read)
    sender = Sender(os.fdopen(write, "wb"))
    choose = Chooser(sender.send)
    for second in range(8):
        choose(picture(drawn(Words(f"第{second}页", 300, 100 + 100 * second)), second))
    sender.close()
    sender.close()


@pytest.mark.parametrize(
    "told",
    [
        b"{}\n",
        b"nonsense\n",
        b'{"time_s": "1", "gone": "00"}\n',
        b'{"time_s": "1", "gone": "' + b"0" * 864 + b'", "since_s": "1", "top": 0, "rows": 9, '
        b'"height": 99999, "width": 9}\n',
        b'{"time_s": "1", "gone": "' + b"0" * 864 + b'", "since_s": "1", "top": 9, "rows": 9, '
        b'"height": 10, "width": 9}\n',
    ],
)
def test_no_size_is_trusted(told):
    read, write = os.pipe()
    os.write(write, told)
    os.close(write)
    with os.fdopen(read, "rb") as pipe, pytest.raises((ValueError, KeyError)):
        list(sheets(pipe))


def test_four_hours_are_read_as_much_as_five_quarters():
    """A screen capture that changes wherever it is looked at: 291 pictures, not 966."""
    pages = [
        np.random.default_rng(seed).integers(0, 255, (180, 320, 3), dtype=np.uint8)
        for seed in range(2)
    ]
    told = chosen((12 * n, pages[n % 2]) for n in range(1200))
    assert 200 < len(told.rows) <= 292
