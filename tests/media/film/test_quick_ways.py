"""What is done in a quicker way gives what the plain way gives."""

from __future__ import annotations

import numpy as np

from fengcai.media.film import grain, interlacing
from fengcai.media.samples import Sound
from fengcai.media.sound import peaks


def test_tiles_are_those_of_the_grid() -> None:
    whole = np.random.default_rng(1).integers(0, 256, (1090, 1984)).astype(np.uint8)
    for plane in (whole[:, :1920], whole[:720, :405], whole[:100, :30], whole[:12, :64]):
        height, width = plane.shape
        at = [
            np.unique(np.linspace(0, max(0, side - 16), 24).astype(int) // 16 * 16)
            for side in (height, width)
        ]
        plain = [
            plane[y : y + 16, x : x + 16].ravel()
            for y in at[0]
            for x in at[1]
            if y + 16 <= height and x + 16 <= width
        ]
        expected = np.array(plain, dtype=np.float32).reshape(-1, 256)
        assert np.array_equal(grain.tiles(plane), expected)


def test_the_true_peak_is_that_of_four_convolutions() -> None:
    wave = np.random.default_rng(2).normal(0, 0.2, (2, 9_000)).astype(np.float32)
    meter = peaks.Peaks()
    meter.feed(Sound(wave, 48_000, ("FL", "FR")))
    between = [np.convolve(each, phase) for each in wave for phase in peaks._PHASES]
    highest = max(float(np.abs(each[: wave.shape[1]]).max()) for each in between)
    assert meter.result()["true_peak_dbtp"] == round(20 * np.log10(highest), 2)


def test_rows_of_black_and_white_are_combs_as_rows_of_two_greys_are() -> None:
    """Steps of 255 up and down, multiplied, once ran over and were no comb."""
    for dark, light in ((0, 255), (100, 140)):
        rows = np.full((60, 40), dark, dtype=np.int16)
        rows[1::2] = light
        moved = np.roll(rows, 1, axis=0)
        assert interlacing.combs(moved, rows) == (1.0, 1.0, 0.0)
        assert interlacing.combs(rows, rows) == (0.0, 0.0, 1.0)
