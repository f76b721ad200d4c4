"""From a sealed ranking to an approved result: decisions, ties, the allocation, its approval."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from fengcai.apps.audit.models import AuditRecord
from fengcai.apps.audit.queries import verify_chain
from fengcai.apps.awards.actions import allocate, approve_result, break_tie, decide_award
from fengcai.apps.awards.models import Decision, Result
from fengcai.apps.awards.outcome import outcome_of
from fengcai.apps.awards.queries import approved_page, awards_rows, result_page
from fengcai.apps.entries.models import Entry
from fengcai.apps.entries.states import State
from fengcai.apps.judging.models import ScoreSheet
from fengcai.apps.refusals import NotPermitted, Refused
from tests.factories import judging as make
from tests.factories.judging import NOON, SPECIAL, Stage, marks

pytestmark = pytest.mark.django_db
MINUTES = "评审委员会会议纪要〔2026〕1号"


def decide(stage: Stage, award: str, works: list[UUID], **changes: Any) -> Decision:
    given: dict[str, Any] = {
        "contest": stage.contest,
        "award_id": award,
        "entries": works,
        "reason": "立意与手法突出",
        "minutes": MINUTES,
        "by": stage.organiser,
        "at": NOON,
    }
    return decide_award(**(given | changes))


def tie(stage: Stage, works: list[UUID], **changes: Any) -> Decision:
    given: dict[str, Any] = {
        "contest": stage.contest,
        "entries": works,
        "reason": "短片优先",
        "minutes": MINUTES,
        "by": stage.organiser,
        "at": NOON,
    }
    return break_tie(**(given | changes))


@pytest.mark.clause("J15", "J16")
def test_thirteen_awards_and_17100_yuan() -> None:
    stage = make.contest(works=12, judges=5)
    result = make.approved(stage)
    page = result_page(contest=stage.contest, user=stage.organiser)
    assert page is not None
    assert [(row.award.name, [w.work.number for w in row.winners]) for row in page.awards] == [
        ("一等奖", [1]),
        ("二等奖", [2, 3, 4]),
        ("三等奖", [5, 6, 7, 8, 9, 10]),
        ("最佳创意奖", [1]),
        ("最佳技术奖", [5]),
        ("最佳人文奖", [11]),
    ]
    assert [(m.award, m.count, m.each, m.total) for m in page.money] == [
        ("一等奖", 1, Decimal(1500), Decimal(1500)),
        ("二等奖", 3, Decimal(1200), Decimal(3600)),
        ("三等奖", 6, Decimal(1000), Decimal(6000)),
        ("最佳创意奖", 1, Decimal(2000), Decimal(2000)),
        ("最佳技术奖", 1, Decimal(2000), Decimal(2000)),
        ("最佳人文奖", 1, Decimal(2000), Decimal(2000)),
    ]
    assert (page.awarded, page.planned, page.stated) == (
        Decimal(17100), Decimal(17100), Decimal(17100),
    )  # fmt: skip
    assert page.money_text == "奖金实发 17100 元，与规则所写总额 17100 元一致。"
    assert (result.approved_at, result.approved_by) == (NOON, stage.organiser)
    assert (page.approved, page.flags, page.stale) == (True, (), False)
    assert verify_chain(stage.contest.chain).ok


@pytest.mark.clause("J15")
def test_every_award_says_why_with_its_clause() -> None:
    stage = make.contest(works=12, judges=5)
    make.approved(stage)
    page = result_page(contest=stage.contest, user=stage.organiser)
    assert page is not None
    first, special = page.winners[0], page.winners[10]
    assert (first.reason, str(first.cite)) == (
        "综合得分 95.00，第 1 名；一等奖名额 1 名（第 1 名）",
        "六（二）“一等奖 1 名”",
    )
    assert (special.reason, special.by, special.minutes, str(special.cite)) == (
        f"评委会评定：立意与手法突出（专项评审委员会，{MINUTES}）",
        "专项评审委员会",
        MINUTES,
        "六（二）“最佳创意奖”",
    )


def test_nothing_is_decided_before_the_seal() -> None:
    stage = make.judged(make.opened(make.contest(works=2, judges=3)))
    with pytest.raises(Refused, match="“评审”还没有封存"):
        decide(stage, "best_creative", [stage.entries[0].pk])
    with pytest.raises(Refused, match="还没有封存"):
        allocate(contest=stage.contest, by=stage.organiser, at=NOON)


def test_only_an_organiser_records_computes_and_approves() -> None:
    stage = make.sealed(make.judged(make.opened(make.contest(works=2, judges=3))))
    judge = stage.judges[0]
    with pytest.raises(NotPermitted):
        decide(stage, "best_creative", [stage.entries[0].pk], by=judge)
    with pytest.raises(NotPermitted):
        tie(stage, [e.pk for e in stage.entries], by=judge)
    with pytest.raises(NotPermitted):
        allocate(contest=stage.contest, by=judge, at=NOON)
    with pytest.raises(NotPermitted):
        approve_result(contest=stage.contest, by=judge, at=NOON)
    with pytest.raises(NotPermitted):
        result_page(contest=stage.contest, user=judge)


@pytest.mark.clause("J15")
def test_a_decision_is_written_down_and_within_its_award() -> None:
    stage = make.sealed(make.judged(make.opened(make.contest(works=3, judges=3))))
    one, two = stage.entries[0].pk, stage.entries[1].pk
    with pytest.raises(Refused) as refusal:
        decide(stage, "best_creative", [one], reason=" ", minutes="")
    assert refusal.value.fields == {
        "reason": "请写明理由",
        "minutes": "请写明会议纪要或记录的编号",
    }
    with pytest.raises(Refused, match="最佳创意奖只有 1 个名额，评定了 2 件作品"):
        decide(stage, "best_creative", [one, two])
    with pytest.raises(Refused, match="一等奖按排名产生，不能由评委会指定"):
        decide(stage, "first", [one])
    with pytest.raises(Refused, match="规则里没有“grand”这个奖项"):
        decide(stage, "grand", [one])
    with pytest.raises(Refused, match="不在本次评审之列"):
        decide(stage, "best_creative", [uuid4()])
    assert Decision.objects.count() == 0


@pytest.mark.clause("J15")
def test_a_new_decision_replaces_and_keeps_the_old_one() -> None:
    stage = make.sealed(make.judged(make.opened(make.contest(works=3, judges=3))))
    first = decide(stage, "best_creative", [stage.entries[0].pk])
    later = NOON + timedelta(hours=1)
    second = decide(stage, "best_creative", [stage.entries[1].pk], reason="复议后更改", at=later)
    first.refresh_from_db()
    assert (first.replaced_at, first.replaced_by) == (later, second)
    allocate(contest=stage.contest, by=stage.organiser, at=later)
    page = result_page(contest=stage.contest, user=stage.organiser)
    assert page is not None
    assert [(d.award, d.works[0].number, d.replaced_at) for d in page.decisions] == [
        ("最佳创意奖", 1, later),
        ("最佳创意奖", 2, None),
    ]
    standing = next(row.decision for row in page.awards if row.award.id == "best_creative")
    assert standing is not None
    assert standing.reason == "复议后更改"
    notes = AuditRecord.objects.filter(action="awards.decide_award").order_by("sequence")
    assert [note.details["replaces"] for note in notes] == [None, first.pk]


def test_undecided_awards_keep_the_result_from_being_approved() -> None:
    stage = make.sealed(make.judged(make.opened(make.contest(works=12, judges=5))))
    with pytest.raises(Refused, match="还没有计算评奖结果"):
        approve_result(contest=stage.contest, by=stage.organiser, at=NOON)
    allocate(contest=stage.contest, by=stage.organiser, at=NOON)
    page = result_page(contest=stage.contest, user=stage.organiser)
    assert page is not None
    assert page.flags == tuple(
        f"{name}由评委会评定，还没有评定记录。"
        for name in ("最佳创意奖", "最佳技术奖", "最佳人文奖")
    )
    assert not page.approvable
    with pytest.raises(Refused) as refusal:
        approve_result(contest=stage.contest, by=stage.organiser, at=NOON)
    assert refusal.value.message.startswith("还有 3 处须由人决定：最佳创意奖由评委会评定")
    assert approved_page(stage.contest) is None


@pytest.mark.clause("J15")
def test_an_award_left_vacant_on_purpose() -> None:
    stage = make.sealed(make.judged(make.opened(make.contest(works=12, judges=5))))
    for award in SPECIAL[:2]:
        decide(stage, award, [stage.entries[0].pk])
    decide(stage, SPECIAL[2], [], reason="没有达到标准的作品")
    allocate(contest=stage.contest, by=stage.organiser, at=NOON)
    approve_result(contest=stage.contest, by=stage.organiser, at=NOON)
    page = result_page(contest=stage.contest, user=stage.organiser)
    assert page is not None
    last = page.awards[-1]
    assert (last.winners, last.vacant) == ((), 1)
    assert last.vacancy == "评委会评出 0 件，空缺 1 个名额：没有达到标准的作品"
    assert (page.awarded, page.planned) == (Decimal(15100), Decimal(17100))
    assert awards_rows(page).rows[-2][:2] == ("单项特色奖", "最佳人文奖（空缺 1 名）")


def test_a_decision_after_the_computing_wants_it_done_again() -> None:
    stage = make.decided(make.sealed(make.judged(make.opened(make.contest(works=12, judges=5)))))
    allocate(contest=stage.contest, by=stage.organiser, at=NOON)
    decide(stage, SPECIAL[0], [stage.entries[3].pk], at=NOON + timedelta(minutes=1))
    page = result_page(contest=stage.contest, user=stage.organiser)
    assert page is not None
    assert page.stale
    with pytest.raises(Refused, match="请重新计算"):
        approve_result(contest=stage.contest, by=stage.organiser, at=NOON)
    later = NOON + timedelta(minutes=2)
    allocate(contest=stage.contest, by=stage.organiser, at=later)
    assert Result.objects.filter(current=True).count() == 1
    assert Result.objects.count() == 2
    assert approve_result(contest=stage.contest, by=stage.organiser, at=later).approved_at == later


def test_computing_again_without_a_change_changes_nothing() -> None:
    stage = make.decided(make.sealed(make.judged(make.opened(make.contest(works=12, judges=5)))))
    first = allocate(contest=stage.contest, by=stage.organiser, at=NOON)
    again = allocate(contest=stage.contest, by=stage.organiser, at=NOON + timedelta(days=1))
    assert (again.pk, again.computed_at) == (first.pk, NOON)
    assert AuditRecord.objects.filter(action="awards.allocate").count() == 1


def test_after_the_approval_nothing_moves() -> None:
    stage = make.contest(works=12, judges=5)
    make.approved(stage)
    with pytest.raises(Refused, match="已经核定"):
        decide(stage, SPECIAL[0], [stage.entries[1].pk])
    with pytest.raises(Refused, match="已经核定"):
        allocate(contest=stage.contest, by=stage.organiser, at=NOON)
    with pytest.raises(Refused, match="已经核定"):
        approve_result(contest=stage.contest, by=stage.organiser, at=NOON)


def tied_stage() -> Stage:
    """Works 1 and 2 get identical sheets: nothing but the committee can part them."""
    stage = make.contest(works=12, judges=5)
    totals = [90, 90, *range(80, 70, -1)]
    return make.decided(make.sealed(make.judged(make.opened(stage), totals=lambda w, j: totals[w])))


@pytest.mark.clause("J15")
def test_a_tie_across_a_border_waits_for_the_committee() -> None:
    stage = tied_stage()
    one, two, three = (entry.pk for entry in stage.entries[:3])
    result = allocate(contest=stage.contest, by=stage.organiser, at=NOON)
    assert [flag["kind"] for flag in result.allocation["flags"]] == ["tie", "tie"]
    page = result_page(contest=stage.contest, user=stage.organiser)
    assert page is not None
    assert [{work.entry_id for work in works} for works in page.ties] == [{one, two}]
    assert [row.tied for row in page.ranking][:3] == [True, True, False]
    for wrong in ([one], [one, three], [one, two, three], [one, one, two]):
        with pytest.raises(Refused, match="不多不少"):
            tie(stage, wrong)
    tie(stage, [two, one])
    allocate(contest=stage.contest, by=stage.organiser, at=NOON)
    page = result_page(contest=stage.contest, user=stage.organiser)
    assert page is not None
    assert [w.work.entry_id for w in page.winners][:2] == [two, one]
    assert page.ranking[0].below == (
        f"综合得分相同，由专项评审委员会（{MINUTES}）裁定先后：短片优先"
    )
    assert approve_result(contest=stage.contest, by=stage.organiser, at=NOON).approved_at == NOON


def test_a_tie_may_be_decided_anew() -> None:
    stage = tied_stage()
    one, two = stage.entries[0].pk, stage.entries[1].pk
    first = tie(stage, [two, one])
    second = tie(stage, [one, two], reason="复议")
    first.refresh_from_db()
    assert first.replaced_by == second
    outcome = outcome_of(stage.contest)
    assert [row.work for row in outcome.ranking.standings][:2] == [str(one), str(two)]


def test_sheets_that_are_not_those_sealed_stop_everything() -> None:
    stage = make.decided(make.sealed(make.judged(make.opened(make.contest(works=12, judges=5)))))
    ScoreSheet.objects.filter(entry=stage.entries[11], judge=stage.judges[0]).update(
        values=marks(100)
    )
    with pytest.raises(Refused, match="与封存时的校验值不一致"):
        allocate(contest=stage.contest, by=stage.organiser, at=NOON)
    assert Result.objects.count() == 0


def test_a_winner_lost_after_the_seal_is_passed_over() -> None:
    stage = make.decided(make.sealed(make.judged(make.opened(make.contest(works=12, judges=5)))))
    Entry.objects.filter(pk=stage.entries[1].pk).update(state=State.WITHDRAWN)
    allocate(contest=stage.contest, by=stage.organiser, at=NOON)
    page = result_page(contest=stage.contest, user=stage.organiser)
    assert page is not None
    assert [w.work.number for w in page.awards[1].winners] == [3, 4, 5]
    assert [w.work.number for w in page.awards[2].winners] == [6, 7, 8, 9, 10, 11]


def test_a_special_winner_lost_after_the_seal_is_a_flag_by_name() -> None:
    stage = make.decided(make.sealed(make.judged(make.opened(make.contest(works=12, judges=5)))))
    Entry.objects.filter(pk=stage.entries[0].pk).update(state=State.WITHDRAWN)
    allocate(contest=stage.contest, by=stage.organiser, at=NOON)
    told = (
        "评委会把最佳创意奖评给作品 1 号《仁心故事之1》，但它已退出或不符合评奖条件，须重新评定。"
    )
    page = result_page(contest=stage.contest, user=stage.organiser)
    assert page is not None
    assert page.flags == (told,)
    with pytest.raises(Refused) as refusal:
        approve_result(contest=stage.contest, by=stage.organiser, at=NOON)
    assert refusal.value.message == f"还有 1 处须由人决定：{told}"


def test_an_award_of_one_track_is_computed_for_that_track() -> None:
    def by_track(rules: make.Rules) -> make.Rules:
        awards = (rules.awards[0].model_copy(update={"tracks": ("video",)}), *rules.awards[1:3])
        return rules.model_copy(update={"awards": awards, "money_total": None})

    stage = make.contest(works=3, judges=3, change=by_track)
    make.sealed(make.judged(make.opened(stage)))
    result = allocate(contest=stage.contest, by=stage.organiser, at=NOON)
    assert [(one["award"], one["work"]) for one in result.allocation["winners"]] == [
        ("first", str(stage.entries[0].pk)),
        ("second", str(stage.entries[1].pk)),
        ("second", str(stage.entries[2].pk)),
    ]


def test_rules_that_cannot_be_computed_are_told_and_nothing_is_kept() -> None:
    def without_second_prize_count(rules: make.Rules) -> make.Rules:
        second = rules.awards[1].model_copy(update={"count": -1})
        return rules.model_copy(update={"awards": (rules.awards[0], second, *rules.awards[2:])})

    stage = make.contest(works=2, judges=3, change=without_second_prize_count)
    make.sealed(make.judged(make.opened(stage)))
    with pytest.raises(Refused, match="不能计算评奖结果：二等奖的名额应是不小于 0 的整数"):
        allocate(contest=stage.contest, by=stage.organiser, at=NOON)
    assert Result.objects.count() == 0
