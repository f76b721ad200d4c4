"""The award list by example: quotas, ties, vacancies, stacking, money, and every reason."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from fengcai.core.allocation import Allocation, Flag, Vacancy, allocate
from fengcai.core.scoring import Scheme, TieDecision, rank

from .builders import (
    ALL_SPECIAL,
    AWARDS,
    LETTERS,
    PLACED,
    SPECIAL,
    Line,
    Place,
    Places,
    award,
    decided,
    in_order,
)

TWELVE = in_order(*LETTERS)


def run(ranking: Places = TWELVE, awards: Any = AWARDS, **changes: Any) -> Allocation:
    given = {
        "decisions": ALL_SPECIAL,
        "eligible": LETTERS,
        "money_total": "17100",
        "stacking": "stack",
        **changes,
    }
    return allocate(awards, ranking, **given)


def won(allocation: Allocation, award: str) -> str:
    return "".join(one.work for one in allocation.winners if one.award == award)


@pytest.mark.clause("J15", "J16")
def test_ten_placed_and_three_special_awards_add_up() -> None:
    result = run()
    assert (won(result, "first"), won(result, "second")) == ("a", "bcd")
    assert won(result, "third") == "efghij"
    assert [one.work for one in result.winners[10:]] == ["a", "k", "l"]
    assert (result.vacancies, result.flags, result.complete) == ((), (), True)
    assert result.money.awarded == Decimal(17100)
    assert result.money.balanced
    assert result.money.text == "奖金实发 17100 元，与规则所写总额 17100 元一致。"


@pytest.mark.clause("J15")
def test_every_award_says_why() -> None:
    result = run()
    second = result.of("b")[0]
    assert second.reason == "综合得分 98.00，第 2 名；二等奖名额 3 名（第 2–4 名）"
    assert second.cite == {"section": "六（二）", "words": "二等奖 3 名"}
    assert (second.place, second.rank, second.money) == (2, 2, Decimal(1200))
    first, creative = result.of("a")
    assert first.reason == "综合得分 99.00，第 1 名；一等奖名额 1 名（第 1 名）"
    assert creative.reason == "评委会评定：无记名投票（评审委员会，纪要〔2026〕3 号）"
    assert (creative.by, creative.minutes) == ("评审委员会", "纪要〔2026〕3 号")
    assert (creative.place, creative.rank, creative.figure) == (None, None, None)
    assert (first.answer, creative.answer) == (None, "A11")
    unwritten = run(decisions=[decided("creative", "a", minutes="")])
    assert unwritten.of("a")[1].reason == "评委会评定：无记名投票（评审委员会）"


def test_the_rule_is_copied_not_shared() -> None:
    awards = [award("first", "一等奖", 1, "1500")]
    result = run(awards=awards, decisions=(), money_total=None)
    awards[0]["cite"]["words"] = "改过"
    assert result.winners[0].cite["words"] == "一等奖 1 名"


def test_a_broken_tie_is_told_to_both_sides() -> None:
    line = Line("criterion", "综合得分同为 92.00，比“主题契合度”：19.00 高于 18.00")
    ranking = Places(
        [
            Place("a", 1, Decimal("92.00"), None, line),
            Place("b", 2, Decimal("92.00"), line, Line("figure", "综合得分 92.00 高于 85.00")),
        ]
    )
    result = run(ranking, [*PLACED[:1], award("second", "二等奖", 1, "1200")], decisions=())
    assert [one.reason for one in result.winners] == [
        (
            "综合得分 92.00，第 1 名；与后一名：综合得分同为 92.00，比“主题契合度”：19.00 高于 18.00；"
            "一等奖名额 1 名（第 1 名）"
        ),
        (
            "综合得分 92.00，第 2 名；与前一名：综合得分同为 92.00，比“主题契合度”：19.00 高于 18.00；"
            "二等奖名额 1 名（第 2 名）"
        ),
    ]


def test_a_tie_inside_one_award_wins_whole() -> None:
    result = run(in_order("a", "bc", *"defghijkl"))
    assert won(result, "second") == "bcd"
    assert result.of("c")[0].reason == "综合得分 98.00，并列第 2 名；二等奖名额 3 名（第 2–4 名）"
    assert result.complete


def test_a_tie_across_a_border_is_left_to_a_person() -> None:
    result = run(in_order("abc", *"defghijkl"), decisions=[])
    assert (won(result, "first"), won(result, "second")) == ("", "d")
    assert result.flags[:2] == (
        Flag(
            "tie",
            "first",
            ("a", "b", "c"),
            1,
            "第 1–3 名的 3 件作品并列，跨过一等奖的名额（第 1 名），其中 1 个名额待定：须由评委会裁定先后。",
            {"section": "六（二）", "words": "一等奖 1 名"},
        ),
        Flag(
            "tie",
            "second",
            ("a", "b", "c"),
            2,
            "第 1–3 名的 3 件作品并列，跨过二等奖的名额（第 2–4 名），其中 2 个名额待定：须由评委会裁定先后。",
            {"section": "六（二）", "words": "二等奖 3 名"},
        ),
    )
    assert [(one.kind, one.award) for one in result.flags[2:]] == [
        ("undecided", "creative"),
        ("undecided", "technical"),
        ("undecided", "humanistic"),
    ]
    assert result.flags[2].text == "最佳创意奖由评委会评定，还没有评定记录。"
    assert not result.complete
    assert result.money.undecided == Decimal(1500 + 2 * 1200 + 3 * 2000)
    assert result.money.text == (
        "奖金实发 7200 元，待定 6 个名额 9900 元，合计 17100 元，与规则所写总额 17100 元一致。"
    )


def test_a_tie_at_the_last_place_is_left_to_a_person() -> None:
    result = run(in_order(*"abcdefghi", "jkl"))
    assert won(result, "third") == "efghi"
    assert [(one.kind, one.works, one.places) for one in result.flags] == [
        ("tie", ("j", "k", "l"), 1)
    ]


def test_fewer_works_than_prizes_leaves_places_vacant() -> None:
    result = run(
        in_order(*"abc", unranked="d"), decisions=[*ALL_SPECIAL[:2], decided("humanistic")]
    )
    assert won(result, "second") == "bc"
    assert result.vacancies == (
        Vacancy(
            "second",
            "二等奖",
            1,
            Decimal(1200),
            "参加二等奖排名的作品共 3 件，第 4 名空缺。",
            {"section": "六（二）", "words": "二等奖 3 名"},
        ),
        Vacancy(
            "third",
            "三等奖",
            6,
            Decimal(6000),
            "参加三等奖排名的作品共 3 件，第 5–10 名空缺。",
            {"section": "六（二）", "words": "三等奖 6 名"},
        ),
        Vacancy(
            "humanistic",
            "最佳人文奖",
            1,
            Decimal(2000),
            "评委会评出 0 件，空缺 1 个名额：无记名投票",
            {"section": "六（二）", "words": "最佳人文奖 1 名"},
        ),
    )
    assert result.complete
    assert result.money.text == (
        "奖金实发 7900 元，空缺 8 个名额 9200 元，合计 17100 元，与规则所写总额 17100 元一致。"
    )


def test_the_withdrawn_never_win_and_the_next_moves_up() -> None:
    result = run(eligible=set(LETTERS) - {"a", "k"}, decisions=[ALL_SPECIAL[1]])
    assert (won(result, "first"), won(result, "third")) == ("b", "fghijl")
    assert result.of("b")[0].reason == (
        "综合得分 98.00，总排名第 2，排在前面的作品有不参与本奖项的，递补为第 1 名；"
        "一等奖名额 1 名（第 1 名）"
    )
    assert (result.of("b")[0].place, result.of("b")[0].rank) == (1, 2)
    assert [(one.kind, one.text) for one in result.flags if one.award == "technical"] == [
        (
            "ineligible",
            "评委会把最佳技术奖评给作品 k，但它已退出或不符合评奖条件，须重新评定。",
        )
    ]


def test_a_tie_left_alone_by_a_withdrawal_is_no_tie() -> None:
    result = run(in_order("ab", *"cdefghijkl"), eligible=LETTERS[1:])
    assert won(result, "first") == "b"
    assert "并列" not in result.of("b")[0].reason


def test_exclusive_refuses_a_second_award() -> None:
    result = run(stacking="exclusive")
    assert [(one.kind, one.award, one.works, one.places) for one in result.flags] == [
        ("exclusive", "creative", ("a",), 1)
    ]
    assert result.flags[0].text == (
        "评委会把最佳创意奖评给作品 a，但它已获一等奖，规则规定不可兼得，须重新评定。"
    )
    assert [one.award for one in result.of("a")] == ["first"]


def test_exclusive_lets_the_earlier_rule_win() -> None:
    """Special awards first: their winners leave the ranking's places to those behind them."""
    result = run(awards=SPECIAL + PLACED, stacking="exclusive")
    assert [one.award for one in result.of("a")] == ["creative"]
    assert (won(result, "first"), won(result, "second")) == ("b", "cde")
    assert won(result, "third") == "fghij"
    assert [one.reason for one in result.vacancies] == [
        "参加三等奖排名的作品共 9 件，第 10 名空缺。"
    ]
    assert result.complete


def test_exclusive_waits_for_what_is_still_open() -> None:
    result = run(
        in_order("ab", *"cdefghijkl"),
        stacking="exclusive",
        decisions=[decided("creative", "b"), *ALL_SPECIAL[1:]],
    )
    assert [(one.kind, one.award, one.works) for one in result.flags] == [
        ("tie", "first", ("a", "b")),
        ("tie", "second", ("a", "b")),
        ("awaits", "creative", ("b",)),
    ]
    assert result.flags[2].text == "评委会把最佳创意奖评给作品 b，但它还在并列待定，须先裁定并列。"
    assert won(result, "second") == "cd"


def test_exclusive_ranks_nobody_while_an_earlier_award_is_open() -> None:
    result = run(awards=SPECIAL + PLACED, stacking="exclusive", decisions=ALL_SPECIAL[:2])
    assert [(one.kind, one.award, one.places) for one in result.flags] == [
        ("undecided", "humanistic", 1),
        ("awaits", "first", 1),
        ("awaits", "second", 3),
        ("awaits", "third", 6),
    ]
    assert result.flags[1].text == "获奖不可兼得，一等奖要等前面待定的奖项定下之后才能确定。"
    assert [one.work for one in result.winners] == ["a", "k"]


def test_a_new_group_starts_from_the_top() -> None:
    awards = [award("best", "最高分奖", 2, "0", group="top"), *PLACED[:1]]
    result = run(awards=awards, decisions=[], money_total=None)
    assert (won(result, "best"), won(result, "first")) == ("ab", "a")
    alone = run(awards=awards, decisions=[], money_total=None, stacking="exclusive")
    assert (won(alone, "best"), won(alone, "first")) == ("ab", "c")


def test_an_award_without_places_asks_nobody() -> None:
    none = [award("a0", "荣誉奖", 0, "0"), award("b0", "特别奖", 0, "0", decided_by="committee")]
    result = run(awards=none, decisions=[], money_total=0)
    assert (result.winners, result.vacancies, result.flags) == ((), (), ())


def test_money_that_does_not_add_up_is_flagged() -> None:
    result = run(money_total="17000")
    assert not result.money.balanced
    assert result.flags[0].kind == "money"
    assert result.flags[0].text == (
        "奖金实发 17100 元，与规则所写总额 17000 元不符：各奖项名额乘以金额相加为 17100 元，须更正规则。"
    )
    assert run(money_total=None).money.text == "奖金实发 17100 元。"


def test_the_real_ranking_serves() -> None:
    scheme = Scheme.from_json(
        {
            "criteria": [{"id": "all", "name": "总评", "min": "0", "max": "100", "step": "0.5"}],
            "aggregate": "mean",
            "rounding_places": 2,
            "rounding_mode": "half_up",
            "tie_break": [{"by": "committee"}],
        }
    )
    sheets = [
        {"judge": "j", "work": work, "values": {"all": mark}}
        for work, mark in (("a", "91"), ("b", "91"), ("c", "90.5"))
    ]
    open_ = allocate(PLACED[:1], rank(scheme, sheets, works="abcd"), eligible="abcd")
    assert [one.works for one in open_.flags] == [("a", "b")]
    decision = TieDecision(("b", "a"), "评审委员会", "投票 5 比 2")
    ranking = rank(scheme, sheets, works="abcd", decisions=[decision])
    result = allocate(PLACED[:1], ranking, eligible="abcd")
    assert [one.reason for one in result.winners] == [
        (
            "综合得分 91.00，第 1 名；"
            "与后一名：综合得分相同，由评审委员会裁定先后：投票 5 比 2；一等奖名额 1 名（第 1 名）"
        )
    ]


def test_json_is_exact_text() -> None:
    result = run(in_order(*"ab"), decisions=ALL_SPECIAL[:1], money_total=None)
    told = json.loads(json.dumps(result.to_json(), ensure_ascii=False))
    assert told["winners"][0] == {
        "award": "first",
        "award_name": "一等奖",
        "group": "overall",
        "work": "a",
        "place": 1,
        "rank": 1,
        "figure": "99.00",
        "money": "1500",
        "reason": "综合得分 99.00，第 1 名；一等奖名额 1 名（第 1 名）",
        "cite": {"section": "六（二）", "words": "一等奖 1 名"},
        "answer": None,
        "by": "",
        "minutes": "",
    }
    assert told["winners"][2]["figure"] is None
    assert told["vacancies"][0] == {
        "award": "second",
        "award_name": "二等奖",
        "count": 2,
        "money": "2400",
        "reason": "参加二等奖排名的作品共 2 件，第 3–4 名空缺。",
        "cite": {"section": "六（二）", "words": "二等奖 3 名"},
    }
    assert told["flags"][0] == {
        "kind": "undecided",
        "award": "technical",
        "works": [],
        "places": 1,
        "text": "最佳技术奖由评委会评定，还没有评定记录。",
        "cite": {"section": "六（二）", "words": "最佳技术奖 1 名"},
    }
    assert told["money"] == {
        "awarded": "4700",
        "vacant": "8400",
        "undecided": "4000",
        "planned": "17100",
        "stated": None,
        "balanced": True,
        "text": "奖金实发 4700 元，空缺 8 个名额 8400 元，待定 2 个名额 4000 元，合计 17100 元。",
    }
    assert run().to_json()["money"]["stated"] == "17100"
