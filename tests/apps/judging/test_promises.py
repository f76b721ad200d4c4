"""The promise of confidentiality and the recusals: what a judge signs before the first work."""

from __future__ import annotations

import pytest

from fengcai.apps.judging.actions import (
    add_note,
    declare_conflict,
    hand_in,
    save_sheet,
    sign_commitment,
    withdraw_conflict,
)
from fengcai.apps.judging.models import Commitment, Conflict, ScoreSheet
from fengcai.apps.judging.panel import PROMISE, promise_text
from fengcai.apps.judging.queries import judge_stack, judge_work
from fengcai.apps.refusals import NotFound, NotPermitted, Refused
from tests.factories import judging as make
from tests.factories.judging import NOON, marks

pytestmark = pytest.mark.django_db


@pytest.mark.clause("U5")
def test_before_the_promise_no_title_no_film_no_mark() -> None:
    stage = make.opened(make.contest(works=2, judges=3), promised=False)
    judge, work = stage.judges[0], stage.entries[0]
    stack = judge_stack(round=stage.open, user=judge)
    assert (stack.promised, stack.cards, stack.works) == (False, (), 2)
    assert stack.promise == (
        "我承诺秉持公平、公正、公开原则评审，对评审过程和未公布的结果保密，"
        "与参评作品有利害关系时主动声明并回避。"
    )
    with pytest.raises(NotPermitted):
        judge_work(round=stage.open, user=judge, entry_id=work.pk)
    with pytest.raises(NotPermitted):
        make.mark(stage, judge, work, 80)
    with pytest.raises(NotPermitted):
        declare_conflict(round=stage.open, entry_id=work.pk, reason="同事", by=judge, at=NOON)
    with pytest.raises(NotPermitted):
        hand_in(round=stage.open, signed_name="评委", by=judge, at=NOON)


@pytest.mark.clause("U5")
def test_the_promise_keeps_its_words_and_is_signed_once() -> None:
    stage = make.opened(make.contest(works=2, judges=3), promised=False)
    judge = stage.judges[0]
    with pytest.raises(Refused) as refusal:
        sign_commitment(round=stage.open, signed_name=" \u200b", by=judge, at=NOON)
    assert refusal.value.fields == {"signed_name": "请填写姓名"}
    first = sign_commitment(round=stage.open, signed_name=" 评委一 ", by=judge, at=NOON)
    again = sign_commitment(round=stage.open, signed_name="别人", by=judge, at=NOON)
    assert again == first
    assert (first.signed_name, first.at) == ("评委一", NOON)
    assert first.text == judge_stack(round=stage.open, user=judge).promise
    assert Commitment.objects.count() == 1
    assert len(judge_stack(round=stage.open, user=judge).cards) == 2


def test_a_rulebook_without_words_of_its_own_has_the_plain_promise() -> None:
    _, rules = make.example()
    assert promise_text(rules.model_copy(update={"declarations": ()})) == PROMISE


def test_a_stranger_learns_of_nothing() -> None:
    stage = make.opened(make.contest(works=2, judges=3))
    for stranger in (make.person("路人"), stage.organiser):
        with pytest.raises(NotFound):
            sign_commitment(round=stage.open, signed_name="路人", by=stranger, at=NOON)
        with pytest.raises(NotFound):
            judge_stack(round=stage.open, user=stranger)


@pytest.mark.clause("J14")
def test_ones_own_unit_is_recused_without_a_declaration() -> None:
    stage = make.opened(make.contest(works=3, judges=4, judge_units=(1,)))
    judge, own = stage.judges[0], stage.entries[1]
    card = judge_stack(round=stage.open, user=judge).cards[1]
    assert (card.state, card.why, card.own_conflict) == (
        "recused",
        "作品由评委所在单位报送，按规则回避。",
        False,
    )
    with pytest.raises(Refused, match="须回避"):
        make.mark(stage, judge, own, 90)
    with pytest.raises(Refused, match="须回避"):
        add_note(
            round=stage.open, entry_id=own.pk, seconds=make.seconds(1), text="好", by=judge, at=NOON
        )
    with pytest.raises(NotPermitted):
        judge_work(round=stage.open, user=judge, entry_id=own.pk)
    with pytest.raises(Refused, match="已经回避"):
        declare_conflict(round=stage.open, entry_id=own.pk, reason="本科室", by=judge, at=NOON)
    with pytest.raises(NotFound):
        withdraw_conflict(round=stage.open, entry_id=own.pk, by=judge, at=NOON)


@pytest.mark.clause("U5")
def test_a_declared_conflict_sets_the_draft_aside_and_can_be_taken_back() -> None:
    stage = make.opened(make.contest(works=2, judges=4))
    judge, work = stage.judges[0], stage.entries[0]
    make.mark(stage, judge, work, 88)
    with pytest.raises(Refused, match="请简要写明回避的原因"):
        declare_conflict(round=stage.open, entry_id=work.pk, reason=" ", by=judge, at=NOON)
    declare_conflict(round=stage.open, entry_id=work.pk, reason="曾参与拍摄", by=judge, at=NOON)
    card = judge_stack(round=stage.open, user=judge).cards[0]
    assert (card.state, card.why, card.own_conflict, card.total) == (
        "recused", "评委声明回避：曾参与拍摄", True, None,
    )  # fmt: skip
    assert [c.entry_id for c in judge_stack(round=stage.open, user=judge).due] == [
        stage.entries[1].pk
    ]
    withdraw_conflict(round=stage.open, entry_id=work.pk, by=judge, at=NOON)
    card = judge_stack(round=stage.open, user=judge).cards[0]
    assert (card.state, card.total, card.own_conflict) == ("done", "88", False)
    assert Conflict.objects.get().withdrawn_at == NOON
    assert ScoreSheet.objects.get().values == marks(88)


def test_after_the_hand_in_nothing_is_declared_or_taken_back() -> None:
    stage = make.opened(make.contest(works=2, judges=4))
    judge = stage.judges[0]
    declare_conflict(
        round=stage.open, entry_id=stage.entries[0].pk, reason="亲属", by=judge, at=NOON
    )
    make.mark(stage, judge, stage.entries[1], 70)
    hand_in(round=stage.open, signed_name="评委一", by=judge, at=NOON)
    with pytest.raises(Refused, match="已签名提交"):
        withdraw_conflict(round=stage.open, entry_id=stage.entries[0].pk, by=judge, at=NOON)
    with pytest.raises(Refused, match="已签名提交"):
        declare_conflict(
            round=stage.open, entry_id=stage.entries[1].pk, reason="亲属", by=judge, at=NOON
        )


def test_a_work_outside_the_round_is_not_found() -> None:
    stage = make.opened(make.contest(works=2, judges=3))
    other = make.contest(works=1, judges=3, slug="other")
    with pytest.raises(NotFound):
        save_sheet(
            round=stage.open, entry_id=other.entries[0].pk, values=marks(80), comment="",
            expected_version=0, by=stage.judges[0], at=NOON,
        )  # fmt: skip
