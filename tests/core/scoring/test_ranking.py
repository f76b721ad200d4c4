"""The ranking by example: trimming, rounding, the tie chain, decisions, what is refused."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from fengcai.core.scoring import (
    Mark,
    Ranking,
    Scheme,
    ScoringError,
    Separation,
    Tie,
    TieDecision,
    rank,
)

from .builders import even, marks, one_criterion, scheme_json, sheets_of, single

FIVE = Scheme.from_json(scheme_json())
TIED = Separation("tied", "", "与 1 件作品并列，尚未分出先后")


def places(ranking: Ranking) -> list[tuple[str, int | None]]:
    return [(one.work, one.rank) for one in ranking.standings]


@pytest.mark.clause("J14")
def test_one_high_and_one_low_are_struck() -> None:
    rows = [even("18"), even("20"), even("17"), even("19"), even("16")]
    standing = rank(FIVE, sheets_of({"w": rows}), works=["w"]).of("w")
    assert standing.n == 5
    assert standing.marks == (
        Mark("j2", Fraction(100), "high"),
        Mark("j4", Fraction(95)),
        Mark("j1", Fraction(90)),
        Mark("j3", Fraction(85)),
        Mark("j5", Fraction(80), "low"),
    )
    assert [mark.why for mark in standing.marks] == ["去掉的最高分", "", "", "", "去掉的最低分"]
    assert standing.trimming == "5 份有效评分，去掉 1 个最高分、1 个最低分，其余 3 份平均。"
    assert standing.aggregate == 90
    assert standing.figure == Decimal("90.00")
    assert standing.criteria[0] == ("theme", Fraction(18))
    assert (standing.above, standing.below) == (None, None)


def test_with_fewer_sheets_than_the_rule_wants_nothing_is_struck() -> None:
    rows = [even("20"), even("17"), even("17"), even("17")]
    standing = rank(FIVE, sheets_of({"w": rows}), works=["w"]).of("w")
    assert [mark.dropped for mark in standing.marks] == ["", "", "", ""]
    assert standing.trimming == "只有 4 份有效评分，少于 5 份，不去分。"
    assert standing.aggregate == Fraction(355, 4)
    assert standing.figure == Decimal("88.75")


def test_only_the_lowest_is_struck_where_the_rule_says_so() -> None:
    scheme = Scheme.from_json(
        one_criterion(aggregate="trimmed_mean", drop_low=1, drop_only_if_at_least=3)
    )
    standing = rank(scheme, single({"w": ["90", "80", "70"]}), works=["w"]).of("w")
    assert standing.trimming == "3 份有效评分，去掉 1 个最低分，其余 2 份平均。"
    assert standing.aggregate == 85


@pytest.mark.parametrize(
    ("row", "aggregate", "trimming"),
    [
        (["90", "70", "85"], Fraction(85), "3 份有效评分，取中位数，不去分。"),
        (["90", "70", "85", "86"], Fraction(171, 2), "4 份有效评分，取中位数，不去分。"),
    ],
)
def test_median(row: list[str], aggregate: Fraction, trimming: str) -> None:
    scheme = Scheme.from_json(one_criterion(aggregate="median"))
    standing = rank(scheme, single({"w": row}), works=["w"]).of("w")
    assert (standing.aggregate, standing.trimming) == (aggregate, trimming)


def test_rounding_comes_once_and_decides_first() -> None:
    """91.244 and 91.236 are both published as 91.24, so they are tied."""
    scheme = Scheme.from_json(one_criterion(rounding_places=2))
    sheets = single({"a": ["91.24", "91.24", "91.25"], "b": ["91.24", "91.24", "91.24"]})
    ranking = rank(scheme, sheets, works=["a", "b"])
    assert ranking.of("a").aggregate == Fraction(27373, 300)
    assert [(one.work, one.rank, one.figure) for one in ranking.standings] == [
        ("a", 1, Decimal("91.24")),
        ("b", 1, Decimal("91.24")),
    ]
    assert ranking.ties == (Tie(("a", "b"), 1, 2, committee=False),)
    finer = Scheme.from_json(one_criterion(rounding_places=3))
    assert places(rank(finer, sheets, works=["a", "b"])) == [("a", 1), ("b", 2)]


def test_a_tie_is_broken_by_the_named_criterion() -> None:
    sheets = sheets_of(
        {
            "a": [marks("18", "20", "18", "18", "18")],
            "b": [marks("19", "19", "18", "18", "18")],
            "c": [even("17")],
        }
    )
    ranking = rank(FIVE, sheets, works=["a", "b", "c"])
    assert places(ranking) == [("b", 1), ("a", 2), ("c", 3)]
    border = Separation(
        "criterion", "theme", "综合得分同为 92.00，比“主题契合度”：19.00 高于 18.00"
    )
    assert ranking.of("b").below == border
    assert ranking.of("a").above == border
    assert ranking.of("a").below == Separation("figure", "", "综合得分 92.00 高于 85.00")
    assert ranking.ties == ()


def test_criteria_are_trimmed_each_by_itself() -> None:
    """Which of two equal sheets is called struck must not reach the tie chain."""
    first = [
        marks("20", "10", "18", "18", "18"),
        marks("10", "20", "18", "18", "18"),
        *[even("15")] * 3,
    ]
    swapped = [first[1], first[0], *first[2:]]
    ranking = rank(FIVE, sheets_of({"a": first, "b": swapped}), works=["a", "b"])
    assert ranking.of("a").criteria == ranking.of("b").criteria
    assert ranking.of("a").criteria[0] == ("theme", Fraction(15))
    assert ranking.of("a").tied_with == ("b",)


def test_the_earlier_submission_comes_first() -> None:
    scheme = Scheme.from_json(one_criterion(tie_break=[{"by": "earlier_submission"}]))
    noon = datetime(2026, 4, 30, 12, tzinfo=UTC)
    sheets = single({"a": ["90"], "b": ["90"], "c": ["90"]})
    submitted = {"a": noon + timedelta(seconds=1), "b": noon, "c": noon + timedelta(seconds=1)}
    ranking = rank(scheme, sheets, works="abc", submitted=submitted)
    assert places(ranking) == [("b", 1), ("a", 2), ("c", 2)]
    assert ranking.of("b").below == Separation(
        "earlier_submission",
        "",
        "综合得分相同，先提交者在前：2026-04-30 12:00:00+00:00 早于 2026-04-30 12:00:01+00:00",
    )
    with pytest.raises(ScoringError) as refused:
        rank(scheme, sheets, works="abc", submitted={"a": noon, "b": noon.replace(tzinfo=None)})
    assert refused.value.problems == (
        "规则按提交先后区分并列，但作品 b 没有带时区的提交时间。",
        "规则按提交先后区分并列，但作品 c 没有带时区的提交时间。",
    )
    with pytest.raises(ScoringError):
        rank(scheme, sheets, works="abc")


TWINS = sheets_of({"a": [even("18")], "b": [even("18")], "c": [even("19")], "d": [even("17")]})


def test_what_the_chain_leaves_tied_waits_for_the_committee() -> None:
    ranking = rank(FIVE, TWINS, works="abcd")
    assert places(ranking) == [("c", 1), ("a", 2), ("b", 2), ("d", 4)]
    assert ranking.ties == (Tie(("a", "b"), 2, 3, committee=True),)
    assert ranking.of("a").tied_with == ("b",)
    assert ranking.of("a").above == Separation("figure", "", "综合得分 95.00 高于 90.00")
    assert ranking.of("a").below == TIED
    assert ranking.of("b").above == TIED
    assert ranking.of("b").below == Separation("figure", "", "综合得分 90.00 高于 85.00")


def test_a_decision_orders_exactly_its_tie() -> None:
    decision = TieDecision.from_json(
        {"order": ["b", "a"], "by": "评审委员会", "reason": "b 的选题更贴近临床"}
    )
    ranking = rank(FIVE, TWINS, works="abcd", decisions=[decision])
    assert places(ranking) == [("c", 1), ("b", 2), ("a", 3), ("d", 4)]
    border = Separation("committee", "", "综合得分相同，由评审委员会裁定先后：b 的选题更贴近临床")
    assert (ranking.of("b").below, ranking.of("a").above) == (border, border)
    assert ranking.of("b").above == Separation("figure", "", "综合得分 95.00 高于 90.00")
    assert (ranking.ties, ranking.unused) == ((), ())


def test_a_decision_that_meets_no_tie_is_shown_not_swallowed() -> None:
    late = TieDecision(("c", "d"), "评审委员会", "旧裁定")
    part = TieDecision(("a", "b", "c"), "评审委员会", "旧裁定")
    ranking = rank(FIVE, TWINS, works="abcd", decisions=[late, part])
    assert ranking.unused == (part, late)
    assert ranking.of("a").rank == ranking.of("b").rank == 2


@pytest.mark.parametrize(
    ("decisions", "problem"),
    [
        ([TieDecision(("a",), "会", "由")], "并列裁定（a）应写出至少两件不同的作品，从先到后。"),
        (
            [TieDecision(("a", "b", "a"), "会", "由")],
            "并列裁定（a、b、a）应写出至少两件不同的作品，从先到后。",
        ),
        ([TieDecision(("a", "b"), " ", "由")], "并列裁定（a、b）要写明由谁裁定和理由。"),
        ([TieDecision(("a", "b"), "会", "")], "并列裁定（a、b）要写明由谁裁定和理由。"),
        ([TieDecision(("a", "z"), "会", "由")], "并列裁定里的作品 z 不在参评名单里。"),
        (
            [TieDecision(("a", "b"), "会", "由"), TieDecision(("b", "a"), "会", "由")],
            "同一组并列作品（a、b）有两份裁定。",
        ),
    ],
)
def test_a_malformed_decision_is_refused(decisions: list[TieDecision], problem: str) -> None:
    with pytest.raises(ScoringError) as refused:
        rank(FIVE, TWINS, works="abcd", decisions=decisions)
    assert refused.value.problems == (problem,)


def test_a_work_without_marks_is_listed_with_the_reason() -> None:
    ranking = rank(FIVE, TWINS, works=["e", *"abcd"])
    last = ranking.standings[-1]
    assert (last.work, last.rank, last.n, last.figure) == ("e", None, 0, None)
    assert last.reason == "没有收到有效评分，不参加排名。"
    assert last.to_json()["aggregate"] is None


def test_no_marks_at_all() -> None:
    ranking = rank(FIVE, [], works=["b", "a"])
    assert places(ranking) == [("a", None), ("b", None)]
    assert ranking.ties == ()
    with pytest.raises(KeyError):
        ranking.of("c")


@pytest.mark.parametrize(
    ("sheet", "problem"),
    [
        (
            {"judge": "j1", "work": "z", "values": even("18")},
            "评委 j1 对作品 z 的评分表：这件作品不在参评名单里。",
        ),
        (
            {"judge": "j1", "work": "a", "values": even("19")},
            "评委 j1 对作品 a 的评分表出现了两份，只能有一份计分。",
        ),
        (
            {"judge": "j2", "work": "a", "values": even("21")},
            "评委 j2 对作品 a 的评分表：“主题契合度”的分数 21 超出范围，应在 0 到 20 分之间。",
        ),
    ],
)
def test_a_sheet_that_cannot_count_stops_the_count(sheet: dict[str, Any], problem: str) -> None:
    with pytest.raises(ScoringError) as refused:
        rank(FIVE, [*TWINS, sheet], works="abcd")
    assert problem in refused.value.problems


def test_json_is_exact_text() -> None:
    sheets = sheets_of({"a": [even("18"), even("18.5"), even("17")], "b": [even("18")]})
    late = TieDecision(("a", "b"), "评审委员会", "旧裁定")
    data = rank(FIVE, [*sheets, *sheets_of({"c": [even("18")]})], works="abc", decisions=[late])
    told = json.loads(json.dumps(data.to_json(), ensure_ascii=False))
    assert told["ties"] == [{"works": ["b", "c"], "first": 1, "last": 2, "committee": True}]
    assert told["unused"] == [{"order": ["a", "b"], "by": "评审委员会", "reason": "旧裁定"}]
    assert told["standings"][2] == {
        "work": "a",
        "rank": 3,
        "n": 3,
        "marks": [
            {"judge": "j2", "total": "185/2", "dropped": ""},
            {"judge": "j1", "total": "90", "dropped": ""},
            {"judge": "j3", "total": "85", "dropped": ""},
        ],
        "trimming": "只有 3 份有效评分，少于 5 份，不去分。",
        "aggregate": "535/6",
        "figure": "89.17",
        "criteria": {
            "theme": "107/6",
            "content": "107/6",
            "distinct": "107/6",
            "craft": "107/6",
            "creative": "107/6",
        },
        "above": {"by": "figure", "id": "", "text": "综合得分 90.00 高于 89.17"},
        "below": None,
        "tied_with": [],
        "reason": "",
    }
