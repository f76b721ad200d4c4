"""Spreadsheets as officers make them: titles on top, merged cells, GBK text, hidden sheets."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Callable
from decimal import Decimal

import openpyxl
import pytest

from fengcai.engines.documents.tables import Column, Sheet, TableRefused, read_table, write_xlsx


def workbook(fill: Callable[[openpyxl.Workbook], None]) -> bytes:
    book = openpyxl.Workbook()
    fill(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def repacked(data: bytes, change: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", 8) as new:
        for name in {**dict.fromkeys(old.namelist()), **change}:
            new.writestr(name, change.get(name) or old.read(name))
    return out.getvalue()


def roster(book: openpyxl.Workbook) -> None:
    page = book.active
    assert page is not None
    page.merge_cells("A1:D1")
    page["A1"] = "2026年参赛科室花名册"
    page["A2"] = "填报单位：宣传统战部"
    for row in (
        ["类别", "科室", "联络员", "电话"],
        ["临床科室", "心血管内科", "甲", 13800000001],
        [None, " 针灸推拿科\u3000", "乙", 13800000002.0],
        [None, None, None, None],
        ["医技科室", "检验科", "丙", "0791-86300000"],
    ):
        page.append(row)
    page.merge_cells("A4:A5")


def test_a_roster_with_a_title_and_merged_cells() -> None:
    table = read_table(workbook(roster), "花名册.xlsx")
    assert table.headers == ("类别", "科室", "联络员", "电话")
    assert (table.sheet, table.header_row) == ("Sheet", 3)
    assert [(row.number, row.cells) for row in table.rows] == [
        (4, ("临床科室", "心血管内科", "甲", "13800000001")),
        (5, ("临床科室", "针灸推拿科", "乙", "13800000002")),
        (7, ("医技科室", "检验科", "丙", "0791-86300000")),
    ]
    assert table.column("科 室", "部门") == 1
    assert table.column("部门") is None
    assert table.values(table.rows[0])["联络员"] == "甲"


def test_a_two_storey_heading_is_united() -> None:
    def fill(book: openpyxl.Workbook) -> None:
        page = book.active
        assert page is not None
        page.append(["科室", "联系人", None, "备注"])
        page.append([None, "姓名", "电话", None])
        page.append(["检验科", "甲", "1", "无"])
        page.merge_cells("A1:A2")
        page.merge_cells("B1:C1")
        page.merge_cells("D1:D2")

    table = read_table(workbook(fill), "r.xlsx")
    assert table.headers == ("科室", "联系人·姓名", "联系人·电话", "备注")
    assert [row.cells for row in table.rows] == [("检验科", "甲", "1", "无")]


def test_expected_headers_find_the_heading_below_a_busy_preamble() -> None:
    def fill(book: openpyxl.Workbook) -> None:
        page = book.active
        assert page is not None
        page.append(["单位", "某医院", "日期", "4月2日", "页", "1"])
        page.append(["科室名称"])
        page.append(["检验科"])

    data = workbook(fill)
    assert read_table(data, "r.xlsx").header_row == 1
    table = read_table(data, "r.xlsx", expected=("科室名称", "负责人"))
    assert (table.header_row, table.headers) == (2, ("科室名称",))
    assert [row.cells for row in table.rows] == [("检验科",)]


def test_values_become_plain_text() -> None:
    def fill(book: openpyxl.Workbook) -> None:
        page = book.active
        assert page is not None
        page.append(["整数", "小数", "日期", "时刻", "是否", "公式", "大数", None, None])
        page.append(
            [7, 0.1, dt.date(2026, 4, 2), dt.datetime(2026, 4, 30, 17, 0, 1), True, "=1+1", 1e20]
        )
        page["I2"] = "无名列"

    table = read_table(workbook(fill), "v.xlsx")
    assert table.headers == ("整数", "小数", "日期", "时刻", "是否", "公式", "大数", "第I列")
    # The formula was never calculated by a spreadsheet program, so it has no value yet.
    assert table.rows[0].cells == (
        "7",
        "0.1",
        "2026-04-02",
        "2026-04-30 17:00:01",
        "是",
        "",
        "100000000000000000000",
        "无名列",
    )


def test_a_formulas_saved_value_is_read() -> None:
    def fill(book: openpyxl.Workbook) -> None:
        page = book.active
        assert page is not None
        page.append(["甲", "乙"])
        page.append(["=1+1", "x"])

    data = workbook(fill)
    sheet = zipfile.ZipFile(io.BytesIO(data)).read("xl/worksheets/sheet1.xml")
    saved = re.sub(rb"<v ?/>|<v></v>", b"<v>2</v>", sheet)  # as the writer at hand spells it
    assert saved != sheet
    table = read_table(repacked(data, {"xl/worksheets/sheet1.xml": saved}), "f.xlsx")
    assert table.rows[0].cells == ("2", "x")


def test_hidden_and_empty_sheets_are_passed_over() -> None:
    def fill(book: openpyxl.Workbook) -> None:
        hidden = book.active
        assert hidden is not None
        hidden.append(["旧", "数据"])
        hidden.append(["不要", "读"])
        hidden.sheet_state = "hidden"
        book.create_sheet("空表")
        shown = book.create_sheet("名单")
        shown.append(["科室", "类别"])
        shown.append(["检验科", "医技"])

    table = read_table(workbook(fill), "h.xlsx")
    assert (table.sheet, table.rows[0].cells) == ("名单", ("检验科", "医技"))


def test_equal_headers_are_told_apart() -> None:
    table = read_table("姓名,电话,姓名\n甲,1,乙\n".encode(), "d.csv")
    assert table.headers == ("姓名", "电话", "姓名（2）")


@pytest.mark.parametrize("encoding", ["gbk", "gb18030", "utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("separator", [",", "\t", ";", "|", "，"])
def test_text_tables_in_any_usual_dress(encoding: str, separator: str) -> None:
    lines = [
        ["科室", "联络员", "说明"],
        ["心血管内科", "甲镕", '"一行里有 , ; 和""引号"""'],
        ["", "", ""],
        ["检验科", "乙堃", '"两\r\n行"'],
    ]
    data = "\r\n".join(separator.join(line) for line in lines).encode(encoding)
    table = read_table(data, "r.csv")
    assert table.headers == ("科室", "联络员", "说明")
    assert [(row.number, row.cells) for row in table.rows] == [
        (2, ("心血管内科", "甲镕", '一行里有 , ; 和"引号"')),
        (4, ("检验科", "乙堃", "两\n行")),
    ]


def test_rare_names_in_gb18030() -> None:
    data = "科室,姓名\n检验科,𬭎㛃䶮\n".encode("gb18030")
    assert read_table(data, "r.csv").rows[0].cells == ("检验科", "𬭎㛃䶮")


OLE = bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "文件是空的（0 字节），没有导入。"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "文件加了打开密码，读不出内容，没有导入。"),
        (OLE + "WordDocument".encode("utf-16-le"), "这是 Word 文档，不是表格，没有导入。"),
        (OLE + "Workbook".encode("utf-16-le"), "这是旧版 .xls（或 WPS .et）格式，没有导入。"),
        (b"\xef\xbb\xbf <html><table>", "这是网页格式的导出文件，不是真正的表格，没有导入。"),
        (b"%PDF-1.7", "这是 PDF，不是表格，没有导入。"),
        (b"\x89PNG\r\n\x1a\n", "这不是表格文件，没有导入。"),
        (b"\x00\x01\x02" * 99, "这不是文字表格，没有导入。"),
        (b"\xff" * 99, "这不是文字表格，没有导入。"),
        (b"PK\x03\x04 broken", "文件已损坏或没有传完整，没有导入。"),
        ("科室,类别\n".encode(), "只读到表头（第 1 行：科室、类别），下面没有数据行，没有导入。"),
        (b"\n\n , \n", "文件里没有内容，没有导入。"),
        (b"a,b\n" + b"1,2\n" * 20_040, "表格超过 20000 行，没有导入。"),
        (b"a,b\n" + b"1,2\n" * 20_001, "表格超过 20000 行，没有导入。"),
        (b"a,b\n" + b"1," * 300 + b"2\n", "表格超过 200 列，没有导入。"),
        (b"x" * (5 * 1024 * 1024 + 1), "文件有 5.0 MB，超过 5 MB，没有导入。"),
    ],
)
def test_what_is_no_table_is_refused_in_chinese(data: bytes, words: str) -> None:
    with pytest.raises(TableRefused) as refusal:
        read_table(data, "C:\\表\\花名册.xlsx")
    assert str(refusal.value).startswith(f"“花名册.xlsx”：{words}")


def test_other_packages_and_dangerous_ones_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    good = workbook(roster)
    word = repacked(good, {"word/document.xml": b"<x/>"})
    with zipfile.ZipFile(io.BytesIO(word)) as old:
        parts = {name: old.read(name) for name in old.namelist() if name != "xl/workbook.xml"}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as new:
        for name, content in parts.items():
            new.writestr(name, content)
    with pytest.raises(TableRefused, match="这是 Word 文档，不是表格"):
        read_table(out.getvalue(), "r.xlsx")

    entity = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>'
    with pytest.raises(TableRefused, match="有不属于表格的内容"):
        read_table(repacked(good, {"xl/styles.xml": entity}), "r.xlsx")

    cut = good[: len(good) // 2]
    with pytest.raises(TableRefused, match="文件已损坏或没有传完整"):
        read_table(cut, "r.xlsx")

    bomb = repacked(good, {"xl/media/image1.bin": b"\0" * (121 * 1024 * 1024)})
    assert len(bomb) < 1_000_000
    with pytest.raises(TableRefused, match="表格解开后过大"):
        read_table(bomb, "r.xlsx")


def test_formatting_far_below_the_data_does_not_hurt() -> None:
    def fill(book: openpyxl.Workbook) -> None:
        page = book.active
        assert page is not None
        page.append(["科室", "类别"])
        page.append(["检验科", "医技"])
        page.cell(1_048_576, 16_384).number_format = "0.00"

    table = read_table(workbook(fill), "far.xlsx")
    assert (table.headers, len(table.rows)) == (("科室", "类别"), 1)


def test_twenty_thousand_rows_are_read() -> None:
    rows = [[f"科室{n}", n] for n in range(20_000)]
    data = write_xlsx([Sheet("名单", ["科室", "序号"], rows)])
    table = read_table(data, "big.xlsx")
    assert len(table.rows) == 20_000
    assert table.rows[-1].cells == ("科室19999", "19999")


def test_a_written_workbook_keeps_types_and_defuses_formulas() -> None:
    data = write_xlsx(
        [
            Sheet(
                "获奖/名单:[一]",
                ["名次", Column("奖金", width=12, format="#,##0.00"), "备注", "时间", "证件"],
                [
                    [
                        1,
                        Decimal("1500.00"),
                        "=HYPERLINK(1)",
                        dt.date(2026, 6, 1),
                        123456789012345678,
                    ],
                    [2, None, "@甲\x07", dt.datetime(2026, 4, 30, 9, 0, tzinfo=dt.UTC), "-1"],
                ],
            ),
            Sheet("获奖 名单  一", ["空"], []),
        ]
    )
    book = openpyxl.load_workbook(io.BytesIO(data))
    assert book.sheetnames == ["获奖 名单  一", "获奖 名单  一（2）"]
    page = book.worksheets[0]
    values = [[cell.value for cell in row] for row in page.iter_rows()]
    assert values == [
        ["名次", "奖金", "备注", "时间", "证件"],
        [1, 1500, "=HYPERLINK(1)", dt.datetime(2026, 6, 1), "123456789012345678"],
        [2, None, "@甲", dt.datetime(2026, 4, 30, 17, 0), "-1"],
    ]
    assert page["C2"].data_type == "s"
    assert [page[at].quotePrefix for at in ("C2", "C3", "E3", "A2")] == [True, True, True, False]
    assert page["B2"].number_format == "#,##0.00"
    assert page["D3"].number_format == "yyyy-mm-dd hh:mm"
    assert page.freeze_panes == "A2"
    assert page.auto_filter.ref == "A1:E3"
    assert page.column_dimensions["B"].width == 12
    assert page["A1"].font.b is True
    assert b"<f>" not in zipfile.ZipFile(io.BytesIO(data)).read("xl/worksheets/sheet1.xml")


def test_a_workbook_refuses_ragged_rows_and_nothing() -> None:
    with pytest.raises(ValueError, match="row 3 of '名单' has 1 cells, not 2"):
        write_xlsx([Sheet("名单", ["甲", "乙"], [[1, 2], [3]])])
    with pytest.raises(ValueError, match="needs a sheet"):
        write_xlsx([])
    with pytest.raises(ValueError, match="32767"):
        write_xlsx([Sheet("名单", ["甲"], [["字" * 32_768]])])


def test_what_is_written_is_read_back() -> None:
    data = write_xlsx(
        [Sheet("名单", ["科室", "分"], [["检验科", Decimal("92.35")], ["+加号科", 3]])]
    )
    table = read_table(data, "r.xlsx")
    assert [row.cells for row in table.rows] == [("检验科", "92.35"), ("+加号科", "3")]
