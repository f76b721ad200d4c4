"""Panels with lines of their own: experts and an audience, each on its own sheet, weighed 70 to 30."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from fengcai.apps.awards.actions import allocate
from fengcai.apps.awards.outcome import outcome_of
from fengcai.apps.awards.queries import result_page
from fengcai.apps.judging.actions import (
    assign_panel,
    hand_in,
    save_sheet,
    seal_round,
    sign_commitment,
)
from fengcai.apps.judging.models import ScoreSheet
from fengcai.apps.judging.queries import judge_desk, judge_work, round_progress, sheets_of
from fengcai.apps.refusals import NotPermitted, Refused
from fengcai.core.rulebook import Rules
from fengcai.core.rulebook.rules import Component, Criterion, Panel, TieBreak
from tests.factories import judging as make
from tests.factories.judging import NOON, Stage

pytestmark = [pytest.mark.django_db, pytest.mark.clause("H5")]

CITE = make.example()[1].rounds[0].cite


def line(id: str, name: str, top: int, panel: str) -> Criterion:
    return Criterion(
        id=id, name=name, min=Decimal(0), max=Decimal(top), step=Decimal(1), weight=Decimal(1),
        panel=panel, cite=CITE,
    )  # fmt: skip


def mixed(default: str | None = None) -> Any:
    """Experts mark science and manner, the audience one impression; 70 to 30."""

    def change(rules: Rules) -> Rules:
        base = rules.rounds[0]
        scheme = base.scheme.model_copy(
            update={
                "criteria": (
                    line("science", "科学性", 60, "experts"),
                    line("manner", "表达", 40, "experts"),
                    line("liking", "总体印象", 100, "audience"),
                ),
                "components": tuple(
                    Component(id=id, name=name, of="panel", ref=id, weight=Decimal(weight), cite=CITE)
                    for id, name, weight in (("experts", "专家评分", "0.7"), ("audience", "大众评分", "0.3"))
                ),
                "aggregate": "mean", "drop_high": 0, "drop_low": 0, "drop_only_if_at_least": 0,
                "tie_break": (TieBreak(by="criterion", id="science"), TieBreak(by="committee")),
            }
        )  # fmt: skip
        round = base.model_copy(update={"scheme": scheme, "min_judges": 2, "panel_id": default})
        panels = tuple(
            Panel(id=id, name=name, cite=CITE)
            for id, name in (("experts", "专家评委"), ("audience", "大众评审"))
        )
        return rules.model_copy(
            update={"language": "2", "rounds": (round,), "panels": panels, "awards": rules.awards[:1],
                    "money_total": None}
        )  # fmt: skip

    return change


def seated(default: str | None = None) -> Stage:
    """Two works; judges 1 and 2 are experts, judge 3 is the audience."""
    stage = make.opened(make.contest(works=2, judges=3, change=mixed(default)))
    for judge, panel in zip(stage.judges, ("experts", "experts", "audience"), strict=True):
        assign_panel(round=stage.open, judge=judge, panel=panel, by=stage.organiser, at=NOON)
    return stage


def save(stage: Stage, judge: int, work: int, **values: str) -> ScoreSheet:
    return save_sheet(
        round=stage.open, entry_id=stage.entries[work].pk, values=values, comment="",
        expected_version=0, by=stage.judges[judge], at=NOON,
    )  # fmt: skip


def marked(stage: Stage) -> Stage:
    for work, (first, second, liking) in enumerate([("60", "40", "50"), ("50", "50", "100")]):
        save(stage, 0, work, science=first, manner="30")
        save(stage, 1, work, science=second, manner="30")
        save(stage, 2, work, liking=liking)
    for judge in stage.judges:
        hand_in(round=stage.open, signed_name=str(judge), by=judge, at=NOON)
    return stage


def test_a_judge_has_only_the_lines_of_the_own_panel() -> None:
    stage = seated()
    work = stage.entries[0].pk
    audience = judge_work(round=stage.open, user=stage.judges[2], entry_id=work)
    assert [one.id for one in audience.criteria] == ["liking"]
    assert (audience.panel, audience.full) == ("大众评审", "100")
    expert = judge_work(round=stage.open, user=stage.judges[0], entry_id=work)
    assert [one.id for one in expert.criteria] == ["science", "manner"]
    with pytest.raises(Refused) as caught:
        save(stage, 2, 0, liking="80", science="3")
    assert caught.value.fields == {"science": "评分表里没有这一项。"}
    assert not ScoreSheet.objects.exists()


def test_handing_in_asks_for_the_own_lines_and_no_others() -> None:
    stage = seated()
    save(stage, 0, 0, science="50", manner="30")
    save(stage, 0, 1, science="50")
    with pytest.raises(Refused) as caught:
        hand_in(round=stage.open, signed_name="评委1", by=stage.judges[0], at=NOON)
    assert caught.value.fields == {
        str(stage.entries[1].pk): "2 号《仁心故事之2》：“表达”还没有打分。"
    }
    for work in (0, 1):
        save(stage, 2, work, liking="80")
    assert hand_in(round=stage.open, signed_name="评委3", by=stage.judges[2], at=NOON)
    (found,) = round_progress(contest=stage.contest, user=stage.organiser)
    assert [(one.panel, one.done, one.due) for one in found.judges] == [
        ("experts", 1, 2), ("experts", 0, 2), ("audience", 2, 2),
    ]  # fmt: skip


def test_the_parts_are_taken_from_their_own_panel_only() -> None:
    stage = marked(seated())
    sealed = seal_round(round=stage.open, by=stage.organiser, at=NOON)
    assert sealed.ranking is not None
    first, second = sealed.ranking["standings"]
    # 1: (90 + 70) ÷ 2 × 70 % + 50 × 30 % = 71; 2: 80 × 70 % + 100 × 30 % = 86
    assert (first["work"], first["figure"]) == (str(stage.entries[1].pk), "86.00")
    assert (second["work"], second["figure"]) == (str(stage.entries[0].pk), "71.00")
    assert second["criteria"] == {"science": "50", "manner": "30", "liking": "50"}
    assert [part["value"] for part in second["parts"]] == ["80", "50"]
    assert sealed.inputs["panels"] == {"J1": "experts", "J2": "experts", "J3": "audience"}
    rows = sheets_of(entry_id=stage.entries[0].pk, user=stage.organiser)["review"]
    assert [(row.values, row.total) for row in rows] == [
        ((("科学性", "60"), ("表达", "30")), "90"),
        ((("科学性", "40"), ("表达", "30")), "70"),
        ((("总体印象", "50"),), "50"),
    ]


def test_a_recount_finds_a_changed_sheet_and_a_changed_panel() -> None:
    stage = marked(seated())
    seal_round(round=stage.open, by=stage.organiser, at=NOON)
    allocate(contest=stage.contest, by=stage.organiser, at=NOON)
    page = result_page(contest=stage.contest, user=stage.organiser)
    assert page is not None
    assert [(row.figure, [mark.total for mark in row.marks]) for row in page.ranking] == [
        ("86.00", ["80", "80", "100"]), ("71.00", ["90", "70", "50"]),
    ]  # fmt: skip
    kept = stage.open.hash
    round = stage.open
    round.inputs["panels"]["J3"] = "experts"
    round.save()
    with pytest.raises(Refused, match="不一致"):
        outcome_of(stage.contest)
    round.inputs["panels"]["J3"] = "audience"
    round.save()
    assert outcome_of(stage.contest).panel.round.hash == kept
    sheet = ScoreSheet.objects.get(judge=stage.judges[2], entry=stage.entries[0])
    sheet.values = {"liking": "51"}
    sheet.save()
    with pytest.raises(Refused, match="不一致"):
        outcome_of(stage.contest)


def test_without_a_panel_there_is_nothing_to_mark() -> None:
    stage = make.opened(make.contest(works=2, judges=3, change=mixed()))
    desk = judge_desk(round=stage.open, user=stage.judges[0])
    assert desk.cards == ()
    assert desk.waits == "您还没有编入评委组，不知道该评哪几项。请联系组织者编组；已填的内容都在。"
    with pytest.raises(NotPermitted, match="编入评委组"):
        judge_work(round=stage.open, user=stage.judges[0], entry_id=stage.entries[0].pk)
    with pytest.raises(Refused, match="编入评委组"):
        save(stage, 0, 0, liking="80")
    with pytest.raises(Refused, match="编入评委组"):
        hand_in(round=stage.open, signed_name="评委1", by=stage.judges[0], at=NOON)


def test_the_rounds_own_panel_is_where_a_judge_sits_unless_told_otherwise() -> None:
    stage = make.opened(make.contest(works=2, judges=3, change=mixed("experts")))
    found = judge_work(round=stage.open, user=stage.judges[0], entry_id=stage.entries[0].pk)
    assert [one.id for one in found.criteria] == ["science", "manner"]
    for judge in stage.judges:
        for work in (0, 1):
            save(stage, stage.judges.index(judge), work, science="50", manner="30")
        hand_in(round=stage.open, signed_name=str(judge), by=judge, at=NOON)
    with pytest.raises(Refused, match="大众评审还没有评委"):
        seal_round(round=stage.open, by=stage.organiser, at=NOON)


def test_the_rounds_number_of_judges_is_asked_of_its_own_panel() -> None:
    stage = make.opened(make.contest(works=1, judges=3, change=mixed("experts")))
    for judge in stage.judges[1:]:
        assign_panel(round=stage.open, judge=judge, panel="audience", by=stage.organiser, at=NOON)
    save(stage, 0, 0, science="50", manner="30")
    for judge in (1, 2):
        save(stage, judge, 0, liking="80")
    for judge in stage.judges:
        hand_in(round=stage.open, signed_name=str(judge), by=judge, at=NOON)
    with pytest.raises(Refused, match="1 号《仁心故事之1》 只有 1 位评委，少于规则要求的 2 位"):
        seal_round(round=stage.open, by=stage.organiser, at=NOON)


def test_who_has_marked_keeps_the_panel() -> None:
    stage = seated()
    save(stage, 2, 0, liking="80")
    with pytest.raises(Refused, match="评委3 已经打过分"):
        assign_panel(
            round=stage.open, judge=stage.judges[2], panel="experts", by=stage.organiser, at=NOON
        )


def test_the_pages_show_each_panel_its_own_sheet(client: Client) -> None:
    stage = seated()
    client.force_login(stage.judges[2])
    where = [stage.contest.slug, "review"]
    page = client.get(reverse("judge-work", args=[*where, stage.entries[0].pk])).content.decode()
    assert 'name="liking"' in page
    assert 'name="science"' not in page
    assert "大众评审" in page
    desk = client.get(reverse("judge-stack", args=where)).content.decode()
    assert "满分 100 分，1 项" in desk
    client.force_login(stage.organiser)
    office = client.get(reverse("office-round", args=[stage.contest.slug])).content.decode()
    assert '<option value="audience" selected>大众评审</option>' in office


def test_a_promise_opens_an_empty_desk_to_who_sits_on_no_panel(client: Client) -> None:
    stage = make.opened(make.contest(works=2, judges=3, change=mixed()), promised=False)
    sign_commitment(round=stage.open, signed_name="评委1", by=stage.judges[0], at=NOON)
    client.force_login(stage.judges[0])
    page = client.get(reverse("judge-stack", args=[stage.contest.slug, "review"])).content.decode()
    assert "还没有编入评委组" in page
    assert "仁心故事" not in page


def test_the_opening_puts_judges_on_their_panels(client: Client) -> None:
    stage = make.contest(works=2, judges=3, change=mixed("experts"))
    client.force_login(stage.organiser)
    page = client.get(reverse("office-round", args=[stage.contest.slug])).content.decode()
    first, second, third = (judge.pk for judge in stage.judges)
    assert f'name="panel-{third}"' in page
    sent = {
        "panel": "chosen", "judges": [first, second, third],
        f"panel-{first}": "experts", f"panel-{second}": "experts", f"panel-{third}": "audience",
    }  # fmt: skip
    act = reverse("office-round-open", args=[stage.contest.slug, "review"])
    assert client.post(act, sent).status_code == 302
    (found,) = round_progress(contest=stage.contest, user=stage.organiser)
    assert [row.panel for row in found.judges] == ["experts", "experts", "audience"]
