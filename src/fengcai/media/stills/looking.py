"""A still picture's pixels and notes → measures. Sizes, resolution and colour are `media.pictures`.

Pixels are decoded up to `MOST_PIXELS`; larger pictures, and those that `opening` leaves alone, are told
by their notes alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from fengcai.media.facts.measures import Measure
from fengcai.media.film.upscaling import doubled
from fengcai.media.photoshop import Broken, read_photoshop
from fengcai.media.pictures import FORMATS, MOST_PIXELS, exif_of
from fengcai.media.stills.devices import is_screen
from fengcai.media.stills.opening import TOO_LARGE, NotShown, opened
from fengcai.media.verdicts import Unreadable

FLAT_SHARE = 0.65
"""Neighbours that are exactly alike: drawn screens exceed 0.8, photographs through JPEG stay below 0.55."""
DOUBLED, DOUBLED_UNSURE = 0.15, 0.09
_SOFTWARE, _MAKE, _GPS, _EXIF, _COMMENT = 0x0131, 0x010F, 0x8825, 0x8769, 0x9286
_EDITORS = re.compile(
    r"photoshop|lightroom|gimp|snapseed|vsco|picsart|canva|affinity|pixelmator|capture one|paint\.net|"
    r"meitu|美图|醒图|稿定|xingtu|meipai|beautycam|b612|faceu|coreldraw|illustrator|光影魔术手|轻颜",
    re.IGNORECASE,
)
_CAPTURED = re.compile(r"screen ?shot|截屏|截图|screen capture|snipaste|snipping", re.IGNORECASE)


@dataclass(frozen=True)
class _Notes:
    """What the file says of itself: the camera's maker, programs, comment, and whether a place."""

    maker: str
    software: str
    comment: str
    placed: bool


def look(name: str, file: Any) -> dict[str, dict[str, Any]]:
    """`facts.measures` of a picture of sniffed format `name`, JSON-ready; empty for other formats.

    Raises `Unreadable` for a picture whose pixels cannot be decoded.
    """
    if name not in FORMATS and name not in ("heic", "psd"):
        return {}
    notes, size, grey, why = _NO_NOTES, (0, 0), None, ""
    try:
        if name == "psd":
            notes = _of_photoshop(file)
        with opened(name, file) as picture:
            notes = notes if name == "psd" else _notes(picture)
            size = picture.size
            grey = _grey(picture)
        why = TOO_LARGE if size[0] * size[1] > MOST_PIXELS else ""
    except NotShown as problem:
        why = str(problem)
    found = {
        "screenshot": _screenshot(notes, size, grey),
        "upscaling": _enlarged(grey),
        "editing": _edited(notes),
        "place": _placed(notes),
    }
    if why:
        found["screen"] = Measure(method="pixels of the picture", answer="unmeasured", why=why)
    return {key: measure.model_dump(mode="json") for key, measure in found.items()}


_NO_NOTES = _Notes("", "", "", False)


def _of_photoshop(file: Any) -> _Notes:
    """The notes that Photoshop keeps beside the layers."""
    try:
        exif = read_photoshop(file)["exif"]
    except Broken as problem:
        raise Unreadable("open_failed", str(problem)) from None
    return _noted(exif if exif is not None else Image.Exif(), "Adobe Photoshop")


def _notes(picture: Image.Image) -> _Notes:
    told = " ".join(
        str(value)[:4000]
        for key, value in picture.info.items()
        if str(key).casefold() in ("software", "comment", "description", "title", "source", "xmp")
    )
    try:
        return _noted(exif_of(picture), told)
    except MemoryError:
        raise
    except Exception:  # broken EXIF counts as none
        return _noted(Image.Exif(), told)


def _noted(tags: Image.Exif, told: str) -> _Notes:
    try:
        maker = str(tags.get(_MAKE) or "").strip("\0 ")
        software = str(tags.get(_SOFTWARE) or "")
        comment = tags.get_ifd(_EXIF).get(_COMMENT) or ""
        gps = tags.get_ifd(_GPS)
        placed = 2 in gps and 4 in gps  # latitude and longitude
    except MemoryError:
        raise
    except Exception:
        maker = software = comment = ""
        placed = False
    if isinstance(comment, bytes):
        comment = comment.decode("utf-8", "ignore")
    return _Notes(maker, f"{software} {told}".strip(), f"{comment} {told}", placed)


def _grey(picture: Image.Image) -> NDArray[np.uint8] | None:
    wide, high = picture.size
    if wide * high > MOST_PIXELS or wide < 2 or high < 2:
        return None
    if picture.mode == "P" and "transparency" in picture.info:
        return np.asarray(picture.convert("RGBA").convert("L"))
    return np.asarray(picture.convert("L"))


# -- screenshots --------------------------------------------------------------------------------


def _screenshot(notes: _Notes, size: tuple[int, int], grey: NDArray[np.uint8] | None) -> Measure:
    said = _CAPTURED.search(notes.comment) is not None
    screen = is_screen(size)
    flat = None if grey is None else flat_share(grey)
    bar = grey is not None and has_status_bar(grey)
    signs = screen + (flat is not None and flat >= FLAT_SHARE) + bar
    if said or (not notes.maker and signs == 3):
        answer = "found"
    elif not notes.maker and screen and (signs == 2 or grey is None):
        answer = "doubtful"
    else:
        answer = "clear"
    return Measure.model_validate({
        "method": "no camera, size of a known screen, flat areas, status bar; or the file says so",
        "answer": answer,
        "about": ("screenshot",),
        "facts": {} if answer == "doubtful" else {"screenshot": answer == "found"},
        "values": {
            "said_by_file": said,
            "screen_size": screen,
            "flat_share": None if flat is None else round(flat, 3),
            "status_bar": bar,
            "camera": bool(notes.maker),
        },
        "limits": {"flat_share": FLAT_SHARE},
        "why": "尺寸和画面像屏幕截图，但不能确定，请人工查看" if answer == "doubtful" else "",
    })  # fmt: skip


def flat_share(grey: NDArray[np.uint8]) -> float:
    """Share of points exactly like their right-hand neighbour; blown-out white and black left out."""
    rows = grey[:: max(1, grey.shape[0] // 500)]
    left, right = rows[:, :-1], rows[:, 1:]
    inner = (left > 4) & (left < 251)
    alike = left == right
    usual = float(alike.mean())
    return min(usual, float(alike[inner].mean())) if inner.mean() > 0.2 else usual


def has_status_bar(grey: NDArray[np.uint8]) -> bool:
    """A strip along the top of one shade, with small signs on its left and its right third."""
    high, wide = grey.shape
    if high < 300 or wide < 300:
        return False
    strip = grey[round(0.006 * high) : max(12, round(0.03 * high))]
    shade = int(np.bincount(strip.ravel(), minlength=256).argmax())
    marks = np.abs(strip.astype(np.int16) - shade) > 60
    if float((np.abs(strip.astype(np.int16) - shade) <= 3).mean()) < 0.75:
        return False
    thirds = [float(part.mean()) for part in np.array_split(marks, 3, axis=1)]
    return all(0.01 < thirds[side] < 0.3 for side in (0, 2))


# -- enlargement, editing, place ----------------------------------------------------------------


def _enlarged(grey: NDArray[np.uint8] | None) -> Measure:
    usable = grey is not None and min(grey.shape) >= 400
    told = doubled(grey) if usable and grey is not None else None
    answer = "unmeasured" if told is None else "clear"
    if told is not None and told >= DOUBLED_UNSURE:
        answer = "found" if told >= DOUBLED else "doubtful"
    whys = {
        "unmeasured": "图片太小、太大或太平，量不出是否放大过",
        "doubtful": "有放大过的痕迹，但不够清楚，请人工查看",
    }
    return Measure.model_validate({
        "method": "alternating third differences at edges (enlarged to twice the size)",
        "answer": answer,
        "about": ("upscaled",),
        "facts": {"upscaled": answer == "found"} if answer in ("found", "clear") else {},
        "values": {"×2": None if told is None else round(told, 3)},
        "limits": {"×2": DOUBLED},
        "why": whys.get(answer, ""),
    })  # fmt: skip


def _edited(notes: _Notes) -> Measure:
    found = _EDITORS.search(notes.software)
    return Measure(
        method="editing program named in the file",
        answer="found" if found else "clear",
        values={"software": notes.software[:80] if found else None},
        why="文件里记着修图软件的名字：只说明图片经过软件处理，不说明改动了什么" if found else "",
    )


def _placed(notes: _Notes) -> Measure:
    why = "照片里存有拍摄地点（GPS），会随文件公开。请在手机或看图软件里去掉位置信息后再上传"
    return Measure(
        method="latitude and longitude in EXIF; their values are not kept",
        answer="found" if notes.placed else "clear",
        about=("has_place",),
        facts={"has_place": notes.placed},
        values={"gps": notes.placed},
        why=why if notes.placed else "",
    )
