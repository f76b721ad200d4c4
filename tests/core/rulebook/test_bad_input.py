"""Bad input of every kind: one clear message each, with its line."""

from __future__ import annotations

import pytest

from fengcai.core.rulebook import RulebookError, check, no_answers, parse, parse_answers
from tests.core.rulebook.samples import BOOK, answers, changed, line_of, refused


def found(text: str) -> list[tuple[int, str]]:
    try:
        book = parse(text, name="book.yaml")
    except RulebookError as error:
        return [(each.line, each.message) for each in error.problems]
    return [(each.line, each.message) for each in check(book, answers())]


@pytest.mark.clause("H7")
@pytest.mark.parametrize(
    ("old", "new", "at", "message"),
    [
        ("input: submission", "input: last", "input: last", "轮次绕成了圈：last → first → last"),
        ("max: 60, step: 1", "max: 59, step: 1", "      total: 100",
         "各项满分合计 59 + 40.0 = 99.0，与总分 100 不符"),
        ("total: 3000 元", "total: 2000 元", "  total: 2000",
         "奖金合计 1×2000 + 2×500 = 3000 元，与所写的 2000 元不符"),
        ("entries: {min: 1, max: 3,", "entries: {min: 5, max: 3,", "  entries:",
         "每单位报送件数的下限 5 大于上限 3"),
        ("opens: 2030-05-01 08:00", "opens: 2030-04-01 08:00", "    opens: 2030-04-01",
         "“初评”开始于 2030-04-01 08:00，早于上一步截止（2030-04-30 17:00）"),
        ("window: judging", "window: jduging", "    window: jduging", "没有名为“jduging”的时间窗"),
        ("      min: 1\n      max: 2\n", "\t  min: 1\n      max: 2\n", "\t  min", "缩进里有制表符（Tab）"),
        ("theme: 青山常在", "theme: &a 青山常在", "theme: &a", "不能使用锚点“&a”"),
        ("theme: 青山常在", "theme: *a", "theme: *a", "不能使用引用“*a”"),
        ("theme: 青山常在", "theme: !!python/object:os.system 青山", "theme: !!",
         "不能使用标签“tag:yaml.org,2002:python/object:os.system”"),
        ("theme: 青山常在\n", "theme: 青山常在\ntheme: 二\n", "theme: 二", None),
        ("max_chars: 40", "max_chars: ４０", "      title:", "“４０”不是整数"),
        ("total: 3000 元", "total: ３０００ 元", "  total: ３０００", "“３０００ 元”不是金额"),
        ("number: 10,", "number: １０％,", "    advance:", "“１０％”不是数"),
        ("number: 10,", "number: 很多%,", "    advance:", "“很多%”不是比例"),
    ],
)  # fmt: skip
def test_each_kind_has_one_message_with_its_line(
    old: str, new: str, at: str, message: str | None
) -> None:
    text = changed(old, new)
    line = line_of(at, text)
    if message is None:
        message = f"“theme”写了两次（第一次在第 {line - 1} 行）"
    assert (line, message) in found(text)
    assert len(found(text)) <= 2


def test_a_bomb_of_aliases_is_refused_at_its_first_anchor() -> None:
    bomb = "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n"
    assert refused(bomb)[0][:3] == (1, "", "不能使用锚点“&a”")


def test_ten_megabytes_are_refused_before_they_are_read() -> None:
    text = BOOK + "# " + "x" * (10 * 1024 * 1024)
    ((line, _, message, mend),) = refused(text)
    assert (line, message) == (1, "文件有 10.0 MiB，超过 1 MiB 的上限")
    assert mend.endswith("请放在别处。")


def test_answers_are_read_by_the_same_rules() -> None:
    with pytest.raises(RulebookError) as caught:
        parse_answers("answers: 1\nrulebook: film-2030\n\tdecisions: {}\n", name="answers.yaml")
    assert caught.value.problems[0].line == 3


def test_nothing_is_wrong_with_the_sample() -> None:
    assert found(BOOK) == []
    assert check(parse(BOOK, name="book.yaml"), no_answers("film-2030")) == ()
