"""Whatever somebody types into a rulebook, it is read or refused in Chinese, never broken on."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from fengcai.core.rulebook import Problem, RulebookError, check, explain, no_answers, parse
from tests.core.rulebook.samples import EXAMPLES

TEXTS = [file.read_text("utf-8") for file in sorted(EXAMPLES.glob("rulebooks/*.yaml"))]
VALUE = re.compile(r"(?<=: )[^\s{}\[\],\"|>][^{}\[\],\n\"]*")
TYPED = [
    *("0", "1", "99999", "-1", "0.3", "30%", "不限", "是", "否", "３", "1500 元", "15 秒", "2 GB"),
    *("2026-01-01", "2026-12-31 24:00", "committee", "ranking", "submission", "video", "final"),
    *("待明确 Z9", "待明确 A1", "track x", "round final", "vote net", "duration <= 5min", "{unit}"),
    *("[]", "{}", "[a, b]", "{a: b}", "''", "“引号”", "x" * 300),
]


@settings(max_examples=100, deadline=None)
@given(st.integers(0, len(TEXTS) - 1), st.integers(0, 10_000), st.sampled_from(TYPED))
def test_one_changed_value_is_understood_or_refused(which: int, where: int, typed: str) -> None:
    text = TEXTS[which]
    places = list(VALUE.finditer(text))
    place = places[where % len(places)]
    changed = text[: place.start()] + typed + text[place.end() :]
    try:
        book = parse(changed, name="book.yaml")
        faults = check(book, no_answers(book.id))
        assert all(rule.text for rule in explain(book, no_answers(book.id)))
    except RulebookError as error:
        faults = error.problems
    for fault in faults:
        assert 1 <= fault.line <= changed.count("\n") + 1
        assert fault.message
        assert fault.mend.endswith(("。", "？"))


@settings(max_examples=50, deadline=None)
@given(st.integers(0, len(TEXTS) - 1), st.integers(0, 10_000))
def test_one_missing_line_is_understood_or_refused(which: int, where: int) -> None:
    lines = TEXTS[which].splitlines(keepends=True)
    del lines[where % len(lines)]
    found: tuple[Problem, ...] = ()
    try:
        book = parse("".join(lines), name="book.yaml")
        found = check(book, no_answers(book.id))
        explain(book, no_answers(book.id))
    except RulebookError as error:
        found = error.problems
    assert all(each.message and each.mend for each in found)
