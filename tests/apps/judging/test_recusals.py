"""What the rules of a panel keep its judges from: their own region, their pupils, their own unit."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from fengcai.apps.audit.models import AuditRecord
from fengcai.apps.entries.models import Entry
from fengcai.apps.judging.actions import (
    declare_conflict,
    excuse_judge,
    hand_in,
    save_sheet,
    seat_judge,
    withdraw_conflict,
)
from fengcai.apps.judging.models import Conflict
from fengcai.apps.judging.panel import counted_sheets, panel_of
from fengcai.apps.judging.queries import judge_stack, may_watch_as_judge, round_progress
from fengcai.apps.people.models import User
from fengcai.apps.refusals import NotFound, Refused
from fengcai.core.rulebook import Rules
from fengcai.core.rulebook.rules import Panel, Region
from tests.factories import judging as make
from tests.factories.judging import NOON, Stage, marks

pytestmark = [pytest.mark.django_db, pytest.mark.clause("J14")]

CITE = make.example()[1].rounds[0].cite
REGION = "作品来自评委所在的江北赛区，按规则回避。"
PUPIL = "评委是作品的指导教师，按规则回避。"


def recusing(*kinds: str, whole_round: bool = False) -> Any:
    """A panel that recuses so; units 1 and 2 make one region, 3 and 4 another."""

    def change(rules: Rules) -> Rules:
        base = rules.rounds[0].model_copy(
            update={"panel_id": "jury", "recuse_own_unit": whole_round, "min_judges": 2}
        )
        regions = (
            Region(id="north", name="江北赛区", members=("第1科", "第2科"), cite=CITE),
            Region(id="south", name="江南赛区", members=("第3科", "第4科"), cite=CITE),
        )
        jury = Panel(id="jury", name="评审组", recusal=kinds, cite=CITE)
        return rules.model_copy(update={"rounds": (base,), "panels": (jury,), "regions": regions})

    return change


def seated(*kinds: str, whole_round: bool = False, instructor: str = "") -> Stage:
    """Four works of four units; judge 1 is of unit 1, the other two of none."""
    stage = make.contest(
        works=4, judges=3, judge_units=(0,), change=recusing(*kinds, whole_round=whole_round)
    )
    if instructor:
        entry = stage.entries[3]
        entry.fields["authors"].append({"name": instructor, "role": "指导教师", "phone": "0791-1"})
        entry.save()
    return make.opened(stage)


def why(stage: Stage, judge: int) -> list[str]:
    cards = judge_stack(round=stage.open, user=stage.judges[judge]).cards
    return [card.why for card in cards]


def test_the_own_region_is_recused_at_the_opening() -> None:
    stage = seated("own_region", "declared")
    assert why(stage, 0) == [REGION, REGION, "", ""]
    assert why(stage, 1) == ["", "", "", ""]
    works = [str(entry.pk) for entry in stage.entries[:2]]
    assert AuditRecord.objects.get(action="judging.open").details["recused"] == [
        {"seat": "J1", "work": work, "kind": "own_region"} for work in works
    ]


def test_recused_by_region_is_neither_marked_nor_watched_nor_asked_for() -> None:
    stage = seated("own_region")
    judge = stage.judges[0]
    with pytest.raises(Refused, match=r"须回避.*江北赛区"):
        make.mark(stage, judge, stage.entries[1], 80)
    assert not may_watch_as_judge(judge, stage.entries[1])
    assert may_watch_as_judge(judge, stage.entries[2])
    with pytest.raises(Refused, match="已经回避"):
        declare_conflict(
            round=stage.open, entry_id=stage.entries[1].pk, reason="同乡", by=judge, at=NOON
        )
    with pytest.raises(NotFound, match="本赛区"):
        withdraw_conflict(round=stage.open, entry_id=stage.entries[1].pk, by=judge, at=NOON)
    for entry in stage.entries[2:]:
        make.mark(stage, judge, entry, 80)
    hand_in(round=stage.open, signed_name="评委1", by=judge, at=NOON)
    sheets = counted_sheets(panel_of(stage.open))
    assert {sheet["work"] for sheet in sheets} == {str(entry.pk) for entry in stage.entries[2:]}
    (found,) = round_progress(contest=stage.contest, user=stage.organiser)
    assert [(row.done, row.due, row.recused) for row in found.judges] == [
        (2, 2, 2), (0, 4, 0), (0, 4, 0),
    ]  # fmt: skip
    assert [(row.judge, row.work, row.why) for row in found.recusals] == [
        ("评委1", f"{n} 号《仁心故事之{n}》", REGION)
        for n in sorted((1, 2), key=lambda n: str(stage.entries[n - 1].pk))
    ]


def test_a_region_that_leaves_too_few_judges_stops_the_opening() -> None:
    stage = make.contest(works=4, judges=2, judge_units=(0,), change=recusing("own_region"))
    with pytest.raises(Refused, match="《仁心故事之1》 回避后仅剩 1 位评委"):
        make.opened(stage)
    assert not Conflict.objects.exists()


@pytest.mark.parametrize(
    ("name", "phone", "recused"),
    [
        ("评委2", "", True),
        (" 评　委2 ", "0791-1", True),
        ("评委2", "0791-2345678", False),
        ("评委9", "", False),
    ],
)
def test_a_judge_does_not_mark_the_own_pupils(name: str, phone: str, recused: bool) -> None:
    stage = make.contest(works=4, judges=3, change=recusing("own_student"))
    User.objects.filter(pk=stage.judges[1].pk).update(phone=phone)
    entry = stage.entries[3]
    entry.fields["authors"].append({"name": name, "role": "指导教师", "phone": "0791-1"})
    entry.save()
    make.opened(stage)
    assert why(stage, 1) == ["", "", "", PUPIL if recused else ""]
    assert why(stage, 0) == ["", "", "", ""]


def test_an_author_of_the_judges_name_is_no_pupil() -> None:
    stage = make.contest(works=1, judges=3, change=recusing("own_student"))
    Entry.objects.update(fields={"authors": [{"name": "评委2", "role": "编导"}]})
    make.opened(stage)
    assert why(stage, 1) == [""]


def test_every_reason_stands_in_one_row() -> None:
    stage = seated("own_unit", "own_region", "own_student", "declared", instructor="评委1")
    assert why(stage, 0) == ["作品由评委所在单位报送，按规则回避。" + REGION, REGION, "", PUPIL]
    assert list(Conflict.objects.order_by("pk").values_list("kind", flat=True)) == [
        "own_unit", "own_region", "own_student",
    ]  # fmt: skip


def test_where_the_whole_round_recuses_from_units_no_row_says_so_again() -> None:
    stage = seated("own_unit", whole_round=True)
    assert not Conflict.objects.exists()
    assert why(stage, 0) == ["作品由评委所在单位报送，按规则回避。", "", "", ""]


def test_a_judge_who_comes_later_or_back_is_looked_up_anew() -> None:
    stage = seated("own_student", instructor="替补")
    late = make.person("替补")
    make.Membership.objects.create(contest=stage.contest, user=late, role=make.Role.JUDGE)
    seat_judge(round=stage.open, judge=late, by=stage.organiser, at=NOON)
    work = str(stage.entries[3].pk)
    assert AuditRecord.objects.get(action="judging.seat").details["recused"] == [
        {"seat": "J4", "work": work, "kind": "own_student"}
    ]
    excuse_judge(round=stage.open, judge=late, reason="出差", by=stage.organiser, at=NOON)
    seat_judge(round=stage.open, judge=late, by=stage.organiser, at=NOON)
    standing = Conflict.objects.filter(withdrawn_at=None)
    assert [(row.judge, row.kind) for row in standing] == [(late, "own_student")]


def test_taking_a_declaration_back_does_not_undo_the_rules() -> None:
    stage = make.opened(make.contest(works=4, judges=3, change=recusing("own_student")))
    judge, entry = stage.judges[1], stage.entries[3]
    declare_conflict(round=stage.open, entry_id=entry.pk, reason="师生", by=judge, at=NOON)
    assert why(stage, 1)[3] == "评委声明回避：师生"
    entry.fields["authors"].append({"name": "评委2", "role": "指导老师"})
    entry.save()
    withdraw_conflict(round=stage.open, entry_id=entry.pk, by=judge, at=NOON)
    assert why(stage, 1)[3] == PUPIL
    with pytest.raises(Refused, match="指导教师"):
        save_sheet(
            round=stage.open, entry_id=entry.pk, values=marks(80), comment="", expected_version=0,
            by=judge, at=NOON,
        )  # fmt: skip


def test_the_pages_name_the_reason_and_offer_no_way_back(client: Client) -> None:
    stage = seated("own_region")
    client.force_login(stage.judges[0])
    page = client.get(reverse("judge-stack", args=[stage.contest.slug, "review"])).content.decode()
    assert page.count(REGION) == 2
    assert "撤回回避声明" not in page
    client.force_login(stage.organiser)
    office = client.get(reverse("office-round", args=[stage.contest.slug])).content.decode()
    assert "回避 2 项，各有原因" in office
    assert office.count(REGION) == 2
