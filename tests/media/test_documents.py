"""Notices as offices send them: what is read, and one clear sentence for what is not."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import docx
import pypdfium2 as pdfium
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from fengcai.media.documents import DocumentLimits, DocumentRefused, read
from fengcai.media.documents.numbering import shown

NOTICES = Path(__file__).resolve().parents[2] / "examples" / "notices"
MADE = {
    "micro-film-2026": ".docx",
    "posters-2026": ".txt",
    "science-articles-2026": ".html",
    "speech-final-2026": ".pdf",
}


def texts(data: bytes, name: str = "通知.txt") -> list[str]:
    return [each.text for each in read(data, name).paragraphs]


def saved(document: object) -> bytes:
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


@pytest.mark.parametrize("name", MADE)
def test_every_format_gives_the_paragraphs_of_its_source(name: str) -> None:
    document = read(NOTICES / f"{name}{MADE[name]}")
    source = (NOTICES / "sources" / f"{name}.txt").read_text(encoding="utf-8")
    wanted = [re.sub(r"\s", "", line) for line in source.splitlines() if line.strip()]
    assert [re.sub(r"\s", "", each.text) for each in document.paragraphs] == wanted
    assert document.warnings == ()
    assert (document.pages, document.paragraphs[-1].page) == (
        (3, 3) if MADE[name] == ".pdf" else (None, None)
    )
    assert document.text.count("\n") == len(wanted) - 1


@pytest.mark.parametrize("name", MADE)
def test_the_made_notices_are_of_their_sources(name: str) -> None:
    import importlib.util

    spec = importlib.util.spec_from_file_location(
        "make", NOTICES.parents[1] / "tools/notices/make.py"
    )
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    again = made.MAKERS[name][1](name)
    here = (NOTICES / f"{name}{MADE[name]}").read_bytes()
    assert [each.text for each in read(again, name + MADE[name]).paragraphs] == [
        each.text for each in read(here, name + MADE[name]).paragraphs
    ]


@pytest.mark.parametrize(
    ("data", "lines"),
    [
        ("关于\n\n通知\r\n朱镕基".encode(), ["关于", "通知", "朱镕基"]),
        ("\ufeff关于\n通知".encode(), ["关于", "通知"]),
        ("关于\n通知".encode("gbk"), ["关于", "通知"]), ("镕㐀\n通知".encode("gb18030"), ["镕㐀", "通知"]),
        ("关于\n通知".encode("utf-16"), ["关于", "通知"]), ("关于\n通知 abc".encode("utf-16-le"), ["关于", "通知 abc"]),
        ("关于\n通知 abc".encode("utf-16-be"), ["关于", "通知 abc"]),
        ("项目\t分值\n立意\t25".encode(), ["项目｜分值", "立意｜25"]),
        ("甲\u200b乙\u00a0丙\x07 丁　　戊".encode(), ["甲乙 丙 丁　戊"]),
    ],
)  # fmt: skip
def test_plain_text_in_every_character_set(data: bytes, lines: list[str]) -> None:
    assert texts(data) == lines


def test_a_row_of_a_table_says_so() -> None:
    assert [each.row for each in read("甲\t乙\n丙".encode(), "a.txt").paragraphs] == [True, False]


PAGE = """<?xml version="1.0" encoding="gbk"?><html><head><meta charset="gbk"><title>菜单</title><script>恶意()</script></head>
<body><nav>首页</nav><div style="display:none">隐</div><p hidden>藏</p><h1>关于<b>举办</b>大赛的通知</h1>
<ol start="3"><li>第三条</li><li>（四）第四条</li></ol><ul><li>点</li></ul><p>一<br>二<!-- 注 --></p>
<table><tr><th>项目</th><td><p>分值</p></td></tr><tr><td>独格</td></tr><tr><td></td><td></td></tr></table>
<img src="http://example.invalid/x.png"><a href="javascript:alert(1)">尾</a></body></html>"""


def test_a_web_page_gives_what_people_see() -> None:
    assert texts(PAGE.encode("gbk"), "a.html") == [
        "关于举办大赛的通知", "3.第三条", "（四）第四条", "点", "一", "二", "项目｜分值", "独格", "尾",
    ]  # fmt: skip


@pytest.mark.parametrize("label", ["utf-8", "gb2312", "no-such-charset"])
def test_a_web_page_may_mislabel_its_characters(label: str) -> None:
    page = f'<html><head><meta charset="{label}"></head><body><p>朱镕基 关于</p></body></html>'
    assert texts(page.encode("gb18030"), "a.htm") == ["朱镕基 关于"]


def test_a_page_laid_out_by_a_table_keeps_its_articles() -> None:
    long = "很长的正文。" * 40
    page = f"<html><body><table><tr><td><p>{long}</p><p>短</p></td><td>边栏</td></tr></table>"
    page += "<ol start='x'><li>甲</li></ol><li>乙</li><td>丙</td></body></html>"
    assert texts(page.encode(), "a.html") == [long, "短｜边栏", "1.甲", "乙", "丙"]


def test_hostile_pages_stay_harmless() -> None:
    deep = "<html><body>" + "<div>" * 20000 + "<p>话</p>"
    with pytest.raises(DocumentRefused, match="里没有文字"):  # the parser gives up at its own depth
        read(deep.encode(), "a.html")
    bomb = '<!DOCTYPE html [<!ENTITY a "哈哈"><!ENTITY b "&a;&a;">]><html><body><p>好 &b;</p></body></html>'
    assert "哈哈哈哈" not in " ".join(texts(bomb.encode(), "a.html"))


def word(*paragraphs: str) -> docx.document.Document:
    document = docx.Document()
    for each in paragraphs:
        document.add_paragraph(each)
    return document


def run(text: str, extra: str = "") -> object:
    return parse_xml(f"<w:r {nsdecls('w')}><w:rPr>{extra}</w:rPr><w:t>{text}</w:t></w:r>")


def test_word_text_is_what_word_shows() -> None:
    document = word("正文")
    paragraph = document.add_paragraph("可见")._p
    paragraph.append(run("隐藏", "<w:vanish/>"))
    paragraph.append(
        parse_xml(
            f'<w:del {nsdecls("w")} w:id="1" w:author="x"><w:r><w:delText>删</w:delText></w:r></w:del>'
        )
    )
    paragraph.append(
        parse_xml(
            f'<w:ins {nsdecls("w")} w:id="2" w:author="x"><w:r><w:t>插</w:t><w:br/><w:t>次行</w:t></w:r></w:ins>'
        )
    )
    document.element.body.insert(
        0,
        parse_xml(
            f"<w:sdt {nsdecls('w')}><w:sdtContent><w:p><w:r><w:t>控件</w:t></w:r></w:p></w:sdtContent></w:sdt>"
        ),
    )
    box = parse_xml(
        f"<w:r {nsdecls('w')}><w:pict><w:txbxContent><w:p><w:r><w:t>文本框</w:t></w:r></w:p></w:txbxContent></w:pict></w:r>"
    )
    document.add_paragraph("框前")._p.append(box)
    document.sections[0].header.paragraphs[0].text = "页眉"
    table = document.add_table(rows=1, cols=2)
    table.rows[0].cells[0].text, table.rows[0].cells[1].text = "甲\n子", "乙"
    frame = document.add_table(rows=1, cols=1)
    frame.rows[0].cells[0].text = "框内\n两段"
    document.add_table(rows=1, cols=2)
    assert texts(saved(document), "a.docx") == [
        "控件", "正文", "可见插", "次行", "框前", "文本框", "甲 子｜乙", "框内", "两段",
    ]  # fmt: skip


def test_word_numbers_restart_and_come_with_styles() -> None:
    document = word()
    numbering = document.part.numbering_part.element
    levels = "".join(
        f'<w:lvl w:ilvl="{n}"><w:start w:val="{start}"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{text}"/></w:lvl>'
        for n, (start, form, text) in enumerate(
            [(1, "chineseCounting", "%1、"), (2, "decimal", "%2."), (1, "bullet", "·")]
        )
    )
    numbering.insert(
        0, parse_xml(f'<w:abstractNum {nsdecls("w")} w:abstractNumId="90">{levels}</w:abstractNum>')
    )
    numbering.append(
        parse_xml(f'<w:num {nsdecls("w")} w:numId="90"><w:abstractNumId w:val="90"/></w:num>')
    )
    for text, level in (
        ("甲", 0),
        ("子", 1),
        ("丑", 1),
        ("乙", 0),
        ("寅", 1),
        ("点", 2),
        ("外", 7),
    ):
        properties = document.add_paragraph(text)._p.get_or_add_pPr()
        properties.append(
            parse_xml(
                f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{level}"/><w:numId w:val="90"/></w:numPr>'
            )
        )
    styled = document.styles["Heading 1"].element.get_or_add_pPr()
    styled.append(parse_xml(f'<w:numPr {nsdecls("w")}><w:numId w:val="90"/></w:numPr>'))
    document.add_paragraph("丙", style="Heading 1")
    assert texts(saved(document), "a.docx") == [
        "一、甲",
        "2.子",
        "3.丑",
        "二、乙",
        "2.寅",
        "点",
        "外",
        "三、丙",
    ]


@pytest.mark.parametrize(
    ("number", "form", "text"),
    [
        (10, "chineseCounting", "十"), (21, "chineseCountingThousand", "二十一"),
         (100, "chineseCounting", "100"), (12, "ideographDigital", "一二"),
        (3, "decimalEnclosedCircleChinese", "③"), (2, "upperLetter", "B"), (3,
         "lowerLetter", "c"), (14, "upperRoman", "XIV"), (9, "lowerRoman", "ix"),
        (5, "none", ""), (5, "unknown", "5"),
    ],
)  # fmt: skip
def test_word_number_formats(number: int, form: str, text: str) -> None:
    assert shown(number, form) == text


def zipped(**parts: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), data)
    return file.getvalue()


def empty_pdf(pages: int = 1) -> bytes:
    document = pdfium.PdfDocument.new()
    for _ in range(pages):
        document.new_page(595, 842)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "是空的"), (b" \n\t", "是空的"), ("　\n".encode(), "里没有文字"), (b"a" * 11 * 1024**2, "超过 10 MB"),
        (OLE, "是旧版 Word（.doc）或 WPS 文件"), (OLE + "EncryptedPackage".encode("utf-16-le"),
         "设了密码"), (OLE + "Workbook".encode("utf-16-le"), "是旧版 Excel 表格"),
        (b"{\\rtf1 abc}", "是 RTF 文件"), (b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "是图片"), (b"\xff\xd8\xff\xe0" + b"\0" * 50, "是图片"),
        (b"Rar!\x1a\x07", "是压缩包"), (b"PK\x03\x04 broken", "已损坏"), (zipped(a=b"1"), "是压缩包，不是 Word 文档"),
        (zipped(xl__workbook_xml=b"1"), "是 Excel 表格"), (zipped(ppt__presentation_xml=b"1"),
         "是演示文稿"), (zipped(OFD_xml=b"1"), "是 OFD 版式文件"),
        (zipped(content_xml=b"1"), "是 OpenDocument 文件"), (zipped(word__document_xml=b"<bad"), "已损坏，读不出文字"),
        (b"%PDF-1.7 broken", "已损坏，打不开"), (empty_pdf(),
         "里没有文字，是扫描件或图片"), (b"\x00\x01\x02binary\x00" * 9, "不是文字文件"),
        (b"\xff\xff\xfe\x80abc\xff", "文字编码认不出"), (b"\xef\xbb\xbf\xff\xff",
         "损坏，读不完整"), (zipped(word__document_xml=b"0" * 70 * 1024**2), "超过上限，没有打开"),
    ],
)  # fmt: skip
def test_one_clear_sentence_for_what_is_not_read(data: bytes, sentence: str) -> None:
    with pytest.raises(DocumentRefused) as caught:
        read(data, "通知.docx")
    said = str(caught.value)
    assert sentence in said
    assert said.startswith("通知.docx")
    assert "请" in said
    assert "\n" not in said


def test_limits_on_pages_text_and_parts() -> None:
    with pytest.raises(DocumentRefused, match="有 3 页，超过 2 页"):
        read(empty_pdf(3), "a.pdf", limits=DocumentLimits(pages=2))
    with pytest.raises(DocumentRefused, match="不像是一份通知"):
        read("好\n".encode() * 50, "a.txt", limits=DocumentLimits(paragraphs=20))
    with pytest.raises(DocumentRefused, match="不像是一份通知"):
        read("好".encode() * 50, "a.txt", limits=DocumentLimits(characters=20))
    with pytest.raises(DocumentRefused, match="个部分"):
        read(saved(word("好")), "a.docx", limits=DocumentLimits(parts=3))
    with pytest.raises(DocumentRefused, match="文字太多"):
        read(NOTICES / "speech-final-2026.pdf", limits=DocumentLimits(characters=20))


def test_a_document_nested_without_end_is_not_read() -> None:
    deep = "<w:sdt><w:sdtContent>" * 120 + "<w:p/>" + "</w:sdtContent></w:sdt>" * 120
    document = word("好")
    document.element.body.insert(
        0, parse_xml(f"<w:sdt {nsdecls('w')}><w:sdtContent>{deep}</w:sdtContent></w:sdt>")
    )
    with pytest.raises(DocumentRefused, match="结构不正常"):
        read(saved(document), "a.docx")


@pytest.mark.parametrize(
    ("file", "name", "kind"),
    [
        ("micro-film-2026.docx", "a.pdf", "Word 文档"),
        ("speech-final-2026.pdf", "a.docx", "PDF"),
        ("science-articles-2026.html", "a.txt", "网页"),
    ],
)
def test_what_a_file_is_counts_and_not_what_it_is_called(file: str, name: str, kind: str) -> None:
    document = read((NOTICES / file).read_bytes(), name)
    assert document.warnings[0].endswith(f"内容其实是{kind}，已按{kind}读取。")


def test_an_unknown_name_is_no_warning() -> None:
    assert read("好".encode(), "通知").warnings == ()
    assert read("好".encode()).name == "文件"


def test_an_encrypted_pdf_says_so() -> None:
    text = (b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
            b"3 0 obj<</Filter/Standard/V 1/R 2/O<" + b"41" * 32 + b">/U<" + b"42" * 32 + b">/P -44>>endobj\n"
            b"trailer<</Root 1 0 R/Encrypt 3 0 R/ID[<00><00>]>>\n%%EOF")  # fmt: skip
    with pytest.raises(DocumentRefused, match="设了密码"):
        read(text, "a.pdf")
