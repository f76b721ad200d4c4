"""What a document holds beside its words, and its text as the wording check reads it."""

from __future__ import annotations

import io
import zipfile
import zlib
from typing import Any

import docx
import pytest
from docx.opc.constants import RELATIONSHIP_TYPE
from PIL import Image

from fengcai.media import contents
from fengcai.media.contents import (
    LOCKED,
    MACROS,
    MOST_TEXT_BYTES,
    NOT_READ,
    TOO_BIG,
    examine,
    normalised,
)
from fengcai.media.documents.parts import DocumentLimits
from fengcai.media.verdicts import Unreadable
from tests.media.test_stills_and_papers import one_page

pytestmark = pytest.mark.media


def examined(data: bytes, name: str = "zip", kind: str = "document") -> Any:
    return examine(kind, name, len(data), io.BytesIO(data))


def written(change=lambda made: None) -> bytes:
    made = docx.Document()
    made.add_paragraph("高血压患者每天一杯水。")
    change(made)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def with_part(data: bytes, name: str, content: bytes) -> bytes:
    out = io.BytesIO(data)
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("最\u200b佳\u2060疗\ufeff效", "最佳疗效"),
        ("ＶＸ：１２３　加  我", "VX:123 加 我"),
        ("第一\r\n\r\n  第二\u2028第三 ", "第一\n第二\n第三"),
        ("国\ufe0f家\u00ad级\u202e", "国家级"),
        ("①\t㎎", "1 mg"),
    ],
)
def test_text_is_normalised(text: str, plain: str) -> None:
    assert normalised(text) == plain


def test_a_plain_docx() -> None:
    measures, files = examined(written())
    facts = {name: value for each in measures.values() for name, value in each["facts"].items()}
    assert facts == {"fonts_embedded": False, "links": 0, "images": 0, "macros": False}
    assert files == {"text.txt": "高血压患者每天一杯水。".encode()}


def test_links_and_images_of_a_docx_are_counted() -> None:
    def change(made: Any) -> None:
        for address in ("https://example.org/a", "https://example.org/a", "https://example.org/b"):
            made.part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
        picture = io.BytesIO()
        Image.new("RGB", (8, 8)).save(picture, "PNG")
        made.add_picture(picture)

    measures, _ = examined(written(change))
    assert measures["links"]["facts"] == {"links": 2}
    assert measures["links"]["values"]["link_2"] == "https://example.org/b"
    assert measures["images"]["facts"] == {"images": 1}


def test_macros_are_told_with_what_to_do() -> None:
    measures, _ = examined(with_part(written(), "word/vbaProject.bin", b"\xd0\xcf"))
    assert measures["macros"]["facts"] == {"macros": True}
    assert measures["macros"]["why"] == MACROS


def test_a_docm_is_told_by_its_content_type() -> None:
    source = zipfile.ZipFile(io.BytesIO(written()))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for each in source.namelist():
            content = source.read(each)
            if each == "[Content_Types].xml":
                content = content.replace(
                    b"application/vnd.openxmlformats-officedocument.wordprocessingml."
                    b"document.main+xml",
                    b"application/vnd.ms-word.document.macroEnabled.main+xml",
                )
            archive.writestr(each, content)
    measures, _ = examined(out.getvalue())
    assert measures["macros"]["facts"] == {"macros": True}


def pdf_of(*objects: bytes, catalog: bytes = b"") -> bytes:
    """A PDF of one empty page, with what is added to its catalogue and its objects."""
    data = b"%PDF-1.7\n"
    for number, each in enumerate(
        (
            b"<< /Type /Catalog /Pages 2 0 R %s >>" % catalog,
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>",
            *objects,
        ),
        1,
    ):
        data += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    return data + b"trailer << /Root 1 0 R /Size 9 >>\n%%EOF\n"


PACKED = zlib.compress(b"5 0 << /S /JavaScript /JS (app.alert(1)) >>")


@pytest.mark.parametrize(
    ("data", "holds"),
    [
        (pdf_of(), False),
        (pdf_of(catalog=b"/OpenAction << /S /JavaScript /JS (app.alert(1)) >>"), True),
        (pdf_of(catalog=b"/OpenAction << /S /J#61vaScript /JS (app.alert(1)) >>"), True),
        (
            pdf_of(
                b"<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length %d >>\nstream\n%s"
                b"\nendstream" % (len(PACKED), PACKED)
            ),
            True,
        ),
        (pdf_of(b"<< /Type /ObjStm /Length 3 >>\nstream\nabc\nendstream"), False),
    ],
)
def test_a_script_in_a_pdf_counts_wherever_it_hangs(data: bytes, holds: bool) -> None:
    assert examined(data, "pdf")[0]["macros"]["facts"] == {"macros": holds}


def zip_of(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def test_what_is_not_opened_is_said_and_its_macros_are_still_seen(monkeypatch) -> None:
    kinds = {"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<workbook/>"}
    plain, _ = examined(zip_of(**kinds))
    assert plain["document"]["why"] == NOT_READ
    assert plain["macros"]["facts"] == {"macros": False}
    active, _ = examined(zip_of(**kinds, **{"xl/vbaProject.bin": b"\xd0\xcf"}))
    assert active["macros"]["facts"] == {"macros": True}
    monkeypatch.setattr(contents, "_LIMITS", DocumentLimits(unpacked_bytes=10_000))
    bomb, _ = examined(zip_of(**{"word/document.xml": bytes(10_001)}))
    assert (bomb["document"]["answer"], bomb["document"]["why"]) == ("unmeasured", TOO_BIG)
    locked, _ = examined(b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), "ole")
    assert locked["document"]["why"] == LOCKED


def test_a_pdf_with_its_fonts_inside() -> None:
    body = "一二三四五六七八九十一二三四五六七八九十。" * 4
    data = one_page(f'{body} #link("https://example.org/x")[网站]')
    measures, files = examined(data, "pdf")
    assert measures["fonts"]["facts"] == {"fonts_embedded": True}
    assert measures["links"]["facts"] == {"links": 1}
    assert measures["macros"]["facts"] == {"macros": False}
    text = files["text.txt"].decode()
    assert text.startswith(body)


def test_a_pdf_that_leaves_its_font_to_the_reader() -> None:
    content = b"BT /F1 24 Tf 72 700 Td (Hello) Tj ET"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        b"<< /Type /Font /Subtype /TrueType /BaseFont /SimSun >>",
    ]
    data = b"%PDF-1.4\n"
    for number, each in enumerate(objects, 1):
        data += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    data += b"trailer << /Root 1 0 R /Size 6 >>\n%%EOF\n"
    fonts = examined(data, "pdf")[0]["fonts"]
    assert fonts["facts"] == {"fonts_embedded": False}
    assert fonts["why"] == "没有嵌入的字体：SimSun"


def test_a_scan_has_an_image_and_no_text() -> None:
    scan = io.BytesIO()
    Image.new("RGB", (100, 140)).save(scan, "PDF")
    measures, files = examined(scan.getvalue(), "pdf")
    assert (measures["images"]["facts"], files) == ({"images": 1}, {})
    assert measures["fonts"]["facts"] == {}


def test_a_long_text_is_cut_at_a_character() -> None:
    _, files = examined(("健康" * 300_000).encode(), "txt", "text")
    assert MOST_TEXT_BYTES - 3 < len(files["text.txt"]) <= MOST_TEXT_BYTES
    assert set(files["text.txt"].decode()) == {"健", "康"}


def test_what_is_broken_says_so_and_other_archives_are_left_alone() -> None:
    with pytest.raises(Unreadable):
        examined(written()[:-200])
    with pytest.raises(Unreadable):
        examined(b"%PDF-1.4 nothing", "pdf")
    plain = io.BytesIO()
    with zipfile.ZipFile(plain, "w") as archive:
        archive.writestr("海报.psd", b"8BPS")
    measures, files = examined(plain.getvalue())
    assert (set(measures), files) == ({"document"}, {})
