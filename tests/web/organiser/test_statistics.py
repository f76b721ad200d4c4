"""The statistics: each figure is the number of works in the list that it leads to."""

from __future__ import annotations

import io
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from fengcai.apps.entries.listing import Asked, listing
from fengcai.apps.entries.models import Entry
from fengcai.apps.entries.states import State
from fengcai.apps.entries.statistics import Day, by_day
from fengcai.apps.exchange.packs import weigh
from fengcai.core.rulebook.rules.works import Division
from tests.factories import judging as factory
from tests.factories.judging import TIME, Stage

pytestmark = [pytest.mark.django_db, pytest.mark.intake]
BEGAN = datetime(2026, 4, 10, 23, 30, tzinfo=TIME)


def teams(rules: Any) -> Any:
    """The rules with two divisions of one axis."""
    cite = rules.rounds[0].cite
    told = [("young", "青年组"), ("open", "公开组")]
    divisions = tuple(Division(id=id, name=name, axis="age", cite=cite) for id, name in told)
    return rules.model_copy(update={"divisions": divisions})


@pytest.fixture
def stage() -> Stage:
    """Six works: two directions, two classes, two districts, several states, one late."""
    made = factory.contest(works=6, judges=1, change=teams)
    for number, unit in enumerate(made.units):
        unit.unit_class = "medtech" if number >= 4 else "clinical"
        unit.district = "南院" if number % 2 else ""
        unit.save()
    changes: list[dict[str, Any]] = [
        {"themes": ["service", "tcm"], "divisions": ["young"], "late": True},
        {"themes": ["tcm"], "state": State.RETURNED},
        {"themes": [], "state": State.DRAFT, "submitted_at": None, "number": ""},
        {"divisions": ["open"], "state": State.CONFIRMED},
        {"state": State.WITHDRAWN},
        {},
    ]
    for number, (entry, change) in enumerate(zip(made.entries, changes, strict=True)):
        told = {"submitted_at": BEGAN + timedelta(hours=number // 3), **change}
        Entry.objects.filter(pk=entry.pk).update(**told)
    return made


@pytest.fixture
def office(stage: Stage) -> Client:
    client = Client()
    client.force_login(stage.organiser)
    return client


def page(office: Client, stage: Stage) -> dict[str, Any]:
    answer = office.get(reverse("office-statistics", args=[stage.contest.slug]))
    assert answer.status_code == 200
    return {name: answer.context[name] for name in ("columns", "cuts", "whole")}


def lines(page: dict[str, Any], cut: str) -> dict[str, list[int]]:
    [found] = [each for each in page["cuts"] if each.id == cut]
    return {line.name: [figure.count for figure in line.figures] for line in found.lines}


@pytest.mark.clause("J2")
def test_works_are_counted_by_direction_class_district_and_division(
    stage: Stage, office: Client
) -> None:
    found = page(office, stage)
    assert found["columns"] == [
        "全部", "草稿", "待审核", "退回修改", "审核通过", "已撤回", "逾期",
    ]  # fmt: skip
    themes = lines(found, "themes")
    names = list(themes)
    assert len(names) == 8 and names[-1] == "没有选方向"
    assert sum(each[0] for each in themes.values()) == 7  # one work has two directions
    assert themes["没有选方向"] == [1, 1, 0, 0, 0, 0, 0]
    assert lines(found, "divisions") == {
        "青年组": [1, 0, 0, 0, 1, 0, 1],
        "公开组": [1, 0, 1, 0, 0, 0, 0],
    }
    assert lines(found, "districts") == {
        "南院": [3, 0, 1, 1, 1, 0, 0],
        "没有片区": [3, 1, 0, 0, 1, 1, 1],
    }
    classes = lines(found, "classes")
    assert classes["临床科室"] == [4, 1, 1, 1, 1, 0, 1]
    assert [figure.count for figure in found["whole"].figures] == [6, 1, 1, 1, 2, 1, 1]


@pytest.mark.clause("J2")
def test_each_figure_leads_to_a_list_of_as_many(stage: Stage, office: Client) -> None:
    found = page(office, stage)
    checked = 0
    for cut in found["cuts"]:
        for line in cut.lines:
            for figure in line.figures:
                assert bool(figure.url) == bool(figure.count)
                if figure.url:
                    works = office.get(figure.url).context["works"]
                    assert works.total == figure.count, (line.name, figure)
                    checked += 1
    assert checked > 30


@pytest.mark.clause("J2")
def test_days_are_beijings_and_a_draft_has_none(stage: Stage, office: Client) -> None:
    assert by_day(stage.contest, TIME) == [
        Day(date(2026, 4, 10), 2, 1),
        Day(date(2026, 4, 11), 2, 0),
    ]
    shown = office.get(reverse("office-statistics", args=[stage.contest.slug])).content.decode()
    assert "从 2026-04-10 到 2026-04-11 共报送 4 件" in shown
    assert "4 月 10 日：2 件，其中逾期 1 件" in shown


@pytest.mark.clause("J2")
def test_the_workbook_is_what_is_on_the_screen(stage: Stage, office: Client) -> None:
    found = page(office, stage)
    sent = office.get(reverse("office-statistics-xlsx", args=[stage.contest.slug]))
    book = load_workbook(io.BytesIO(sent.content))
    assert book.sheetnames == ["按方向", "按组别", "按单位类别", "按片区", "按日报送"]
    table = [[cell.value for cell in row] for row in book["按片区"].iter_rows()]
    assert table[0] == ["片区", *found["columns"]]
    assert {row[0]: row[1:] for row in table[1:-1]} == lines(found, "districts")
    assert table[-1] == ["全部作品", 6, 1, 1, 1, 2, 1, 1]


@pytest.mark.clause("J2")
def test_awarded_works_have_a_column_once_the_result_is_approved() -> None:
    done = factory.contest()
    client = Client()
    client.force_login(done.organiser)
    assert page(client, done)["columns"][-1] == "逾期"
    factory.approved(done)
    found = page(client, done)
    assert found["columns"][-1] == "获奖"
    assert found["whole"].figures[-1].count == 11  # two works have two awards
    assert found["whole"].figures[-1].url == ""


@pytest.mark.clause("J2")
def test_as_many_statements_for_many_works(stage: Stage, office: Client) -> None:
    url = reverse("office-statistics", args=[stage.contest.slug])
    office.get(url)  # the rules are read once
    asked = []
    for turn in range(2):
        with CaptureQueriesContext(connection) as counted:
            office.get(url)
        asked.append(len(counted))
        for number in range(7, 20):
            factory.accepted(stage, stage.units[number % 6], number + 100 * (turn + 1), theme="tcm")
    assert asked[0] == asked[1]


def test_what_the_rules_do_not_know_is_not_asked_for(stage: Stage, office: Client) -> None:
    url = reverse("office-works", args=[stage.contest.slug])
    strange = office.get(f"{url}?theme=%22&division=x&unit_class=y&late=yes")
    assert strange.context["works"].total == 6
    both = listing(stage.contest, Asked(theme="tcm", late=True))
    assert [row.themes for row in both.rows] and both.total == 1
    tagged = office.get(f"{url}?unit_class=clinical&district=%E5%8D%97%E9%99%A2&late=1")
    assert [name for name, _ in tagged.context["works"].tags] == ["临床科室", "南院", "逾期报送"]


def test_a_pack_of_a_filtered_list_holds_what_the_list_shows(stage: Stage, office: Client) -> None:
    asked = Asked(theme="tcm", district="南院")
    assert asked.choice == {"theme": "tcm", "district": "南院"}
    assert weigh(stage.contest, asked.choice).works == listing(stage.contest, asked).total == 1
    packs = office.get(reverse("packs", args=[stage.contest.slug]) + "?theme=tcm&district=南院")
    assert packs.context["weight"].works == 1
    assert dict(packs.context["filter"]) == asked.choice


def test_nobody_but_an_organiser(stage: Stage) -> None:
    client = Client()
    client.force_login(stage.judges[0])
    for name in ("office-statistics", "office-statistics-xlsx"):
        assert client.get(reverse(name, args=[stage.contest.slug])).status_code == 403
