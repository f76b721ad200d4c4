"""Sealing a round: who is still missing, which sheets count, and the ranking that results."""

from __future__ import annotations

import pytest

from fengcai.apps.audit.models import AuditRecord
from fengcai.apps.audit.queries import verify_chain
from fengcai.apps.contests.models import Membership
from fengcai.apps.contests.roles import Role
from fengcai.apps.entries.models import Entry
from fengcai.apps.entries.states import State
from fengcai.apps.judging.actions import (
    declare_conflict,
    excuse_judge,
    hand_in,
    save_sheet,
    seal_round,
    seat_judge,
    sign_commitment,
)
from fengcai.apps.judging.models import ScoreSheet
from fengcai.apps.judging.panel import counted_sheets, panel_of, sheets_hash
from fengcai.apps.refusals import NotPermitted, Refused
from fengcai.core.rulebook import TieBreak
from tests.factories import judging as make
from tests.factories.judging import NOON, marks

pytestmark = pytest.mark.django_db


@pytest.mark.clause("J14")
def test_the_seal_names_the_judges_who_have_not_handed_in() -> None:
    stage = make.opened(make.contest(works=2, judges=4))
    for judge in stage.judges[:2]:
        for entry in stage.entries:
            make.mark(stage, judge, entry, 80)
        hand_in(round=stage.open, signed_name=str(judge), by=judge, at=NOON)
    with pytest.raises(Refused) as refusal:
        make.sealed(stage)
    assert refusal.value.message == (
        "还有 2 位评委没有提交评分：评委3、评委4。全部提交后才能封存。"
    )
    assert stage.open.state == "open"


@pytest.mark.clause("J14")
def test_the_seal_ranks_by_the_trimmed_mean_and_keeps_it() -> None:
    stage = make.contest(works=3, judges=5)
    given = [[90, 80, 80, 80, 10], [81, 81, 81, 81, 81], [70, 75, 72, 71, 79]]
    make.sealed(make.judged(make.opened(stage), totals=lambda w, j: given[w][j]))
    sealed = stage.open
    assert (sealed.state, sealed.sealed_at, sealed.sealed_by) == ("sealed", NOON, stage.organiser)
    assert sealed.ranking is not None
    rows = sealed.ranking["standings"]
    assert [(row["work"], row["rank"], row["figure"]) for row in rows] == [
        (str(stage.entries[1].pk), 1, "81.00"),
        (str(stage.entries[0].pk), 2, "80.00"),
        (str(stage.entries[2].pk), 3, "72.67"),
    ]
    assert [mark for mark in rows[1]["marks"] if mark["dropped"]] == [
        {"judge": "J1", "total": "90", "dropped": "high"},
        {"judge": "J5", "total": "10", "dropped": "low"},
    ]


def test_the_seal_is_recorded_with_the_hash_of_all_sheets() -> None:
    stage = make.sealed(make.judged(make.opened(make.contest(works=2, judges=3))))
    sheets = counted_sheets(panel_of(stage.open))
    assert len(sheets) == 6
    assert stage.open.hash == sheets_hash(sheets)
    note = AuditRecord.objects.filter(action="judging.seal").get()
    assert note.details == {"sheets": stage.open.hash, "count": 6, "left_out": []}
    assert verify_chain(stage.contest.chain).ok


def test_a_mark_changed_behind_the_seal_changes_the_hash() -> None:
    stage = make.sealed(make.judged(make.opened(make.contest(works=2, judges=3))))
    sheet = ScoreSheet.objects.order_by("pk").first()
    assert sheet is not None
    ScoreSheet.objects.filter(pk=sheet.pk).update(values=marks(100))
    assert sheets_hash(counted_sheets(panel_of(stage.open))) != stage.open.hash


def test_after_the_seal_nothing_moves() -> None:
    stage = make.sealed(make.judged(make.opened(make.contest(works=2, judges=3))))
    judge = stage.judges[0]
    with pytest.raises(Refused, match="已封存"):
        make.sealed(stage)
    with pytest.raises(Refused, match="已封存"):
        save_sheet(
            round=stage.open, entry_id=stage.entries[0].pk, values=marks(1), comment="",
            expected_version=1, by=judge, at=NOON,
        )  # fmt: skip
    with pytest.raises(Refused, match="已封存"):
        excuse_judge(round=stage.open, judge=judge, reason="迟", by=stage.organiser, at=NOON)
    with pytest.raises(Refused, match="已封存"):
        sign_commitment(round=stage.open, signed_name="评委", by=judge, at=NOON)


def test_only_an_organiser_seals() -> None:
    stage = make.judged(make.opened(make.contest(works=2, judges=3)))
    with pytest.raises(NotPermitted):
        seal_round(round=stage.open, by=stage.judges[0], at=NOON)


def test_recused_and_excused_sheets_do_not_count() -> None:
    stage = make.opened(make.contest(works=2, judges=5, judge_units=(0,)))
    declarer, leaver = stage.judges[1], stage.judges[4]
    make.mark(stage, declarer, stage.entries[1], 1)
    declare_conflict(
        round=stage.open, entry_id=stage.entries[1].pk, reason="亲属", by=declarer, at=NOON
    )
    make.judged(stage, totals=lambda w, j: 80 + j, skip=[(0, 0), (1, 1)])
    excuse_judge(round=stage.open, judge=leaver, reason="撤回聘任", by=stage.organiser, at=NOON)
    make.sealed(stage)
    assert stage.open.ranking is not None
    by_work = {
        row["work"]: sorted(mark["judge"] for mark in row["marks"])
        for row in stage.open.ranking["standings"]
    }
    assert by_work == {
        str(stage.entries[0].pk): ["J2", "J3", "J4"],
        str(stage.entries[1].pk): ["J1", "J3", "J4"],
    }


def test_a_work_left_short_by_a_late_conflict_waits_for_another_judge() -> None:
    stage = make.opened(make.contest(works=2, judges=3))
    declare_conflict(
        round=stage.open, entry_id=stage.entries[0].pk, reason="亲属", by=stage.judges[0], at=NOON
    )
    make.judged(stage, skip=[(0, 0)])
    with pytest.raises(
        Refused, match="1 号《仁心故事之1》 回避后仅剩 2 位评委，少于规则要求的 3 位"
    ):
        make.sealed(stage)
    late = make.person("评委四")
    Membership.objects.create(contest=stage.contest, user=late, role=Role.JUDGE)
    seat_judge(round=stage.open, judge=late, by=stage.organiser, at=NOON)
    sign_commitment(round=stage.open, signed_name="评委四", by=late, at=NOON)
    for entry in stage.entries:
        make.mark(stage, late, entry, 80)
    hand_in(round=stage.open, signed_name="评委四", by=late, at=NOON)
    assert make.sealed(stage).open.state == "sealed"


def test_a_work_that_lost_its_acceptance_is_left_out_and_recorded() -> None:
    stage = make.judged(make.opened(make.contest(works=3, judges=3)))
    gone = stage.entries[1]
    Entry.objects.filter(pk=gone.pk).update(state=State.WITHDRAWN)
    make.sealed(stage)
    assert stage.open.ranking is not None
    assert len(stage.open.ranking["standings"]) == 2
    note = AuditRecord.objects.filter(action="judging.seal").get()
    assert note.details["left_out"] == [str(gone.pk)]


def test_a_work_lost_after_the_seal_keeps_its_place_in_the_ranking() -> None:
    stage = make.sealed(make.judged(make.opened(make.contest(works=3, judges=3))))
    Entry.objects.filter(pk=stage.entries[1].pk).update(state=State.WITHDRAWN)
    panel = panel_of(stage.open)
    assert len(panel.works) == 3
    assert sheets_hash(counted_sheets(panel)) == stage.open.hash


def test_what_core_cannot_rank_is_told_and_the_round_stays_open() -> None:
    def by_submission(rules: make.Rules) -> make.Rules:
        steps = (TieBreak(by="earlier_submission"),)
        scheme = rules.rounds[0].scheme.model_copy(update={"tie_break": steps})
        rule = rules.rounds[0].model_copy(update={"scheme": scheme})
        return rules.model_copy(update={"rounds": (rule,)})

    stage = make.judged(make.opened(make.contest(works=2, judges=3, change=by_submission)))
    Entry.objects.filter(pk=stage.entries[0].pk).update(submitted_at=None)
    with pytest.raises(Refused, match="没有带时区的提交时间"):
        make.sealed(stage)
    assert stage.open.state == "open"
