"""Scores of several parts: panels, rounds, votes, fields, penalties, what is missing, one scale."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fengcai.core.scoring import (
    Deduction,
    Extras,
    Ranking,
    Scheme,
    ScoringError,
    TieDecision,
    rank,
    vote_marks,
)

from .builders import one_criterion, single


def part(id: str, of: str, weight: str, ref: str | None = None, **more: Any) -> dict[str, Any]:
    return {"id": id, "name": id, "of": of, "ref": ref, "weight": weight, **more}


def ranked(changes: Mapping[str, Any], table: Mapping[str, list[str]], **extras: Any) -> Ranking:
    decisions = extras.pop("decisions", ())
    scheme = Scheme.from_json(one_criterion(**changes))
    return rank(
        scheme, single(table), works=list(table), extras=Extras(**extras), decisions=decisions
    )


def figures(ranking: Ranking) -> dict[str, str | None]:
    return {
        one.work: None if one.figure is None else f"{one.figure:f}" for one in ranking.standings
    }


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


VOTE = {"id": "v", "name": "网络投票", "full": "20", "transform": "share", "share_of": "top"}


@pytest.mark.clause("H5")
@pytest.mark.parametrize(
    ("changes", "values"),
    [
        ({}, ["20", "10", "10", "0"]),
        ({"share_of": "all"}, ["10", "5", "5", "0"]),
        ({"cap": "8"}, ["8", "8", "8", "0"]),
        (
            {"transform": "rank_points", "points": {"first": "20", "step": "3"}},
            ["20", "17", "17", "11"],
        ),
        (
            {"transform": "rank_points", "points": {"first": "20", "step": "10", "floor": "5"}},
            ["20", "10", "10", "5"],
        ),
        ({"transform": "each_vote", "each": "0.1"}, ["20", "10", "10", "0"]),
        ({"transform": "each_vote", "each": "0.01"}, ["2", "1", "1", "0"]),
    ],
)
def test_votes_become_marks(changes: dict[str, Any], values: list[str]) -> None:
    made = vote_marks({**VOTE, **changes}, {"a": 200, "b": 100, "c": 100, "d": 0})
    assert [str(one.value) for one in made] == values
    assert [(one.work, one.rank) for one in made] == [("a", 1), ("b", 2), ("c", 2), ("d", 4)]


def test_a_mark_of_votes_shows_its_sum() -> None:
    made = vote_marks({**VOTE, "cap": "8"}, {"a": 3, "b": 1})
    assert made[0].text == "3 票 ÷ 最高票 3 票 × 20 = 20 分，封顶 8 分。"
    assert made[1].text == "1 票 ÷ 最高票 3 票 × 20 = 6.666667 分。"
    assert [str(one.value) for one in vote_marks(VOTE, {"a": 0, "b": 0})] == ["0", "0"]
    assert vote_marks(VOTE, {}) == ()


@pytest.mark.parametrize(
    ("changes", "counts", "what"),
    [
        ({"full": "0"}, {"a": 1}, "满分应是大于 0"),
        ({}, {"a": -1}, "不小于 0 的整数"),
        ({}, {"a": True}, "不小于 0 的整数"),
        ({"transform": "luck"}, {"a": 1}, "没有写明票数怎样折成分"),
        ({"transform": "each_vote"}, {"a": 1}, "没有写明票数怎样折成分"),
        ({"transform": "rank_points", "points": {"first": "x"}}, {"a": 1}, "各名次得几分"),
    ],
)
def test_a_vote_that_cannot_be_counted_is_refused(
    changes: dict[str, Any], counts: dict[str, int], what: str
) -> None:
    with pytest.raises(ScoringError, match=what):
        vote_marks({**VOTE, **changes}, counts)


@given(
    st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 50), min_size=1),
    st.sampled_from([{}, {"share_of": "all"}, {"transform": "rank_points",
                     "points": {"first": "20", "step": "4"}}, {"transform": "each_vote", "each": "0.7"}]),
    st.sampled_from([None, "12"]),
)  # fmt: skip
def test_more_votes_never_give_less(
    counts: dict[str, int], changes: dict[str, Any], cap: str | None
) -> None:
    made = vote_marks({**VOTE, **changes, "cap": cap}, counts)
    assert [one.votes for one in made] == sorted(counts.values(), reverse=True)
    assert [one.value for one in made] == sorted((one.value for one in made), reverse=True)
    assert all(0 <= one.value <= Fraction(cap or "20") for one in made)


TWO_SHEETS = {
    "criteria": [
        {"id": "science", "name": "科学性", "min": "0", "max": "60", "step": "1", "panel": "e"},
        {"id": "manner", "name": "表达", "min": "0", "max": "40", "step": "1", "panel": "e"},
        {"id": "liking", "name": "总体印象", "min": "0", "max": "100", "step": "1", "panel": "a"},
    ],
    "total": "100",
    "components": [
        part("expert", "panel", "0.7", "e", aggregate="trimmed_mean", drop_high=1, drop_low=1),
        part("audience", "panel", "0.3", "a"),
    ],
    "tie_break": [{"by": "criterion", "id": "science"}],
}


def sheet(judge: str, work: str, **values: str) -> dict[str, Any]:
    return {"judge": judge, "work": work, "values": values}


def on_two_sheets(work: str, science: list[str], liking: list[str]) -> list[dict[str, Any]]:
    """Experts give `science` and 30 for manner, the audience `liking`."""
    return [
        *(sheet(f"e{n}", work, science=one, manner="30") for n, one in enumerate(science)),
        *(sheet(f"a{n}", work, liking=one) for n, one in enumerate(liking)),
    ]


SEATED = {**{f"e{n}": "e" for n in range(3)}, **{f"a{n}": "a" for n in range(2)}}


@pytest.mark.clause("H5")
def test_each_panel_has_its_own_lines_and_counts_for_its_own_part() -> None:
    scheme = Scheme.from_json(one_criterion(**TWO_SHEETS))
    assert scheme.panels == ("e", "a")
    assert scheme.sheet_full == 100
    assert [one.id for one in scheme.for_panel("e").criteria] == ["science", "manner"]
    assert [one.id for one in scheme.for_panel("a").criteria] == ["liking"]
    made = rank(
        scheme,
        [
            *on_two_sheets("x", ["30", "60", "50"], ["90", "70"]),
            *on_two_sheets("y", ["50", "50", "20"], ["80", "80"]),
        ],
        works=["x", "y"],
        extras=Extras(panels=SEATED),
    )
    # The middle one of three experts, (50 + 30) × 70 % + 80 × 30 % for both.
    assert figures(made) == {"x": "80.00", "y": "80.00"}
    one = made.of("x")
    assert [(mark.judge, mark.total, mark.dropped) for mark in one.marks] == [
        ("e1", 90, "high"), ("e2", 80, ""), ("e0", 60, "low"), ("a0", 90, ""), ("a1", 70, ""),
    ]  # fmt: skip
    # A panel's lines are trimmed as its part is, and nobody else's marks are on them.
    assert dict(one.criteria) == {"science": 50, "manner": 30, "liking": 80}
    assert made.of("y").rank == 1
    assert made.ties[0].works == ("x", "y")


@pytest.mark.clause("H5")
@pytest.mark.parametrize(
    ("sheets", "panels", "said"),
    [
        ([sheet("a0", "x", liking="80")], {}, "评委 a0 没有编入评委组，不知道该评哪几项。"),
        (
            [sheet("a0", "x", liking="80", science="3")],
            SEATED,
            "评委 a0 对作品 x 的评分表：评分表里没有“science”这一项。",
        ),
        (
            [sheet("e0", "x", science="3")],
            SEATED,
            "评委 e0 对作品 x 的评分表：“表达”还没有打分。",
        ),
    ],
)
def test_a_sheet_with_another_panels_lines_stops_the_count(
    sheets: list[dict[str, Any]], panels: dict[str, str], said: str
) -> None:
    with pytest.raises(ScoringError) as caught:
        rank(
            Scheme.from_json(one_criterion(**TWO_SHEETS)),
            sheets,
            works=["x"],
            extras=Extras(panels=panels),
        )
    assert caught.value.problems == (said,)


def test_a_panel_that_never_came_leaves_its_lines_empty_or_at_zero() -> None:
    here = on_two_sheets("x", [], ["90", "70"]) + on_two_sheets("y", [], ["80", "80"])
    left_out = rank(
        Scheme.from_json(one_criterion(**TWO_SHEETS, missing="leave_out")),
        here,
        works=["x", "y"],
        extras=Extras(panels=SEATED),
    )
    assert figures(left_out) == {"x": "80.00", "y": "80.00"}
    assert dict(left_out.of("x").criteria) == {"liking": 80}
    assert left_out.ties[0].works == ("x", "y")
    zero = rank(
        Scheme.from_json(one_criterion(**TWO_SHEETS, missing="zero")),
        here,
        works=["x", "y"],
        extras=Extras(panels=SEATED, absent=[(f"e{n}", "x") for n in range(3)] + [("e0", "y")]),
    )
    assert figures(zero) == {"x": "24.00", "y": "24.00"}
    assert dict(zero.of("x").criteria) == {"science": 0, "manner": 0, "liking": 80}


def test_without_parts_every_panels_sheet_counts_alike() -> None:
    alike = {**TWO_SHEETS, "components": []}
    made = rank(
        Scheme.from_json(one_criterion(**alike)),
        on_two_sheets("x", ["50"], ["60"]),
        works=["x"],
        extras=Extras(panels=SEATED),
    )
    assert figures(made) == {"x": "70.00"}
    assert dict(made.of("x").criteria) == {"science": 50, "manner": 30, "liking": 60}


def test_the_lines_of_each_panel_must_make_the_total() -> None:
    short = [*TWO_SHEETS["criteria"][:1], *TWO_SHEETS["criteria"][2:]]  # type: ignore[index]
    with pytest.raises(ScoringError) as caught:
        Scheme.from_json(one_criterion(**{**TWO_SHEETS, "criteria": short, "tie_break": []}))
    assert caught.value.problems == (
        "评委组“e”的各项“满分 × 权重”相加为 60 分，与规则写的总分 100 不符。",
    )
