"""A 补充通知 after a round was opened."""

from __future__ import annotations

from datetime import timedelta

import pytest

from fengcai.apps.contests import amending
from fengcai.apps.contests.rewriting import Edit
from fengcai.apps.judging.amending import Judging
from tests.apps.contests.test_amending import real, text_of
from tests.apps.judging.test_sharing import each_by
from tests.factories.judging import NOON, contest, example, judged, opened, sealed

pytestmark = pytest.mark.django_db
JUDGES = Edit("set", ("rounds", "review", "min_judges"), "2")
MONEY = [
    Edit("set", ("awards", "first", "money_each"), "2000 元"),
    Edit("set", ("prizes", "total"), "17600 元"),
]


def objections(stage: object, *edits: Edit) -> list[str]:
    row = real(stage.contest)  # type: ignore[attr-defined]
    found = amending.propose(contest=row, text=text_of(row, *edits), at=NOON + timedelta(hours=1))
    return list(found.objections)


def test_before_the_round_its_rules_may_be_amended() -> None:
    assert objections(contest(works=3, judges=3), JUDGES, *MONEY) == []


def test_an_open_round_and_the_deadline_before_it_stay() -> None:
    stage = opened(contest(works=3, judges=3))
    later = Edit("set", ("windows", "submission", "original"), "延长")
    assert objections(stage, JUDGES, *MONEY, later) == [
        "评审已经开始，报送的时间不能再改。",
        "“评审”已经开始评审，它的规则（评审 · 至少几位评委）不能再改。",
    ]


def test_a_panel_that_sits_stays() -> None:
    before, after = (each_by(many)(example()[1]) for many in (2, 3))
    stage = contest(works=3, judges=3, change=each_by(2))
    amended = amending.Amended(contest=stage.contest, before=before, after=after, at=NOON)
    assert Judging().objections(amended) == []
    opened(stage)
    assert Judging().objections(amended) == [
        "“评审组”已经在评审，它的规则（评审组 · 每件）不能再改。"
    ]


def test_after_the_seal_the_awards_stay() -> None:
    stage = sealed(judged(opened(contest(works=3, judges=3))))
    assert objections(stage, *MONEY) == [
        "评审已经封存，奖项（一等奖 · 每名奖金）不能再改。",
        "评审已经封存，奖项（奖金总额）不能再改。",
    ]
