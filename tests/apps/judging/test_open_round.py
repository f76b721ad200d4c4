"""What SQL chooses for a judge is what the panel's reasons say, whatever befell the works."""

from __future__ import annotations

from datetime import timedelta

import pytest

from fengcai.apps.entries.states import State
from fengcai.apps.judging.actions import declare_conflict, withdraw_conflict
from fengcai.apps.judging.models import Seat
from fengcai.apps.judging.open_round import Progress
from fengcai.apps.judging.panel import panel_of
from fengcai.apps.judging.queries import judge_desk, judge_stack
from fengcai.apps.judging.reach import reach_of
from tests.factories import judging as make
from tests.factories.judging import NOON, Stage

pytestmark = pytest.mark.django_db


@pytest.fixture
def stage() -> Stage:
    """Judges 1 and 2 have a unit and an interest; works 2 and 4 fell out of the round."""
    stage = make.opened(make.contest(works=8, judges=4, judge_units=(4, 3)))
    judge, other = stage.judges[:2]
    for entry, by in ((0, judge), (1, judge), (0, other)):
        work = stage.entries[entry].pk
        declare_conflict(round=stage.open, entry_id=work, reason="亲属", by=by, at=NOON)
    later = NOON + timedelta(minutes=1)
    withdraw_conflict(round=stage.open, entry_id=stage.entries[1].pk, by=judge, at=later)
    for fell, state in ((1, State.WITHDRAWN), (3, State.RETURNED)):
        stage.entries[fell].state = state
        stage.entries[fell].save()
    make.accepted(stage, stage.units[4], 99)  # accepted after the opening: no part of the round
    for index in (0, 2, 4):
        make.mark(stage, stage.judges[2], stage.entries[index], 80)
    return stage


def test_the_works_due_are_those_without_a_reason_against_them(stage: Stage) -> None:
    for judge in stage.judges:
        seat = Seat.objects.get(round=stage.open, judge=judge)
        panel = panel_of(stage.open, seat=seat)
        reach = reach_of(stage.open, judge)
        mine = [row.entry_id for row in panel.works_for(seat)]
        assert sorted(place.entry_id for place in reach.page(0, 100)) == sorted(mine)
        assert [place.entry_id for place in reach.page(1, 3)] == mine[1:3]
        out = reach.recused()
        assert reach.reasons(out) == {
            entry: why for (_, entry), why in panel.reasons.items() if why
        }
        every = judge_stack(round=stage.open, user=judge)
        assert [card.entry_id for card in every.cards] == [row.entry_id for row in panel.works]


def test_each_reason_is_told_once_and_all_are_counted(stage: Stage) -> None:
    desk = judge_desk(round=stage.open, user=stage.judges[0])
    assert [(card.number, card.why, card.own_conflict) for card in desk.recused] == [
        (1, "评委声明回避：亲属", True),
        (5, "作品由评委所在单位报送，按规则回避。", False),
    ]
    assert (desk.progress, desk.recused_works) == (Progress(works=6, due=4, done=0), 2)
    assert desk.going is not None and desk.going.number == 3


def test_what_was_marked_before_a_work_fell_out_is_not_counted(stage: Stage) -> None:
    judge = stage.judges[2]
    assert judge_desk(round=stage.open, user=judge).progress == Progress(works=6, due=6, done=3)
    stage.entries[0].state = State.RETURNED
    stage.entries[0].save()
    assert judge_desk(round=stage.open, user=judge).progress == Progress(works=5, due=5, done=2)
    declare_conflict(
        round=stage.open, entry_id=stage.entries[2].pk, reason="同门", by=judge, at=NOON
    )
    assert judge_desk(round=stage.open, user=judge).progress == Progress(works=5, due=4, done=1)
