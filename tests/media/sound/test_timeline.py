"""Cells, runs and plots of any length."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from fengcai.media.facts.measures import Span
from fengcai.media.samples import Sound
from fengcai.media.sound.timeline import Cells, curve, stretches, weightiest

pytestmark = pytest.mark.media


def test_cells_are_the_same_however_blocks_fall():
    planes = np.arange(2 * 1000, dtype=np.float32).reshape(2, 1000)
    for block in (7, 64, 1000):
        cells = Cells(Fraction(1, 10))
        cut = [
            cell
            for at in range(0, 1000, block)
            for cell in cells.cut(Sound(planes[:, at : at + block], 1000, ("FL", "FR")))
        ]
        assert np.array_equal(np.concatenate(cut, axis=1), planes)
        assert {cell.shape for cell in cut} == {(2, 100)}


def test_another_rate_begins_anew():
    cells = Cells(Fraction(1, 10))
    assert not list(cells.cut(Sound(np.zeros((1, 90), np.float32), 1000, ("FC",))))
    (cell,) = cells.cut(Sound(np.ones((1, 250), np.float32), 2000, ("FC",)))
    assert cell.shape == (1, 200)
    assert cell.min() == 1


@pytest.mark.parametrize("rate", [11_025, 22_050, 44_100, 48_000])
def test_cells_keep_time_at_every_rate(rate):
    """Ten minutes at 11 025 Hz: a twentieth of a second is no whole number of samples."""
    cells, count = Cells(Fraction(1, 20)), 0
    block = np.zeros((1, rate), np.float32)
    for _ in range(600):
        count += sum(1 for _ in cells.cut(Sound(block, rate, ("FC",))))
    assert count == 12_000


def test_stretches_join_and_drop():
    held = [bool(int(each)) for each in "1101000110"]
    assert stretches(held) == [(0, 2), (3, 4), (7, 9)]
    assert stretches(held, gap=1) == [(0, 4), (7, 9)]
    assert stretches(held, gap=1, least=3) == [(0, 4)]
    assert stretches([]) == []


def test_sixty_spans_at_most_the_longest_in_order():
    spans = [Span(from_s=at, to_s=at + (2 if at % 20 == 0 else 1)) for at in range(0, 1000, 10)]
    kept = weightiest(spans)
    assert len(kept) == 60
    assert sum(span.to_s - span.from_s == 2 for span in kept) == 50
    assert list(kept) == sorted(kept, key=lambda span: span.from_s)


def test_a_long_row_becomes_a_short_plot():
    row = np.arange(2500, dtype=float)
    row[0:3] = np.nan
    plot = curve(row, Fraction(1), "dB")
    assert plot.step_s == 3
    assert len(plot.values) == 834
    assert plot.values[:3] == (None, 4.0, 7.0)
    assert plot.values[-1] == 2499.0
    assert curve(np.zeros(0), Fraction(1), "dB") is None
