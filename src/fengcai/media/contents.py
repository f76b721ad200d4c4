"""What a document holds beside its words: embedded fonts, links, images, macros; and its plain text.

Pages and words are `media.papers`. The text is normalised for the wording check: NFKC, no invisible
characters, single blanks. Nothing is judged, and no macro is run or kept.
"""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
from collections.abc import Iterator
from ctypes import byref, c_int, create_string_buffer
from typing import Any

import docx
import pypdfium2 as pdfium  # type: ignore[import-untyped]
import pypdfium2.raw as raw  # type: ignore[import-untyped]
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import parse_xml
from docx.oxml.ns import qn

from fengcai.media.documents.parts import DocumentLimits, DocumentRefused
from fengcai.media.documents.plain import decode
from fengcai.media.documents.scripts import holds_scripts
from fengcai.media.documents.sniffing import sniff
from fengcai.media.facts.measures import Measure
from fengcai.media.papers import MOST_BYTES, _paragraph, is_locked
from fengcai.media.verdicts import Unreadable

MOST_TEXT_BYTES = 1024**2
MOST_PAGES = 300
MOST_OBJECTS = 60_000
TEXT_FILE = "text.txt"
MACROS = "文档里有宏或脚本（会自动运行的程序），不能作为作品材料。请另存为不含宏的文件后再上传。"
LOCKED = "文档设了打开密码，内容没有读。请取消密码后重新上传。"
TOO_BIG = "文档太大（或解开后太大），没有打开。请减小后重新上传。"
NOT_READ = "这种文档（旧版 Word、表格、演示文稿、压缩包等）的内容没有读，请人工查看，或另存为 .docx、PDF 后再上传。"

_LIMITS = DocumentLimits(unpacked_bytes=512 * 1024**2, parts=20_000)
_HAN = r"\u3000-\u303f\u3400-\u9fff\uf900-\ufaff\uff00-\uffef"
_BROKEN_LINE = re.compile(rf"(?<=[{_HAN}])[ \t]*\r?\n[ \t]*(?=[{_HAN}])")
_ADDRESS = re.compile(r'HYPERLINK\s+"([^"]+)"')

Found = tuple[dict[str, dict[str, Any]], dict[str, bytes]]


def normalised(text: str) -> str:
    """NFKC; format characters (zero-width, direction marks, soft hyphens) and variation selectors
    gone; other controls and runs of blanks one blank; empty lines gone."""
    plain = unicodedata.normalize("NFKC", text)
    plain = plain.translate({ord(each): _kept(each) for each in set(plain)})
    lines = (re.sub(r" {2,}", " ", line).strip() for line in plain.split("\n"))
    return "\n".join(line for line in lines if line)


def _kept(each: str) -> str | None:
    """What a character of normalised text becomes."""
    if each in "\r\n\v\f\x85\u2028\u2029":
        return "\n"
    kind = unicodedata.category(each)
    if kind in ("Cf", "Cs", "Co") or "\ufe00" <= each <= "\ufe0f":
        return None
    return " " if kind in ("Cc", "Zs") else each


def examine(kind: str, name: str, size: int, file: Any) -> Found:
    """`facts.measures` (JSON-ready) and output files of a text or document of sniffed format `name`.

    The file is read from its beginning. `text.txt` is UTF-8, at most 1 MB, cut at a character.
    Raises `Unreadable` for what is broken; of what is not opened (too large, locked, an unknown
    format) `document` says so.
    """
    if size > MOST_BYTES:
        return _unopened(TOO_BIG)
    if kind == "document" and name not in ("pdf", "zip"):
        return _unopened(LOCKED if name == "ole" and is_locked(file) else NOT_READ)
    file.seek(0)
    data = file.read()
    if kind == "text":
        try:
            return {}, _text_file(decode(data, ""))
        except DocumentRefused:
            raise Unreadable("paper_broken") from None
    return _pdf(data) if name == "pdf" else _zipped(data)


def _unopened(why: str, **more: Measure) -> Found:
    """What was not read is said, not passed over."""
    told = Measure(method="the document as a whole", answer="unmeasured", why=why)
    return {
        name: each.model_dump(mode="json") for name, each in {"document": told, **more}.items()
    }, {}


def warm_up() -> None:
    """Examine one of each kind, so that nothing is imported or opened behind the walls."""
    made = io.BytesIO()
    page = docx.Document()
    page.add_paragraph("暖")
    page.save(made)
    _zipped(made.getvalue())
    made = io.BytesIO()
    opened = pdfium.PdfDocument.new()
    opened.new_page(72, 72)
    opened.save(made)
    _pdf(made.getvalue())


def _text_file(text: str) -> dict[str, bytes]:
    kept = normalised(text[: 2 * MOST_TEXT_BYTES]).encode()[:MOST_TEXT_BYTES]
    return {TEXT_FILE: kept.decode("utf-8", "ignore").encode()} if kept else {}


def _measures(
    fonts: dict[str, bool], links: set[str], images: int, macros: bool, whole: bool
) -> dict[str, dict[str, Any]]:
    """Counts of a document read in part only are not given."""
    missing = sorted(name for name, embedded in fonts.items() if not embedded)
    method = "objects, annotations and parts of the document"
    told = {
        "fonts": Measure(
            method=method,
            answer="unmeasured" if not whole else "found" if missing else "clear",
            about=("fonts_embedded",),
            facts={"fonts_embedded": not missing} if fonts and whole else {},
            values={
                "fonts": len(fonts),
                "not_embedded": len(missing),
                "first_not_embedded": missing[0][:80] if missing else None,
            },
            why=f"没有嵌入的字体：{'、'.join(missing[:5])[:200]}" if missing else "",
        ),
        "links": Measure(
            method=method,
            answer="unmeasured" if not whole else "found" if links else "clear",
            about=("links",),
            facts={"links": len(links)} if whole else {},
            values={f"link_{n}": each[:200] for n, each in enumerate(sorted(links)[:20], 1)},
        ),
        "images": Measure(
            method=method,
            answer="clear" if whole else "unmeasured",
            about=("images",),
            facts={"images": images} if whole else {},
            values={"images": images},
        ),
        "macros": _macros(macros),
    }
    return {name: measure.model_dump(mode="json") for name, measure in told.items()}


def _macros(holds: bool) -> Measure:
    return Measure(
        method="vbaProject part, macro content type; JavaScript in any action of a PDF",
        answer="found" if holds else "clear",
        about=("macros",),
        facts={"macros": holds},
        why=MACROS if holds else "",
    )


# -- PDF ------------------------------------------------------------------------------------------


def _pdf(data: bytes) -> Found:
    try:
        opened = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as problem:
        if "assword" in str(problem):
            return _unopened(LOCKED)
        raise Unreadable("paper_broken") from None
    fonts: dict[str, bool] = {}
    links: set[str] = set()
    texts: list[str] = []
    images, left, length = 0, MOST_OBJECTS, 0
    try:
        scripts = raw.FPDFDoc_GetJavaScriptActionCount(opened.raw) > 0 or holds_scripts(data)
        pages = len(opened)
        for number in range(min(pages, MOST_PAGES)):
            page = opened[number]
            try:
                for each in page.get_objects(max_depth=6):
                    left -= 1
                    if left < 0:
                        break
                    if each.type == raw.FPDF_PAGEOBJ_IMAGE:
                        images += 1
                    elif each.type == raw.FPDF_PAGEOBJ_TEXT:
                        _font(each, fonts)
                links.update(_pdf_links(opened, page))
                if length < 2 * MOST_TEXT_BYTES:
                    text = page.get_textpage()
                    texts.append(str(text.get_text_range()).replace("\ufffe", ""))
                    length += len(texts[-1])
                    text.close()
            finally:
                page.close()
    except pdfium.PdfiumError:
        raise Unreadable("paper_broken") from None
    finally:
        opened.close()
    whole = pages <= MOST_PAGES and left >= 0
    # A line's end inside a Chinese sentence is no blank.
    text = _BROKEN_LINE.sub("", "\n".join(texts))
    return _measures(fonts, links, images, scripts, whole), _text_file(text)


def _font(text: Any, fonts: dict[str, bool]) -> None:
    font = raw.FPDFTextObj_GetFont(text.raw)
    if not font:
        return
    size = raw.FPDFFont_GetBaseFontName(font, None, 0)
    name = create_string_buffer(max(1, size))
    raw.FPDFFont_GetBaseFontName(font, name, size)
    told = name.value.decode("utf-8", "replace") or "?"
    told = re.sub(r"^[A-Z]{6}\+", "", told)
    fonts[told] = fonts.get(told, True) and raw.FPDFFont_GetIsEmbedded(font) == 1


def _pdf_links(opened: Any, page: Any) -> Iterator[str]:
    at, link = c_int(0), raw.FPDF_LINK()
    for _ in range(2000):
        if not raw.FPDFLink_Enumerate(page.raw, byref(at), byref(link)):
            return
        action = raw.FPDFLink_GetAction(link)
        if not action or raw.FPDFAction_GetType(action) != raw.PDFACTION_URI:
            continue
        size = raw.FPDFAction_GetURIPath(opened.raw, action, None, 0)
        address = create_string_buffer(max(1, size))
        raw.FPDFAction_GetURIPath(opened.raw, action, address, size)
        yield address.value.decode("utf-8", "replace")


# -- Word -----------------------------------------------------------------------------------------


def _zipped(data: bytes) -> Found:
    try:
        sniff(data, "", _LIMITS)
    except DocumentRefused as refused:
        if "已损坏" in str(refused):
            raise Unreadable("paper_broken") from None
        why = TOO_BIG if "超过上限" in str(refused) else NOT_READ
        macros = _holds_macros(data)  # tables and slides may carry them as well
        return _unopened(why, macros=_macros(macros)) if _is_office(data) else _unopened(why)
    macros = _holds_macros(data)
    try:
        opened = docx.Document(io.BytesIO(data))
        body = opened.element.body
        fonts = _word_fonts(opened)
        links = _word_links(opened)
        images = sum(1 for _ in body.iter(qn("a:blip"))) + sum(
            1 for _ in body.iter("{urn:schemas-microsoft-com:vml}imagedata")
        )
        text = "\n".join(_paragraph(each) for each in body.iter(qn("w:p")))
    except MemoryError:
        raise
    except Exception:  # python-docx raises whatever its parsers raise
        if macros:  # a .docm: python-docx knows only the plain kind
            return _measures({}, set(), 0, True, whole=False), {}
        raise Unreadable("paper_broken") from None
    return _measures(fonts, links, images, macros, whole=True), _text_file(text)


def _is_office(data: bytes) -> bool:
    return b"[Content_Types].xml" in data


def _holds_macros(data: bytes) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = [each.filename.casefold() for each in archive.infolist()]
            kinds = archive.open("[Content_Types].xml").read(1024**2)
    except (KeyError, zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return False
    return b"macroEnabled" in kinds or any(name.endswith("vbaproject.bin") for name in names)


def _word_fonts(opened: Any) -> dict[str, bool]:
    """Fonts that the table of fonts lists, and whether they travel inside the file."""
    for relation in opened.part.rels.values():
        if relation.is_external or not relation.reltype.endswith("/fontTable"):
            continue
        table = parse_xml(relation.target_part.blob)
        return {
            str(font.get(qn("w:name"))): any(
                font.find(qn(f"w:embed{style}")) is not None
                for style in ("Regular", "Bold", "Italic", "BoldItalic")
            )
            for font in table.iter(qn("w:font"))
        }
    return {}


def _word_links(opened: Any) -> set[str]:
    found = {
        str(relation.target_ref)
        for relation in opened.part.rels.values()
        if relation.is_external and relation.reltype == RELATIONSHIP_TYPE.HYPERLINK
    }
    for field in opened.element.body.iter(qn("w:instrText")):
        found.update(_ADDRESS.findall(field.text or ""))
    return found
