"""Screenshots, enlarged pictures, editing programs and places in photographs."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image, ImageDraw, PngImagePlugin

from fengcai.media.stills import look
from fengcai.media.verdicts import Unreadable
from tests.media.film.framing import shot

pytestmark = pytest.mark.media


def seen(picture: Image.Image, kind: str = "png", **options) -> dict:
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return look(kind, file)


def screen(size: tuple[int, int] = (1080, 2340)) -> Image.Image:
    """A phone's screen: clock on the left, battery on the right, a list below."""
    shown = Image.new("RGB", size, (246, 247, 249))
    pen = ImageDraw.Draw(shown)
    bar = round(0.03 * size[1])
    pen.rectangle((60, bar // 3, 190, bar - 8), fill=(20, 20, 20))
    pen.rectangle((size[0] - 190, bar // 3, size[0] - 60, bar - 8), fill=(20, 20, 20))
    for row in range(4, 30):
        pen.rectangle((70, row * 70, 200 + 23 * row, row * 70 + 26), fill=(40, 60, 90))
    return shown


def photograph(size: tuple[int, int] = (1080, 810)) -> Image.Image:
    return Image.fromarray(shot(3, size)).convert("RGB")


def camera() -> Image.Exif:
    exif = Image.Exif()
    exif[0x010F] = "Canon"
    return exif


def test_a_phones_screen_is_a_screenshot() -> None:
    told = seen(screen())["screenshot"]
    assert (told["answer"], told["facts"]) == ("found", {"screenshot": True})


def test_a_picture_that_says_so_is_a_screenshot_whatever_its_size() -> None:
    note = PngImagePlugin.PngInfo()
    note.add_text("Comment", "Screenshot")
    assert seen(photograph(), pnginfo=note)["screenshot"]["answer"] == "found"


def test_a_photograph_of_a_screens_size_is_clear() -> None:
    told = seen(photograph((1080, 1920 // 2)), "jpeg", exif=camera())["screenshot"]
    assert (told["answer"], told["facts"]) == ("clear", {"screenshot": False})
    assert seen(photograph((1920, 1080)), "jpeg", quality=90)["screenshot"]["answer"] == "clear"


def test_a_flat_poster_of_a_screens_size_is_doubtful() -> None:
    poster = Image.new("RGB", (1080, 1920), (180, 40, 40))
    ImageDraw.Draw(poster).rectangle((200, 300, 880, 1500), fill=(250, 240, 220))
    told = seen(poster)["screenshot"]
    assert (told["answer"], told["facts"]) == ("doubtful", {})
    assert told["why"]


def test_a_screen_that_was_photographed_is_no_screenshot() -> None:
    told = seen(screen().resize((1500, 3250)), "jpeg", exif=camera())["screenshot"]
    assert told["facts"] == {"screenshot": False}


def test_a_picture_enlarged_to_twice_its_size() -> None:
    small = photograph((640, 480))
    big = small.resize((1280, 960), Image.Resampling.BICUBIC)
    assert seen(big)["upscaling"]["facts"] == {"upscaled": True}
    assert seen(photograph((1280, 960)))["upscaling"]["facts"] == {"upscaled": False}
    assert seen(small.resize((300, 200)))["upscaling"]["answer"] == "unmeasured"


def test_a_photograph_made_smaller_is_not_enlarged() -> None:
    less = photograph((1920, 1080)).resize((1440, 810), Image.Resampling.LANCZOS)
    assert seen(less, "jpeg", quality=90)["upscaling"]["facts"] == {"upscaled": False}


def test_editing_programs_are_named() -> None:
    exif = camera()
    exif[0x0131] = "Adobe Photoshop 25.0 (Windows)"
    told = seen(photograph(), "jpeg", exif=exif)["editing"]
    assert (told["answer"], told["values"]["software"][:15]) == ("found", "Adobe Photoshop")
    exif[0x0131] = "Ver.1.00"
    assert seen(photograph(), "jpeg", exif=exif)["editing"]["answer"] == "clear"


def test_a_place_in_a_photograph_is_told_and_not_kept() -> None:
    exif = camera()
    exif.get_ifd(0x8825).update({1: "N", 2: (28.0, 41.0, 7.3), 3: "E", 4: (115.0, 53.0, 2.1)})
    told = seen(photograph(), "jpeg", exif=exif)["place"]
    assert told["answer"] == "found"
    assert "去掉位置信息" in told["why"]
    assert "28" not in str(told["values"])
    assert seen(photograph(), "jpeg", exif=camera())["place"]["answer"] == "clear"


def test_a_broken_picture_says_so_and_others_are_left_alone() -> None:
    whole = io.BytesIO()
    photograph().save(whole, "png")
    with pytest.raises(Unreadable):
        look("png", io.BytesIO(whole.getvalue()[:200]))
    assert look("raw", io.BytesIO(b"")) == {}


def test_a_huge_picture_is_told_by_its_notes_alone() -> None:
    told = seen(Image.fromarray(np.zeros((2, 2), np.uint8)).resize((9000, 7000)))
    assert told["upscaling"]["answer"] == "unmeasured"
    assert told["screenshot"]["answer"] == "clear"
    assert told["screen"]["why"] == "图片超过 6000 万像素，画面没有检查，请人工查看"
