"""Shortlists: quotas, ties at the border, caps, constraints, reserves, each with its reason."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import pytest

from fengcai.core.selection import Candidate, Order, SelectionError, group_of, select

CITE = {"section": "五（一）", "words": "初评"}
NAMES = {"video": "视频类", "photo": "摄影类", "heritage": "红色传承"}


def rule(by: str, **changes: Any) -> dict[str, Any]:
    return {"by": by, "cite": CITE, **changes}


def one(
    work: str, rank: int | None, *, unit: str = "", people: str = "", of: Iterable[str] = ()
) -> Candidate:
    """A work; `of` are kind:ref pairs. Its figure is 100 − rank."""
    return Candidate(
        work,
        rank,
        None if rank is None else Decimal(100 - rank),
        unit or f"u{work}",
        frozenset(people.split()),
        frozenset(tuple(each.split(":")) for each in of),  # type: ignore[misc]
    )


def line(works: str, **ranks: int) -> list[Candidate]:
    return [one(work, ranks.get(work, place)) for place, work in enumerate(works, 1)]


@pytest.mark.clause("H5")
def test_the_first_so_many_go_on_with_their_reason() -> None:
    made = select(rule("top", number="2"), line("abc"))
    assert made.selected == ("a", "b")
    assert made.complete
    assert made.of("b").reason == "得分 98，第 2 名；取前 2 名。"
    assert made.of("c").reason == "得分 97，第 3 名；名额已满（取前 2 名）。"
    assert made.of("c").outcome == "out"
    assert made.of("a").cite == CITE
    with pytest.raises(KeyError):
        made.of("z")


def test_each_track_has_its_own_number() -> None:
    works = [
        one("a", 1, of=["track:video"]),
        one("b", 2, of=["track:video"]),
        one("c", 3, of=["track:photo"]),
        one("d", 4, of=["track:photo"]),
    ]
    made = select(rule("top", number="1", base="track"), works, names=NAMES)
    assert made.selected == ("a", "c")
    assert made.of("b").reason == "得分 98，第 2 名；视频类的名额已满（取前 1 名）。"
    assert [(g.id, g.name, g.candidates, g.places) for g in made.groups] == [
        ("photo", "摄影类", 2, 1),
        ("video", "视频类", 2, 1),
    ]


@pytest.mark.parametrize(
    ("rounding", "extra", "places"),
    [
        ("down", {}, 2),
        ("up", {}, 3),
        ("half_up", {}, 3),
        ("down", {"min": 4}, 4),
        ("up", {"max": 1}, 1),
        (None, {}, 2),
    ],
)
def test_a_ratio_is_exact_and_rounded_once(
    rounding: str | None, extra: dict[str, int], places: int
) -> None:
    """0.25 of 10 is 2.5: where floats err nowhere, the rounding still has to be the rule's."""
    works = line("abcdefghij")
    made = select(rule("ratio", number="0.25", rounding=rounding, **extra), works)
    assert len(made.selected) == places


def test_a_ratio_counts_what_the_rule_names() -> None:
    more = [one(f"x{n}", None) for n in range(20)]
    made = select(
        rule("ratio", number="0.3", of="accepted", rounding="down"),
        line("abcdefghij"),
        population=more,
    )
    assert len(made.selected) == 6
    assert made.groups[0].text == "接收 20 件 × 30% = 6，向下取整为 6 件"
    few = select(rule("ratio", number="0.1", rounding="down"), line("abc"))
    assert few.selected == ()
    text = select(rule("ratio", number="0.5", min=9, max=9), line("ab")).groups[0].text
    assert text == "本轮参评 2 件 × 50% = 1，向下取整为 1 件，规则规定至少 9 件"
    text = select(rule("ratio", number="0.5", max=1), line("abcd")).groups[0].text
    assert text == "本轮参评 4 件 × 50% = 2，向下取整为 2 件，规则规定最多 1 件"


def test_a_threshold_includes_its_number_and_may_be_capped() -> None:
    works = line("abcd")
    made = select(rule("threshold", number="97"), works)
    assert made.selected == ("a", "b", "c")
    assert made.of("d").reason == "得分 96，低于 97 分。"
    assert select(rule("threshold", number="97", max=2), works).selected == ("a", "b")
    short = select(rule("threshold", number="99", min=3), works)
    assert [flag.kind for flag in short.flags] == ["short"]
    assert short.flags[0].text == "全部入围 1 件，规则规定至少 3 件，没有更多符合条件的作品。"
    kept = select(rule("threshold", number="99", min=1), works)
    assert kept.complete


def test_all_go_on_but_those_that_a_person_took_out() -> None:
    works = [one("a", None), one("b", None)]
    made = select(rule("all"), works, aside={"b": "形式审查未通过：缺少授权书（纪要〔2026〕1号）"})
    assert made.selected == ("a",)
    assert made.of("a").reason == "不排名次；全部进入下一轮。"
    assert made.of("b").reason == "形式审查未通过：缺少授权书（纪要〔2026〕1号）。"


def test_who_has_no_place_does_not_go_on() -> None:
    made = select(rule("top", number="3"), [one("a", 1), one("b", None)])
    assert made.selected == ("a",)
    assert made.of("b").reason == "没有名次，不能入围。"


@pytest.mark.clause("H5")
def test_a_tie_at_the_border_is_a_flag_and_never_a_choice() -> None:
    works = line("abcd", c=2)
    made = select(rule("top", number="2"), works)
    assert made.selected == ("a",)
    assert [(f.kind, f.works, f.places) for f in made.flags] == [("tie", ("b", "c"), 1)]
    assert made.flags[0].text == "第 2 名的 2 件作品并列，只能有 1 件入围：须由人排定先后。"
    assert [made.of(work).outcome for work in "bcd"] == ["tie", "tie", "waits"]
    order = Order(("c", "b"), "评委会（纪要〔2026〕2号）", "主题更突出")
    told = select(rule("top", number="2"), works, orders=[order])
    assert told.selected == ("a", "c")
    assert told.complete
    assert told.of("c").reason == (
        "得分 98，第 2 名，并列先后由评委会（纪要〔2026〕2号）裁定：主题更突出；取前 2 名。"
    )
    assert told.of("b").reason == (
        "得分 98，第 2 名，并列先后由评委会（纪要〔2026〕2号）裁定：主题更突出；名额已满（取前 2 名）。"
    )


def test_an_order_that_meets_no_tie_is_told() -> None:
    made = select(rule("top", number="2"), line("abc"), orders=[Order(("a", "b"), "评委会", "x")])
    assert [flag.kind for flag in made.flags] == ["unused"]


def test_a_tie_inside_the_border_goes_on_whole() -> None:
    assert select(rule("top", number="3"), line("abcd", c=2)).selected == ("a", "b", "c")


@pytest.mark.clause("H5")
def test_no_more_than_two_of_a_unit() -> None:
    works = [
        one("a", 1, unit="x"), one("b", 2, unit="x"), one("c", 3, unit="x"), one("d", 4, unit="y"),
    ]  # fmt: skip
    made = select(rule("top", number="3", max_per_unit=2), works)
    assert made.selected == ("a", "b", "d")
    assert made.of("c").reason == "得分 97，第 3 名；本单位已有 2 件入围，每个单位最多 2 件。"


def test_no_more_than_one_of_a_person() -> None:
    works = [one("a", 1, people="zhang li"), one("b", 2, people="li"), one("c", 3, people="wang")]
    made = select(rule("top", number="2", max_per_person=1), works)
    assert made.selected == ("a", "c")
    assert made.of("b").reason == "得分 98，第 2 名；同一作者已有 1 件入围，每人最多 1 件。"


def test_a_cap_inside_a_tie_is_a_flag_for_those_it_touches() -> None:
    works = [
        one("a", 1, unit="x"), one("b", 1, unit="x"), one("c", 1, unit="y"), one("d", 4, unit="z"),
    ]  # fmt: skip
    made = select(rule("top", number="4", max_per_unit=1), works)
    assert made.flags[0].works == ("a", "b")
    assert made.selected == ("c",)
    assert made.of("d").outcome == "waits"
    told = select(
        rule("top", number="4", max_per_unit=1), works, orders=[Order(("b", "a"), "评委会", "x")]
    )
    assert told.selected == ("b", "c", "d")


def half_of_heritage(**changes: Any) -> dict[str, Any]:
    return {
        "id": "half", "of": "theme", "ref": "heritage", "min_share": "0.5", "cite": {"words": "半数"},
        **changes,
    }  # fmt: skip


@pytest.mark.clause("H5")
def test_at_least_half_of_a_theme() -> None:
    works = [one("a", 1), one("b", 2), one("c", 3), one("d", 4)] + [
        one(work, place, of=["theme:heritage"]) for place, work in enumerate("efg", 5)
    ]
    made = select(rule("top", number="4", constraints=[half_of_heritage()]), works, names=NAMES)
    assert made.selected == ("a", "b", "e", "f")
    assert made.complete
    assert made.of("c").reason == (
        "得分 97，第 3 名；余下的名额须留给“红色传承”的作品（不低于 50%）。"
    )
    assert made.of("c").cite == {"words": "半数"}


def test_what_cannot_be_met_is_named() -> None:
    works = [*line("abc"), one("e", 4, of=["theme:heritage"])]
    made = select(rule("top", number="4", constraints=[half_of_heritage()]), works, names=NAMES)
    assert [(f.kind, f.text) for f in made.flags] == [
        (
            "infeasible",
            "“红色传承”不低于 50%，应有 2 件，能入围的最多只有 1 件：这一条无法满足，须由人决定。",
        )
    ]
    assert made.selected == ("a", "b", "c", "e")


def test_bounds_from_above_and_both_ways() -> None:
    works = [one(work, n, of=["theme:heritage"]) for n, work in enumerate("abc", 1)] + line("xyz")
    works = [one(w.work, n, of=["theme:heritage"] if w.work in "abc" else []) for n, w in
             enumerate(works, 1)]  # fmt: skip
    most = half_of_heritage(min_share=None, max=1)
    made = select(rule("top", number="3", constraints=[most]), works, names=NAMES)
    assert made.selected == ("a", "x", "y")
    assert made.of("b").reason == "得分 98，第 2 名；“红色传承”已有 1 件入围（不超过 1 件）。"
    share = half_of_heritage(min_share=None, max_share="0.5", min=1)
    made = select(rule("top", number="4", constraints=[share]), works, names=NAMES)
    assert made.selected == ("a", "b", "x", "y")


def test_who_all_go_on_may_break_a_constraint_and_that_is_told() -> None:
    works = [one("a", 1), one("b", 2), one("c", 3, of=["theme:heritage"])]
    made = select(
        rule(
            "threshold",
            number="90",
            constraints=[half_of_heritage(min_share=None, max_share="0.1")],
        ),
        works,
        names=NAMES,
    )
    assert made.selected == ("a", "b")
    odd = [
        one("a", 1, of=["theme:heritage"]),
        one("b", 2, of=["theme:heritage"]),
        one("c", 3, unit="ub"),
    ]
    made = select(
        rule("top", number="3", max_per_unit=1, constraints=[
            half_of_heritage(min_share=None, max_share="0.6", min=0)
        ]),
        [*odd[:1], one("b", 2, unit="ua", of=["theme:heritage"]), *odd[2:]],
        names=NAMES,
    )  # fmt: skip
    assert made.selected == ("a", "c")
    few = select(
        rule("top", number="3", max_per_unit=1, constraints=[
            half_of_heritage(min_share=None, max_share="0.4")
        ]),
        [one("a", 1, of=["theme:heritage"]), one("b", 2, unit="z"), one("c", 3, unit="z")],
        names=NAMES,
    )  # fmt: skip
    assert few.selected == ("a", "b")
    assert [flag.kind for flag in few.flags] == ["broken"]
    assert few.flags[0].text == (
        "入围 2 件中“红色传承”有 1 件，不合规则（不超过 40%），须由人决定。"
    )


def test_two_least_numbers_share_the_places() -> None:
    works = [
        *line("abcd"),
        one("e", 5, of=["theme:p"]),
        one("f", 6, of=["theme:q"]),
        one("g", 7, of=["theme:q"]),
    ]
    rows = [
        {"id": "p", "of": "theme", "ref": "p", "min": 1},
        {"id": "q", "of": "theme", "ref": "q", "min": 2},
    ]
    assert select(rule("top", number="4", constraints=rows), works).selected == ("a", "e", "f", "g")
    both = [*works[:6], one("g", 7, of=["theme:q", "theme:p"])]
    assert select(rule("top", number="3", constraints=rows), both).selected == ("a", "f", "g")


def test_reserves_stand_by_within_the_caps() -> None:
    works = [
        one("a", 1, unit="x"), one("b", 2, unit="x"), one("c", 3, unit="y"), one("d", 4, unit="z"),
        one("e", 4, unit="w"), one("f", 6, unit="v"),
    ]  # fmt: skip
    made = select(rule("top", number="2", max_per_unit=1, reserve=2), works)
    assert made.selected == ("a", "c")
    assert [(p.work, p.place) for p in made.picks if p.outcome == "reserve"] == [("d", 1), ("e", 1)]
    assert made.of("d").reason == "得分 96，第 4 名；名额已满（取前 2 名），列为替补第 1 位。"
    assert made.of("b").outcome == "out"
    tied = select(rule("top", number="1", reserve=1), line("ab", b=1))
    assert [pick.outcome for pick in tied.picks] == ["tie", "tie"]
    told = select(
        rule("top", number="1", reserve=1),
        line("abc", b=1, c=1),
        orders=[Order(("b", "a", "c"), "x", "y")],
    )
    assert [(p.work, p.outcome) for p in told.picks] == [
        ("a", "reserve"), ("b", "selected"), ("c", "out"),
    ]  # fmt: skip


def test_works_that_nobody_ranked_are_not_chosen_among() -> None:
    works = [one("a", None, unit="x"), one("b", None, unit="x")]
    made = select(rule("all", max_per_unit=1), works)
    assert made.flags[0].text == "2 件作品没有排名先后，只能有 1 件入围：须由人排定先后。"


def test_groups_by_unit_division_and_region() -> None:
    work = one("a", 1, unit="x", of=["division:staff", "division:team", "region:north"])
    assert group_of("unit", work) == "x"
    assert group_of("division", work) == "staff+team"
    assert group_of("region", work) == "north"
    assert group_of("total", work) == group_of(None, work) == ""
    made = select(rule("top", number="1", base="division"), [work], names={"staff": "教工组"})
    assert made.groups[0].name == "教工组、team"


@pytest.mark.parametrize(
    ("advance", "what"),
    [
        (rule("luck"), "入围办法应是"),
        (rule("top"), "没有写明取几件"),
        (rule("top", number="-1"), "没有写明取几件"),
        (rule("top", number="x"), "“x”不是数字"),
        (rule("top", number="1", base="planet"), "不认识“planet”"),
    ],
)
def test_an_unusable_rule_is_refused(advance: dict[str, Any], what: str) -> None:
    with pytest.raises(SelectionError, match=what):
        select(advance, line("ab"))


def test_unusable_candidates_and_orders_are_refused() -> None:
    with pytest.raises(SelectionError, match="出现了两次"):
        select(rule("all"), [one("a", 1), one("a", 2)])
    with pytest.raises(TypeError):
        select(rule("top", number=1.5), line("ab"))
    for order, what in (
        (Order(("a",), "x", "y"), "至少两件"),
        (Order(("a", "a"), "x", "y"), "至少两件"),
        (Order(("a", "b"), " ", "y"), "由谁裁定"),
    ):
        with pytest.raises(SelectionError, match=what):
            select(rule("all"), line("ab"), orders=[order])
    twice = [Order(("a", "b"), "x", "y"), Order(("b", "a"), "x", "y")]
    with pytest.raises(SelectionError, match="两份"):
        select(rule("all"), line("ab"), orders=twice)


def test_it_can_be_written_down_and_read() -> None:
    made = select(rule("top", number="1", reserve=1), [*line("ab"), one("c", None)]).to_json()
    assert made["picks"][0] == {
        "work": "a", "outcome": "selected", "group": "", "rank": 1, "figure": "99",
        "reason": "得分 99，第 1 名；取前 1 名。", "cite": CITE, "place": None,
    }  # fmt: skip
    assert made["picks"][2]["figure"] is None
    assert made["groups"] == [
        {"id": "", "name": "", "candidates": 3, "base": 3, "places": 1, "text": "取前 1 名"}
    ]
    flags = select(rule("top", number="1"), line("ab", b=1)).to_json()["flags"]
    assert flags[0]["works"] == ["a", "b"]
    assert Order.from_json({"works": ["a", "b"], "by": "x", "reason": "y"}) == Order(
        ("a", "b"), "x", "y"
    )
