"""YAML as text: only the plain part is read, and every refusal has its line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fengcai.core.rulebook import RulebookError
from fengcai.core.rulebook.source import read


def first(text: str) -> tuple[int, str]:
    with pytest.raises(RulebookError) as caught:
        read(text, name="a.yaml")
    problem = caught.value.problems[0]
    assert problem.source == "a.yaml"
    assert problem.mend.endswith(("。", "？"))
    return problem.line, problem.message


def test_everything_stays_text_and_remembers_its_line() -> None:
    tree = read("\ufeffa: 17:00\nb:\n  - 0791-1\n  - {c: 2026-04-02, d: 是}\n", name="a")
    assert tree.value == {"a": "17:00", "b": ["0791-1", {"c": "2026-04-02", "d": "是"}]}
    assert tree.lines == {("a",): 1, ("b",): 2, ("b", 0): 3, ("b", 1): 4, ("b", 1, "c"): 4,
                          ("b", 1, "d"): 4}  # fmt: skip
    assert tree.line(("b", 1, "c", "deeper")) == 4
    assert tree.line(()) == 1


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("", 1, "文件是空的"),
        ("# 只有注释\n", 1, "文件是空的"),
        ("a: 1\nb:\n\tc: 2\n", 3, "缩进里有制表符（Tab）"),
        ("a: 1\na: 2\n", 2, "“a”写了两次（第一次在第 1 行）"),
        ("a: &x 1\nb: *x\n", 1, "不能使用锚点“&x”"),
        ("a: 1\nb: *x\n", 2, "不能使用引用“*x”"),
        ("a: !!python/object:os.system x\n", 1, "不能使用标签“tag:yaml.org,2002:python/object:os.system”"),
        ("a: 1\n---\nb: 2\n", 2, "文件里有不止一份内容（“---”）"),
        ("? [a, b]\n: 1\n", 1, "键不能是一组内容"),
        ("a: 1\nb:\n", 2, "这里没有写值"),
        ("a: ~\n", 1, "这里没有写值"),
        ("a: {b: 甲,乙}\n", 1, "这里没有写值"),
        ("a: 1\nb: [1, 2\n", 2, "这一行（或上一行）不合 YAML 写法"),
        ("a: 1\nb: 'x\n", 2, "这一行（或上一行）不合 YAML 写法"),
        ("a: 1\n名称：值\nb: 2\n", 2, "这里的冒号可能是全角“：”"),
        ("a: 1\nb: x\x07\n", 2, "这一行有不可见的控制字符"),
        ("[" * 40 + "]" * 40, 1, "嵌套超过 32 层"),
    ],
)  # fmt: skip
def test_what_is_not_plain_yaml_is_refused_with_its_line(
    text: str, line: int, message: str
) -> None:
    assert first(text) == (line, message)


def test_a_bomb_of_aliases_is_refused_at_its_first_anchor() -> None:
    bomb = "a: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\nd: [*c,*c]\n"
    assert first(bomb) == (1, "不能使用锚点“&a”")


def test_a_deep_nest_of_a_million_brackets_is_refused_without_exhausting_the_stack() -> None:
    assert first("[" * 1_000_000)[1] == "嵌套超过 32 层"


def test_a_file_over_one_mebibyte_is_refused() -> None:
    assert first("# " + "字" * 350_000) == (1, "文件有 1.0 MiB，超过 1 MiB 的上限")
    assert first("#" * 10_000_000)[1].startswith("文件有 9.5 MiB")


def test_a_comma_in_braces_is_explained() -> None:
    with pytest.raises(RulebookError) as caught:
        read("a: {b: 甲,乙}\n", name="a")
    assert caught.value.problems[0].mend.startswith("花括号里的文字含有半角逗号时")


def test_several_faults_are_told_together_in_the_order_of_lines() -> None:
    with pytest.raises(RulebookError) as caught:
        read("a: 1\nb:\na: 2\nc: null\n", name="a")
    assert [each.line for each in caught.value.problems] == [2, 3, 4]
    assert str(caught.value).splitlines()[0].startswith("a 第 2 行（b）：这里没有写值。")


@pytest.mark.parametrize("text", [r'a: "x\0"', r'"a\0": x', r'a: "x\ud800"', r'a: ["\x00"]'])
def test_escapes_cannot_write_what_no_database_keeps(text: str) -> None:
    with pytest.raises(RulebookError) as caught:
        read(f"b: 1\n{text}\n", name="a")
    (problem,) = caught.value.problems
    assert (problem.line, problem.message) == (2, "文字里有空字符或半个字符")


words = st.text(st.characters(codec="utf-8", categories=["L", "N"]), min_size=1, max_size=8).filter(
    lambda each: each not in {"null", "Null", "NULL"}
)
values = st.recursive(
    words, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=10,
)  # fmt: skip


@given(st.dictionaries(words, values, min_size=1, max_size=4))
def test_what_json_writes_is_read_back_unchanged(value: dict[str, object]) -> None:
    import json

    assert read(json.dumps(value, ensure_ascii=False), name="a").value == value


def faulty_lines(text: str) -> list[int]:
    try:
        read(text, name="a")
    except RulebookError as error:
        return [each.line for each in error.problems]
    return [1]


@given(st.text(max_size=80))
def test_any_text_is_read_or_refused_with_a_line_that_exists(text: str) -> None:
    assert set(faulty_lines(text)) <= set(range(1, len(text.splitlines()) + 2))
