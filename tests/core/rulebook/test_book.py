"""Gaps and answers: references, options, free values, and what is wrong with an answer."""

from __future__ import annotations

import pytest

from fengcai.core.rulebook import check, no_answers, open_questions, says
from fengcai.core.rulebook.book import fill
from tests.core.rulebook.samples import (
    ANSWERS,
    answers,
    book,
    changed,
    example,
    example_answers,
    line_of,
    refused,
    without,
)


def test_questions_stand_in_the_order_of_the_file() -> None:
    assert [each.id for each in book().questions] == ["Q1", "Q2", "Q3"]
    assert book().questions[1].names == ("count", "recipient")
    assert [each.id for each in open_questions(book(), no_answers("film-2030"))] == [
        "Q1",
        "Q2",
        "Q3",
    ]
    assert open_questions(book(), answers()) == ()


def test_answers_are_a_mapping_of_decisions() -> None:
    given = answers()
    assert list(given) == ["Q1", "Q2", "Q3"]
    assert len(given) == 3
    assert (given["Q1"].choice, given["Q1"].by, given["Q1"].reason) == (
        "included",
        "宣传科",
        "从宽",
    )


@pytest.mark.parametrize(
    ("old", "new", "path", "message", "mend"),
    [
        ("待明确 Q1", "待明确 Q9", "windows.submission.closes_inclusive",
         "questions 里没有问题“Q9”", "这里可以写：Q1、Q2、Q3。"),
        ("待明确 Q2.count", "待明确 Q2", "awards.silver.count",
         "问题 Q2 要定 2 个值，没有指明是哪一个",
         "请写成“待明确 Q2.名称”，名称可以是：count、recipient。"),
        ("待明确 Q2.count", "待明确 Q2.cuont", "awards.silver.count", "问题 Q2 不定“cuont”",
         "是不是想写“count”？"),
        ("sets: {inclusive: 是}", "sets: {inclusive: 待明确 Q2}", "questions.Q1.options.included.sets.inclusive",
         "选项里不能再有待明确的值", "请在选项里写出确定的值。"),
        ("title: 青山医院微电影征集", "title: 待明确 Q1", "title",
         "这里不能留作待明确", "请写上确定的文字。"),
    ],
)  # fmt: skip
def test_a_reference_to_nothing_is_refused(
    old: str, new: str, path: str, message: str, mend: str
) -> None:
    text = changed(old, new)
    assert refused(text) == [(line_of(new, text), path, message, mend)]


def test_a_book_without_questions_cannot_refer_to_one() -> None:
    text = book_without_questions() + "objections: 待明确 Q3\n"
    assert [each[2:] for each in refused(text)] == [
        ("questions 里没有问题“Q3”", "请在 questions 里列出这个问题。")
    ]


def book_without_questions() -> str:
    from tests.core.rulebook.samples import BOOK

    text = BOOK[: BOOK.index("questions:\n")]
    for old, new in (
        ("待明确 Q1", "是"),
        ("待明确 Q2.count", "2"),
        ("待明确 Q2.recipient", "unit"),
        ("objections: 待明确 Q3.objections\n", ""),
    ):
        text = changed(old, new, text)
    return text


def test_a_book_without_questions_needs_no_answers() -> None:
    plain = book(book_without_questions())
    assert open_questions(plain, no_answers(plain.id)) == ()
    assert check(plain, no_answers(plain.id)) == ()
    wrong = answers(ANSWERS)
    assert [each.mend for each in check(plain, wrong)] == ["请删去。"] * 3


def test_a_question_that_nobody_could_answer_is_refused() -> None:
    text = without(r"    options:\n      none: .*\n    free: \{objections: .*")
    assert (line_of("  Q3:", text), "questions.Q3", "问题 Q3 没有可选的答复") in [
        each[:3] for each in refused(text)
    ]


@pytest.mark.parametrize(
    ("old", "new", "line", "path", "message", "mend"),
    [
        ("rulebook: film-2030", "rulebook: other", 2, "rulebook",
         "这些答复属于“other”，不属于“film-2030”", "请核对文件。"),
        ("Q1: {choice", "Q7: {choice", 4, "decisions.Q7", "规则书里没有问题“Q7”",
         "这里可以写：Q1、Q2、Q3。"),
        ("choice: included", "choice: inclded", 4, "decisions.Q1", "问题 Q1 没有选项“inclded”",
         "是不是想写“included”？"),
        ("choice: included", "value: 是", 4, "decisions.Q1", "问题 Q1 不能这样自定值", "请删去。"),
        ("choice: two", "value: {recipient: unit}", 5, "decisions.Q2",
         "问题 Q2 的答复没有给出“recipient”", "请在 value 里补上。"),
        ("choice: two", "value: {count: 待明确 Q1}, choice: two", 5, "decisions.Q2",
         "问题 Q2 的答复里还有待明确的值", "请写出确定的值。"),
    ],
)  # fmt: skip
def test_an_answer_that_does_not_fit_is_named_with_its_line(
    old: str, new: str, line: int, path: str, message: str, mend: str
) -> None:
    found = check(book(), answers(changed(old, new, ANSWERS)))
    assert [(e.line, e.path, e.message, e.mend, e.source) for e in found] == [
        (line, path, message, mend, "answers.yaml")
    ]


def test_several_missing_values_are_named_together() -> None:
    text = changed(
        "  objections: {days: 5, cite: 六 公布}", "", "  objections: {days: 5, cite: 六 公布}"
    )
    assert text == ""
    given = answers(
        "answers: 1\nrulebook: jiangxi-2026\ndecisions:\n"
        '  A2: {value: {max: 2}, by: 甲, at: "2026-04-03 09:00 +08:00", reason: 乙}\n'
    )
    assert [each.message for each in check(example("jiangxi-2026"), given)] == [
        "问题 A2 的答复没有给出“consequence”"
    ]


def test_a_value_of_ones_own_overrides_the_option() -> None:
    given = answers(changed("choice: two", "choice: two, value: {count: 3}", ANSWERS))
    filled, problems = fill(book(), given)
    assert problems == ()
    assert filled is not None
    assert filled.tree.value["awards"]["silver"]["count"] == "3"
    assert filled.tree.value["prizes"]["recipient"] == "unit"
    assert says(book().book.questions["Q2"], given["Q2"]) == "两名，给科室；银奖名额：3"


def test_a_single_free_value_needs_no_name() -> None:
    given = answers(changed("choice: none", "value: {days: 5, cite: 六 公布}", ANSWERS))
    filled, problems = fill(book(), given)
    assert problems == ()
    assert filled is not None
    assert filled.tree.value["objections"] == {"days": "5", "cite": "六 公布"}


def test_a_wrong_value_in_an_answer_is_found_at_its_gap() -> None:
    given = answers(changed("choice: none", "value: {days: 五, cite: 六 公布}", ANSWERS))
    filled, problems = fill(book(), given)
    assert filled is None
    assert [(each.line, each.path, each.message) for each in problems] == [
        (line_of("objections: 待明确"), "objections.days", "“五”不是整数")
    ]


def test_a_predicate_given_by_an_answer_is_read_too() -> None:
    text = changed("predicate: duration <= 5min", "predicate: 待明确 Q4")
    text += "  Q4: {ask: 多长, cite: 四 五分钟, blocks: opening, free: {rule: 条件}}\n"
    given = ANSWERS + "  Q4: {value: long, by: 甲, at: 2030-03-01 09:00 +08:00, reason: 乙}\n"
    assert [each.message for each in check(book(text), answers(given))] == [
        "条件“long”第 5 个字符处：“long”后面少了比较号"
    ]


def test_an_absent_thing_is_left_out_wherever_it_stands() -> None:
    text = changed("names: [宣传科]", "names: [待明确 Q4, 宣传科, 院办]")
    text += "  Q4: {ask: 谁, cite: 八 联系人, blocks: opening, options: {no: {means: 无, sets: {who: 不设}}}}\n"
    given = ANSWERS + "  Q4: {choice: no, by: 甲, at: 2030-03-01 09:00 +08:00, reason: 乙}\n"
    filled, problems = fill(book(text), answers(given))
    assert problems == ()
    assert filled is not None
    assert filled.tree.value["contacts"][0]["names"] == ["宣传科", "院办"]
    assert "objections" not in filled.tree.value


def test_a_rule_knows_the_answer_that_gave_it_or_a_value_in_it() -> None:
    filled, _ = fill(example("jiangxi-2026"), example_answers("jiangxi-2026"))
    assert filled is not None
    assert filled.answer(("declarations", "showcase")) == "A13"
    assert filled.answer(("awards", "best_creative")) == "A11、A10"
    assert filled.answer(("awards", "first")) is None
    assert filled.answer(("tracks", "video", "fields", "title")) == "A9"
    assert filled.answer(("windows", "submission")) == "A7"
