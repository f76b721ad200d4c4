"""What stands on a poster or a photograph: read behind the walls as a film's pages are, without times."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import zxingcpp
from PIL import Image

from fengcai.media import inspect_file
from fengcai.media.facts import Facts
from fengcai.media.limits import Limits
from fengcai.media.remarks import remarks
from fengcai.media.stills import shown
from tests.media.screen.drawing import Words, drawn

pytestmark = pytest.mark.media

TITLE = Words("守护健康", 200, 180, 150)
NUMBER = Words("身份证号 11010519491231002X", 120, 700, 40)
SELLING = Words("挂号请加微信：yixue2026", 120, 900, 44)
SCREEN = {
    "personal_data", "record_page", "contact_shown", "qr_code", "platform_text", "faces"
}  # fmt: skip


def poster(*words: Words, code: bool = False) -> Image.Image:
    """A sheet of 1 200 × 1 700 points."""
    sheet = drawn(*words, size=(1200, 1700))
    if code:
        made = zxingcpp.create_barcode("https://example.cn/mai", zxingcpp.BarcodeFormat.QRCode)
        square = np.asarray(zxingcpp.write_barcode_to_image(made, scale=6))
        sheet[1200 : 1200 + square.shape[0], 700 : 700 + square.shape[1]] = square[:, :, None]
    return Image.fromarray(sheet)


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> tuple[Facts, Path]:
    folder = tmp_path_factory.mktemp("poster")
    file, outputs = folder / "海报.jpg", folder / "outputs"
    poster(TITLE, NUMBER, SELLING, code=True).save(file, quality=92)
    return inspect_file(file, expected="image", outputs=outputs), outputs


def test_numbers_contacts_and_codes_of_a_poster_are_found(seen: tuple[Facts, Path]) -> None:
    facts, outputs = seen
    answers = {name: facts.measures[name].answer for name in sorted(SCREEN)}
    assert answers == {
        "contact_shown": "found", "faces": "clear", "personal_data": "found",
        "platform_text": "clear", "qr_code": "found", "record_page": answers["record_page"],
    }  # fmt: skip
    flat = facts.flat()
    assert (flat["personal_data"], flat["contact_shown"], flat["qr_code"]) == (True, True, True)
    # The plain picture of what is private, its masked twin, and all text without the number.
    assert (outputs / "personal-data-1.jpg").exists()
    assert (outputs / "personal-data-1-masked.jpg").exists()
    lines = json.loads((outputs / "screen-text.json").read_bytes())
    text = "".join(line["text"] for line in lines).replace(" ", "")
    assert "守护健康" in text
    assert "11010519491231002X" not in text


def test_no_film_s_question_is_asked_and_no_moment_told(seen: tuple[Facts, Path]) -> None:
    facts, _ = seen
    assert not {"subtitles", "title_card", "end_card", "black", "shake"} & set(facts.measures)
    told = [each for each in remarks(facts.measures) if each.measure == "personal_data"]
    assert [(each.moment, each.seconds, each.box is None) for each in told] == [("", None, False)]


def test_a_poster_without_any_is_clear_of_all(tmp_path: Path) -> None:
    file = tmp_path / "p.png"
    poster(TITLE).save(file)
    facts = inspect_file(file, expected="image")
    assert {facts.measures[name].answer for name in SCREEN} == {"clear"}
    assert facts.flat()["contact_shown"] is False


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGBA", "CMYK", "I;16"])
def test_every_kind_of_colour_is_shown_alike(tmp_path: Path, mode: str) -> None:
    """Black letters on white, whatever the file's way of saying so; transparent counts as white."""
    sheet = Image.new("L", (400, 300), 255)
    sheet.paste(0, (100, 100, 300, 200))
    if mode == "RGBA":
        made = Image.new("RGBA", sheet.size, (0, 0, 0, 0))
        made.paste((0, 0, 0, 255), (100, 100, 300, 200))
    elif mode == "I;16":
        made = Image.fromarray(np.asarray(sheet).astype(np.uint16) * 257)
    else:
        made = sheet.convert("RGB").convert(mode) if mode != "1" else sheet.convert("1")
    file = tmp_path / "p.tif"
    made.save(file)
    with file.open("rb") as stream:
        page = shown("tiff", stream)
    assert page is not None
    assert page.shape == (300, 400, 3)
    assert page[150, 200].max() <= 40
    assert page[20, 20].min() >= 215


def test_a_turned_photograph_is_read_upright_and_a_large_one_smaller(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    file = tmp_path / "p.jpg"
    Image.new("RGB", (6000, 4000), (200, 90, 40)).save(file, exif=exif, quality=50)
    with file.open("rb") as stream:
        page = shown("jpeg", stream)
    assert page is not None
    assert page.shape == (1920, 1280, 3)


def test_what_is_not_decoded_says_so(tmp_path: Path) -> None:
    """Too many pixels for this machine: a person has to look."""
    file = tmp_path / "p.png"
    Image.new("1", (10_000, 7_000)).save(file)
    facts = inspect_file(file, expected="image")
    assert facts.verdict == "readable"
    assert facts.measures["personal_data"].answer == "unmeasured"
    assert facts.measures["personal_data"].why == "没有取到可供识别的画面，请人工查看"
    assert "personal_data" not in facts.flat()


def test_reading_can_be_left_out(tmp_path: Path) -> None:
    file = tmp_path / "p.png"
    poster(TITLE).save(file)
    facts = inspect_file(file, expected="image", limits=Limits(read_screen=False))
    assert not SCREEN & set(facts.measures)


def test_a_broken_picture_is_refused_as_before(tmp_path: Path) -> None:
    """Its reader gets no page, and the refusal stays that of the picture."""
    file = tmp_path / "p.png"
    poster(TITLE, NUMBER).save(file)
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2])
    facts = inspect_file(file, expected="image")
    assert (facts.verdict, facts.reason_code) == ("unreadable", "open_failed")
