"""Still pictures in the child process: what their headers say. No pixel of a large one is decoded.

Size is as shown (after EXIF orientation); resolution for print, colour mode, EXIF date and camera.
"""

from __future__ import annotations

import re
from datetime import date
from fractions import Fraction
from typing import Any

from PIL import (
    AvifImagePlugin,
    BmpImagePlugin,
    GifImagePlugin,
    Image,
    JpegImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)

from fengcai.media.heif import read_heif
from fengcai.media.photoshop import read_photoshop
from fengcai.media.verdicts import Unreadable

FORMATS = {
    "png": PngImagePlugin.PngImageFile.format,
    "jpeg": JpegImagePlugin.JpegImageFile.format,
    "gif": GifImagePlugin.GifImageFile.format,
    "bmp": BmpImagePlugin.BmpImageFile.format,
    "tiff": TiffImagePlugin.TiffImageFile.format,
    "webp": WebPImagePlugin.WebPImageFile.format,
    "avif": AvifImagePlugin.AvifImageFile.format,
}
_MODES = {"1": "Gray", "L": "Gray", "LA": "Gray", "I": "Gray", "F": "Gray", "P": "RGB", "PA": "RGB"}
MOST_PIXELS = 60_000_000
"""Larger pictures are told by their headers alone."""
_TURNED = (5, 6, 7, 8)
_ORIENTATION, _MAKE, _MODEL, _EXIF, _TAKEN = 0x0112, 0x010F, 0x0110, 0x8769, 0x9003


def read_still(name: str, file: Any) -> dict[str, Any] | None:
    """The parts of `facts.Image`; None for a format that is not read here (RAW …)."""
    if name in ("heic", "psd"):
        return _by_parts(name, file)
    plugin = FORMATS.get(name)
    if plugin is None:
        return None
    Image.MAX_IMAGE_PIXELS = None  # only the header is read
    try:
        with Image.open(file, formats=[plugin]) as picture:
            return {"format": name, **_header(picture)}
    except MemoryError:
        raise
    except Exception as problem:  # Pillow's header errors have no common ancestor
        raise Unreadable("open_failed", f"{type(problem).__name__}") from None


def _header(picture: Image.Image) -> dict[str, Any]:
    exif = _exif(picture)
    wide, high = picture.size
    dpi = _dpi(picture)
    if exif.pop("turned"):
        wide, high = high, wide
        dpi = dpi[::-1] if dpi else None
    tile = getattr(picture, "tile", None)
    raw = str(tile[0].args) if tile else ""
    bits = 16 if "16" in picture.mode or "16" in raw else 1 if picture.mode == "1" else 8
    return {
        "width_px": wide,
        "height_px": high,
        "dpi_x": str(dpi[0]) if dpi else None,
        "dpi_y": str(dpi[1]) if dpi else None,
        "colour_mode": _mode(picture.mode),
        "bit_depth": bits,
        "animated": _moves(picture),
        **exif,
    }


def _moves(picture: Image.Image) -> bool | None:
    """Whether there is more than one picture to be shown in turn; None where that cannot be told."""
    if picture.format not in ("GIF", "PNG", "WEBP", "AVIF"):
        return False
    try:
        return bool(getattr(picture, "is_animated", False))
    except MemoryError:
        raise
    except Exception:  # the second picture is broken: Pillow's errors have no common ancestor
        return None


def _by_parts(name: str, file: Any) -> dict[str, Any]:
    """What Pillow does not know, or not of every kind: HEIC by its boxes, PSD by its header."""
    try:
        found = read_heif(file) if name == "heic" else read_photoshop(file)
    except MemoryError:
        raise
    except Exception as problem:  # a stranger's bytes; EXIF in it is read by Pillow
        raise Unreadable("open_failed", f"{type(problem).__name__}") from None
    told = _told(found.pop("exif"))
    told.pop("turned")  # a box says how a photograph is turned; Photoshop has turned it already
    dpi = _sane(*(found.pop("dots", None) or (0, 0)))
    resolution = {"dpi_x": str(dpi[0]) if dpi else None, "dpi_y": str(dpi[1]) if dpi else None}
    return {"format": name, **resolution, **found, **told}


def _mode(mode: str) -> str:
    """RGB, CMYK, Gray, Lab …"""
    plain = mode.partition(";")[0]
    return _MODES.get(plain, "RGB" if plain.startswith("RGB") else plain)


def _dpi(picture: Image.Image) -> tuple[Fraction, Fraction] | None:
    """Dots an inch, to the hundredth: PNG counts by the metre, and 11811 of those are 300 dpi."""
    told: Any = picture.info.get("dpi")
    try:
        x, y = (Fraction(round(float(each) * 100), 100) for each in told)
    except (TypeError, ValueError, OverflowError, ZeroDivisionError):
        return None
    return _sane(x, y)


def _sane(x: Fraction, y: Fraction) -> tuple[Fraction, Fraction] | None:
    return (x, y) if x > 1 and y > 1 else None


def exif_of(picture: Image.Image) -> Image.Exif:
    """What a camera noted. Pillow decodes a whole PNG for it, so of a large picture only what stands
    before its pixels is read."""
    if picture.width * picture.height > MOST_PIXELS:
        return Image.Image.getexif(picture)
    return picture.getexif()


def _exif(picture: Image.Image) -> dict[str, Any]:
    """Camera, day and orientation; broken EXIF counts as none."""
    try:
        return _told(exif_of(picture))
    except MemoryError:
        raise
    except Exception:
        return _NOTHING.copy()


_NOTHING: dict[str, Any] = {"turned": False, "has_exif": None, "camera": None, "taken": None}


def _told(tags: Image.Exif | None) -> dict[str, Any]:
    if tags is None:
        return {**_NOTHING, "has_exif": False}
    try:
        turned = tags.get(_ORIENTATION) in _TURNED
        make, model = (str(tags.get(tag) or "").strip("\0 ") for tag in (_MAKE, _MODEL))
        taken = _day(str(tags.get_ifd(_EXIF).get(_TAKEN) or ""))
    except MemoryError:
        raise
    except Exception:
        return _NOTHING.copy()
    # Many makers repeat their name in the model.
    camera = model if model.casefold().startswith(make.casefold()) else f"{make} {model}".strip()
    return {
        "turned": turned,
        "has_exif": bool(camera or taken),
        "camera": camera[:80] or None,
        "taken": taken,
    }


def _day(text: str) -> str | None:
    found = re.match(r"([0-9]{4})[:-]([0-9]{2})[:-]([0-9]{2})", text.strip("\0 "))
    try:
        return str(date(*map(int, found.groups()))) if found else None
    except ValueError:
        return None
