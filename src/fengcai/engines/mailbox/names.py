"""Names that strangers give, made harmless: of files, and of people and subjects on one line.

What cannot be seen (control characters, zero-width ones, those that turn the direction of writing) is
taken out or made visible; nothing else of a name is lost, and nothing is written here.
"""

from __future__ import annotations

import re
import unicodedata

MOST_CHARACTERS = 120
MOST_BYTES = 200
# Windows refuses these in names; their full-width forms look the same and are letters like any other.
_FULL_WIDTH = str.maketrans({mark: chr(ord(mark) + 0xFEE0) for mark in '<>:"|?*'})
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?=\.|$)", re.IGNORECASE)
_LONGEST = 10_000  # composing a letter with a thousand accents takes time with their square
_BLANKS = re.compile(r"\s+")
_SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,10}$")
_JOINERS = "\u200c\u200d"
_SUFFIXES = {
    "video/mp4": ".mp4", "video/quicktime": ".mov", "video/x-msvideo": ".avi", "audio/mpeg": ".mp3",
    "audio/mp4": ".m4a", "audio/wav": ".wav", "image/jpeg": ".jpg", "image/png": ".png",
    "image/gif": ".gif", "image/webp": ".webp", "image/bmp": ".bmp", "application/pdf": ".pdf",
    "application/zip": ".zip", "application/x-zip-compressed": ".zip", "application/msword": ".doc",
    "application/vnd.ms-excel": ".xls", "application/vnd.ms-powerpoint": ".ppt",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": ".pptx",
    "application/vnd.rar": ".rar", "application/x-rar-compressed": ".rar", "text/plain": ".txt",
    "application/x-7z-compressed": ".7z", "text/html": ".html", "text/csv": ".csv",
    "text/calendar": ".ics", "message/rfc822": ".eml", "application/ms-tnef": ".dat",
}  # fmt: skip


def safe_name(said: str, number: int, content_type: str = "") -> str:
    """A file's name for any disk: no folder, nothing invisible, at most 120 characters and 200 bytes of
    UTF-8, its ending kept. `number` names a file that has no name of its own (附件3.pdf)."""
    last = re.split(r"[/\\]", said.replace("\0", ""))[-1]
    if len(last) > 4 * MOST_CHARACTERS:
        last = last[: 2 * MOST_CHARACTERS] + last[-2 * MOST_CHARACTERS :]
    name = one_line(last).translate(_FULL_WIDTH)
    if _SUFFIX.fullmatch(name):  # an ending and nothing before it
        return f"附件{number}{name}"
    name = name.strip(". ")
    if not name:
        return f"附件{number}{_SUFFIXES.get(content_type, '.bin')}"
    if _RESERVED.match(name):
        name = f"_{name}"
    ending = _SUFFIX.search(name)
    suffix = ending[0] if ending else ""
    stem = name.removesuffix(suffix)[: MOST_CHARACTERS - len(suffix)]
    room = MOST_BYTES - len(suffix)
    return stem.encode()[:room].decode(errors="ignore").rstrip(". ") + suffix


def one_line(text: str, most: int | None = None) -> str:
    """Text on one line without invisible characters, composed (NFC), at most `most` characters."""
    kept = []
    text = text[:_LONGEST]
    for place, letter in enumerate(text):
        if letter.isspace():
            kept.append(" ")
        elif not _invisible(letter) or (letter in _JOINERS and _joins(text, place)):
            kept.append(letter)
    line = unicodedata.normalize("NFC", _BLANKS.sub(" ", "".join(kept)).strip())
    return line if most is None or len(line) <= most else line[:most]


def visible(text: str, most: int = 500) -> str:
    """The text as written, each invisible character told by its number: `a‹U+202E›b`."""
    told = (f"‹U+{ord(x):04X}›" if _invisible(x) and x not in "\t\r\n" else x for x in text[:most])
    return _BLANKS.sub(" ", "".join(told)).strip()


def hides(text: str) -> bool:
    """Whether something in the text cannot be seen and has no business there."""
    return any(
        _invisible(letter)
        and not letter.isspace()
        and not (letter in _JOINERS and _joins(text, place))
        for place, letter in enumerate(text)
    )


def several_lines(text: str) -> str:
    """A text of many lines without what cannot be seen; line ends are `\\n`."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if text.isascii() and text.isprintable():
        return text
    kept = (x for x in text if x in "\n\t" or x in _JOINERS or not _invisible(x))
    return "".join(kept)


def _invisible(letter: str) -> bool:
    if unicodedata.category(letter) in {"Cc", "Cf", "Cs", "Zl", "Zp"}:
        return True
    # A blank that claims to be a letter, and what is no character at all (new ones are unknown to us).
    return letter in "\u115f\u1160\u3164\uffa0" or ord(letter) & 0xFFFE == 0xFFFE


def _joins(text: str, place: int) -> bool:
    """Whether a joiner does its work: between letters of scripts that need it, or parts of an emoji."""
    if not 0 < place < len(text) - 1:
        return False
    before = text[place - 1]
    return "\u0600" <= before <= "\u1cff" or unicodedata.category(before) in {"So", "Sk", "Mn"}
