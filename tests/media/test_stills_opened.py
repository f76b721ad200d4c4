"""Photographs of telephones and files of Photoshop: their pixels are read like those of any picture."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from psd_tools import PSDImage
from psd_tools.constants import Resource
from psd_tools.psd.image_resources import ImageResource, ResoulutionInfo, VersionInfo

from fengcai.media import inspect_file
from fengcai.media.pictures import read_still
from fengcai.media.stills import look, opening, shown
from fengcai.media.verdicts import Unreadable
from tests.media.screen.drawing import Words, drawn

pytestmark = pytest.mark.media

NUMBER = Words("身份证号 11010519491231002X", 120, 300, 40)


def photoshop(picture: Image.Image, *, kept: bool = True, layers: bytes = b"") -> bytes:
    """As Photoshop writes it: 300 dots an inch, perhaps without a merged picture, perhaps with layers."""
    document = PSDImage.frompil(picture)
    notes = document.image_resources
    for key, data in (
        (Resource.RESOLUTION_INFO, ResoulutionInfo(300 << 16, 1, 1, 300 << 16, 1, 1)),
        (Resource.VERSION_INFO, VersionInfo(has_composite=kept, writer="Adobe", reader="Adobe")),
    ):
        notes[key] = ImageResource(key=key, data=data.tobytes())
    out = io.BytesIO()
    record = document._record
    record.header.write(out)
    record.color_mode_data.write(out)
    notes.write(out)
    out.write(len(layers).to_bytes(4, "big") + layers)
    record.image_data.write(out)
    return out.getvalue()


def heic(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "HEIF", quality=90)
    return out.getvalue()


@pytest.mark.clause("H9")
@pytest.mark.parametrize(("name", "made"), [("p.heic", heic), ("p.psd", photoshop)])
def test_what_stands_on_it_is_read(
    name: str, made: Callable[[Image.Image], bytes], tmp_path: Path
) -> None:
    file = tmp_path / name
    file.write_bytes(made(Image.fromarray(drawn(NUMBER, size=(1000, 700)))))
    facts = inspect_file(file, expected="image")
    assert (facts.verdict, facts.measures["personal_data"].answer) == ("readable", "found")
    assert facts.measures["contact_shown"].answer == "clear"
    assert "screen" not in facts.measures


def test_the_head_of_a_photoshop_file() -> None:
    cmyk = Image.new("CMYK", (300, 200), (0, 200, 200, 0))
    found = read_still("psd", io.BytesIO(photoshop(cmyk)))
    assert found is not None
    assert [found[key] for key in ("width_px", "height_px", "dpi_x", "bit_depth", "colour_mode")] == [
        300, 200, "300", 8, "CMYK",
    ]  # fmt: skip
    deep = io.BytesIO()
    PSDImage.new("RGB", (30, 20), color=0.25, depth=16).save(deep)
    told = read_still("psd", deep)
    assert told is not None
    assert (told["bit_depth"], told["colour_mode"]) == (16, "RGB")
    page = shown("psd", deep)
    assert page is not None
    assert page[0, 0].tolist() == [64, 64, 64]


def test_a_red_poster_in_cmyk_is_red() -> None:
    # Photoshop stores how little ink there is: no cyan, all of magenta and yellow, no black.
    ink = Image.new("CMYK", (30, 20), (255, 0, 0, 255))
    page = shown("psd", io.BytesIO(photoshop(ink)))
    assert page is not None
    red, green, blue = page[10, 10].tolist()
    assert red > 200 > 60 > max(green, blue)


def test_layers_are_stepped_over_whatever_they_hold() -> None:
    whole = photoshop(Image.new("RGB", (64, 40), (10, 200, 30)), layers=b"\xff" * 5000)
    page = shown("psd", io.BytesIO(whole))
    assert page is not None
    assert page[5, 5].tolist() == [10, 200, 30]


def test_without_a_merged_picture_it_says_what_to_do() -> None:
    file = io.BytesIO(photoshop(Image.new("RGB", (64, 40)), kept=False))
    told = look("psd", file)
    assert told["screen"]["why"] == opening.NOT_MERGED
    assert (told["upscaling"]["answer"], told["editing"]["answer"]) == ("unmeasured", "found")
    assert shown("psd", file) is None


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9])
def test_one_that_is_cut_short_is_left_to_a_person(share: float) -> None:
    picture = Image.effect_noise((400, 300), 60).convert("RGB")
    for name, whole in (("heic", heic(picture)), ("psd", photoshop(picture))):
        part = io.BytesIO(whole[: int(share * len(whole))])
        try:
            told = look(name, part)
        except Unreadable:
            continue
        assert told["screen"]["answer"] == "unmeasured", (name, share)
        assert shown(name, part) is None


def test_the_place_of_a_telephones_photograph_is_told() -> None:
    exif = Image.Exif()
    exif.get_ifd(0x8825).update({1: "N", 2: (28.0, 41.0, 7.3), 3: "E", 4: (115.0, 53.0, 2.1)})
    out = io.BytesIO()
    Image.new("RGB", (640, 480), (80, 90, 100)).save(out, "HEIF", exif=exif.tobytes())
    assert look("heic", out)["place"]["answer"] == "found"


def test_one_that_is_too_large_says_so_before_a_point_is_decoded() -> None:
    whole = bytearray(photoshop(Image.new("RGB", (64, 40))))
    whole[14:22] = (20_000).to_bytes(4, "big") * 2  # height and width in the header
    assert look("psd", io.BytesIO(whole))["screen"]["why"] == opening.TOO_LARGE
    assert shown("psd", io.BytesIO(whole)) is None
