"""Arithmetic and names: each fault found, with its line and its remedy."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fengcai.core.rulebook import check, no_answers
from tests.core.rulebook.samples import (
    BOOK,
    answers,
    book,
    changed,
    example,
    example_answers,
    line_of,
    without,
)

PLACES = (
    "请用 {unit}、{title}、{author}、{phone}、{contact}、{track}、{division}、{theme}、{region}、{number} "
    "标出要替换的位置，花括号要成对。"
)


def faults(text: str) -> list[tuple[int, str, str, str]]:
    return [(e.line, e.path, e.message, e.mend) for e in check(book(text), answers())]


def test_the_sample_and_both_contests_are_sound() -> None:
    assert faults(BOOK) == []
    assert check(book(), no_answers("film-2030")) == ()
    assert check(example("jiangxi-2026"), example_answers("jiangxi-2026")) == ()
    assert check(example("jiangxi-2026"), no_answers("jiangxi-2026")) == ()
    assert check(example("hubei-2025"), no_answers("hubei-2025")) == ()


@pytest.mark.parametrize(
    ("old", "new", "at", "path", "message", "mend"),
    [
        ("Asia/Shanghai", "Asia/Nanchang", "timezone:", "timezone", "没有“Asia/Nanchang”这个时区",
         "中国内地请写 Asia/Shanghai。"),
        ("may_enter: 是", "may_enter: 否", "ward:", "units.classes.ward",
         "“临床科室”必须报送，却又不可报送", "must_enter 为“是”时，may_enter 也要写“是”。"),
        ("min: 1, max: 3", "min: 4, max: 3", "entries:", "units.entries.min",
         "每单位报送件数的下限 4 大于上限 3", "请核对两个数。"),
        ("max: 2\n", "max: 3\n", "max: 3\n", "tracks.film.themes.max", "只有 2 个方向，却写了 3",
         "请写不大于 2 的数。"),
        ("      min: 1\n      max: 2\n", "      min: 2\n      max: 1\n", "min: 2\n",
         "tracks.film.themes.min", "可选方向数的下限 2 大于上限 1", "请核对两个数。"),
        (", options: [纪实, 剧情]", "", "style:", "tracks.film.fields.style",
         "“体裁”是选择题，却没有选项", "请补上 options: [甲, 乙]。"),
        ("min: 1\n        max: 1\n", "min: 2\n        max: 1\n", "min: 2\n",
         "tracks.film.slots.main.min", "“正片”的文件个数的下限 2 大于上限 1", "请核对两个数。"),
        ("min: 1\n        max: 1\n", "min: 0\n        max: 0\n", "max: 0\n",
         "tracks.film.slots.main.max", "“正片”一个文件也不收", "请写 1 或更大的数。"),
        ("accept: [.mp4]", "accept: []", "accept:", "tracks.film.slots.main.accept",
         "“正片”没有可接受的后缀", "例如 [.mp4]。"),
        (" predicate: duration <= 5min,", "", "length:", "tracks.film.slots.main.requirements.length",
         "写明由机器检查，却没有条件", "请补上 predicate，或把 checked_by 改为 human。"),
        ("checked_by: machine", "checked_by: form", "length:",
         "tracks.film.slots.main.requirements.length", "写了条件，却不是由机器检查，也不由审核员看",
         "请把 checked_by 改为 machine 或 human，或删去 predicate。"),
        ("must: 真实, checked_by: human", "must: 真实, checked_by: human, effect: none",
         "true_story:", "requirements.true_story.effect", "只有“优先”的要求才能写 effect", "请删去这一行。"),
        ("checked_by: human, tracks: [film]", "checked_by: human, tracks: [flim]", "true_story:",
         "requirements.true_story.tracks", "没有名为“flim”的类别", "是不是想写“film”？"),
        ("when: submit, tracks: [film]", "when: submit, tracks: [photo]", "own:",
         "declarations.own.tracks", "没有名为“photo”的类别", "这里可以写：film。"),
        ("opens: 2030-03-02 08:00", "opens: 2030-04-30 17:00", "opens:", "windows.submission.opens",
         "开始（2030-04-30 17:00）不早于截止（2030-04-30 17:00）", "请核对两个时间。"),
        ("late: mark", "late: allow", "grace:", "windows.submission.grace",
         "逾期照收，宽限就没有意义", "请删去 grace。"),
        ("opens: 2030-05-01 08:00", "opens: 2030-04-30 16:59", "opens: 2030-04-30 16:59",
         "windows.judging.opens",
         "“初评”开始于 2030-04-30 16:59，早于上一步截止（2030-04-30 17:00）", "请核对两个时间窗。"),
        ('"{unit}+微电影"', "微电影", "applies_to", "naming[1].template", "“微电影”里没有可替换的位置，或位置的名字不对",
         PLACES),
        ('"{unit}+微电影"', '"{unit}{city}"', "applies_to", "naming[1].template",
         "“{unit}{city}”里没有可替换的位置，或位置的名字不对", PLACES),
        ('"-{n}"', '"-{n"', "applies_to", "naming[1].collision",
         "“-{n”里没有可替换的位置，或位置的名字不对", "请用 {n} 标出要替换的位置，花括号要成对。"),
        ("input: first", "input: frist", "input: frist", "rounds.last.input", "没有名为“frist”的轮次",
         "是不是想写“first”？"),
        ("window: judging", "window: judgin", "window: judgin", "rounds.first.window",
         "没有名为“judgin”的时间窗", "是不是想写“judging”？"),
        ("base: track, cite: 六 前十}\n    tracks: [film]", "base: track, cite: 六 前十}\n    tracks: [x]",
         "tracks: [x]", "rounds.first.tracks", "没有名为“x”的类别", "这里可以写：film。"),
        ("{by: top, number: 10, base: track, cite: 六 前十}", "{by: top, cite: 六 前十}", "advance:",
         "rounds.first.advance", "没有写明取几件或多大的比例", "请补上 number，例如 10 或 0.3。"),
        ("{by: top, number: 10,", "{by: ratio, number: 30,", "advance:",
         "rounds.first.advance.number", "比例应大于 0、不超过 1", "30% 请写成 0.3。"),
        ("min_judges: 3\n    recuse_own_unit: 是", "min_judges: 0\n    recuse_own_unit: 是",
         "min_judges: 0", "rounds.first.min_judges", "评委至少要 1 人", "请写 1 或更大的数。"),
        ("min: 0, max: 10, step: 1", "min: 10, max: 10, step: 1", "whole:",
         "rounds.last.scheme.criteria.whole.min", "“总体”的最低分 10 不小于最高分 10", "请核对两个数。"),
        ("min: 0, max: 10, step: 1", "min: 0, max: 10, step: 3", "whole:",
         "rounds.last.scheme.criteria.whole.step", "“总体”从 0 到 10 分不能按 3 分一档",
         "请换一个能整除的档距，例如 0.5。"),
        ("min: 0, max: 10, step: 1", "min: 0, max: 10, step: 0", "whole:",
         "rounds.last.scheme.criteria.whole.step", "“总体”从 0 到 10 分不能按 0 分一档",
         "请换一个能整除的档距，例如 0.5。"),
        ("total: 100", "total: 99", "total: 99", "rounds.first.scheme.total",
         "各项满分合计 60 + 40.0 = 100.0，与总分 99 不符", "请改各项的满分、权重，或改总分。"),
        ("aggregate: trimmed_mean", "aggregate: mean", "aggregate: mean",
         "rounds.first.scheme.aggregate", "合分方法与去掉的最高、最低分个数不一致",
         "去高低分请写 trimmed_mean，且至少去掉一个；否则个数都写 0。"),
        ("aggregate: median", "aggregate: trimmed_mean", "aggregate: trimmed_mean\n      drop_high: 0",
         "rounds.last.scheme.aggregate", "合分方法与去掉的最高、最低分个数不一致",
         "去高低分请写 trimmed_mean，且至少去掉一个；否则个数都写 0。"),
        ("[criterion story,", "[criterion stroy,", "tie_break:", "rounds.first.scheme.tie_break",
         "没有名为“stroy”的评分项", "是不是想写“story”？"),
        ("tie_break: [committee]", "tie_break: [committee, committee]",
         "tie_break: [committee, committee]", "rounds.last.scheme.tie_break", "并列规则里有重复的一步",
         "请删去重复的。"),
        ("decided_by: ranking, tracks: [film]", "decided_by: ranking, tracks: [x]", "gold:",
         "awards.gold.tracks", "没有名为“x”的类别", "这里可以写：film。"),
        ("total: 3000 元", "total: 3001 元", "total: 3001", "prizes.total",
         "奖金合计 1×2000 + 2×500 = 3000 元，与所写的 3001 元不符", "请核对各奖项的名额、金额和总额。"),
    ],
)  # fmt: skip
def test_a_fault_is_named_with_its_line_and_remedy(
    old: str, new: str, at: str, path: str, message: str, mend: str
) -> None:
    text = changed(old, new)
    assert faults(text) == [(line_of(at, text), path, message, mend)]


def test_rounds_that_feed_each_other_are_refused() -> None:
    text = changed("input: submission", "input: last")
    assert [each[1:3] for each in faults(text)] == [
        ("rounds.first.input", "轮次绕成了圈：last → first → last"),
        ("rounds.last.input", "轮次绕成了圈：first → last → first"),
    ]


def test_a_round_fed_by_itself_is_refused_once() -> None:
    text = changed("input: first", "input: last")
    assert [each[1:3] for each in faults(text)] == [
        ("rounds.last.input", "轮次绕成了圈：last → last")
    ]


def test_submission_needs_a_window() -> None:
    text = changed("  submission:\n    opens", "  collecting:\n    opens")
    assert (line_of("windows:"), "windows", "没有报送的时间窗（submission）") in [
        each[:3] for each in faults(text)
    ]


def test_a_round_after_a_round_waits_for_its_window() -> None:
    text = changed(
        "    input: first\n    panel: 评委会\n    min_judges: 3\n    recuse_own_unit: 否\n",
        "    input: first\n    panel: 评委会\n    min_judges: 3\n    recuse_own_unit: 否\n"
        "    window: judging\n",
    )
    assert [each[2] for each in faults(text)] == [
        "“终评”开始于 2030-05-01 08:00，早于上一步截止（2030-05-10 24:00）"
    ]


def test_what_is_open_is_left_out_of_the_sums() -> None:
    question = "  Q9: {ask: 问, cite: 六 问, blocks: judging, free: {a: 甲}}\n"
    gaps = [
        ("money_each: 0.2 万元", "money_each: 待明确 Q9"),
        ("total: 100", "total: 待明确 Q9"),
        ("max: 60, step: 1, weight: 1", "max: 待明确 Q9, step: 1, weight: 1"),
        ("min: 0, max: 60, step: 1", "min: 0, max: 60, step: 待明确 Q9"),
        ('"{unit}+微电影"', "待明确 Q9"),
        ("tie_break: [committee]", "tie_break: 待明确 Q9"),
        ("drop_high: 1", "drop_high: 待明确 Q9"),
        ("aggregate: trimmed_mean", "aggregate: 待明确 Q9"),
        ("  entries: {min: 1, max: 3, cite: 二 至少一件}", "  entries: 待明确 Q9"),
        ("advance: {by: top, number: 10, base: track, cite: 六 前十}", "advance: 待明确 Q9"),
    ]  # fmt: skip
    for old, new in gaps:
        text = changed(old, new) + question
        assert faults(text) == [], new


@pytest.mark.parametrize(
    ("pattern", "replacement"),
    [
        ("      options:\n        care: {name: 关怀, cite: 三 关怀}\n        craft: {name: 技艺, cite: 三 技艺}",
         "      options: 待明确 Q9"),
        ("  - {applies_to: [video_filename], template: \"{unit}+微电影\", collision: \"-{n}\", cite: 五 命名}",
         "  - 待明确 Q9"),
        ("naming:\n  - {applies_to: [video_filename], template: \"{unit}+微电影\", collision: \"-{n}\", cite: 五 命名}",
         "naming: 待明确 Q9"),
        ("      criteria:\n        whole: {name: 总体, min: 0, max: 10, step: 1, weight: 1, cite: 六 总体}",
         "      criteria: 待明确 Q9"),
        ("        whole: {name: 总体, min: 0, max: 10, step: 1, weight: 1, cite: 六 总体}",
         "        whole: 待明确 Q9"),
    ],
)  # fmt: skip
def test_whole_things_may_be_open(pattern: str, replacement: str) -> None:
    question = "  Q9: {ask: 问, cite: 六 问, blocks: judging, free: {a: 甲}}\n"
    assert faults(changed(pattern, replacement) + question) == []


def test_a_round_may_be_open_as_a_whole() -> None:
    start, end = BOOK.index("  last:\n"), BOOK.index("awards:\n")
    question = "  Q9: {ask: 问, cite: 六 问, blocks: judging, free: {a: 甲}}\n"
    text = BOOK[:start] + "  last: 待明确 Q9\n" + BOOK[end:] + question
    assert faults(text) == []
    start, end = BOOK.index("  first:\n"), BOOK.index("  last:\n")
    text = BOOK[:start] + "  first: 待明确 Q9\n" + BOOK[end:] + question
    assert faults(text) == []


def test_awards_without_money_and_books_without_naming_are_sound() -> None:
    text = changed("money_each: 0.2 万元, ", "")
    assert [each[2] for each in faults(text)] == [
        "奖金合计 1×0 + 2×500 = 1000 元，与所写的 3000 元不符"
    ]
    assert faults(without(r"  total: 3000 元", text)) == []
    assert faults(without(r"naming:\n  - .*")) == []


@pytest.mark.clause("J16")
@settings(max_examples=25)
@given(
    st.lists(st.tuples(st.integers(0, 20), st.integers(0, 10_000)), min_size=1, max_size=5),
    st.integers(-1, 1),
)
def test_money_adds_up_or_is_refused(prizes: list[tuple[int, int]], off: int) -> None:
    start, end = BOOK.index("awards:\n") + 8, BOOK.index("prizes:\n")
    rows = "".join(
        f"  a{i}: {{name: 奖, group: 影, count: {n}, money_each: {m} 元, "
        f"decided_by: committee, cite: 六 奖}}\n"
        for i, (n, m) in enumerate(prizes)
    )
    paid = sum(n * m for n, m in prizes)
    total = max(paid + off, 0)
    text = BOOK[:start] + rows + BOOK[end:]
    text = changed("total: 3000 元", f"total: {total} 元", text)
    assert [each[1] for each in faults(text)] == (["prizes.total"] if total != paid else [])


@settings(max_examples=25)
@given(st.integers(1, 100), st.sampled_from(["0.1", "0.25", "0.5", "1", "3", "7"]))
def test_a_step_must_reach_the_highest_mark(top: int, step: str) -> None:
    text = changed("min: 0, max: 10, step: 1", f"min: 0, max: {top}, step: {step}")
    text = changed("total: 10\n", f"total: {top}\n", text)
    fits = Decimal(top) % Decimal(step) == 0
    assert [each[1] for each in faults(text)] == (
        [] if fits else ["rounds.last.scheme.criteria.whole.step"]
    )
