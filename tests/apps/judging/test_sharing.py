"""Works shared out among a panel's judges: planned, shown, fixed, marked, mended, sealed."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from fengcai.apps.audit.models import AuditRecord
from fengcai.apps.contests.models import Contest
from fengcai.apps.judging.actions import (
    declare_conflict,
    excuse_judge,
    fix_assignment,
    hand_in,
    open_round,
    reopen_stack,
    save_sheet,
    seal_round,
)
from fengcai.apps.judging.models import Assignment, Round
from fengcai.apps.judging.queries import (
    judge_desk,
    judge_stack,
    judge_work,
    may_watch_as_judge,
    round_progress,
    sharing_page,
)
from fengcai.apps.judging.seeds import derived
from fengcai.apps.refusals import NotFound, NotPermitted, Refused
from fengcai.core.rulebook import Rules
from fengcai.core.rulebook.rules import Panel
from tests.factories import judging as make
from tests.factories.judging import NOON, Stage, marks

pytestmark = [pytest.mark.django_db, pytest.mark.clause("H5")]

CITE = make.example()[1].rounds[0].cite


def each_by(many: int, *, least: int = 2, normalise: str = "none") -> Any:
    """Every work is marked by `many` judges of the panel."""

    def change(rules: Rules) -> Rules:
        base = rules.rounds[0]
        scheme = base.scheme.model_copy(update={"normalise": normalise})
        round = base.model_copy(update={"panel_id": "jury", "min_judges": least, "scheme": scheme})
        jury = Panel(id="jury", name="评审组", per_entry=many, cite=CITE)
        return rules.model_copy(update={"rounds": (round,), "panels": (jury,)})

    return change


def opened(works: int = 6, judges: int = 4, many: int = 2, **more: Any) -> Stage:
    units = more.pop("judge_units", ())
    change = each_by(many, **more)
    return make.opened(make.contest(works=works, judges=judges, judge_units=units, change=change))


def fixed(stage: Stage, reason: str = "") -> Stage:
    page = sharing_page(round=stage.open, user=stage.organiser)
    assert page is not None
    fix_assignment(round=stage.open, plan=page.plan, reason=reason, by=stage.organiser, at=NOON)
    return stage


def due(stage: Stage, judge: int) -> list[int]:
    cards = judge_stack(round=stage.open, user=stage.judges[judge]).cards
    return [card.number for card in cards if card.state != "recused"]


def all_marked(stage: Stage) -> Stage:
    for at, judge in enumerate(stage.judges):
        for number in due(stage, at):
            make.mark(stage, judge, stage.entries[number - 1], 95 - 3 * number)
        hand_in(round=stage.open, signed_name=str(judge), by=judge, at=NOON)
    return stage


def test_before_the_sharing_is_fixed_no_judge_sees_a_work() -> None:
    stage = opened()
    judge = stage.judges[0]
    desk = judge_desk(round=stage.open, user=judge)
    assert desk.cards == ()
    assert desk.waits == "作品还没有分给评委。组织者确定分工之后，这里就会列出您要评的作品。"
    with pytest.raises(NotPermitted, match="还没有分给评委"):
        judge_work(round=stage.open, user=judge, entry_id=stage.entries[0].pk)
    assert not may_watch_as_judge(judge, stage.entries[0])
    with pytest.raises(NotFound, match="没有分给您"):
        make.mark(stage, judge, stage.entries[0], 80)
    with pytest.raises(Refused, match="还没有分给评委"):
        hand_in(round=stage.open, signed_name="评委1", by=judge, at=NOON)


def test_the_officer_sees_the_plan_and_fixes_just_that() -> None:
    stage = opened()
    page = sharing_page(round=stage.open, user=stage.organiser)
    assert page is not None
    assert (page.fixed_at, page.new) == (None, 12)
    (plan,) = page.panels
    assert [(row.judge, row.stands, row.new) for row in plan.loads] == [
        ("评委1", 0, 3), ("评委2", 0, 3), ("评委3", 0, 3), ("评委4", 0, 3),
    ]  # fmt: skip
    assert [len(row.judges) for row in plan.works] == [2] * 6
    assert plan.works[0].name == "1 号《仁心故事之1》"
    assert plan.works[0].why == (
        "4 位评委可评，分给其中 2 位：件数少的优先，件数相同的按种子的次序。"
    )
    with pytest.raises(Refused, match="分工已重新计算"):
        fix_assignment(round=stage.open, plan="x", by=stage.organiser, at=NOON)
    with pytest.raises(NotPermitted):
        fix_assignment(round=stage.open, plan=page.plan, by=stage.judges[0], at=NOON)
    made = fix_assignment(round=stage.open, plan=page.plan, by=stage.organiser, at=NOON)
    told = {row.name: set(row.judges) for row in plan.works}
    for row in made:
        number = stage.entries.index(row.entry) + 1
        assert str(row.judge) in told[f"{number} 号《仁心故事之{number}》"]
        assert row.why == plan.works[0].why
    again = sharing_page(round=stage.open, user=stage.organiser)
    assert again is not None
    assert (again.fixed_at, again.new, again.plan) == (NOON, 0, page.plan)
    with pytest.raises(Refused, match="没有要分的作品"):
        fix_assignment(round=stage.open, plan=page.plan, by=stage.organiser, at=NOON)


def test_the_record_keeps_the_seed_that_was_committed_before() -> None:
    stage = fixed(opened())
    opening = AuditRecord.objects.get(action="judging.open").details
    seed = stage.open.seed
    assert hashlib.sha256(bytes.fromhex(seed)).hexdigest() == opening["seed_sha256"]
    kept = AuditRecord.objects.get(action="judging.assign").details
    page = sharing_page(round=stage.open, user=stage.organiser)
    assert page is not None
    assert kept == {
        "pairs": page.plan,
        "new": 12,
        "seeds": {"jury": derived(seed, "assignment jury")},
        "per_entry": {"jury": 2},
        "loads": {"J1": 3, "J2": 3, "J3": 3, "J4": 3},
        "given": {"J1": 3, "J2": 3, "J3": 3, "J4": 3},
    }


def test_a_judge_has_the_own_works_and_no_others() -> None:
    stage = fixed(opened())
    mine = due(stage, 0)
    assert len(mine) == 3
    inside = stage.entries[mine[0] - 1]
    outside = next(entry for n, entry in enumerate(stage.entries, 1) if n not in mine)
    judge = stage.judges[0]
    assert may_watch_as_judge(judge, inside)
    assert not may_watch_as_judge(judge, outside)
    with pytest.raises(NotFound):
        judge_work(round=stage.open, user=judge, entry_id=outside.pk)
    with pytest.raises(NotFound, match="没有分给您"):
        make.mark(stage, judge, outside, 80)
    with pytest.raises(NotFound, match="没有分给您"):
        declare_conflict(round=stage.open, entry_id=outside.pk, reason="同事", by=judge, at=NOON)
    make.mark(stage, judge, inside, 80)
    desk = judge_desk(round=stage.open, user=judge)
    assert (desk.progress.works, desk.progress.due, desk.progress.done) == (3, 3, 1)
    assert [card.number for card in desk.cards] == mine
    work = judge_work(round=stage.open, user=judge, entry_id=inside.pk)
    assert [step.number for step in work.strip] == mine
    (found,) = round_progress(contest=stage.contest, user=stage.organiser)
    assert [(row.done, row.due) for row in found.judges] == [(1, 3), (0, 3), (0, 3), (0, 3)]
    assert found.shortages == ()


def test_the_own_unit_is_never_given() -> None:
    stage = fixed(opened(works=6, judges=4, judge_units=(0, 1)))
    assert 1 not in due(stage, 0)
    assert 2 not in due(stage, 1)
    assert sorted(len(due(stage, n)) for n in range(4)) == [3, 3, 3, 3]


def test_a_work_that_too_few_may_mark_stops_the_opening() -> None:
    stage = make.contest(works=2, judges=3, judge_units=(0,), change=each_by(3))
    with pytest.raises(Refused) as caught:
        make.opened(stage)
    assert caught.value.message == (
        "作品 1 号《仁心故事之1》 能评的评委只有 2 位，规则要求每件由 3 位评。"
        f"规则：{CITE}。请增聘与这些作品无关的评委。"
    )
    assert not Round.objects.exists()


def test_a_shared_round_is_sealed_by_the_marks_of_those_it_was_given_to() -> None:
    stage = all_marked(fixed(opened()))
    sealed = seal_round(round=stage.open, by=stage.organiser, at=NOON)
    assert sealed.ranking is not None
    assert [row["figure"] for row in sealed.ranking["standings"]] == [
        "92.00", "89.00", "86.00", "83.00", "80.00", "77.00",
    ]  # fmt: skip
    assert {row["n"] for row in sealed.ranking["standings"]} == {2}


def test_a_judge_who_drops_out_is_made_up_for_and_marks_are_kept() -> None:
    stage = fixed(opened())
    first = due(stage, 1)
    make.mark(stage, stage.judges[1], stage.entries[first[0] - 1], 80)
    lost = due(stage, 0)
    before = {n: set(due(stage, n)) for n in (1, 2, 3)}
    excuse_judge(
        round=stage.open, judge=stage.judges[0], reason="出差", by=stage.organiser, at=NOON
    )
    page = sharing_page(round=stage.open, user=stage.organiser)
    assert page is not None
    assert page.new == 3
    (found,) = round_progress(contest=stage.contest, user=stage.organiser)
    assert found.shortages == tuple(
        f"作品 {n} 号《仁心故事之{n}》 只有 1 位评委，少于规则要求的 2 位。"
        for n in sorted(lost, key=lambda n: str(stage.entries[n - 1].pk))
    )
    with pytest.raises(Refused, match="写明为什么补分"):
        fixed(stage)
    fixed(stage, "评委1出差退出")
    for n in (1, 2, 3):
        assert before[n] <= set(due(stage, n))
        assert len(due(stage, n)) == 4
    assert Assignment.objects.filter(ended_at=NOON).count() == 3
    record = AuditRecord.objects.filter(action="judging.assign").order_by("pk").last()
    assert record is not None
    assert record.details["given"] == {"J2": 1, "J3": 1, "J4": 1}
    stage.judges = stage.judges[1:]
    all_marked(stage)
    assert seal_round(round=stage.open, by=stage.organiser, at=NOON).state == "sealed"


def test_the_seal_waits_for_works_that_lost_a_judge() -> None:
    """Judge 1 declares a conflict; the others have handed in and one of them must take the work."""
    stage = fixed(opened(works=3, judges=3, many=2, least=1))
    number = due(stage, 0)[0]
    declare_conflict(
        round=stage.open, entry_id=stage.entries[number - 1].pk, reason="同门",
        by=stage.judges[0], at=NOON,
    )  # fmt: skip
    all_marked(stage)
    with pytest.raises(Refused, match="还有 1 件作品没有分足评委"):
        seal_round(round=stage.open, by=stage.organiser, at=NOON)
    with pytest.raises(Refused, match="评分已签名提交"):
        fixed(stage, "评委1回避")
    taker = next(n for n in (1, 2) if number not in due(stage, n))
    reopen_stack(
        round=stage.open, judge=stage.judges[taker], reason="补分", by=stage.organiser, at=NOON
    )
    fixed(stage, "评委1回避")
    assert number in due(stage, taker)
    make.mark(stage, stage.judges[taker], stage.entries[number - 1], 80)
    hand_in(round=stage.open, signed_name="补", by=stage.judges[taker], at=NOON)
    assert seal_round(round=stage.open, by=stage.organiser, at=NOON).state == "sealed"


def test_marks_that_must_be_brought_to_one_scale_need_common_works() -> None:
    stage = opened(works=4, judges=2, many=1, least=1, normalise="standard_score")
    page = sharing_page(round=stage.open, user=stage.organiser)
    assert page is not None
    assert not page.panels[0].joined
    with pytest.raises(Refused, match="没有共同作品的几组"):
        fixed(stage)


def test_who_left_and_came_back_does_not_count_twice() -> None:
    stage = fixed(opened())
    judge = stage.judges[0]
    make.mark(stage, judge, stage.entries[due(stage, 0)[0] - 1], 80)
    excuse_judge(round=stage.open, judge=judge, reason="出差", by=stage.organiser, at=NOON)
    fixed(stage, "退出")
    make.seat_judge(round=stage.open, judge=judge, by=stage.organiser, at=NOON)
    assert due(stage, 0) == []
    (found,) = round_progress(contest=stage.contest, user=stage.organiser)
    assert (found.judges[0].done, found.judges[0].due) == (0, 0)
    desk = judge_desk(round=stage.open, user=judge)
    assert (desk.progress.due, desk.waits) == (0, "")


def test_a_round_without_a_seed_is_marked_by_everybody() -> None:
    """It was opened before works could be shared out."""
    stage = opened()
    Round.objects.update(seed="")
    assert sharing_page(round=stage.open, user=stage.organiser) is None
    assert due(stage, 0) == [1, 2, 3, 4, 5, 6]


def asked(stage: Stage) -> list[int]:
    """How many statements each page's query asks, less the one that reads the round here."""
    judge, officer = stage.judges[0], stage.organiser
    entry = stage.entries[due(stage, 0)[0] - 1]
    found = []
    for ask in (
        lambda: judge_desk(round=stage.open, user=judge),
        lambda: judge_work(round=stage.open, user=judge, entry_id=entry.pk),
        lambda: sharing_page(round=stage.open, user=officer),
    ):
        with CaptureQueriesContext(connection) as captured:
            ask()
        found.append(len(captured) - 1)
    with CaptureQueriesContext(connection) as captured:
        round_progress(contest=stage.contest, user=officer)
    return [*found, len(captured)]


def test_pages_ask_the_same_number_of_statements_for_few_and_for_many() -> None:
    few = asked(fixed(opened(works=4)))
    Contest.objects.update(slug="few")
    assert asked(fixed(opened(works=24))) == few
    assert few == [9, 8, 8, 13]


def test_the_page_shows_the_plan_and_fixes_it(client: Client) -> None:
    stage = opened()
    client.force_login(stage.organiser)
    where = reverse("office-round", args=[stage.contest.slug])
    page = client.get(where).content.decode()
    assert "确定分工" in page
    assert "每件作品由 2 位评" in page
    act = reverse("office-round-share", args=[stage.contest.slug, "review"])
    plan = sharing_page(round=stage.open, user=stage.organiser)
    assert plan is not None
    stale = client.post(act, {"plan": "x"})
    assert stale.status_code == 422
    assert "分工已重新计算" in stale.content.decode()
    assert client.post(act, {"plan": plan.plan}).status_code == 302
    assert Assignment.objects.count() == 12
    excuse_judge(
        round=stage.open, judge=stage.judges[0], reason="出差", by=stage.organiser, at=NOON
    )
    page = client.get(where).content.decode()
    assert "有 3 份评分没有人评了" in page
    assert "按此补分" in page
    client.force_login(stage.judges[1])
    assert client.post(act, {"plan": plan.plan}).status_code == 403


def test_the_first_marks_of_a_shared_round_save_like_any_other() -> None:
    stage = fixed(opened())
    entry = stage.entries[due(stage, 2)[0] - 1]
    sheet = save_sheet(
        round=stage.open, entry_id=entry.pk, values=marks(80), comment="", expected_version=0,
        by=stage.judges[2], at=NOON,
    )  # fmt: skip
    assert sheet.version == 1


def test_every_judge_marks_everything_where_no_number_is_written() -> None:
    stage = make.contest(works=2, judges=3)
    stage.round = open_round(contest=stage.contest, round_id="review", by=stage.organiser, at=NOON)
    assert sharing_page(round=stage.open, user=stage.organiser) is None
    assert stage.open.seed == ""


def test_where_nothing_is_shared_out_the_officers_page_asks_nothing_for_it() -> None:
    stage = make.opened(make.contest(works=2, judges=3))
    round = stage.open
    with CaptureQueriesContext(connection) as captured:
        assert sharing_page(round=round, user=stage.organiser) is None
    assert len(captured) == 1
