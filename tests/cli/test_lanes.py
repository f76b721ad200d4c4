"""`fengcai worker --only` and `--except`: which lanes are left, and a word for a wrong one."""

from __future__ import annotations

import pytest

from fengcai.cli.errors import Failure
from fengcai.cli.server import _lanes


def test_without_a_word_all_lanes_are_served():
    assert _lanes([], []) is None


def test_only_and_except():
    assert _lanes(["media"], []) == ("media",)
    assert _lanes([], ["media"]) == ("default", "documents", "mail")
    assert _lanes(["media", "mail"], ["mail"]) == ("media",)


def test_a_wrong_lane_names_the_right_ones():
    with pytest.raises(Failure, match="没有名为“films”的任务类别。可用的类别：default、media、"):
        _lanes(["films"], [])
    with pytest.raises(Failure, match="没有剩下要做的任务类别"):
        _lanes(["media"], ["media"])
