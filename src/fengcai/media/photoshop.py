"""Photoshop files (PSD, PSB): what their header says, and the merged picture that Photoshop lays beside
the layers, at every depth and in every colour mode.

Layers are stepped over unread: a poster has gigabytes of them, and they cannot be shown without
Photoshop. A file saved without “maximise compatibility” has no merged picture.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any, BinaryIO

import numpy as np
from PIL import Image
from psd_tools import PSDImage
from psd_tools.constants import ColorMode, Compression, Resource
from psd_tools.psd import PSD
from psd_tools.psd.color_mode_data import ColorModeData
from psd_tools.psd.header import FileHeader
from psd_tools.psd.image_data import ImageData
from psd_tools.psd.image_resources import ImageResources
from psd_tools.psd.layer_and_mask import LayerAndMaskInformation

MOST_RESOURCES = 64 * 1024**2
"""Bytes of the notes beside the picture: colour profile, EXIF, thumbnails, paths."""
MOST_BYTES = 1024**3
"""What the merged picture may take while it is decoded."""
_GREY = (ColorMode.BITMAP, ColorMode.GRAYSCALE, ColorMode.DUOTONE)
_NAMES = {ColorMode.RGB: "RGB", ColorMode.INDEXED: "RGB", ColorMode.CMYK: "CMYK", ColorMode.LAB: "LAB"}  # fmt: skip


class Broken(ValueError):
    """The file is not what its format says."""


class TooLarge(Exception):
    """The merged picture has more points than are decoded."""


def read_photoshop(file: BinaryIO) -> dict[str, Any]:
    """Size, depth, colour mode, dots an inch and EXIF. Raises `Broken`."""
    try:
        file.seek(0)
        header, _, notes = _front(file)
        dots = notes.get_data(Resource.RESOLUTION_INFO)
        exif = notes.get_data(Resource.EXIF_DATA_1)
    except MemoryError:
        raise
    except Exception as problem:  # what the library raises has no common ancestor
        raise Broken(type(problem).__name__) from None
    found = None
    if isinstance(exif, bytes):
        found = Image.Exif()
        found.load(b"Exif\0\0" + exif)
    return {
        "width_px": header.width,
        "height_px": header.height,
        "bit_depth": header.depth,
        "colour_mode": "Gray" if header.color_mode in _GREY else _NAMES.get(header.color_mode),
        "dots": None if dots is None else (_fixed(dots.horizontal), _fixed(dots.vertical)),
        "exif": found,
    }


def merged(file: BinaryIO, most_pixels: int) -> Image.Image | None:
    """The picture as Photoshop last showed it; None where the file keeps none. Raises `Broken`, and
    `TooLarge` for one of more than `most_pixels`."""
    try:
        file.seek(0)
        header, colours, notes = _front(file)
        version = notes.get_data(Resource.VERSION_INFO)
        if version is not None and not version.has_composite:
            return None
        if header.width * header.height > most_pixels:
            raise TooLarge
        wide = 8 if header.version == 2 else 4
        file.seek(int.from_bytes(file.read(wide), "big"), 1)
        pixels = ImageData.read(file)
        if len(pixels.data) < _written(header, pixels):
            raise ValueError("cut short")  # the library would fill it up with black
        document = PSDImage(PSD(header, colours, notes, LayerAndMaskInformation(), pixels))
        document.max_alloc_bytes = MOST_BYTES
        return document.topil(apply_icc=False)
    except (MemoryError, TooLarge):
        raise
    except Exception as problem:
        raise Broken(type(problem).__name__) from None


def _front(file: BinaryIO) -> tuple[FileHeader, ColorModeData, ImageResources]:
    """What stands before the layers."""
    header = FileHeader.read(file)
    colours = ColorModeData.read(file)
    at = file.tell()
    if int.from_bytes(file.read(4), "big") > MOST_RESOURCES:
        raise ValueError("too many notes")
    file.seek(at)
    return header, colours, ImageResources.read(file)


def _written(header: FileHeader, pixels: ImageData) -> int:
    """Bytes that the merged picture must have."""
    rows = header.height * header.channels
    if pixels.compression == Compression.RAW:
        return rows * ((header.width * header.depth + 7) // 8)
    if pixels.compression == Compression.RLE:  # the length of each row stands in front
        kind = np.dtype(">u4" if header.version == 2 else ">u2")
        lengths = np.frombuffer(pixels.data[: rows * kind.itemsize], dtype=kind)
        return rows * kind.itemsize + int(lengths.sum(dtype=np.int64))
    return 1  # deflated: it ends where it says, or does not open


def _fixed(value: int) -> Fraction:
    """A number of 16 bits before the point and 16 behind it, to the hundredth."""
    return Fraction(round(value * 100 / 65536), 100)
