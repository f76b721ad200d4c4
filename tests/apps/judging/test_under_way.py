"""How far judging is, for the office's first page: what the round's own page adds up to, in less SQL."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from fengcai.apps.entries.states import State
from fengcai.apps.judging.actions import declare_conflict, excuse_judge, hand_in, withdraw_conflict
from fengcai.apps.judging.queries import judging_of, round_progress
from tests.factories import judging as make
from tests.factories.judging import NOON, Stage

pytestmark = pytest.mark.django_db


def agree(stage: Stage) -> None:
    """What the first page says is what the page of the round says."""
    (row,) = round_progress(contest=stage.contest, user=stage.organiser)
    now = judging_of(stage.contest).now
    assert now is not None
    assert (now.done, now.due) == (
        sum(judge.done for judge in row.judges),
        sum(judge.due for judge in row.judges),
    )
    assert (list(now.waiting), now.sealable) == (row.waiting, row.sealable)


def test_whatever_befell_works_and_judges_the_figures_agree() -> None:
    stage = make.contest(works=8, judges=5, judge_units=(4, 3))
    assert judging_of(stage.contest).now is None
    make.opened(stage)
    agree(stage)
    judge, other, third = stage.judges[:3]
    for entry, by in ((0, judge), (1, judge), (0, other)):
        work = stage.entries[entry].pk
        declare_conflict(round=stage.open, entry_id=work, reason="亲属", by=by, at=NOON)
    later = NOON + timedelta(minutes=1)
    withdraw_conflict(round=stage.open, entry_id=stage.entries[1].pk, by=judge, at=later)
    for index in (0, 1, 2, 4):
        make.mark(stage, third, stage.entries[index], 80)
        make.mark(stage, stage.judges[4], stage.entries[index], 80)
    make.mark(stage, judge, stage.entries[2], 80)
    agree(stage)
    declare_conflict(
        round=stage.open, entry_id=stage.entries[2].pk, reason="同门", by=judge, at=later
    )
    for fell, state in ((1, State.WITHDRAWN), (3, State.RETURNED)):
        stage.entries[fell].state = state
        stage.entries[fell].save()
    make.accepted(stage, stage.units[4], 99)  # accepted after the opening: no part of the round
    excuse_judge(
        round=stage.open, judge=stage.judges[4], reason="出差", by=stage.organiser, at=later
    )
    agree(stage)
    now = judging_of(stage.contest).now
    # Six works are left for four judges; one is recused from three of them, one from one.
    assert now is not None and (now.done, now.due) == (3, 24 - 4)


def test_once_all_have_handed_in_it_says_what_is_short_and_then_that_it_is_sealed() -> None:
    stage = make.opened(make.contest(works=2, judges=3))
    make.judged(stage)
    agree(stage)
    now = judging_of(stage.contest).now
    assert now is not None and now.sealable
    excuse_judge(round=stage.open, judge=stage.judges[2], reason="病", by=stage.organiser, at=NOON)
    agree(stage)
    now = judging_of(stage.contest).now
    assert now is not None and now.shortages and not now.sealable
    make.seats_filled(stage)
    make.sealed(stage)
    assert judging_of(stage.contest).sealed


def test_while_somebody_is_waited_for_it_costs_four_statements() -> None:
    for works in (1, 20):
        stage = make.opened(make.contest(works=works, judges=4, slug=f"many-{works}"))
        for entry in stage.entries:
            make.mark(stage, stage.judges[0], entry, 80)
        hand_in(round=stage.open, signed_name="评委1", by=stage.judges[0], at=NOON)
        with CaptureQueriesContext(connection) as asked:
            assert judging_of(stage.contest).now is not None
        assert len(asked) == 4
