"""The two real contests: whole, cited, and with every gap of the notice asked."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal

import pytest

from fengcai.core.rulebook import (
    UnansweredError,
    explain,
    no_answers,
    open_questions,
    resolve,
)
from fengcai.core.rulebook.book import walk
from tests.core.rulebook.samples import EXAMPLES, example, example_answers

NAMES = ["jiangxi-2026", "hubei-2025"]


def test_every_question_of_the_drafts_is_asked_and_nothing_is_silently_answered() -> None:
    assert [each.id for each in example("jiangxi-2026").questions] == [
        f"A{n}" for n in range(1, 16)
    ]
    assert [each.id for each in example("hubei-2025").questions] == [f"B{n}" for n in range(1, 20)]
    assert [
        each.id for each in open_questions(example("jiangxi-2026"), no_answers("jiangxi-2026"))
    ] == [f"A{n}" for n in range(1, 16)]


@pytest.mark.clause("B1", "H3")
def test_hubei_names_its_open_questions_instead_of_inventing_the_attachments() -> None:
    book = example("hubei-2025")
    with pytest.raises(UnansweredError) as caught:
        resolve(book, no_answers("hubei-2025"))
    assert [each.id for each in caught.value.questions] == [f"B{n}" for n in range(1, 20)]
    attachments = next(each for each in book.questions if each.id == "B3")
    assert (attachments.blocks, attachments.options) == ("opening", {})
    explained = explain(book, no_answers("hubei-2025"))
    assert sum(each.section == "待明确的问题" for each in explained) == 19


@pytest.mark.clause("H2", "H22", "H23")
def test_hubei_says_its_theme_its_vague_dates_and_its_terms() -> None:
    said = [each.text for each in explain(example("hubei-2025"), no_answers("hubei-2025"))]
    assert "表演类：集中竞演：6月底至7月初" in said
    assert "本次活动不需缴纳任何报名费用" in said
    assert "最终解释权归主办方" in said
    assert said[0].endswith("主题：隐形守护者，健康侦察兵")


@pytest.mark.clause("J2", "J11", "J12", "J14", "J15", "J16", "J17", "J22", "J23")
def test_jiangxi_resolves_whole() -> None:
    rules = resolve(example("jiangxi-2026"), example_answers("jiangxi-2026"))
    assert (rules.accent, rules.mailbox) == ("ganhong", "jxszyyxck@163.com")
    assert rules.contacts[0].names == ("陈雯越", "史建刚")
    assert [(each.id, each.must_enter, each.may_enter) for each in rules.unit_classes] == [
        ("clinical", True, True),
        ("medtech", True, True),
        ("admin", True, True),
        ("party_branch", False, False),
    ]
    assert (rules.entry_min_per_unit, rules.entry_max_per_unit) == (1, 2)
    assert rules.head_confirmation is True
    (track,) = rules.tracks
    assert track.themes is not None
    assert (track.themes.min, track.themes.max, len(track.themes.options)) == (1, 1, 7)
    assert [each.id for each in track.fields] == [
        "title",
        "authors",
        "contact",
        "synopsis",
        "rights",
    ]
    assert [each.id for each in track.slots] == ["main"]
    assert rules.window.closes.isoformat() == "2026-04-30T17:00:00+08:00"
    assert (rules.window.closes_inclusive, rules.window.late, rules.window.begun_counts) == (
        True,
        "reject",
        False,
    )
    assert {each.applies_to: each.template for each in rules.naming} == {
        "mail_subject": "{unit}+一科一风采视频大赛",
        "video_filename": "{unit}+一科一风采视频大赛",
    }
    (review,) = rules.rounds
    assert (review.min_judges, review.recuse_own_unit, review.window) == (3, True, "review")
    assert review.scheme.total == sum(each.max * each.weight for each in review.scheme.criteria)
    assert [(each.max, each.step) for each in review.scheme.criteria] == [
        (Decimal(20), Decimal("0.5"))
    ] * 5
    scheme = review.scheme
    assert (scheme.aggregate, scheme.drop_high, scheme.drop_low, scheme.drop_only_if_at_least) == (
        "trimmed_mean",
        1,
        1,
        5,
    )
    assert (scheme.rounding_places, scheme.rounding_mode) == (2, "half_up")
    assert [each.by for each in scheme.tie_break] == ["criterion"] * 5 + ["committee"]
    assert [(each.name, each.count, each.money_each, each.decided_by) for each in rules.awards] == [
        ("一等奖", 1, Decimal(1500), "ranking"),
        ("二等奖", 3, Decimal(1200), "ranking"),
        ("三等奖", 6, Decimal(1000), "ranking"),
        ("最佳创意奖", 1, Decimal(2000), "committee"),
        ("最佳技术奖", 1, Decimal(2000), "committee"),
        ("最佳人文奖", 1, Decimal(2000), "committee"),
    ]
    assert sum(each.count * each.money_each for each in rules.awards) == rules.money_total == 17100
    assert (rules.stacking, rules.money_recipient) == ("stack", "unit")
    assert [each.id for each in rules.declarations] == [
        "copyright",
        "consent",
        "showcase",
        "head",
        "impartial",
    ]


def test_answers_stand_in_their_own_file_with_a_post_a_time_and_a_reason() -> None:
    assert list(example_answers("jiangxi-2026")) == [f"A{n}" for n in range(1, 16)]
    for answer in example_answers("jiangxi-2026").values():
        assert answer.by.endswith("（演示）")
        assert answer.at.utcoffset() is not None
        assert len(answer.reason) >= 8


@pytest.mark.parametrize("name", NAMES)
def test_every_option_of_every_question_fits_its_gaps(name: str) -> None:
    from fengcai.core.rulebook import Answer
    from fengcai.core.rulebook.book import values_of

    book = example(name)
    for question in book.questions:
        for choice in question.options:
            answer = Answer(choice, None, "", example_answers("jiangxi-2026")["A1"].at, "")
            _, fault = values_of(book, question.id, answer)
            # How many organisation awards there are is asked besides the formula.
            expected = ("问题 B17 的答复没有给出“count”", "请在 value 里补上。")
            assert fault == (expected if question.id == "B17" else None)


def sections(text: str) -> dict[str, str]:
    """Section number (四（一）) → its text, whitespace removed; 全文 → everything."""
    found = {"全文": re.sub(r"\s", "", text)}
    chapter = part = ""
    for line in text.splitlines():
        line = re.sub(r"\s", "", line)
        if head := re.match(r"([一二三四五六七八九十]+)、", line):
            chapter, part = head[1], ""
        elif (head := re.match(r"[(（]([一二三四五六七八九十]+)[)）]", line)) and chapter:
            part = f"{chapter}（{head[1]}）"
        for key in (chapter, part):
            if key:
                found[key] = found.get(key, "") + line
    return found


@pytest.mark.notices
@pytest.mark.clause("B1")
@pytest.mark.parametrize("name", NAMES)
def test_every_citation_stands_in_its_section_of_the_notice(
    name: str, notice: Callable[[str], str]
) -> None:
    text = sections(notice(name))
    lost = []
    cites = [
        str(value) for path, value in walk(example(name).tree.value) if path and path[-1] == "cite"
    ]
    for cite in cites:
        section, _, words = cite.partition(" ")
        where = section if section[0] in "一二三四五六七八九十" else "全文"
        if re.sub(r"\s", "", words) not in text.get(where, ""):
            lost.append(cite)
    assert lost == []
    assert len(cites) >= 90


def test_no_example_leaves_a_rule_uncited() -> None:
    for file in sorted(EXAMPLES.glob("rulebooks/*.yaml")):
        for rule in explain(example(file.stem), no_answers(example(file.stem).id)):
            assert rule.cite.section
            assert rule.cite.words
