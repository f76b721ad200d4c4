"""Forms to begin from: every field in its place, ready to be changed into the office's own.

They are made here, not kept, so that they name the fields of the contest at hand.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

import docx
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Pt
from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter


@dataclass(frozen=True)
class Part:
    """Fields (their names) that stand together; of a list `repeated` one row for each item."""

    title: str
    repeated: str
    names: Sequence[str]


def blank_docx(title: str, parts: Sequence[Part]) -> bytes:
    """A Word form: a table of label and field for what stands once, a table of rows for each list."""
    paper = docx.Document()
    style = paper.styles["Normal"]
    style.font.name, style.font.size = "仿宋", Pt(12)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), "仿宋")
    head = paper.add_paragraph()
    head.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = head.add_run(title)
    run.font.size, run.font.name = Pt(22), "小标宋"
    run.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), "方正小标宋简体")
    for part in parts:
        paper.add_paragraph(part.title)
        if part.repeated:
            table = paper.add_table(rows=4, cols=len(part.names))
            table.style = "Table Grid"
            for cell, name in zip(table.rows[0].cells, part.names, strict=True):
                cell.text = name
            table.rows[1].cells[0].text = f"{{%tr for 件 in {part.repeated} %}}"
            for cell, name in zip(table.rows[2].cells, part.names, strict=True):
                cell.text = f"{{{{ 件.{name} }}}}"
            table.rows[3].cells[0].text = "{%tr endfor %}"
        else:
            table = paper.add_table(rows=len(part.names), cols=2)
            table.style = "Table Grid"
            for row, name in zip(table.rows, part.names, strict=True):
                row.cells[0].text, row.cells[1].text = name, f"{{{{ {name} }}}}"
    paper.add_paragraph("单位（盖章）：　　　　　　　　年　　月　　日")
    out = io.BytesIO()
    paper.save(out)
    return out.getvalue()


def blank_xlsx(title: str, parts: Sequence[Part]) -> bytes:
    """An Excel form: a merged title, label and field for what stands once, a row to be repeated."""
    book = Workbook()
    sheet = book.create_sheet("表", 0)
    del book["Sheet"]
    widest = max([4, *(len(part.names) for part in parts if part.repeated)])
    line = Side(style="thin")
    box = Border(line, line, line, line)
    sheet.merge_cells(start_row=1, end_row=1, start_column=1, end_column=widest)
    sheet["A1"] = title
    sheet["A1"].font = Font(name="方正小标宋简体", size=20)
    sheet["A1"].alignment = Alignment(horizontal="center", vertical="center")
    sheet.row_dimensions[1].height = 40
    row = 2
    for part in parts:
        if part.repeated:
            for column, name in enumerate(part.names, 1):
                for at, text in ((row, name), (row + 1, f"{{{{{part.repeated}.{name}}}}}")):
                    cell = sheet.cell(at, column, text)
                    cell.border = box
                    cell.alignment = Alignment(wrap_text=True, vertical="center")
                    cell.font = Font(name="仿宋", size=12, bold=at == row)
            sheet.row_dimensions[row + 1].height = 30
            row += 3
        else:
            for name in part.names:
                for column, text in ((1, name), (2, f"{{{{{name}}}}}")):
                    cell = sheet.cell(row, column, text)
                    cell.border = box
                    cell.alignment = Alignment(wrap_text=True, vertical="center")
                    cell.font = Font(name="仿宋", size=12)
                row += 1
            row += 1
    for column in range(1, widest + 1):
        sheet.column_dimensions[get_column_letter(column)].width = 18
    sheet.print_area = f"A1:{get_column_letter(widest)}{row - 1}"
    sheet.page_setup.paperSize = 9
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
