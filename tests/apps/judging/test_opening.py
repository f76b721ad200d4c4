"""Opening a round: who sits on the panel, which works take part, and why it may be refused."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from fengcai.apps.contests.models import Membership
from fengcai.apps.contests.roles import Role
from fengcai.apps.entries.models import Entry
from fengcai.apps.entries.states import State
from fengcai.apps.judging.actions import excuse_judge, open_round, seat_judge
from fengcai.apps.judging.models import Round, RoundEntry, Seat
from fengcai.apps.refusals import NotFound, NotPermitted, Refused
from tests.factories import judging as make
from tests.factories.judging import NOON, TIME

pytestmark = pytest.mark.django_db


@pytest.mark.clause("J14")
def test_opening_seats_every_judge_and_takes_every_accepted_work() -> None:
    stage = make.contest(works=4, judges=3)
    make.accepted(stage, stage.units[0], 9, state=State.WITHDRAWN)
    make.opened(stage, promised=False)
    assert list(RoundEntry.objects.values_list("number", "entry__number")) == [
        (1, "001"), (2, "002"), (3, "003"), (4, "004"),
    ]  # fmt: skip
    assert [(seat.label, seat.judge) for seat in Seat.objects.all()] == [
        ("J1", stage.judges[0]), ("J2", stage.judges[1]), ("J3", stage.judges[2]),
    ]  # fmt: skip
    assert stage.open.rulebook == stage.contest.version


def test_a_judge_sits_once_with_every_unit_that_is_his_own() -> None:
    stage = make.contest(works=4, judges=4, judge_units=(0,))
    twice = stage.judges[0]
    Membership.objects.create(
        contest=stage.contest, user=twice, role=Role.JUDGE, unit=stage.units[1]
    )
    Membership.objects.create(
        contest=stage.contest, user=twice, role=Role.HEAD, unit=stage.units[2]
    )
    make.opened(stage, promised=False)
    seat = Seat.objects.get(judge=twice)
    assert Seat.objects.count() == 4
    assert sorted(unit.name for unit in seat.units.all()) == ["第1科", "第2科", "第3科"]


def test_only_an_organiser_opens() -> None:
    stage = make.contest(works=2, judges=3)
    with pytest.raises(NotPermitted):
        open_round(contest=stage.contest, round_id="review", by=stage.judges[0], at=NOON)
    assert Round.objects.count() == 0


def test_a_round_that_the_rules_do_not_have_is_not_found() -> None:
    stage = make.contest(works=2, judges=3)
    with pytest.raises(NotFound):
        open_round(contest=stage.contest, round_id="final", by=stage.organiser, at=NOON)


def test_a_round_opens_once() -> None:
    stage = make.opened(make.contest(works=2, judges=3))
    with pytest.raises(Refused, match="已经开始"):
        open_round(contest=stage.contest, round_id="review", by=stage.organiser, at=NOON)


def test_too_few_judges_are_refused_with_the_clause() -> None:
    stage = make.contest(works=2, judges=2)
    with pytest.raises(Refused) as refusal:
        make.opened(stage)
    assert refusal.value.message == (
        "评委有 2 位，规则要求至少 3 位（六（一）“医院成立专项评审委员会”）。"
        "请先在人员名单中聘任评委。"
    )
    assert Round.objects.count() == 0


def test_a_work_that_recusal_leaves_short_is_named_and_nothing_is_kept() -> None:
    stage = make.contest(works=3, judges=3, judge_units=(1,))
    with pytest.raises(Refused) as refusal:
        make.opened(stage)
    assert refusal.value.message == (
        "作品 2 号《仁心故事之2》 回避后仅剩 2 位评委，少于规则要求的 3 位。"
        "规则：六（一）“医院成立专项评审委员会”。请增聘与这些作品无关的评委。"
    )
    assert Round.objects.count() == Seat.objects.count() == 0


def test_without_a_work_there_is_nothing_to_judge() -> None:
    stage = make.contest(works=0, judges=3)
    with pytest.raises(Refused, match="还没有审核通过的作品"):
        make.opened(stage)


@pytest.mark.parametrize(
    ("state", "mend", "words"),
    [
        (State.SUBMITTED, None, "第1科《仁心故事之9》还在等待负责人确认。"),
        (State.CONFIRMED, None, "第1科《仁心故事之9》还在等待审核。"),
        (State.RETURNED, timedelta(hours=1), "第1科《仁心故事之9》还在退回修改、期限未到。"),
    ],
)
def test_works_still_on_their_way_hold_the_opening_unless_left_out_on_purpose(
    state: str, mend: timedelta | None, words: str
) -> None:
    stage = make.contest(works=2, judges=3)
    waiting = make.accepted(stage, stage.units[0], 9, state=state)
    Entry.objects.filter(pk=waiting.pk).update(mend_until=mend and NOON + mend)
    with pytest.raises(Refused, match=words):
        make.opened(stage)
    open_round(contest=stage.contest, round_id="review", by=stage.organiser, at=NOON, early=True)
    assert RoundEntry.objects.filter(entry=waiting).count() == 0


def test_a_returned_work_whose_time_is_over_holds_nothing() -> None:
    stage = make.contest(works=2, judges=3)
    gone = make.accepted(stage, stage.units[0], 9, state=State.RETURNED)
    Entry.objects.filter(pk=gone.pk).update(mend_until=NOON - timedelta(seconds=1))
    assert make.opened(stage).open.state == "open"


def test_the_open_window_holds_the_opening() -> None:
    stage = make.contest(works=2, judges=3)
    last = datetime(2026, 4, 30, 17, 0, 0, tzinfo=TIME)
    with pytest.raises(Refused, match="报送还没有截止"):
        open_round(contest=stage.contest, round_id="review", by=stage.organiser, at=last)
    after = last + timedelta(seconds=1)
    assert open_round(
        contest=stage.contest, round_id="review", by=stage.organiser, at=after
    ).opened_at == after  # fmt: skip


def test_a_judge_is_excused_and_taken_back_and_another_is_added() -> None:
    stage = make.opened(make.contest(works=2, judges=4))
    leaving = stage.judges[0]
    seat = excuse_judge(
        round=stage.open, judge=leaving, reason="临时出差", by=stage.organiser, at=NOON
    )
    assert (seat.excused_at, seat.excuse) == (NOON, "临时出差")
    late = make.person("评委五")
    with pytest.raises(Refused, match="还不是本活动的评委"):
        seat_judge(round=stage.open, judge=late, by=stage.organiser, at=NOON)
    Membership.objects.create(contest=stage.contest, user=late, role=Role.JUDGE)
    added = seat_judge(round=stage.open, judge=late, by=stage.organiser, at=NOON)
    assert added.label == "J5"
    with pytest.raises(Refused, match="已在本轮评委名单中"):
        seat_judge(round=stage.open, judge=late, by=stage.organiser, at=NOON)
    back = seat_judge(round=stage.open, judge=leaving, by=stage.organiser, at=NOON)
    assert (back.label, back.excused_at) == ("J1", None)


def test_excusing_wants_a_reason_and_a_judge_of_this_panel() -> None:
    stage = make.opened(make.contest(works=2, judges=3))
    with pytest.raises(Refused, match="请写明评委退出评审的原因"):
        excuse_judge(
            round=stage.open, judge=stage.judges[0], reason=" ", by=stage.organiser, at=NOON
        )
    with pytest.raises(NotFound):
        excuse_judge(
            round=stage.open, judge=make.person("路人"), reason="误", by=stage.organiser, at=NOON
        )


def test_a_round_for_shortlisted_works_is_not_opened_on_all_of_them() -> None:
    def second(rules: make.Rules) -> make.Rules:
        rule = rules.rounds[0].model_copy(update={"input": "preliminary"})
        return rules.model_copy(update={"rounds": (rule,)})

    with pytest.raises(Refused, match="“preliminary”还没有封存"):
        make.opened(make.contest(works=2, judges=3, change=second))


def test_a_round_of_other_tracks_takes_none_of_this_ones_works() -> None:
    def elsewhere(rules: make.Rules) -> make.Rules:
        rule = rules.rounds[0].model_copy(update={"tracks": ("stage",)})
        return rules.model_copy(update={"rounds": (rule,)})

    with pytest.raises(Refused, match="还没有审核通过的作品"):
        make.opened(make.contest(works=2, judges=3, change=elsewhere))
