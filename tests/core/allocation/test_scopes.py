"""Awards by scope, ratio, threshold, criterion, vote and formula; caps; pools; vacancies; orders."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fengcai.core.allocation import (
    Allocation,
    AllocationError,
    AwardOrder,
    Entrant,
    Field,
    Vacated,
    allocate,
    check_vacated,
)
from fengcai.core.scoring import Part

from .builders import Place, Places, decided, in_order
from .builders import award as plain_award

VIDEO, PHOTO = ("track", "video"), ("track", "photo")
NAMES = {"video": "视频类", "photo": "摄影类", "u1": "一院", "u2": "二院"}


def award(id: str, name: str, number: int, money: str, **changes: Any) -> dict[str, Any]:
    """A plain award with anything else than its number too."""
    return {**plain_award(id, name, number, money), **changes}


def entrant(work: str, track: str = "video", unit: str = "", **more: Any) -> Entrant:
    return Entrant(work, unit or f"u{work}", frozenset({("track", track)}), **more)


def field(entrants: Sequence[Entrant], **more: Any) -> Field:
    given: dict[str, Any] = {
        "entrants": {one.work: one for one in entrants},
        "kinds": {"track": ["video", "photo"]},
        "populations": {"accepted": entrants, "submitted": [*entrants, entrant("x9", unit="u9")]},
        "names": NAMES,
    }
    return Field(**{**given, **more})


def quota(kind: str, **more: Any) -> dict[str, Any]:
    return {"count": None, "quota": {"kind": kind, **more}}


def won(result: Allocation) -> list[tuple[str, str]]:
    return [(one.award, one.work or one.unit) for one in result.winners]


FOUR = [entrant("a"), entrant("b"), entrant("c", "photo"), entrant("d", "photo")]


@pytest.mark.clause("J15")
def test_each_track_has_its_own_number_and_ladder() -> None:
    rules = [
        award("first", "一等奖", 1, "10", per=["track"]),
        award("second", "二等奖", 1, "5", per=["track"]),
    ]
    result = allocate(rules, in_order("c", "a", "d", "b"), eligible="abcd", field=field(FOUR))
    assert won(result) == [("first", "a"), ("first", "c"), ("second", "b"), ("second", "d")]
    assert result.winners[0].cell == (VIDEO,)
    assert result.to_json()["winners"][0]["cell"] == [["track", "video"]]
    assert result.winners[0].reason == (
        "综合得分 98.00，总排名第 2，排在前面的作品有不参与本奖项的，递补为第 1 名；一等奖名额 1 名（第 1 名）"
    )
    only = allocate(
        [award("p", "摄影奖", 2, "0", tracks=["photo"], per=["track"])],
        in_order("a", "b", "c"), eligible="abc", field=field(FOUR),
    )  # fmt: skip
    assert won(only) == [("p", "c")]
    assert [(v.count, v.cell) for v in only.vacancies] == [(1, (PHOTO,))]
    with pytest.raises(AllocationError, match="却没有可分的"):
        allocate(
            [award("r", "赛区奖", 1, "0", per=["region"])],
            in_order("a"),
            eligible="a",
            field=field(FOUR),
        )


def test_a_ladder_of_another_scope_passes_over_who_has_a_prize() -> None:
    rules = [award("grand", "特等奖", 1, "10"), award("first", "一等奖", 1, "5", per=["track"])]
    result = allocate(rules, in_order("a", "b", "c", "d"), eligible="abcd", field=field(FOUR))
    assert won(result) == [("grand", "a"), ("first", "b"), ("first", "c")]


@pytest.mark.parametrize(
    ("more", "number", "text"),
    [
        ({"rounding": "down"}, 1, "接收 4 件 × 40% = 1.6，向下取整为 1 名"),
        ({"rounding": "up"}, 2, "接收 4 件 × 40% = 1.6，向上取整为 2 名"),
        ({"rounding": "half_up"}, 2, "接收 4 件 × 40% = 1.6，四舍五入为 2 名"),
        ({"of": "submitted"}, 2, "报送 5 件 × 40% = 2，向下取整为 2 名"),
        ({"min": 3}, 3, "接收 4 件 × 40% = 1.6，向下取整为 1 名，规则规定至少 3 名"),
        (
            {"rounding": "up", "max": 1},
            1,
            "接收 4 件 × 40% = 1.6，向上取整为 2 名，规则规定最多 1 名",
        ),
    ],
)
def test_a_ratio_is_exact_and_says_how(more: dict[str, Any], number: int, text: str) -> None:
    rules = [award("first", "一等奖", 0, "10", **quota("ratio", share="0.4", **more))]
    result = allocate(
        rules, in_order(*"abcd"), eligible="abcd", field=field(FOUR), money_total="100"
    )
    assert len(result.winners) == number
    assert [one.text for one in result.places] == [text]
    assert result.to_json()["places"] == [{"award": "first", "number": number, "text": text}]
    assert result.money.balanced
    assert "名额未用满" in result.money.text or number == 10


def test_more_than_the_stated_money_is_told() -> None:
    rules = [award("first", "一等奖", 0, "60", **quota("ratio", share="0.5"))]
    result = allocate(
        rules, in_order(*"abcd"), eligible="abcd", field=field(FOUR), money_total="100"
    )
    assert [flag.kind for flag in result.flags] == ["money"]


def test_thresholds_with_and_without_an_upper_end() -> None:
    def threshold(id: str, **more: Any) -> dict[str, Any]:
        return award(id, id, 0, "1", **quota("threshold", **more))

    rules = [threshold("gold", score="98"), threshold("silver", score="96", below="98")]
    result = allocate(rules, in_order(*"abcdef"), eligible="abcdef")
    assert won(result) == [("gold", "a"), ("gold", "b"), ("silver", "c"), ("silver", "d")]
    assert result.places[1].text == "得分不低于 96 分、低于 98 分，共 2 名"
    capped = allocate([threshold("gold", score="97", max="2")], in_order(*"abc"), eligible="abc")
    assert won(capped) == [("gold", "a"), ("gold", "b")]
    tied = allocate([threshold("gold", score="97", max="2")], in_order("a", "bc"), eligible="abc")
    assert [(f.kind, f.works) for f in tied.flags] == [("tie", ("b", "c"))]
    with pytest.raises(AllocationError, match="没有写明多少分"):
        allocate([threshold("gold")], in_order("a"), eligible="a")
    with pytest.raises(AllocationError, match="没有写明评几名"):
        allocate([award("g", "g", 0, "1", **quota("magic"))], in_order("a"), eligible="a")


def test_at_most_may_stay_vacant_by_a_decision_and_the_best_move_down() -> None:
    rules = [
        award("first", "一等奖", 0, "10", **quota("at_most", max=2)),
        award("second", "二等奖", 1, "5"),
    ]
    full = allocate(rules, in_order(*"abc"), eligible="abc")
    assert won(full) == [("first", "a"), ("first", "b"), ("second", "c")]
    row = Vacated("first", 1, "评委会", "水平所限")
    left = allocate(rules, in_order(*"abc"), eligible="abc", vacated=[row])
    assert won(left) == [("first", "a"), ("second", "b")]
    assert [(v.award, v.count, v.reason) for v in left.vacancies] == [
        ("first", 1, "评委会决定空缺 1 名：水平所限")
    ]
    assert left.money.vacant == Decimal(10)
    assert (
        Vacated.from_json({"award": "first", "places": 1, "by": "评委会", "reason": "水平所限"})
        == row
    )
    for bad, what in (
        (Vacated("gone", 1, "x", "y"), "没有“gone”"),
        (Vacated("second", 1, "x", "y"), "没有写二等奖可以空缺"),
        (Vacated("first", 0, "x", "y"), "不少于 1 个"),
        (Vacated("first", 1, "", "y"), "由谁决定"),
    ):
        assert what in "".join(check_vacated(rules, bad))
        with pytest.raises(AllocationError, match=what):
            allocate(rules, in_order("a"), eligible="a", vacated=[bad])
    with pytest.raises(AllocationError, match="两份空缺"):
        allocate(rules, in_order("a"), eligible="a", vacated=[row, row])
    panel = [award("c", "特别奖", 1, "0", decided_by="committee", vacancy=True)]
    assert "请直接少评" in "".join(check_vacated(panel, Vacated("c", 1, "x", "y")))


@dataclass(frozen=True)
class Marked(Place):
    """A standing with marks by criterion."""

    criteria: tuple[tuple[str, Fraction], ...] = ()


def test_by_one_line_of_the_sheet_beside_the_main_prizes() -> None:
    rows = Places([
        Marked("a", 1, Decimal(90), criteria=(("idea", Fraction(55, 3)),)),
        Marked("b", 2, Decimal(80), criteria=(("idea", Fraction(37, 2)),)),
        Marked("c", 3, Decimal(70), criteria=(("idea", Fraction(37, 2)),)),
    ])  # fmt: skip
    rules = [award("first", "一等奖", 1, "0"), award("idea", "创意奖", 1, "0", criterion="idea")]
    tied = allocate(rules, rows, eligible="abc")
    assert [(f.kind, f.award, f.works) for f in tied.flags] == [("tie", "idea", ("b", "c"))]
    order = AwardOrder("idea", ("c", "b"), "评委会", "更新颖")
    told = allocate(rules, rows, eligible="abc", orders=[order])
    assert won(told) == [("first", "a"), ("idea", "c")]
    assert told.winners[1].reason == (
        "单项得分 18.5，并列先后由评委会裁定：更新颖，第 1 名；创意奖名额 1 名（第 1 名）"
    )
    assert AwardOrder.from_json(
        {"award": "idea", "order": ["c", "b"], "by": "评委会", "reason": "更新颖"}
    ) == order  # fmt: skip
    spare = allocate(
        rules, rows, eligible="abc", orders=[order, AwardOrder("first", ("a", "b"), "x", "y")]
    )
    assert [f.kind for f in spare.flags] == ["unused"]
    for bad in (
        [AwardOrder("gone", ("a", "b"), "x", "y")],
        [AwardOrder("idea", ("a",), "x", "y")],
        [AwardOrder("idea", ("a", "b"), " ", "y")],
        [order, order],
    ):
        with pytest.raises(AllocationError):
            allocate(rules, rows, eligible="abc", orders=bad)


def test_by_votes_and_by_a_named_round() -> None:
    other = in_order("b", "a")
    made = field(FOUR, votes={"v": {"a": 0, "b": 7, "c": 9, "z": 99}}, rankings={"pre": other})
    rules = [
        award("pop", "人气奖", 2, "0", decided_by="vote", vote="v", group="人气"),
        award("early", "初评奖", 1, "0", round="pre", group="初评"),
    ]
    result = allocate(rules, in_order("a", "b", "c"), eligible="abc", field=made)
    assert won(result) == [("pop", "c"), ("pop", "b"), ("early", "b")]
    assert result.winners[0].reason == "有效票 9 票，第 1 名；人气奖名额 2 名（第 1–2 名）"


def test_scores_of_different_rounds_are_not_compared() -> None:
    made = field(
        FOUR, finals={"a": "f1", "b": "f1", "c": "f2"},
        rankings={"f1": in_order("a", "b"), "f2": in_order("c")},
    )  # fmt: skip
    result = allocate([award("first", "一等奖", 1, "0")], in_order("a"), eligible="abc", field=made)
    assert [flag.kind for flag in result.flags] == ["rounds"]
    each = [award("first", "一等奖", 1, "0", per=["track"])]
    assert won(allocate(each, in_order("a"), eligible="abc", field=made)) == [
        ("first", "a"),
        ("first", "c"),
    ]


def test_caps_of_unit_and_person_pass_over_and_flag_inside_a_tie() -> None:
    two = [entrant("a", unit="u1"), entrant("b", unit="u1"), entrant("c", unit="u2")]
    rules = [award("first", "一等奖", 2, "0", max_per_unit=1), award("second", "二等奖", 1, "0")]
    result = allocate(rules, in_order("a", "b", "c"), eligible="abc", field=field(two))
    assert won(result) == [("first", "a"), ("first", "c"), ("second", "b")]
    assert "让出" in result.winners[1].reason
    tied = allocate(rules, in_order("ab", "c"), eligible="abc", field=field(two))
    assert [(f.kind, f.award, f.places) for f in tied.flags] == [
        ("tie", "first", 2), ("awaits", "second", 1),
    ]  # fmt: skip
    order = [AwardOrder("first", ("b", "a"), "评委会", "x")]
    told = allocate(rules, in_order("ab", "c"), eligible="abc", field=field(two), orders=order)
    assert won(told)[:2] == [("first", "b"), ("first", "c")]
    high = award(
        "gold", "金奖", 0, "0", max_per_unit=1, **quota("threshold", score="98", below="99.5")
    )
    scored = allocate([high], in_order("a", "b", "c"), eligible="abc", field=field(two))
    assert won(scored) == [("gold", "a")]
    assert scored.vacancies[0].count == 1
    whole = allocate(
        [award("first", "一等奖", 3, "0")],
        in_order(*"abc"),
        eligible="abc",
        field=field(two),
        max_per_unit=1,
    )
    assert won(whole) == [("first", "a"), ("first", "c")]
    assert (
        whole.vacancies[0].reason == "参加一等奖排名的作品按每单位、每人的上限评完，1 个名额空缺。"
    )
    same = [entrant("a", people=frozenset("p")), entrant("b", people=frozenset("pq"))]
    for caps in ({"max_per_person": 1}, {}):
        more = {} if caps else {"max_per_person": 1}
        one = allocate(
            [award("first", "一等奖", 2, "0", **more)],
            in_order(*"ab"),
            eligible="ab",
            field=field(same),
            **caps,
        )
        assert won(one) == [("first", "a")]
    panel = [award("x", "特别奖", 2, "0", decided_by="committee", max_per_unit=1)]
    both = allocate(
        panel, in_order(*"ab"), eligible="ab", field=field(two), decisions=[decided("x", "a", "b")]
    )
    assert [f.kind for f in both.flags] == ["cap"]
    later = [*rules[:1], award("third", "三等奖", 1, "0", max_per_unit=1, group="别")]
    waits = allocate(later, in_order("ab", "c"), eligible="abc", field=field(two))
    assert [f.kind for f in waits.flags] == ["tie", "awaits"]
    assert "上限" in waits.flags[1].text
    assert won(allocate(rules, in_order(*"ab"), eligible="ab")) == [("first", "a"), ("first", "b")]


def test_stacking_may_be_told_award_by_award() -> None:
    rules = [
        award("first", "一等奖", 1, "0"),
        award("pop", "人气奖", 1, "0", group="人气", stacking="exclusive"),
    ]
    assert won(allocate(rules, in_order(*"ab"), eligible="ab")) == [("first", "a"), ("pop", "b")]


def test_a_pool_is_shared_to_the_fen_and_the_rest_is_paid_to_nobody() -> None:
    rules = [award("p", "优秀奖", 3, "0", money_pool="100")]
    result = allocate(rules, in_order(*"abc"), eligible="abc", money_total="100")
    assert [one.money for one in result.winners] == [Decimal("33.33")] * 3
    assert (result.money.awarded, result.money.remainder) == (Decimal("99.99"), Decimal("0.01"))
    assert result.money.balanced
    assert (
        result.money.text
        == "奖金实发 99.99 元，均分除不尽的 0.01 元不发，与规则所写总额 100 元一致。"
    )
    assert result.to_json()["money"]["remainder"] == "0.01"
    assert allocate(rules, in_order(), eligible="").money.vacant == Decimal(100)
    assert allocate(rules, in_order("abcd"), eligible="abcd").money.undecided == Decimal(100)


def test_the_committee_by_scope_and_as_it_sees_fit() -> None:
    rules = [award("x", "特别奖", 1, "0", decided_by="committee", per=["track"])]
    given = allocate(
        rules,
        in_order(*"abcd"),
        eligible="abcd",
        field=field(FOUR),
        decisions=[decided("x", "a", "c")],
    )
    assert won(given) == [("x", "a"), ("x", "c")]
    much = allocate(
        rules,
        in_order(*"abcd"),
        eligible="abcd",
        field=field(FOUR),
        decisions=[decided("x", "a", "b")],
    )
    assert [(f.kind, f.works) for f in much.flags] == [("scope", ("b",))]
    free = [award("x", "鼓励奖", 0, "1", decided_by="committee", **quota("discretionary"))]
    assert [f.places for f in allocate(free, in_order("a"), eligible="a").flags] == [0]
    assert (
        len(
            allocate(
                free, in_order(*"ab"), eligible="ab", decisions=[decided("x", "a", "b")]
            ).winners
        )
        == 2
    )
    most = [award("x", "鼓励奖", 0, "1", decided_by="committee", **quota("at_most", max=1))]
    with pytest.raises(AllocationError, match="只有 1 个名额"):
        allocate(most, in_order(*"ab"), eligible="ab", decisions=[decided("x", "a", "b")])
    over = [award("x", "达标奖", 0, "1", decided_by="committee", **quota("threshold", score="60"))]
    assert (
        len(allocate(over, in_order(*"ab"), eligible="ab", decisions=[decided("x", "a")]).winners)
        == 1
    )
    track = [award("x", "摄影特别奖", 1, "0", decided_by="committee", tracks=["photo"])]
    out = allocate(
        track, in_order(*"ab"), eligible="ab", field=field(FOUR), decisions=[decided("x", "a")]
    )
    assert [f.kind for f in out.flags] == ["scope"]


def test_instructors_compete_only_where_there_are_any() -> None:
    rows = [entrant("a"), entrant("b", instructors=frozenset({"t"}))]
    rules = [award("t", "优秀指导教师", 2, "0", kind="instructor", group="指导")]
    assert won(allocate(rules, in_order(*"ab"), eligible="ab", field=field(rows))) == [("t", "b")]


UNITS = [
    entrant("a", unit="u1"),
    entrant("b", unit="u1"),
    entrant("c", unit="u2"),
    entrant("d", unit="u3"),
]


def organised(*parts: Mapping[str, Any], count: int = 1, **more: Any) -> dict[str, Any]:
    formula = {"parts": list(parts), **more}
    return award(
        "org", "优秀组织奖", count, "0", decided_by="formula", group="组织", formula=formula
    )


@pytest.mark.clause("H17")
def test_units_win_by_points() -> None:
    parts = [
        {"of": "accepted", "points": "1", "max": "1"},
        {"of": "awarded", "points": "2", "awards": ["first"]},
        {"of": "votes", "points": "0.1"},
        {"of": "shortlisted", "points": "5"},
    ]
    made = field(UNITS, votes={"v": {"c": 25, "a": 1}})
    rules = [organised(*parts, min_entries=1, count=2), award("first", "一等奖", 1, "0")]
    result = allocate(rules, in_order(*"abcd"), eligible="abcd", field=made)
    assert won(result) == [("org", "u2"), ("org", "u1"), ("first", "a")]
    assert result.winners[0].reason == (
        "积分 3.5（接收 1 计 1 分、获奖 0 计 0 分、得票 25 计 2.5 分、入围 0 计 0 分），第 1 名；"
        "优秀组织奖名额 2 名（第 1–2 名）"
    )
    assert result.to_json()["winners"][0]["unit"] == "u2"
    any_award = allocate(
        [organised({"of": "awarded", "points": "1"}), award("first", "一等奖", 1, "0")],
        in_order(*"abcd"), eligible="abcd", field=made,
    )  # fmt: skip
    assert won(any_award)[0] == ("org", "u1")


def test_points_wait_for_open_awards_and_ties_for_persons() -> None:
    rules = [organised({"of": "accepted", "points": "1"}, min_points="1")]
    tied = allocate(rules, in_order(*"abcd"), eligible="abcd", field=field(UNITS[1:]))
    assert [(f.kind, f.works) for f in tied.flags] == [("tie", ("u1", "u2", "u3"))]
    assert "3 个单位并列" in tied.flags[0].text
    order = [AwardOrder("org", ("u3", "u1", "u2"), "组委会", "材料齐全")]
    told = allocate(rules, in_order(*"abcd"), eligible="abcd", field=field(UNITS[1:]), orders=order)
    assert won(told) == [("org", "u3")]
    none = allocate([organised({"of": "accepted", "points": "1"}, min_points="9")], in_order("a"), eligible="a",
                    field=field(UNITS))  # fmt: skip
    assert none.vacancies[0].reason == "参加优秀组织奖排名的单位共 0 个，第 1 名空缺。"
    few = allocate([organised({"of": "accepted", "points": "1"}, min_entries=2)], in_order("a"), eligible="a",
                   field=field(UNITS))  # fmt: skip
    assert won(few) == [("org", "u1")]
    late = [
        organised({"of": "accepted", "points": "1"}),
        award("x", "特别奖", 1, "0", decided_by="committee"),
    ]
    waits = allocate(late, in_order("a"), eligible="a", field=field(UNITS))
    assert [f.kind for f in waits.flags] == ["undecided", "awaits"]
    with pytest.raises(AllocationError, match="没有写明怎样计分"):
        allocate([organised({"of": "accepted", "points": "1"})], in_order("a"), eligible="a")


def test_parts_may_be_weighed_against_the_best_unit() -> None:
    parts = [
        {"id": "in", "of": "accepted", "points": "1", "weight": "0.6"},
        {"id": "votes", "of": "votes", "points": "1", "max": "8", "weight": "0.4"},
    ]
    result = allocate(
        [organised(*parts, count=2)],
        in_order("a"),
        eligible="a",
        field=field(UNITS, votes={"v": {"c": 9, "d": 4}}),
    )
    assert [(w.unit, w.figure) for w in result.winners] == [
        ("u2", Decimal("70.00")), ("u1", Decimal("60.00")),
    ]  # fmt: skip
    none = allocate(
        [organised(parts[1], count=1, min_points="1")],
        in_order("a"),
        eligible="a",
        field=field(UNITS),
    )
    assert none.winners == ()


@dataclass(frozen=True)
class Parted(Place):
    """A standing with the parts of its score."""

    parts: tuple[Part, ...] = ()


def test_by_one_part_of_the_score() -> None:
    def talk(value: int | None) -> tuple[Part, ...]:
        number = None if value is None else Fraction(value)
        return (Part("talk", "演讲", number, Fraction(80), Fraction(1, 2)),)

    rows = Places([
        Parted("a", 1, Decimal(90), parts=talk(60)), Parted("b", 2, Decimal(80), parts=talk(76)),
        Parted("c", 3, Decimal(70), parts=talk(None)), Parted("d", 4, Decimal(60)),
    ])  # fmt: skip
    rules = [award("talk", "最佳演讲", 3, "0", component="talk"), award("first", "一等奖", 1, "0")]
    result = allocate(rules, rows, eligible="abcd")
    assert won(result) == [("talk", "b"), ("talk", "a"), ("first", "a")]
    assert result.winners[0].reason.startswith("单项得分 95，")


def test_coverage_measures_the_unit_above() -> None:
    made = field(
        UNITS, superiors={"u1": "city", "u2": "city", "u3": "town"},
        coverage={"city": Fraction(1, 2), "town": Fraction(1)},
    )  # fmt: skip
    rules = [organised({"of": "coverage", "points": "10"}, {"of": "accepted", "points": "1"})]
    result = allocate(rules, in_order("a"), eligible="a", field=made)
    assert won(result) == [("org", "town")]
    assert "覆盖率 100% 计 10 分" in result.winners[0].reason


def test_rules_that_say_too_little_or_too_much_are_refused() -> None:
    for bad in (
        award("x", "x", 1, "0", quota={"kind": "at_most", "max": 1}),
        award("x", "x", 1, "0", decided_by="vote"),
        {**award("x", "x", 1, "0"), "count": None},
    ):
        with pytest.raises(AllocationError):
            allocate([bad], in_order("a"), eligible="a")
    with pytest.raises(AllocationError, match="按得票产生"):
        allocate([award("x", "x", 1, "0", decided_by="vote", vote="v")], in_order("a"), eligible="a",
                 decisions=[decided("x", "a")])  # fmt: skip


def test_a_place_without_a_figure_is_refused() -> None:
    with pytest.raises(AllocationError, match="有名次却没有得分"):
        allocate([award("x", "x", 1, "0")], Places([Place("a", 1)]), eligible="a")


def test_results_of_older_contests_keep_their_bytes() -> None:
    """Rules with every newer field at its default; the digest was taken before there were any."""
    empty: dict[str, Any] = {
        "quota": None, "per": [], "tracks": [], "divisions": [], "regions": [], "round": None,
        "criterion": None, "vote": None, "formula": None, "vacancy": None, "stacking": None,
        "money_pool": None, "max_per_unit": None, "max_per_person": None, "recipient": None,
    }  # fmt: skip
    rules = [
        award("first", "一等奖", 1, "1500", **empty),
        award("second", "二等奖", 3, "1200.50", **empty),
        award("x", "特别奖", 1, "2000", decided_by="committee", group="special", **empty),
        award("none", "鼓励奖", 0, "0.00", group="other", **empty),
    ]
    digest = hashlib.sha256()
    for stacking in ("stack", "exclusive"):
        for groups in (("a", "b", "c"), ("ab", "c"), ("a", "bcde", "f")):
            made = allocate(
                rules, in_order(*groups), eligible="abcdef", decisions=[decided("x", "c")],
                money_total="7101.50", stacking=stacking,  # type: ignore[arg-type]
            )  # fmt: skip
            text = json.dumps(made.to_json(), sort_keys=True, ensure_ascii=False)
            digest.update(text.encode())
    assert digest.hexdigest() == "197743d7b509d6e04470ef6c683a71fe34c781eee71a33a4a8a2445e14bf8911"


@st.composite
def scoped(draw: st.DrawFn) -> dict[str, Any]:
    """Rules of every kind over eight works of three units and two tracks, ties common."""
    works = "abcdefgh"
    entrants = [
        Entrant(
            work, draw(st.sampled_from("xyz")), frozenset({("track", draw(st.sampled_from(["video", "photo"])))}),
            draw(st.frozensets(st.sampled_from("pq"), max_size=1)),
        )
        for work in works
    ]  # fmt: skip
    ways: list[dict[str, Any]] = [
        {"count": 2}, quota("at_most", max=2), quota("ratio", share="0.3", rounding="up"),
        quota("threshold", score="96"),
    ]  # fmt: skip
    rules = [
        award(
            f"r{n}", f"奖{n}", 0, draw(st.sampled_from(["0", "7.01"])), **{
                **draw(st.sampled_from(ways)),
                "group": draw(st.sampled_from("甲乙")),
                "per": draw(st.sampled_from([[], ["track"]])),
                "max_per_unit": draw(st.sampled_from([None, None, 1])),
                "money_pool": draw(st.sampled_from([None, None, "100"])),
            },
        )
        for n in range(draw(st.integers(1, 4)))
    ]  # fmt: skip
    order = draw(st.permutations(works))
    groups, rest = [], list(order)
    while rest:
        size = draw(st.sampled_from([1, 1, 2, 3]))
        groups.append("".join(rest[:size]))
        rest = rest[size:]
    return {
        "awards": rules,
        "ranking": in_order(*groups),
        "eligible": set(works) - draw(st.sets(st.sampled_from(works), max_size=2)),
        "field": field(entrants),
        "stacking": draw(st.sampled_from(["stack", "exclusive"])),
        "max_per_person": draw(st.sampled_from([None, None, 1])),
    }


@given(scoped())
def test_every_place_is_won_vacant_or_open_in_every_scope(case: dict[str, Any]) -> None:
    result = allocate(**case)
    for row in case["awards"]:
        cells = case["field"].cells(type("R", (), {"scope": (), "per": tuple(row["per"])}))
        for cell in cells:
            mine = [p.number for p in result.places if p.award == row["id"] and p.cell == cell]
            here = [f for f in result.flags if f.award == row["id"] and f.cell == cell]
            if any(flag.kind == "awaits" for flag in here):
                continue
            number = mine[0] if mine else row["count"]
            many = sum(w.award == row["id"] and w.cell == cell for w in result.winners)
            vacant = sum(
                v.count for v in result.vacancies if v.award == row["id"] and v.cell == cell
            )
            assert many + vacant + sum(flag.places for flag in here) == number


@given(scoped())
def test_nobody_twice_only_in_scope_within_caps_and_eligible(case: dict[str, Any]) -> None:
    result = allocate(**case)
    entrants = case["field"].entrants
    assert {one.work for one in result.winners} <= case["eligible"]
    assert max(Counter((w.award, w.work) for w in result.winners).values(), default=1) == 1
    placed = Counter((w.group, w.work) for w in result.winners)
    assert max(placed.values(), default=1) == 1
    for one in result.winners:
        assert entrants[one.work].belongs.issuperset(one.cell)
    for row in case["awards"]:
        if row["max_per_unit"]:
            units = Counter(entrants[w.work].unit for w in result.winners if w.award == row["id"])
            assert max(units.values(), default=0) <= row["max_per_unit"]
    if case["max_per_person"]:
        people = Counter(p for w in result.winners for p in entrants[w.work].people)
        assert max(people.values(), default=0) <= 1


@given(scoped(), st.randoms(use_true_random=False))
def test_money_adds_up_and_order_does_not_matter(case: dict[str, Any], random: Any) -> None:
    result = allocate(**case)
    money = result.money
    assert money.awarded == sum((one.money for one in result.winners), Decimal(0))
    assert money.awarded + money.vacant + money.undecided + money.remainder == money.planned
    standings = list(case["ranking"].standings)
    random.shuffle(standings)
    assert allocate(**{**case, "ranking": Places(standings)}) == result
