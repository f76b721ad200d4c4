"""Counts of a public vote as marks: shares, places, caps, what cannot be counted."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fengcai.core.scoring import (
    ScoringError,
    vote_marks,
)

VOTE = {"id": "v", "name": "网络投票", "full": "20", "transform": "share", "share_of": "top"}


@pytest.mark.clause("H5")
@pytest.mark.parametrize(
    ("changes", "values"),
    [
        ({}, ["20", "10", "10", "0"]),
        ({"share_of": "all"}, ["10", "5", "5", "0"]),
        ({"cap": "8"}, ["8", "8", "8", "0"]),
        (
            {"transform": "rank_points", "points": {"first": "20", "step": "3"}},
            ["20", "17", "17", "11"],
        ),
        (
            {"transform": "rank_points", "points": {"first": "20", "step": "10", "floor": "5"}},
            ["20", "10", "10", "5"],
        ),
        ({"transform": "each_vote", "each": "0.1"}, ["20", "10", "10", "0"]),
        ({"transform": "each_vote", "each": "0.01"}, ["2", "1", "1", "0"]),
    ],
)
def test_votes_become_marks(changes: dict[str, Any], values: list[str]) -> None:
    made = vote_marks({**VOTE, **changes}, {"a": 200, "b": 100, "c": 100, "d": 0})
    assert [str(one.value) for one in made] == values
    assert [(one.work, one.rank) for one in made] == [("a", 1), ("b", 2), ("c", 2), ("d", 4)]


def test_a_mark_of_votes_shows_its_sum() -> None:
    made = vote_marks({**VOTE, "cap": "8"}, {"a": 3, "b": 1})
    assert made[0].text == "3 票 ÷ 最高票 3 票 × 20 = 20 分，封顶 8 分。"
    assert made[1].text == "1 票 ÷ 最高票 3 票 × 20 = 6.666667 分。"
    assert [str(one.value) for one in vote_marks(VOTE, {"a": 0, "b": 0})] == ["0", "0"]
    assert vote_marks(VOTE, {}) == ()


@pytest.mark.parametrize(
    ("changes", "counts", "what"),
    [
        ({"full": "0"}, {"a": 1}, "满分应是大于 0"),
        ({}, {"a": -1}, "不小于 0 的整数"),
        ({}, {"a": True}, "不小于 0 的整数"),
        ({"transform": "luck"}, {"a": 1}, "没有写明票数怎样折成分"),
        ({"transform": "each_vote"}, {"a": 1}, "没有写明票数怎样折成分"),
        ({"transform": "rank_points", "points": {"first": "x"}}, {"a": 1}, "各名次得几分"),
    ],
)
def test_a_vote_that_cannot_be_counted_is_refused(
    changes: dict[str, Any], counts: dict[str, int], what: str
) -> None:
    with pytest.raises(ScoringError, match=what):
        vote_marks({**VOTE, **changes}, counts)


@given(
    st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 50), min_size=1),
    st.sampled_from([{}, {"share_of": "all"}, {"transform": "rank_points",
                     "points": {"first": "20", "step": "4"}}, {"transform": "each_vote", "each": "0.7"}]),
    st.sampled_from([None, "12"]),
)  # fmt: skip
def test_more_votes_never_give_less(
    counts: dict[str, int], changes: dict[str, Any], cap: str | None
) -> None:
    made = vote_marks({**VOTE, **changes, "cap": cap}, counts)
    assert [one.votes for one in made] == sorted(counts.values(), reverse=True)
    assert [one.value for one in made] == sorted((one.value for one in made), reverse=True)
    assert all(0 <= one.value <= Fraction(cap or "20") for one in made)
