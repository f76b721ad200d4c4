"""Whether a file that came by mail is named as the rulebook asks, and how it should be. Pure.

A wrong name holds nothing up: the file is taken in, and packs name it by the rule. Where a rulebook makes
the name a requirement of its own, the inspection judges it and not this module.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath

from fengcai.core.rulebook import Naming, Rules
from fengcai.core.rulebook.rules import Slot

PLACES = {
    "unit": "单位", "title": "作品名称", "author": "作者", "phone": "电话", "contact": "联系人",
    "track": "类别", "division": "组别", "theme": "主题", "region": "片区", "number": "编号",
}  # fmt: skip
_PLACE = re.compile(r"\{(\w+)\}")
_COPY = r"(?:[ _-]*[（(]\d{1,3}[)）]|[ _-]+\d{1,3}|[ _-]*副本|[ _-]+copy)*"
_LONGEST = 120


@dataclass(frozen=True)
class Misnamed:
    """How a file should be called, as far as is known by now; `open` says that something is still to be
    filled in (〔作者〕), `section` where the notice asks for it."""

    expected: str
    section: str
    open: bool


def naming_for(rules: Rules, slot: Slot) -> Naming | None:
    """The rule by which files of a slot are named; None where there is none."""
    for kind in (f"{slot.file_kind}_filename", "filename"):
        for naming in rules.naming:
            if naming.applies_to == kind and (not naming.slots or slot.id in naming.slots):
                return naming
    return None


def misnamed(rules: Rules, slot: Slot, filename: str, known: Mapping[str, str]) -> Misnamed | None:
    """What is wrong with a file's name; None where it is right or no rule asks for one. `known` are the
    places of the template of which the value is known (`unit`, `title` …).

    Width, case, blanks and marks of a copy ((1), -2, 副本) do not count."""
    naming = naming_for(rules, slot)
    if naming is None:
        return None
    suffix = PurePath(filename).suffix
    stem = filename.removesuffix(suffix)[:_LONGEST]
    pattern, expected, is_open = "", "", False
    for number, part in enumerate(_PLACE.split(naming.template)):
        value = known.get(part, "").strip() if number % 2 else part
        if number % 2 and not value:
            pattern += ".+"
            expected += f"〔{PLACES.get(part, part)}〕"
            is_open = True
        else:
            pattern += re.escape(_same(value))
            expected += value
    if re.fullmatch(pattern + _COPY, _same(stem)) or re.fullmatch(pattern, _same(stem)):
        return None
    return Misnamed(expected + suffix.lower(), naming.cite.section, is_open)


def _same(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())
