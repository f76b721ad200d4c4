"""Makes examples/notices/ from examples/notices/sources/: one notice in each format offices use.

Run after a source was changed: `./dev exec python tools/notices/make.py`. Same sources, same
content; tests read the made files back and compare them with their sources, paragraph by paragraph.
"""

from __future__ import annotations

import html
import io
import re
import zipfile
from pathlib import Path

import docx
import typst
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Pt

ROOT = Path(__file__).resolve().parents[2]
NOTICES = ROOT / "examples" / "notices"
FONTS = ROOT / "src" / "fengcai" / "engines" / "documents" / "fonts"
CHAPTER = re.compile(r"[一二三四五六七八九十]{1,3}、")
PART = re.compile(r"（[一二三四五六七八九十]{1,3}）")
ITEM = re.compile(r"\d{1,2}\.")
LEVELS = (
    ("chineseCountingThousand", "%1、"),
    ("chineseCountingThousand", "（%2）"),
    ("decimal", "%3."),
)


def source(name: str) -> list[str]:
    """The paragraphs of a source; blank lines part them only for the eye."""
    text = (NOTICES / "sources" / f"{name}.txt").read_text(encoding="utf-8")
    return [line.strip() for line in text.splitlines() if line.strip()]


def title_of(paragraphs: list[str]) -> str:
    """The notice's title among its paragraphs."""
    return next(each for each in paragraphs if each.endswith(("通知", "启事")))


def make_docx(name: str) -> bytes:
    """Word: numbers are Word's own, tables are tables, header and footer hold the usual noise."""
    document = docx.Document()
    document.core_properties.author = "风采示例"
    style = document.styles["Normal"]
    style.font.name, style.font.size = "FangSong", Pt(16)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), "仿宋")
    numbering = document.part.numbering_part.element
    levels = "".join(
        f'<w:lvl w:ilvl="{depth}"><w:start w:val="1"/><w:numFmt w:val="{form}"/>'
        f'<w:suff w:val="nothing"/><w:lvlText w:val="{shown}"/></w:lvl>'
        for depth, (form, shown) in enumerate(LEVELS)
    )
    abstract = parse_xml(
        f'<w:abstractNum {nsdecls("w")} w:abstractNumId="90">{levels}</w:abstractNum>'
    )
    numbering.insert(0, abstract)
    numbering.append(
        parse_xml(f'<w:num {nsdecls("w")} w:numId="90"><w:abstractNumId w:val="90"/></w:num>')
    )
    document.sections[0].header.paragraphs[0].text = "内部资料　注意保存"
    document.sections[0].footer.paragraphs[0].text = "— 1 —"
    paragraphs = source(name)
    title, rows = title_of(paragraphs), []
    body = paragraphs.index("附件：1.“杏林微光”校园微电影大赛报名表")
    for index, text in enumerate([*paragraphs, ""]):
        if "｜" in text:
            rows.append(text.split("｜"))
            continue
        if rows:
            table = document.add_table(rows=0, cols=2)
            for cells in rows:
                for cell, said in zip(table.add_row().cells, cells, strict=True):
                    cell.text = said
            rows = []
        if text:
            _paragraph(document, text, title, numbered=index < body)
    return _same_every_time(document)


def _paragraph(document: docx.document.Document, text: str, title: str, *, numbered: bool) -> None:
    for depth, sign in enumerate((CHAPTER, PART, ITEM)):
        if numbered and (match := sign.match(text)):
            paragraph = document.add_paragraph(text[match.end() :])
            properties = paragraph._p.get_or_add_pPr()
            properties.append(
                parse_xml(
                    f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{depth}"/><w:numId w:val="90"/></w:numPr>'
                )
            )
            return
    paragraph = document.add_paragraph(text)
    if text == title:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER


def _same_every_time(document: docx.document.Document) -> bytes:
    """The file with one fixed date on all its parts."""
    first, last = io.BytesIO(), io.BytesIO()
    document.save(first)
    with zipfile.ZipFile(first) as old, zipfile.ZipFile(last, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            entry = zipfile.ZipInfo(part.filename, (2026, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(entry, old.read(part))
    return last.getvalue()


def make_pdf(name: str) -> bytes:
    """PDF as an office prints it: indented first lines, page numbers, signature on the right."""
    paragraphs = source(name)
    title = title_of(paragraphs)
    head, signature = paragraphs.index(title), len(paragraphs) - 2
    parts = [
        "#set document(date: datetime(year: 2026, month: 1, day: 1))",
        '#set page(paper: "a4", margin: (x: 2.7cm, top: 3.2cm, bottom: 3cm), numbering: "— 1 —")',
        '#set text(font: "Noto Serif SC", size: 14pt, lang: "zh")',
        "#set par(justify: true, leading: 0.9em, spacing: 0.9em)",
    ]
    for index, text in enumerate(paragraphs):
        # Raw text in a string: nothing in a notice is markup.
        said = '#"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
        if index == head:
            parts.append(
                f'#align(center, block(width: 90%, text(size: 18pt, weight: "bold")[{said}]))'
            )
        elif index < head:
            parts.append(f"#align(center)[{said}]")
        elif index >= signature:
            parts.append(f"#align(right)[{said}]")
        elif text.endswith("："):
            parts.append(said)
        else:
            parts.append(f"#h(2em){said}")
    return typst.compile(("\n\n".join(parts) + "\n").encode(), font_paths=[str(FONTS)])


def make_html(name: str) -> bytes:
    """A web page with the noise of a portal: menu, script, hidden text, a layout of divisions."""
    paragraphs = source(name)
    title = title_of(paragraphs)
    lines = []
    for text in paragraphs:
        tag = "h1" if text == title else "h3" if CHAPTER.match(text) else "p"
        lines.append(f"      <{tag}>{html.escape(text, quote=False)}</{tag}>")
    page = f"""<!DOCTYPE html>
<html lang="zh-CN">
<head>
  <meta charset="utf-8">
  <title>{html.escape(title, quote=False)}</title>
  <style>.content p {{ text-indent: 2em }}</style>
</head>
<body>
  <nav><a href="/">首页</a> <a href="/news">通知公告</a></nav>
  <div class="main">
    <div style="display: none">请用手机扫码阅读</div>
    <div class="content">
{chr(10).join(lines)}
    </div>
  </div>
  <script>document.title = document.title;</script>
</body>
</html>
"""
    return page.encode("utf-8")


def make_txt(name: str) -> bytes:
    """Plain text in GBK with Windows line ends, as old office software saves it."""
    return "\r\n".join(source(name)).encode("gbk") + b"\r\n"


MAKERS = {
    "micro-film-2026": (".docx", make_docx),
    "science-articles-2026": (".html", make_html),
    "speech-final-2026": (".pdf", make_pdf),
    "posters-2026": (".txt", make_txt),
}


def main() -> None:
    """Make all four and say how large they are."""
    for name, (suffix, make) in MAKERS.items():
        file = NOTICES / f"{name}{suffix}"
        file.write_bytes(make(name))
        print(f"{file.relative_to(ROOT)}  {file.stat().st_size} B")


if __name__ == "__main__":
    main()
