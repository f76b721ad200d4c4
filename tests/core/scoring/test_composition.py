"""Scores of several parts: panels, rounds, votes, fields, penalties, what is missing, one scale."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import pytest

from fengcai.core.scoring import (
    Deduction,
    Extras,
    Ranking,
    Scheme,
    ScoringError,
    TieDecision,
    rank,
)

from .builders import figures, one_criterion, part, single


def ranked(changes: Mapping[str, Any], table: Mapping[str, list[str]], **extras: Any) -> Ranking:
    decisions = extras.pop("decisions", ())
    scheme = Scheme.from_json(one_criterion(**changes))
    return rank(
        scheme, single(table), works=list(table), extras=Extras(**extras), decisions=decisions
    )


PANELS = {
    "components": [part("expert", "panel", "0.7", "e"), part("audience", "panel", "0.3", "a")]
}


@pytest.mark.clause("H5")
def test_experts_seventy_and_audience_thirty() -> None:
    made = ranked(
        PANELS,
        {"x": ["90", "80", "100"], "y": ["80", "80", "100"]},
        panels={"j1": "e", "j2": "e", "j3": "a"},
    )
    assert figures(made) == {"x": "89.50", "y": "86.00"}
    assert made.of("x").trimming == (
        "expert：2 份有效评分，全部计入平均。audience：1 份有效评分，全部计入平均。"
        "expert 85/100 × 70%；audience 100/100 × 30%。"
    )
    assert made.of("x").to_json()["parts"] == [
        {"id": "expert", "name": "expert", "value": "85", "full": "100", "weight": "7/10"},
        {"id": "audience", "name": "audience", "value": "100", "full": "100", "weight": "3/10"},
    ]


def test_a_panel_may_be_combined_in_its_own_way() -> None:
    parts = [
        part("expert", "panel", "0.7", "e", aggregate="trimmed_mean", drop_high=1, drop_low=1),
        part("audience", "panel", "0.3", "a"),
    ]
    panels = {"j1": "e", "j2": "e", "j3": "e", "j4": "a"}
    made = ranked({"components": parts}, {"x": ["60", "80", "99", "90"]}, panels=panels)
    assert figures(made) == {"x": "83.00"}
    assert [mark.dropped for mark in made.of("x").marks] == ["high", "", "low", ""]


def test_a_judge_of_no_panel_and_a_panel_without_sheets_stop_the_count() -> None:
    with pytest.raises(ScoringError, match="评委 j2 没有编入评委组"):
        ranked(PANELS, {"x": ["90", "80"]}, panels={"j1": "e"})
    with pytest.raises(ScoringError, match="没有收到“audience”的评分"):
        ranked(PANELS, {"x": ["90"]}, panels={"j1": "e"})
    left = ranked({**PANELS, "missing": "leave_out"}, {"x": ["90"]}, panels={"j1": "e"})
    assert figures(left) == {"x": "90.00"}
    zero = ranked({**PANELS, "missing": "zero"}, {"x": ["90"]}, panels={"j1": "e"})
    assert figures(zero) == {"x": "63.00"}
    assert "audience 缺/100 × 30%" in zero.of("x").trimming


@pytest.mark.clause("H5")
def test_marks_a_round_before_a_vote_and_a_field() -> None:
    parts = [
        part("now", "marks", "0.5"),
        part("before", "round", "0.2", "a"),
        part("votes", "vote", "0.2", "v"),
        part("plays", "field", "0.1", "plays", full="1000"),
    ]
    made = ranked(
        {"components": parts},
        {"x": ["80"], "y": ["90"]},
        values={
            "before": {"x": "90", "y": "60"},
            "votes": {"x": Fraction(20), "y": Fraction(10)},
            "plays": {"x": "500", "y": "1000"},
        },
        fulls={"before": "100", "votes": "20"},
    )
    assert figures(made) == {"x": "83.00", "y": "77.00"}
    assert [one.work for one in made.standings] == ["x", "y"]


def test_a_missing_part_waits_counts_nothing_or_is_left_out() -> None:
    parts = [part("now", "marks", "0.8"), part("votes", "vote", "0.2", "v")]
    given: dict[str, Any] = {"values": {"votes": {"y": "10"}}, "fulls": {"votes": "20"}}
    table = {"x": ["80"], "y": ["80"]}
    with pytest.raises(ScoringError, match="作品 x 还没有“votes”的成绩"):
        ranked({"components": parts}, table, **given)
    zero = ranked({"components": parts, "missing": "zero"}, table, **given)
    assert figures(zero) == {"y": "74.00", "x": "64.00"}
    left = ranked({"components": parts, "missing": "leave_out"}, table, **given)
    assert figures(left) == {"x": "80.00", "y": "74.00"}
    with pytest.raises(ScoringError, match="应在 0 到 20 之间"):
        ranked(
            {"components": parts},
            table,
            values={"votes": {"x": "21", "y": "z"}},
            fulls=given["fulls"],
        )
    with pytest.raises(ScoringError, match="“votes”没有满分"):
        ranked({"components": parts}, table, values=given["values"])
    alone = [part("votes", "vote", "1", "v")]
    nothing = ranked(
        {"components": alone, "criteria": [], "total": "100", "missing": "leave_out"}, {"x": []}
    , fulls={"votes": "20"})  # fmt: skip
    assert figures(nothing) == {"x": "0.00"}


def test_a_round_where_nobody_marks_ranks_by_the_vote() -> None:
    made = ranked(
        {"components": [part("v", "vote", "1", "v")], "criteria": [], "total": "20"},
        {"x": [], "y": []},
        values={"v": {"x": "15.5", "y": "20"}},
        fulls={"v": "20"},
    )
    assert [(one.work, str(one.figure)) for one in made.standings] == [
        ("y", "20.00"),
        ("x", "15.50"),
    ]
    assert made.of("x").n == 0


def test_a_work_without_sheets_has_no_place_where_marks_count() -> None:
    parts = [part("now", "marks", "0.8"), part("votes", "vote", "0.2", "v")]
    made = ranked(
        {"components": parts},
        {"x": ["80"], "y": []},
        values={"votes": {"x": "1"}},
        fulls={"votes": "2"},
    )
    assert made.of("y").rank is None


PENALTIES = {
    "penalties": [
        {"id": "over", "name": "超时", "points": "2", "max": "5"},
        {"id": "late", "name": "迟到", "points": "1.5"},
    ]
}


@pytest.mark.clause("H5")
def test_penalties_are_taken_off_once_rounded_and_never_below_zero() -> None:
    made = ranked(
        PENALTIES,
        {"x": ["90"], "y": ["3"], "z": ["80"]},
        deductions=[Deduction("x", "over", 4), Deduction("x", "late"), Deduction("y", "over", 3)],
    )
    assert figures(made) == {"x": "83.50", "z": "80.00", "y": "0.00"}
    assert made.of("x").to_json()["taken"] == [
        {"id": "late", "name": "迟到", "times": 1, "points": "3/2"},
        {"id": "over", "name": "超时", "times": 4, "points": "5"},
    ]
    assert "taken" not in made.of("z").to_json()
    for rows, what in (
        ([Deduction("x", "gone")], "不在规则里"),
        ([Deduction("x", "late", 0)], "次数不对"),
        ([Deduction("x", "late"), Deduction("x", "late")], "记了两次"),
    ):
        with pytest.raises(ScoringError, match=what):
            ranked(PENALTIES, {"x": ["90"]}, deductions=rows)
    assert Deduction.from_json({"work": "x", "penalty": "late"}) == Deduction("x", "late", 1)


def test_a_measured_penalty_stands_in_the_explanation() -> None:
    rules = {"penalties": [{"id": "time", "name": "超时", "points": "0.5", "max": "2"}]}
    why = "用时 8 分 31 秒，限时 8 分钟"
    made = ranked(
        rules,
        {"x": ["90"], "y": ["90"]},
        deductions=[
            Deduction.from_json({"work": "x", "penalty": "time", "times": 3, "why": why}),
            Deduction.from_json({"work": "y", "penalty": "time", "times": 9}),
        ],
    )
    assert figures(made) == {"x": "88.50", "y": "88.00"}
    assert made.of("x").trimming == (
        "1 份有效评分，全部计入平均。超时：用时 8 分 31 秒，限时 8 分钟，扣 1.5 分。"
    )
    assert made.of("y").trimming == "1 份有效评分，全部计入平均。"
    assert made.of("x").taken[0].to_json() == {
        "id": "time", "name": "超时", "times": 3, "points": "3/2", "why": why,
    }  # fmt: skip
    assert "why" not in made.of("y").taken[0].to_json()


def test_sheets_that_never_came() -> None:
    table = {"x": ["90", "80"], "y": ["90"]}
    absent = [("j2", "y"), ("j9", "gone")]
    with pytest.raises(ScoringError, match="评委 j2 对作品 y 的评分表还没有交"):
        ranked({}, table, absent=absent)
    assert figures(ranked({"missing": "leave_out"}, table, absent=absent))["y"] == "90.00"
    zero = ranked({"missing": "zero"}, table, absent=[*absent, ("j1", "x")])
    assert figures(zero) == {"x": "85.00", "y": "45.00"}
    assert zero.of("y").trimming.endswith("缺 1 份评分，按 0 分计入。")


def test_standard_scores_are_exact_to_the_sixth_decimal() -> None:
    """Excel: =50+10*(A1-AVERAGE(A1:A3))/STDEV.P(A1:A3) over 70, 80, 90 → 37.752551, 50, 62.247449."""
    made = ranked(
        {"normalise": "standard_score", "rounding_places": 6},
        {"x": ["90", "50"], "y": ["80", "50"], "z": ["70", "50"]},
    )
    assert figures(made) == {"x": "56.123725", "y": "50.000000", "z": "43.876276"}
    assert made.of("x").trimming.startswith("各评委的评分先换算为标准分（50 + 10z）。")
    many = {f"w{n:03d}": ["0"] for n in range(101)} | {"best": ["100"]}
    assert figures(ranked({"normalise": "standard_score"}, many))["best"] == "100.00"


def test_ranks_as_scores_share_what_ties_share() -> None:
    made = ranked({"normalise": "rank"}, {"x": ["90"], "y": ["80"], "z": ["80"], "w": ["10"]})
    assert figures(made) == {"x": "87.50", "y": "50.00", "z": "50.00", "w": "12.50"}


def test_judges_without_a_work_in_common_are_not_brought_to_one_scale() -> None:
    rows = [
        {"judge": judge, "work": work, "values": {"all": "50"}}
        for judge, work in (("a", "x"), ("b", "x"), ("c", "y"))
    ]
    for way in ("standard_score", "rank"):
        scheme = Scheme.from_json(one_criterion(normalise=way))
        with pytest.raises(ScoringError, match="没有共同作品的几组（a、b；c）"):
            rank(scheme, rows, works=["x", "y"])
    joined = [*rows, {"judge": "b", "work": "y", "values": {"all": "50"}}]
    assert rank(scheme, joined, works=["x", "y", "z"]).of("z").rank is None


CHAIN = {"components": [part("now", "marks", "0.5"), part("v", "vote", "0.5", "v")]}


def tied(step: dict[str, Any], **more: Any) -> Ranking:
    given: dict[str, Any] = {"values": {"v": {"x": "10", "y": "8"}}, "fulls": {"v": "20"}}
    return ranked({**CHAIN, "tie_break": [step]}, {"x": ["70"], "y": ["80"]}, **(given | more))


@pytest.mark.clause("H5")
def test_ties_by_component_and_by_the_round_before() -> None:
    made = tied({"by": "component", "id": "now"})
    assert [one.work for one in made.standings] == ["y", "x"]
    assert made.standings[0].below is not None
    assert made.standings[0].below.text == "综合得分同为 60.00，比“now（百分制）”：80.00 高于 70.00"
    made = tied({"by": "round", "id": "a"}, rounds={"a": {"x": "9.5", "y": "9"}})
    assert made.standings[0].below is not None
    assert made.standings[0].below.text == "综合得分同为 60.00，比“前一轮得分”：9.50 高于 9.00"
    with pytest.raises(ScoringError, match="作品 y 没有这一轮的得分"):
        tied({"by": "round", "id": "a"}, rounds={"a": {"x": "9.5"}})


def test_a_lot_is_drawn_from_a_seed_that_anybody_can_draw_again() -> None:
    orders = set()
    for seed in ("00" * 16, "01" * 16, "02" * 16, "03" * 16):
        made = tied({"by": "lot"}, seed=seed)
        assert made.ties == ()
        below = made.standings[0].below
        assert below is not None
        assert below.text.startswith("综合得分相同，抽签分先后：")
        orders.add(tuple(one.work for one in made.standings))
    assert orders == {("x", "y"), ("y", "x")}
    for seed in ("", "abc", "00" * 4):
        with pytest.raises(ScoringError, match="没有事先封存的抽签种子"):
            tied({"by": "lot"}, seed=seed)
    assert ranked({"tie_break": [{"by": "lot"}]}, {"x": ["1"], "y": ["2"]}).ties == ()


def test_an_extra_vote_waits_for_persons_and_a_shared_rank_for_nobody() -> None:
    made = tied({"by": "extra_vote"})
    assert [(t.works, t.committee, t.by) for t in made.ties] == [(("x", "y"), True, "extra_vote")]
    assert made.to_json()["ties"][0]["by"] == "extra_vote"
    told = tied({"by": "extra_vote"}, decisions=[TieDecision(("y", "x"), "评委组", "加投 4 比 3")])
    assert told.ties == ()
    assert told.standings[1].above is not None
    assert told.standings[1].above.text == "综合得分相同，由评委组加投先后：加投 4 比 3"
    assert told.standings[1].above.by == "extra_vote"
    shared = tied({"by": "share_rank"})
    assert [(t.committee, t.by) for t in shared.ties] == [(False, "share_rank")]
    assert [one.rank for one in shared.standings] == [1, 1]


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"components": [part("a", "marks", "0.5")]}, "比重相加为 50%"),
        ({"components": [part("a", "marks", "1"), part("a", "marks", "1")]}, "编号重复"),
        ({"components": [part("a", "luck", "1")]}, "没有写明分数从哪里来"),
        ({"components": [part("a", "marks", "0")]}, "比重应是大于 0"),
        ({"components": [part("a", "marks", "1", aggregate="trimmed_mean")]}, "个数不一致"),
        ({"components": [part("a", "field", "1", full="0")]}, "满分应是大于 0"),
        ({"components": [part("a", "vote", "1")], "criteria": [], "total": "0"}, "总分应是大于 0"),
        ({"penalties": [{"id": "p", "name": "超时", "points": "0"}]}, "应写明扣几分"),
        ({"penalties": [{"id": "p", "points": "3", "max": "2"}]}, "最多扣的分数"),
        ({"missing": "guess"}, "缺分办法应是"),
        ({"normalise": "magic"}, "换算办法应是"),
        ({"tie_break": [{"by": "component", "id": "z"}]}, "成绩组成里没有的“z”"),
        ({"tie_break": [{"by": "lot"}, {"by": "committee"}]}, "抽签应是最后一步"),
        ({"tie_break": [{"by": "share_rank"}, {"by": "lot"}]}, "名次并列，就不再区分先后"),
    ],
)
def test_a_scheme_that_contradicts_itself_is_refused(changes: dict[str, Any], what: str) -> None:
    with pytest.raises(ScoringError, match=what):
        Scheme.from_json(one_criterion(**changes))
