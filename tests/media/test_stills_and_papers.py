"""Pictures and documents through the walled child: print facts, EXIF, pages, words."""

from __future__ import annotations

import io
import tempfile
import zipfile
from fractions import Fraction
from pathlib import Path

import docx
import pytest
import typst
from PIL import Image
from PIL.PngImagePlugin import PngImageFile

from fengcai.core.inspection import evaluate
from fengcai.core.rulebook import Citation, Requirement
from fengcai.engines.documents import fonts
from fengcai.media import inspect_file
from fengcai.media.papers import count_characters, count_words
from fengcai.media.pictures import read_still


def picture(
    path: Path, *, mode: str = "RGB", size: tuple[int, int] = (1200, 900), **options
) -> Path:
    Image.new(mode, size).save(path, **options)
    return path


def facts_of(path: Path, kind: str):
    return inspect_file(path, expected=kind)


@pytest.mark.parametrize(
    ("suffix", "options"),
    [(".jpg", {"dpi": (300, 300)}), (".tif", {"dpi": (300, 300)}), (".png", {"dpi": (300, 300)})],
)
def test_300_dpi_is_300_dpi_in_every_format(tmp_path: Path, suffix: str, options: dict) -> None:
    """PNG holds 11811 dots a metre, which is 299.9994 an inch: the hundredth is what counts."""
    facts = facts_of(picture(tmp_path / f"海报{suffix}", **options), "image")
    flat = facts.flat()
    assert (facts.verdict, flat["dpi"]) == ("readable", 300)
    assert flat["print_width"] == Fraction(1200 * 254, 3000)


@pytest.mark.parametrize(
    ("mode", "said"), [("RGB", "RGB"), ("CMYK", "CMYK"), ("L", "Gray"), ("RGBA", "RGB")]
)
def test_the_colour_mode(tmp_path: Path, mode: str, said: str) -> None:
    facts = facts_of(picture(tmp_path / "p.tif", mode=mode), "image")
    assert facts.flat()["colour_mode"] == said


def test_a_picture_without_a_resolution_leaves_it_unknown(tmp_path: Path) -> None:
    assert "dpi" not in facts_of(picture(tmp_path / "p.png"), "image").flat()


def test_a_photo_tells_its_day_and_camera_and_stands_upright(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x010F], exif[0x0110], exif[0x0112] = "Canon", "Canon EOS R6", 6
    exif.get_ifd(0x8769)[0x9003] = "2026:03:05 08:09:10"
    path = picture(tmp_path / "p.jpg", exif=exif)
    flat = facts_of(path, "image").flat()
    assert (flat["width"], flat["height"]) == (900, 1200)
    assert (flat["camera"], flat["has_exif"]) == ("Canon EOS R6", True)
    rule = Requirement(
        id="taken", text="2026 年以来拍摄", severity="must", checked_by="machine",
        predicate="taken >= 2026-01-01", cite=Citation(section="二", words="拍摄"),
    )  # fmt: skip
    assert evaluate((rule,), flat)[0].verdict == "pass"
    assert facts_of(picture(tmp_path / "q.jpg"), "image").flat()["has_exif"] is False


def document(path: Path, *paragraphs: str) -> Path:
    made = docx.Document()
    for text in paragraphs:
        made.add_paragraph(text)
    made.save(str(path))
    return path


@pytest.mark.parametrize(
    ("text", "words", "characters"),
    [
        ("你好，世界。", 6, 6),
        ("AI 与 COVID-19 疫苗，2026 年", 8, 19),
        ("", 0, 0),
        ("Hello world", 2, 10),
        ("“一科一风采”——", 9, 9),
    ],
)
def test_words_are_counted_as_offices_count_them(text: str, words: int, characters: int) -> None:
    assert (count_words(text), count_characters(text)) == (words, characters)


def test_the_words_of_a_docx_with_a_table(tmp_path: Path) -> None:
    path = document(tmp_path / "科普文章.docx", "心电图 101", "每天一杯水。")
    made = docx.Document(str(path))
    made.add_table(1, 2).rows[0].cells[1].text = "注释"
    made.save(str(path))
    facts = facts_of(path, "document")
    assert (facts.verdict, facts.paper.format) == ("readable", "docx")
    assert facts.flat()["words"] == 4 + 6 + 2
    assert "seccomp" in facts.containment.active


def test_a_text_file_is_counted_in_the_character_sets_of_offices(tmp_path: Path) -> None:
    path = tmp_path / "口号.txt"
    path.write_bytes("健康中国，人人有责".encode("gb18030"))
    assert facts_of(path, "text").flat()["words"] == 9


def test_a_broken_docx_says_so(tmp_path: Path) -> None:
    path = document(tmp_path / "a.docx", "字")
    path.write_bytes(path.read_bytes()[:-200])
    facts = facts_of(path, "document")
    assert (facts.verdict, facts.reason_code) == ("unreadable", "paper_broken")
    assert "另存一份" in facts.reason


def test_a_zip_of_sources_is_taken_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "源文件.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("海报.psd", b"8BPS")
    facts = facts_of(path, "document")
    assert (facts.verdict, facts.paper.format) == ("readable", "zip")
    assert "words" not in facts.flat()


def test_a_program_is_no_source_file(tmp_path: Path) -> None:
    path = tmp_path / "源文件.zip"
    path.write_bytes(b"MZ" + bytes(300))
    facts = facts_of(path, "document")
    assert (facts.verdict, facts.reason_code) == ("unreadable", "program")


@pytest.mark.parametrize(
    ("kind", "said"),
    [("image", "这个文件是文档，这里要的是图片"), ("audio", "这个文件是文档，这里要的是音频"),
     ("video", "这是文档、压缩包或程序，不是视频")],
)  # fmt: skip
def test_a_document_in_another_place_is_refused_by_name(
    tmp_path: Path, kind: str, said: str
) -> None:
    facts = facts_of(document(tmp_path / "a.docx", "字"), kind)
    assert facts.verdict == "unreadable"
    assert facts.reason.startswith(said)


def test_a_docx_that_unpacks_to_a_bomb_is_not_opened(tmp_path: Path) -> None:
    path = tmp_path / "bomb.docx"
    archive = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED)
    with archive, archive.open("word/document.xml", "w", force_zip64=True) as part:
        for _ in range(600):
            part.write(bytes(1024**2))
    facts = facts_of(path, "document")
    assert (facts.verdict, facts.paper.format, facts.paper.words) == ("readable", "zip", None)


def test_a_pdf_tells_pages_and_words(tmp_path: Path) -> None:
    path = tmp_path / "说明.pdf"
    path.write_bytes(one_page("一二三四五六七八九十一二三四五六七八九十甲乙丙丁"))
    facts = facts_of(path, "document")
    assert (facts.verdict, facts.paper.pages, facts.paper.encrypted) == ("readable", 1, False)
    assert facts.flat()["words"] == 24


def test_a_scan_has_pages_and_no_words(tmp_path: Path) -> None:
    scan = io.BytesIO()
    Image.new("RGB", (100, 140)).save(scan, "PDF", save_all=True,
                                      append_images=[Image.new("RGB", (100, 140))])  # fmt: skip
    path = tmp_path / "扫描件.pdf"
    path.write_bytes(scan.getvalue())
    flat = facts_of(path, "document").flat()
    assert flat["pages"] == 2
    assert "words" not in flat


def one_page(text: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "a.typ"
        source.write_text(f'#set text(font: "Noto Sans SC")\n{text}', encoding="utf-8")
        return typst.compile(str(source), font_paths=[str(fonts.DIRECTORY)])


def test_a_picture_too_large_to_decode_is_told_by_its_header(monkeypatch) -> None:
    """Pillow decodes a whole PNG to look for EXIF behind its pixels: 900 MB for 30 000 × 30 000 points."""

    def decode(self: object) -> None:
        raise AssertionError("decoded")

    large = io.BytesIO()
    Image.new("1", (8000, 8000)).save(large, "PNG")
    large.seek(0)
    monkeypatch.setattr(PngImageFile, "load", decode)
    told = read_still("png", large)
    assert told is not None
    assert (told["width_px"], told["has_exif"]) == (8000, False)
