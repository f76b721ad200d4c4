"""The result as pages, tables and canonical JSON, in a bounded number of statements."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from fengcai.apps.awards.actions import allocate
from fengcai.apps.awards.models import Result
from fengcai.apps.awards.outcome import outcome_hash
from fengcai.apps.awards.queries import (
    approved_page,
    awards_rows,
    certificates_in,
    payment_rows,
    ranking_rows,
    result_json,
    result_page,
)
from fengcai.apps.awards.queries.making import authors_of
from fengcai.apps.awards.queries.rows import ResultPage
from tests.factories import judging as make
from tests.factories.judging import NOON, Stage

pytestmark = pytest.mark.django_db


@pytest.fixture
def stage() -> Stage:
    stage = make.contest(works=12, judges=5, judge_units=(11,))
    skip = [(11, 0)]
    given = lambda w, j: 95 - 3 * w + (4 if j == 2 else 0) - (4 if j == 3 else 0)  # noqa: E731
    make.decided(make.sealed(make.judged(make.opened(stage), totals=given, skip=skip)))
    allocate(contest=stage.contest, by=stage.organiser, at=NOON)
    return stage


def page_of(stage: Stage) -> ResultPage:
    page = result_page(contest=stage.contest, user=stage.organiser)
    assert page is not None
    return page


@pytest.mark.clause("J14")
def test_the_ranking_shows_every_judges_mark_and_what_was_dropped(stage: Stage) -> None:
    top = page_of(stage).ranking[0]
    assert (top.rank, top.figure, top.n, top.trimming) == (
        1, "95.00", 5, "5 份有效评分，去掉 1 个最高分、1 个最低分，其余 3 份平均。",
    )  # fmt: skip
    assert [(m.seat, m.judge, m.total, m.why) for m in top.marks] == [
        ("评委 1", "评委1", "95", ""),
        ("评委 2", "评委2", "95", ""),
        ("评委 3", "评委3", "99", "去掉的最高分"),
        ("评委 4", "评委4", "91", "去掉的最低分"),
        ("评委 5", "评委5", "95", ""),
    ]
    assert top.awards == ("一等奖", "最佳创意奖")
    assert (top.above, top.below) == ("", "综合得分 95.00 高于 92.00")
    last = page_of(stage).ranking[-1]
    assert (last.n, last.trimming) == (4, "只有 4 份有效评分，少于 5 份，不去分。")


def test_the_public_page_names_seats_and_no_judge(stage: Stage) -> None:
    result = Result.objects.get()
    Result.objects.update(approved_at=NOON, approved_by=stage.organiser)
    page = approved_page(stage.contest)
    assert page is not None
    assert page.result == result
    assert {mark.judge for row in page.ranking for mark in row.marks} == {""}
    assert {mark.seat for row in page.ranking for mark in row.marks} == {
        f"评委 {n}" for n in range(1, 6)
    }


@pytest.mark.clause("J15", "J16")
def test_the_award_list(stage: Stage) -> None:
    table = awards_rows(page_of(stage))
    rows = table.rows
    assert [row[1] for row in rows] == [
        "一等奖", *["二等奖"] * 3, *["三等奖"] * 6,
        "最佳创意奖", "最佳技术奖", "最佳人文奖", None,
    ]  # fmt: skip
    assert rows[0] == (
        "综合风采奖", "一等奖", "001", "仁心故事之1", "第1科", "张青禾、李望1", Decimal("95.00"), 1,
        Decimal(1500), "综合得分 95.00，第 1 名；一等奖名额 1 名（第 1 名）", "六（二）“一等奖 1 名”",
    )  # fmt: skip
    assert rows[-1][0] == "合计"
    assert rows[-1][8] == sum(row[8] for row in rows[:-1] if isinstance(row[8], Decimal))
    assert rows[-1][8] == Decimal(17100)
    assert {len(row) for row in (table.headers, *rows)} == {11}


def test_the_ranking_table_has_a_column_for_every_judge(stage: Stage) -> None:
    table = ranking_rows(page_of(stage))
    assert table.headers == (
        "名次", "作品编号", "作品名称", "报送单位", "综合得分", "有效评分",
        "评委1", "评委2", "评委3", "评委4", "评委5", "合分说明", "与前一名", "获奖",
    )  # fmt: skip
    assert table.rows[0][6:11] == (
        Decimal(95), Decimal(95), "99（去掉的最高分）", "91（去掉的最低分）", Decimal(95),
    )  # fmt: skip
    assert table.rows[11][6:11] == ("回避", Decimal(62), Decimal(66), Decimal(58), Decimal(62))
    assert {len(row) for row in table.rows} == {len(table.headers)}
    assert len(table.rows) == 12


@pytest.mark.clause("J16")
def test_the_payment_sheet_adds_up(stage: Stage) -> None:
    rows = payment_rows(page_of(stage)).rows
    assert len(rows) == 14
    assert rows[0] == (1, "一等奖", "仁心故事之1", "第1科", "第1科", Decimal(1500), "")
    assert rows[-1] == ("合计", None, None, None, None, Decimal(17100), None)


def test_money_goes_to_the_authors_where_the_rules_say_so() -> None:
    stage = make.contest(
        works=12,
        judges=5,
        change=lambda rules: rules.model_copy(update={"money_recipient": "authors"}),
    )
    make.approved(stage)
    assert payment_rows(page_of(stage)).rows[0][4] == "张青禾、李望1"


def test_the_json_is_canonical_and_names_no_judge(stage: Stage) -> None:
    page = page_of(stage)
    data = result_json(page)
    assert data == result_json(page_of(stage))
    told = json.loads(data)
    assert told["hash"] == outcome_hash(told["ranking"], told["decisions"], told["allocation"])
    assert told["sheets"] == stage.open.hash
    assert told["approved_at"] is None
    assert len(told["works"]) == 12
    text = data.decode()
    assert [str(judge) in text for judge in stage.judges] == [False] * 5
    assert "张青禾" not in text


def test_authors_come_once_and_in_order() -> None:
    _, rules = make.example()
    people = [{"name": " 乙 "}, {"name": ""}, {"name": "甲"}, {"name": "乙"}]
    assert authors_of({"authors": people}, rules, "video") == ("乙", "甲")
    assert authors_of({}, rules, "video") == ()


@pytest.mark.parametrize("works", [12, 50])
def test_statements_do_not_grow_with_the_works(works: int) -> None:
    stage = make.contest(works=works, judges=3)
    make.decided(make.sealed(make.judged(make.opened(stage), totals=lambda w, j: 99 - w)))
    allocate(contest=stage.contest, by=stage.organiser, at=NOON)
    Result.objects.update(approved_at=NOON, approved_by=stage.organiser)
    counts = {}
    for name, ask in {
        "result": lambda: result_page(contest=stage.contest, user=stage.organiser),
        "approved": lambda: approved_page(stage.contest),
        "certificates": lambda: certificates_in(contest=stage.contest, user=stage.organiser),
    }.items():
        with CaptureQueriesContext(connection) as seen:
            ask()
        counts[name] = len(seen)
    assert counts == {"result": 8, "approved": 5, "certificates": 2}
