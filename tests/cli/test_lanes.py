"""`fengcai worker --only` and `--except`: which lanes are left, and a word for a wrong one."""

from __future__ import annotations

import pytest
from pytest_django.fixtures import Settings

from fengcai.cli.errors import Failure
from fengcai.cli.server import _lanes, _parts_of_the_work


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


def test_with_a_broker_films_have_a_process_of_their_own(settings: Settings):
    settings.FENGCAI_JOBS = "embedded"
    assert _parts_of_the_work() == [[]]
    settings.FENGCAI_JOBS = "celery"
    films, others = _parts_of_the_work()
    assert (films, others) == (["--only", "media"], ["--except", "media"])
