"""References: numbers by their form, lists by what is missing or twice, one way of writing them out."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fengcai.core.references import (
    Reference,
    doi_address,
    doi_of,
    doi_problem,
    doubles,
    faults,
    isbn_problem,
    issn_problem,
    read_line,
    read_rows,
    rendered,
    standard_problem,
)

pytestmark = [pytest.mark.intake, pytest.mark.clause("H10")]
DAY = date(2026, 4, 30)
ARTICLE = Reference(
    kind="article", authors="张三, 李四", title="血常规怎么看", source="中华检验医学杂志",
    year="2025", locator="48(4): 201-206", doi="10.3760/cma.j.cn114452-20250101-00001",
    issn="1009-9158",
)  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "bare"),
    [
        ("10.1000/ABC", "10.1000/abc"),
        ("https://doi.org/10.1000/abc", "10.1000/abc"),
        ("http://dx.doi.org/10.1000%2Fabc。", "10.1000/abc"),
        ("DOI：１０．１０００／ａｂｃ，", "10.1000/abc"),
        ("doi: 10.1016/S0140-6736(20)30183-5", "10.1016/s0140-6736(20)30183-5"),
        ("10.1016/S0140-6736(20)30183-5).", "10.1016/s0140-6736(20)30183-5"),
        ("doi:https://doi.org/10.1000.10/x”", "10.1000.10/x"),
    ],
)
def test_a_doi_is_known_however_it_is_pasted(typed: str, bare: str) -> None:
    assert doi_of(typed) == bare
    assert doi_problem(typed) == ""
    assert doi_address(typed) == f"https://doi.org/{bare}"


@pytest.mark.parametrize(
    "typed", ["", "10.1000", "10.10/x", "11.1000/x", "10.1000/", "10.1000/中文"]
)
def test_what_is_no_doi_is_said(typed: str) -> None:
    assert doi_problem(typed).startswith("DOI 不对：")


@given(st.text(max_size=40))
def test_any_text_at_all_is_read_without_trouble(text: str) -> None:
    assert doi_of(doi_of(text)) == doi_of(text)
    for check in (doi_problem, issn_problem, isbn_problem, standard_problem):
        check(text)
    rendered(read_line(text))
    faults(read_rows(text), today=DAY)


def test_check_digits_of_serials_and_books() -> None:
    assert [
        issn_problem(x) for x in ("1009-9158", "ISSN 1009－9158", "10099158", "CN 11-4452/R")
    ] == [*[""] * 4]
    assert issn_problem("1009-9159") == "ISSN 的校验位不对，请核对是否抄错"
    assert issn_problem("12345").startswith("ISSN 不对：")
    assert issn_problem("CN 1-4452").startswith("国内统一刊号不对")
    assert [isbn_problem(x) for x in ("978-7-117-00001-7", "7-5046-0000-9")] != [None, None]
    good = ("978-0-306-40615-7", "ISBN：9780306406157", "0-306-40615-2", "080442957X")
    assert [isbn_problem(x) for x in good] == [""] * 4
    assert isbn_problem("9780306406158") == "ISBN 的校验位或前缀不对，请核对是否抄错"
    assert isbn_problem("97803").startswith("ISBN 不对：")


def test_numbers_of_standards() -> None:
    good = ("GB/T 22576.1—2018", "WS/T 402-2024", "GB 19489-2008", "T/CMEAS 001-2023", "ISO 15189:2022",
            "DB42/T 1234-2019", "CLSI EP05-A3", "yy/t 1234.5-2020")  # fmt: skip
    assert {x: standard_problem(x) for x in good} == dict.fromkeys(good, "")
    assert standard_problem("血常规标准").startswith("标准号不对：")


def test_a_good_list_has_no_fault() -> None:
    rows = [
        ARTICLE,
        Reference(kind="standard", title="临床检验定量测定项目", number="WS/T 402-2024"),
        Reference(kind="web", title="健康科普", source="国家卫生健康委", url="https://example.cn/a",
                  accessed="2026年4月30日"),
        Reference(kind="book", title="诊断学", source="人民卫生出版社", year="2018年",
                  isbn="978-0-306-40615-7"),
        Reference(kind="other", title="内部资料"),
    ]  # fmt: skip
    assert faults(rows, today=DAY) == []


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"kind": "article"}, ["请填写题名", "请填写刊名", "请填写年份"]),
        ({"kind": "book", "title": "甲"}, ["请填写出版社", "请填写年份"]),
        ({"kind": "standard", "title": "甲"}, ["请填写标准号"]),
        (
            {"kind": "web", "title": "甲", "source": "乙", "url": "example", "accessed": "昨天"},
            ["网址不对，应以 http:// 或 https:// 开头", "访问日期请填成 2026-04-30"],
        ),
        ({"kind": "other", "title": "甲", "accessed": "2026-02-30"}, ["访问日期请填成 2026-04-30"]),
        (
            {"kind": "other", "title": "甲", "accessed": "2026-05-01"},
            ["访问日期 2026-05-01 还没有到，请核对"],
        ),
        ({"kind": "other", "title": "甲", "year": "2027"}, ["年份 2027 还没有到，请核对"]),
        ({"kind": "other", "title": "甲", "year": "1700"}, ["年份 1700 太早，请核对"]),
        ({"kind": "other", "title": "甲", "year": "去年"}, ["年份请填四位数字，如 2025"]),
        ({"kind": "poem", "title": "甲"}, ["请选择类型"]),
    ],
)
def test_each_fault_is_one_sentence(row: dict[str, str], said: list[str]) -> None:
    assert [each.text for each in faults([Reference(**row)], today=DAY)] == said


def test_kinds_that_the_rules_do_not_take() -> None:
    [fault] = faults(
        [Reference(kind="other", title="甲")], kinds=("article", "guideline"), today=DAY
    )
    assert fault.line == "第 1 条：规则只收期刊文章、指南或共识，不收其他"
    assert faults([ARTICLE], kinds=("article",), today=DAY) == []


def test_the_same_source_twice_is_found_by_number_address_or_title() -> None:
    rows = [
        ARTICLE,
        Reference(title="另一个题名", doi="HTTPS://DOI.ORG/" + ARTICLE.doi.upper()),
        Reference(title="《血常规 怎么看？》"),
        Reference(title="甲", number="GB/T 1-2020", url="https://www.example.cn/a/"),
        Reference(title="乙", number="gb/t 1—2020"),
        Reference(title="丙", url="http://example.cn/a"),
        Reference(title="第一章", isbn="9780306406157"),
        Reference(title="第二章", isbn="978-0-306-40615-7"),
        Reference(title="第二章！", isbn="ISBN 9780306406157"),
    ]
    assert [(each.row, each.part, each.text) for each in doubles(rows)] == [
        (1, "doi", "与第 1 条重复（DOI相同）"),
        (2, "title", "与第 1 条重复（题名相同）"),
        (4, "number", "与第 4 条重复（标准号相同）"),
        (5, "url", "与第 4 条重复（网址相同）"),
        (8, "isbn", "与第 8 条重复（ISBN相同）"),
    ]


def test_rows_and_lines_are_read_alike() -> None:
    assert read_rows(
        [{"kind": "article", "title": " 甲 ", "year": 2025}, {"kind": "book"}, "x"]
    ) == (Reference(kind="article", title="甲"),)
    assert read_rows(None) == read_rows("\n \n") == ()
    assert read_rows([ARTICLE.as_row()]) == (ARTICLE,)
    first, second, third = read_rows(
        "[1] 张三. 血常规怎么看[J]. 中华检验医学杂志, 2025, 48(4): 201. DOI: 10.1000/ABC.\n"
        "2、健康科普 https://example.cn/a;\n"
        "GB/T 1-2020 标准"
    )
    assert first == Reference(
        kind="article", authors="张三", title="血常规怎么看", source="中华检验医学杂志", year="2025",
        locator="48(4): 201", doi="10.1000/abc",
    )  # fmt: skip
    assert read_line("诊断学[M]. 人民卫生出版社, 2018.") == Reference(
        kind="book", title="诊断学", source="人民卫生出版社", year="2018"
    )
    assert (second.kind, second.title, second.url) == ("web", "健康科普", "https://example.cn/a")
    assert (third.kind, third.title, third.year) == ("other", "GB/T 1-2020 标准", "2020")
    assert read_line("doi 10.1000/中文").doi == ""


@pytest.mark.parametrize(
    ("row", "text"),
    [
        (
            ARTICLE,
            "张三, 李四. 血常规怎么看[J]. 中华检验医学杂志, 2025, 48(4): 201-206. "
            "DOI:10.3760/cma.j.cn114452-20250101-00001.",
        ),
        (
            Reference(kind="book", authors="万学红", title="诊断学", source="人民卫生出版社", year="2018",
                      locator="12-15"),
            "万学红. 诊断学[M]. 人民卫生出版社, 2018: 12-15.",
        ),
        (
            Reference(kind="book", title="诊断学", source="人民卫生出版社", year="2018"),
            "诊断学[M]. 人民卫生出版社, 2018.",
        ),
        (
            Reference(kind="standard", title="定量测定", number="WS/T 402-2024"),
            "定量测定: WS/T 402-2024[S].",
        ),
        (
            Reference(kind="web", title="科普", source="卫健委", year="2025", accessed="2026-04-01",
                      url="https://example.cn/a"),
            "科普[EB/OL]. 卫健委, 2025[2026-04-01]. https://example.cn/a.",
        ),
        (Reference(kind="guideline", title="某共识", source="某学会", year="2024"), "某共识[Z]. 某学会, 2024."),
        (
            Reference(kind="guideline", title="某指南", source="某杂志", year="2024", locator="1(1)", doi="x"),
            "某指南[J]. 某杂志, 2024, 1(1).",
        ),
        (Reference(kind="other", title="资料.", doi="10.1000/x"), "资料. DOI:10.1000/x."),
        (Reference(), ""),
    ],
)  # fmt: skip
def test_written_out_in_one_manner(row: Reference, text: str) -> None:
    assert rendered(row) == text
