"""Charts, pictures and shapes of an office's form come back from filling; what cannot is refused.

`form-with-chart.xlsx` is laid out as Excel writes it (by XlsxWriter): a heading, a row for the works, a
total, a column chart over the row, a picture and a text box, a print area.
"""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest
from openpyxl import load_workbook

from fengcai.engines.documents.forms import fill, inspect, sheets
from fengcai.engines.documents.forms.marks import Unfit

pytestmark = [pytest.mark.intake, pytest.mark.clause("J12")]

FORM = Path(__file__).with_name("form-with-chart.xlsx").read_bytes()
WORKS = [{"编号": f"00{n}", "作品名称": f"作品{n}", "件数": n} for n in (1, 2, 3)]
CONTEXT = {"单位": "心病科", "作品": WORKS}
XDR = "{http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing}"
C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
DROPDOWN = """<extLst><ext uri="{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}"
 xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"><x14:dataValidations
 xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main" count="1"><x14:dataValidation
 type="list"><x14:formula1><xm:f>选项!$A$1:$A$3</xm:f></x14:formula1><xm:sqref>D3</xm:sqref>
</x14:dataValidation></x14:dataValidations></ext></extLst>"""


def parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def changed(part: str, before: str, after: str, **more: bytes) -> bytes:
    """The form with something else in one of its parts."""
    held = parts(FORM)
    assert before.encode() in held[part]
    held[part] = held[part].replace(before.encode(), after.encode(), 1)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in {**held, **more}.items():
            archive.writestr(name, content)
    return out.getvalue()


def charts(data: bytes) -> list[str]:
    """The ranges that each chart shows."""
    trees = [ElementTree.fromstring(p) for n, p in parts(data).items() if "/charts/" in n]
    return ["，".join(str(f.text) for f in tree.iter(f"{C}f")) for tree in trees]


def anchors(drawing: bytes) -> list[list[int]]:
    return [
        [int(row.text or 0) for row in anchor.iter(f"{XDR}row")]
        for anchor in ElementTree.fromstring(drawing)
    ]


def test_a_chart_a_picture_and_a_shape_come_back_and_move_with_the_rows() -> None:
    assert inspect(FORM, "汇总表.xlsx").used == ("单位", "作品.编号", "作品.作品名称", "作品.件数")
    (done,) = fill(FORM, "汇总表.xlsx", [CONTEXT])
    held, before = parts(done), parts(FORM)
    (drawing,) = [name for name in held if name.startswith("xl/drawings/") and name.endswith("xml")]
    stood = anchors(before["xl/drawings/drawing1.xml"])
    assert anchors(held[drawing]) == [
        [row + 2 if row >= 3 else row for row in rows] for rows in stood
    ]
    assert "此表一式两份" in held[drawing].decode()
    assert held["xl/media/image1.png"] == before["xl/media/image1.png"]
    assert charts(done) == ["汇总表!$B$3:$B$5，汇总表!$C$3:$C$5"]
    assert b"numCache" not in b"".join(held.values())
    sheet = load_workbook(io.BytesIO(done))["汇总表"]
    assert (len(sheet._charts), len(sheet._images)) == (1, 1)  # type: ignore[attr-defined]
    assert [sheet.cell(row, 3).value for row in range(3, 7)] == [1, 2, 3, "=SUM(C3:C5)"]
    assert sheet.print_area.replace("$", "").endswith("A1:H26")
    for name, content in held.items():  # every relation of ours leads somewhere
        if name.endswith(".rels"):
            targets = {str(each.get("Target")) for each in ElementTree.fromstring(content)}
            assert {each for each in targets if each[0] == "/"} <= {f"/{part}" for part in held}
    types = held["[Content_Types].xml"].decode()
    assert types.count("drawingml.chart+xml") == types.count("spreadsheetml.worksheet+xml") - 1 == 1


def test_one_workbook_has_them_on_every_sheet_each_with_its_own_ranges() -> None:
    one = {**CONTEXT, "作品": WORKS[:1]}
    done = sheets.filled_together(FORM, [CONTEXT, one], ["甲 科", "乙"])
    book = load_workbook(io.BytesIO(done))
    assert book.sheetnames == ["选项", "甲 科", "乙"]
    for title in ("甲 科", "乙"):
        assert (len(book[title]._charts), len(book[title]._images)) == (1, 1)  # type: ignore[attr-defined]
    assert charts(done) == [
        "'甲 科'!$B$3:$B$5，'甲 科'!$C$3:$C$5",
        "'乙'!$B$3:$B$3，'乙'!$C$3:$C$3",
    ]


def test_a_list_of_choices_that_stands_in_another_sheet_is_kept() -> None:
    form = changed("xl/worksheets/sheet1.xml", '<drawing r:id="rId1"/>', f'<drawing r:id="rId1"/>{DROPDOWN}')  # fmt: skip
    done = sheets.filled(form, CONTEXT)
    sheet = parts(done)["xl/worksheets/sheet1.xml"].decode()
    assert "<xm:f>选项!$A$1:$A$3</xm:f>" in sheet and "<xm:sqref>D3:D5</xm:sqref>" in sheet
    assert sheet.index("<drawing") < sheet.index("<extLst")
    load_workbook(io.BytesIO(done))


@pytest.mark.parametrize(
    ("part", "before", "after", "said"),
    [
        ("xl/drawings/drawing1.xml", "此表一式两份", "{{单位}}", "文本框或图形里的字段"),
        ("xl/worksheets/sheet1.xml", "<drawing ", '<legacyDrawingHF r:id="x"/><drawing ', "页眉页脚里的图片"),
        ("xl/worksheets/_rels/sheet1.xml.rels", "/drawing\"", "/ctrlProp\"", "表单控件（复选框、按钮等）"),
        ("xl/worksheets/sheet1.xml", "</worksheet>", "<x14:sparklineGroup /></worksheet>", "迷你图"),
    ],
)  # fmt: skip
def test_what_cannot_come_back_is_refused_when_it_is_put_up(
    part: str, before: str, after: str, said: str
) -> None:
    with pytest.raises(Unfit) as refused:
        sheets.used(changed(part, before, after))
    assert str(refused.value).startswith(f"这份模板里有{said}，填写之后保留不了，没有保存。")


def test_a_drawing_that_brings_an_entity_brings_no_file() -> None:
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    drawing = parts(FORM)["xl/drawings/drawing1.xml"].decode().replace("此表一式两份", "&e;")
    evil = f'{head}<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
    form = changed("xl/workbook.xml", head, head, **{
        "xl/drawings/drawing1.xml": drawing.replace(head, evil).encode()
    })  # fmt: skip
    done = sheets.filled(form, CONTEXT)
    assert b"root:" not in b"".join(parts(done).values())
