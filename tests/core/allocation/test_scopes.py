"""Awards by scope, ratio, threshold, criterion, vote and formula; caps; pools; vacancies; orders."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from fengcai.core.allocation import (
    AllocationError,
    AwardOrder,
    Vacated,
    allocate,
    check_vacated,
)

from .builders import Place, Places, decided, in_order
from .scoped import FOUR, PHOTO, VIDEO, award, entrant, field, quota, won


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
