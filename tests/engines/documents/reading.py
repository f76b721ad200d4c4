"""Reads PDFs back as a stranger would: their words, their fonts, their QR codes."""

from __future__ import annotations

import ctypes

import pypdfium2
import pypdfium2.raw as pdfium
import zxingcpp


def words(pdf: bytes) -> str:
    """All text of all pages, line breaks and blanks removed."""
    return "".join("".join(page.get_textpage().get_text_range().split()) for page in _pages(pdf))


def fonts(pdf: bytes) -> dict[str, bool]:
    """Each font's name without its subset prefix → whether it is embedded."""
    found = {}
    for page in _pages(pdf):
        for item in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_TEXT], max_depth=10):
            font = pdfium.FPDFTextObj_GetFont(item.raw)
            size = pdfium.FPDFFont_GetBaseFontName(font, None, 0)
            name = ctypes.create_string_buffer(size)
            pdfium.FPDFFont_GetBaseFontName(font, name, size)
            found[name.value.decode().partition("+")[2]] = bool(pdfium.FPDFFont_GetIsEmbedded(font))
    return found


def codes(pdf: bytes) -> list[str]:
    """What a telephone reads from the QR codes, page by page, from the top left."""
    read = []
    for page in _pages(pdf):
        picture = page.render(scale=3).to_pil()
        found = zxingcpp.read_barcodes(picture)
        found.sort(key=lambda code: (code.position.top_left.y // 40, code.position.top_left.x))
        read += [code.text for code in found]
    return read


def sizes(pdf: bytes) -> list[tuple[int, int]]:
    """Width and height of each page in whole millimetres."""
    return [
        (round(page.get_width() / 72 * 25.4), round(page.get_height() / 72 * 25.4))
        for page in _pages(pdf)
    ]


def _pages(pdf: bytes) -> list[pypdfium2.PdfPage]:
    return list(pypdfium2.PdfDocument(pdf))
