"""The fonts that documents embed, and which characters they can print.

They come with the package and are never taken from the system, so a certificate looks the same on
every machine. A character that no font holds is refused here, before it becomes an empty box.
"""

from __future__ import annotations

import struct
import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path

DIRECTORY = Path(__file__).resolve().parent / "fonts"

_FILES = {
    "serif": "NotoSerifSC-Regular.ttf",
    "serif-bold": "NotoSerifSC-Bold.ttf",
    "sans": "NotoSansSC-Regular.ttf",
    "sans-bold": "NotoSansSC-Bold.ttf",
    "brush": "MaShanZheng-Regular.ttf",
}


class FontsMissing(RuntimeError):
    """The fonts are not installed; the text says how to install them."""


class UncoveredCharacter(ValueError):
    """A text holds characters that no embedded font can print; the text names them, in Chinese."""

    def __init__(self, characters: Iterable[str], where: str) -> None:
        self.characters = tuple(dict.fromkeys(characters))
        self.where = where
        named = "、".join(f"“{char}”（U+{ord(char):04X}）" for char in self.characters)
        super().__init__(
            f"{where}中的{named}在证书字库里没有字形，为免印成空框，没有生成文件。"
            "请核对是否写错；确是生僻字的，请改用规范写法，或联系管理员补充字库。"
        )


def path(face: str) -> Path:
    """The file of `serif`, `serif-bold`, `sans`, `sans-bold` or `brush` (fixed titles only).

    Raises FontsMissing when it is not installed, KeyError for another name.
    """
    file = DIRECTORY / _FILES[face]
    if not file.is_file():
        raise FontsMissing(
            f"缺少证书字体 {file.name}。请在项目目录运行 ./dev run（会自动安装），"
            "或依次运行 npm ci --prefix tools/fonts 和 python tools/fonts/install.py。"
        )
    return file


def installed() -> bool:
    """True when every face is there; for `doctor`."""
    return all((DIRECTORY / name).is_file() for name in _FILES.values())


def missing(text: str, face: str = "serif") -> tuple[str, ...]:
    """The characters of `text` that `face` cannot print, in order, each once.

    Line breaks and tabs are layout, not glyphs; other control characters count as missing.
    """
    covered = _coverage(face)
    return tuple(
        dict.fromkeys(
            char
            for char in text
            if char not in "\n\t" and (_is_control(char) or not _covers(covered, ord(char)))
        )
    )


def require(text: str, where: str, face: str = "serif") -> None:
    """Pass only if `face` can print all of `text`. Raises UncoveredCharacter naming `where`."""
    if absent := missing(text, face):
        raise UncoveredCharacter(absent, where)


def normalise(text: str) -> str:
    """One line, without the invisible marks that pages and spreadsheets leave behind.

    Accents are composed; Chinese characters are left exactly as written, compatibility forms too.
    """
    visible = "".join(char for char in text if char not in _INVISIBLE)
    if any(unicodedata.combining(char) for char in visible):
        visible = unicodedata.normalize("NFC", visible)
    return " ".join(visible.split())


_INVISIBLE = frozenset(
    [*"\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"]
    + [chr(code) for code in (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))]
)
"""Soft hyphen, zero-width marks, and variation selectors, for which the fonts hold no variants."""


def _is_control(char: str) -> bool:
    return unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co", "Cn")


def _covers(groups: tuple[tuple[int, int], ...], code: int) -> bool:
    low, high = 0, len(groups)
    while low < high:
        middle = (low + high) // 2
        if groups[middle][1] < code:
            low = middle + 1
        else:
            high = middle
    return low < len(groups) and groups[low][0] <= code


@cache
def _coverage(face: str) -> tuple[tuple[int, int], ...]:
    """Sorted ranges of the font's `cmap` (OpenType 1.9, subtable formats 12 and 4)."""
    data = path(face).read_bytes()
    tables = {
        data[at : at + 4]: struct.unpack_from(">I", data, at + 8)[0]
        for at in range(12, 12 + 16 * struct.unpack_from(">H", data, 4)[0], 16)
    }
    cmap = tables[b"cmap"]
    subtables = [
        cmap + struct.unpack_from(">I", data, cmap + 8 + 8 * index)[0]
        for index in range(struct.unpack_from(">H", data, cmap + 2)[0])
    ]
    for format_number, read in ((12, _format_12), (4, _format_4)):
        for at in subtables:
            if struct.unpack_from(">H", data, at)[0] == format_number:
                return read(data, at)
    raise FontsMissing(f"字体 {path(face).name} 已损坏：没有字符表。请重新安装字体。")


def _format_12(data: bytes, at: int) -> tuple[tuple[int, int], ...]:
    count = struct.unpack_from(">I", data, at + 12)[0]
    return tuple(struct.unpack_from(">II", data, at + 16 + 12 * index) for index in range(count))


def _format_4(data: bytes, at: int) -> tuple[tuple[int, int], ...]:
    # Every segment of the fonts used here maps all its characters; 0xFFFF closes the table.
    count = struct.unpack_from(">H", data, at + 6)[0] // 2
    ends = struct.unpack_from(f">{count}H", data, at + 14)
    starts = struct.unpack_from(f">{count}H", data, at + 16 + 2 * count)
    return tuple((start, end) for start, end in zip(starts, ends, strict=True) if start != 0xFFFF)
