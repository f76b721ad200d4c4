"""Wrong keys and values in a rulebook: line, what, how to mend, and the clause nearby."""

from __future__ import annotations

import pytest

from fengcai.core.rulebook import Citation, RulebookError, parse, parse_answers
from fengcai.core.rulebook.predicate.tree import UNITS
from tests.core.rulebook.samples import ANSWERS, changed, line_of, refused, without


@pytest.mark.parametrize(
    ("old", "new", "path", "message", "mend"),
    [
        ("theme: 青山常在", "themes: 青山常在", "themes", "不认识“themes”", "是不是想写“theme”？"),
        ("min_judges: 3\n    recuse_own_unit: 是", "min_judge: 3\n    recuse_own_unit: 是",
         "rounds.first.min_judge", "不认识“min_judge”", "是不是想写“min_judges”？"),
        ("label: 体裁", "标签: 体裁", "tracks.film.fields.style.标签", "不认识“标签”",
         "这里可以写：cite、label、kind、required、max_chars、hint、roles、options、min_chars、counts、"
         "people_min、people_max、asks、unit、at_least、at_most、proof、"
         "kinds、rows_min、rows_max、say_none、shown_to。"),
        ("late: mark", "late: rejct", "windows.submission.late", "不能写“rejct”",
         "是不是想写“reject”？"),
        ("late: mark", "late: 晚了", "windows.submission.late", "不能写“晚了”",
         "这里可以写：reject、mark、allow。"),
        ("grace: 10 分钟", "grace: １０ 分钟", "windows.submission.grace", "“１０ 分钟”不是时长",
         "数字和标点请用半角：10 分钟。"),
        ("accept: [.mp4]", "accept: [.MP4]", "tracks.film.slots.main.accept[1]",
         "“.MP4”的写法不对", "请写小写的文件后缀，例如 .mp4。"),
        ("accept: [.mp4]", "accept: .mp4", "tracks.film.slots.main.accept", "这里要写一列内容",
         "请写成“[甲, 乙]”，或每行以“- ”开头。"),
        ("  fee: {text: 不收费, cite: 七 不收费}", "  fee: 不收费", "terms.fee", "这里要写一组“键: 值”",
         "请每行写一个“键: 值”，键后用半角冒号加一个空格，下一级缩进两个空格。"),
        ("  fee: {text: 不收费, cite: 七 不收费}", "  fee: text：不收费", "terms.fee",
         "这里要写一组“键: 值”", "这里用了全角冒号“：”，请换成半角冒号加一个空格。"),
        ("  fee: {", "  收费: {", "terms.收费", "“收费”的写法不对",
         "编号以小写英文字母开头，只用小写字母、数字和下划线。"),
        ("id: film-2030", "id: Film 2030", "id", "“Film 2030”的写法不对",
         "编号以小写英文字母开头，只用小写字母、数字和短横线。"),
        ("  Q1:\n    ask", "  问1:\n    ask", "questions.问1", "“问1”的写法不对",
         "问题编号由字母和数字组成，例如 A10。"),
        ("tie_break: [committee]", "tie_break: [抽签]", "rounds.last.scheme.tie_break[1]",
         "“抽签”的写法不对", "请写“criterion 评分项编号”“committee”或“earlier_submission”。"),
        ("theme: 青山常在", "theme: ''", "theme", "这里是空的", "请写上内容，或删去这一行。"),
        ("must: 五分钟以内", "must: 五分钟以内, should: 短",
         "tracks.film.slots.main.requirements.length",
         "一条要求要写明轻重，且只能写一种，这里写了 must、should",
         "请用 must（强制）、should（建议）、prefer（优先）之一写出要求的内容。"),
        ("must: 五分钟以内, ", "", "tracks.film.slots.main.requirements.length",
         "一条要求要写明轻重，且只能写一种",
         "请用 must（强制）、should（建议）、prefer（优先）之一写出要求的内容。"),
        ("closes_inclusive: 待明确 Q1", "closes_inclusive: 待明确", "windows.submission.closes_inclusive",
         "“待明确”没有指明问题", "请写成“待明确 A10”或“待明确 A10.step”。"),
        ("id: film-2030", "id: [film-2030]", "id", "这里的值写得不对", "请对照规则书格式说明修改。"),
        ("rulebook: 1", "rulebook: 3", "rulebook", "不能写“3”", "这里可以写：1、2。"),
        ("predicate: duration <= 5min", "predicate: duration <= 5ell",
         "tracks.film.slots.main.requirements.length.predicate",
         "条件“duration <= 5ell”第 14 个字符处：不认识单位“ell”", f"可用的单位：{'、'.join(UNITS)}。"),
    ],
)  # fmt: skip
def test_a_wrong_passage_is_named_with_its_line(
    old: str, new: str, path: str, message: str, mend: str
) -> None:
    text = changed(old, new)
    line = line_of(new.split("\n", maxsplit=1)[0] or path.rpartition(".")[2] + ":", text)
    # A misspelt key is also missing under its right name; that is told besides.
    found = [each for each in refused(text) if not each[2].startswith("缺少")]
    assert found == [(line, path, message, mend)]


def test_a_missing_key_is_asked_for_and_the_open_question_offered() -> None:
    found = refused(without(r"      rounding_places: 2"))
    assert found == [
        (
            line_of("    scheme:"),
            "rounds.first.scheme.rounding_places",
            "缺少“rounding_places”",
            "请补上“rounding_places: …”；通知没有说的，写“待明确 问题编号”。",
        )
    ]


def test_a_problem_carries_the_citation_of_its_rule() -> None:
    with pytest.raises(RulebookError) as caught:
        parse(changed("late: mark", "late: rejct"), name="book.yaml")
    (problem,) = caught.value.problems
    assert problem.cite == Citation(section="五", words="4月30日17时前")
    assert str(problem) == (
        f"book.yaml 第 {line_of('late: mark')} 行（windows.submission.late）："
        "不能写“rejct”。是不是想写“reject”？"
    )


def test_a_file_that_is_no_mapping_is_refused() -> None:
    assert refused("- 甲\n- 乙\n")[0][2] == "文件不是由“键: 值”组成的"
    assert refused("名称：值\n")[0][3] == "这里用了全角冒号“：”，请换成半角冒号加一个空格。"


def test_all_faults_are_told_together() -> None:
    text = changed("late: mark", "late: rejct", changed("theme: 青山常在", "theme: ''"))
    assert [each[1] for each in refused(text)] == ["theme", "windows.submission.late"]


@pytest.mark.parametrize(
    ("old", "new", "path", "message"),
    [
        ("answers: 1", "answers: 3", "answers", "不能写“3”"),
        ("choice: included, by: 宣传科", "by: 宣传科", "decisions.Q1",
         "答复既没有选项（choice），也没有值（value）"),
        ("choice: included, by: 宣传科, at: \"2030-03-01 09:00 +08:00\"",
         "choice: included, by: 宣传科, at: 2030-03-01", "decisions.Q1.at",
         "“2030-03-01”不是带时区的时间"),
        (", reason: 从宽", "", "decisions.Q1.reason", "缺少“reason”"),
        (", reason: 从宽", ", reason: 从宽, who: 甲", "decisions.Q1.who", "不认识“who”"),
    ],
)  # fmt: skip
def test_an_answer_without_who_when_and_why_is_refused(
    old: str, new: str, path: str, message: str
) -> None:
    with pytest.raises(RulebookError) as caught:
        parse_answers(changed(old, new, ANSWERS), name="answers.yaml")
    assert [(each.path, each.message) for each in caught.value.problems] == [(path, message)]
