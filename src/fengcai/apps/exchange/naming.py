"""What a file is called in a pack: by the rulebook's template, and so that every computer can keep it.

Names are fit for Windows, cut by bytes where they are too long, and numbered where two are equal as a
computer sees it. Knows no rows.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from fengcai.core.rulebook import Naming, Rules
from fengcai.core.rulebook.rules import Slot

MOST_NAME_BYTES = 200
"""Of a name with its ending: file systems hold 255, a number behind it included."""
MOST_FOLDER_BYTES = 120
USUAL = "{number}-{unit}-{title}"
USUAL_COLLISION = "-{n}"
UNTITLED = "未命名"

_WIDE = str.maketrans({
    "<": "＜", ">": "＞", ":": "：", '"': "＂", "/": "／", "\\": "＼", "|": "｜", "?": "？", "*": "＊",
})  # fmt: skip
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\..*)?", re.IGNORECASE)
_SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,10}")
_PLACE = re.compile(r"\{(\w+)\}")
_EMPTY_EDGES = "-_+ 　·—–.,，、"
_COPY = re.compile(
    r"(?:[ _-]*[（(]\d{1,3}[)）]|[ _-]+\d{1,3}|[ _-]*副本|[ _-]+copy)+$", re.IGNORECASE
)


@dataclass(frozen=True)
class Template:
    """How one kind of file is named: the template, and what is put behind the second of equal names."""

    text: str
    collision: str
    clause: str = ""

    def filled(self, values: Mapping[str, str]) -> str:
        """The template with its places filled; what a value lacks takes its joint with it."""
        return _joined(self.text, values)


def template_for(rules: Rules, slot: Slot | None) -> Template:
    """The rulebook's template for files of a slot; where it has none, number, unit and title."""
    kinds = ("filename",) if slot is None else (f"{slot.file_kind}_filename", "filename")
    for kind in kinds:
        for naming in rules.naming:
            here = not naming.slots or (slot is not None and slot.id in naming.slots)
            if naming.applies_to == kind and here:
                return _template(naming)
    return Template(USUAL, USUAL_COLLISION)


def template_of(rules: Rules, kind: str) -> Template | None:
    """The rulebook's template for a folder or for the archive itself, where it has one."""
    found = next((each for each in rules.naming if each.applies_to == kind), None)
    return _template(found) if found else None


def fit(text: str, *, most_bytes: int = MOST_NAME_BYTES) -> str:
    """One name that Windows, macOS and Linux keep: no sign that they forbid (its full-width twin
    stands for it), nothing invisible, no reserved word, at most `most_bytes` of UTF-8."""
    plain = unicodedata.normalize("NFC", text)
    kept = []
    for sign in plain.translate(_WIDE):
        kind = unicodedata.category(sign)
        if kind in ("Zl", "Zp", "Zs") or sign in "\t\n\r":
            kept.append(" ")
        elif kind not in ("Cc", "Cf", "Cs", "Cn", "Co"):
            kept.append(sign)
    name = _cut(" ".join("".join(kept).split()), most_bytes).strip(" .")
    if _RESERVED.fullmatch(name):
        name = _cut(f"_{name}", most_bytes)
    return name or UNTITLED


def ending(filename: str) -> str:
    """The ending of a person's file name, small; empty where it has none that could be one."""
    suffix = PurePosixPath(filename.replace("\\", "/")).suffix
    return suffix.lower() if _SUFFIX.fullmatch(suffix) else ""


def stem(filename: str) -> str:
    """A person's file name without its ending."""
    suffix = ending(filename)
    last = filename.replace("\\", "/").rsplit("/", 1)[-1]
    return last[: len(last) - len(suffix)] if suffix else last


def named_already(filename: str, wanted: str) -> bool:
    """Whether a person named the file as the rule asks: marks of a copy ((1), -2, 副本), blanks,
    width and case aside."""
    own = stem(filename)
    return _key(wanted) in {_key(own), _key(_COPY.sub("", own))}


class Names:
    """Gives names of one pack, each once. What differs by case or width of a sign alone counts as
    equal: on Windows it is one file."""

    def __init__(self) -> None:
        self._taken: set[tuple[str, str]] = set()
        self._next: dict[tuple[str, str, str], int] = {}

    def give(self, wanted: str, suffix: str, *, folder: str = "", collision: str = "") -> str:
        """A path that nobody has yet: `wanted` and `suffix` in `folder`, numbered where it must be."""
        name = fit(wanted, most_bytes=MOST_NAME_BYTES - len(suffix.encode()))
        if self._take(folder, name + suffix):
            return f"{folder}/{name}{suffix}" if folder else name + suffix
        pattern = collision if "{n}" in collision else USUAL_COLLISION
        known = folder, _key(name), suffix
        number = self._next.get(known, 2)
        while True:
            mark = fit_mark(pattern.replace("{n}", str(number)))
            most = MOST_NAME_BYTES - len((suffix + mark).encode())
            numbered = _cut(name, most).rstrip(" .") + mark + suffix
            number += 1
            if self._take(folder, numbered):
                self._next[known] = number
                return f"{folder}/{numbered}" if folder else numbered

    def _take(self, folder: str, name: str) -> bool:
        key = _key(folder), _key(name)
        if key in self._taken:
            return False
        self._taken.add(key)
        return True


def fit_mark(mark: str) -> str:
    """What is put behind a name, without what Windows forbids, and short."""
    return _cut(mark.translate(_WIDE), 40).rstrip(" .")


def folders(parts: Sequence[str]) -> str:
    """A path of folders, each a name that every computer keeps."""
    return "/".join(fit(part, most_bytes=MOST_FOLDER_BYTES) for part in parts if part.strip())


def _template(naming: Naming) -> Template:
    return Template(naming.template, naming.collision, str(naming.cite))


def _joined(template: str, values: Mapping[str, str]) -> str:
    """Fill the places. Where one is empty, the joint before it goes too: 单位-作品, not 单位--作品."""
    out, last, dropped = "", 0, False
    for match in _PLACE.finditer(template):
        between = template[last : match.start()]
        value = " ".join(values.get(match[1], "").split())
        if dropped:
            between = between.lstrip(_EMPTY_EDGES) if out == "" else between
        if value:
            out += between + value
            dropped = False
        else:
            out += between.rstrip(_EMPTY_EDGES)
            dropped = True
        last = match.end()
    rest = template[last:]
    return out + (rest.lstrip(_EMPTY_EDGES) if dropped and not out else rest)


def _cut(text: str, most: int) -> str:
    """As much of the text as has room in so many bytes, never half a character nor a letter without
    its marks."""
    whole = text.encode()
    if len(whole) <= most:
        return text
    kept = whole[: max(most, 0)].decode(errors="ignore")
    while kept and len(kept) < len(text) and unicodedata.combining(text[len(kept)]):
        kept = kept[:-1]
    return kept


def _key(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())
