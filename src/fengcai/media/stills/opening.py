"""A still picture with its pixels, whatever format it came in.

HEIC is decoded by libheif (pillow-heif), with one thread and within its own limits; of a Photoshop file
the merged picture is taken (`media.photoshop`). What is not decoded says why, in one sentence.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pillow_heif
from PIL import Image

from fengcai.media.photoshop import Broken, TooLarge, merged
from fengcai.media.pictures import FORMATS, MOST_PIXELS
from fengcai.media.verdicts import Unreadable

TOO_LARGE = "图片超过 6000 万像素，画面没有检查，请人工查看"
NOT_MERGED = (
    "这份 Photoshop 文件没有存合并后的画面，只能打开看图层。请在 Photoshop 里打开“最大兼容”后重新保存，"
    "或另交一份 JPG"
)
NOT_DECODED = "照片的画面没有解出来，可能不完整或用了少见的编码，请人工打开查看，或另交一份 JPG"
BROKEN_MERGED = "文件里合并后的画面读不出来，可能不完整，请人工打开查看，或另交一份 JPG"

pillow_heif.register_heif_opener(decode_threads=1, thumbnails=False, depth_images=False, aux_images=False)  # fmt: skip


class NotShown(Exception):
    """The pixels are not decoded; the text says why."""


@contextmanager
def opened(name: str, file: Any) -> Iterator[Image.Image]:
    """The picture of sniffed format `name`, opened and not yet decoded.

    Raises `NotShown` for one whose pixels are left alone, `Unreadable` for one that is broken.
    """
    file.seek(0)
    if name == "psd":
        yield _photoshop(file)
        return
    plugin = "HEIF" if name == "heic" else FORMATS.get(name)
    if plugin is None:
        raise NotShown(NOT_DECODED)
    Image.MAX_IMAGE_PIXELS = None  # bounded here, by size, before a pixel is decoded
    try:
        with Image.open(file, formats=[plugin]) as picture:
            yield picture
    except (MemoryError, NotShown):
        raise
    except Exception as problem:  # Pillow's errors have no common ancestor
        if name == "heic":
            raise NotShown(NOT_DECODED) from None
        raise Unreadable("open_failed", f"{type(problem).__name__}") from None


def _photoshop(file: Any) -> Image.Image:
    try:
        picture = merged(file, MOST_PIXELS)
    except TooLarge:
        raise NotShown(TOO_LARGE) from None
    except Broken:
        raise NotShown(BROKEN_MERGED) from None
    if picture is None:
        raise NotShown(NOT_MERGED)
    return picture


def heic_sample() -> bytes:
    """A photograph of 64 × 64 points, to try the decoder on."""
    made = io.BytesIO()
    Image.new("RGB", (64, 64), (90, 120, 60)).save(made, "HEIF", quality=50)
    return made.getvalue()
