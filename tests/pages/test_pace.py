"""The measure of pages: the same figure on a slow core as on a fast one, raw time beside it."""

from __future__ import annotations

import gc
import json

import pytest

from benchmarks.pages import run
from benchmarks.pages.pace import (
    REFERENCE_MS,
    Lap,
    cpu_ms,
    lap,
    piece,
    piece_ms,
    raw_ms,
    slowness,
)


def laps(raw: float, slow: float) -> list[Lap]:
    """Three requests of `raw` ms on the reference core, on one that is `slow` times as slow."""
    return [Lap(raw * slow, REFERENCE_MS * slow)] * 3


def test_a_slow_core_gives_the_same_figure() -> None:
    assert cpu_ms(laps(12, 1)) == cpu_ms(laps(12, 2.5)) == 12.0
    assert (raw_ms(laps(12, 2.5)), slowness(laps(12, 2.5))) == (30.0, 2.5)


def test_one_request_in_a_bad_moment_does_not_count() -> None:
    assert cpu_ms([*laps(12, 1), Lap(500, REFERENCE_MS)]) == 12.0


def test_a_core_that_slows_down_half_way_changes_nothing() -> None:
    assert cpu_ms([*laps(12, 1), *laps(12, 2)]) == 12.0
    assert raw_ms([*laps(12, 1), *laps(12, 2)]) == 18.0


def test_a_request_stands_between_two_pieces() -> None:
    found: list[Lap] = []
    with lap(found):
        sum(range(10_000))
    assert len(found) == 1
    assert found[0].raw_ms > 0 and found[0].piece_ms > 0
    assert found[0].pieces == found[0].raw_ms / found[0].piece_ms


def test_the_piece_is_the_same_each_time_and_leaves_collecting_on() -> None:
    assert piece() == piece()
    assert piece_ms() > 0
    assert gc.isenabled()


def test_growth_and_limit_are_told_in_the_measure(capsys: pytest.CaptureFixture[str]) -> None:
    few = run.Figure(laps(8, 2), sql=9, bytes=100)
    many = run.Figure(laps(10, 1), sql=9, bytes=100)
    run.say("list", (10, 20), few, many, {"database": "sqlite"})
    cost, growth = map(json.loads, capsys.readouterr().out.splitlines())
    assert (cost["figure"], cost["limit"], cost["ratio"]) == (10.0, 20, 2.0)
    assert (cost["cpu_ms"], cost["raw_cpu_ms"], cost["slowness"]) == ([8, 10], [16, 10], [2, 1])
    assert (growth["name"], growth["figure"], growth["ratio"]) == ("pages.list.growth", 1.25, 1.2)
