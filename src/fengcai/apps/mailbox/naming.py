"""Whether a file that came by mail, and the mail's subject, are as the rulebook asks, and how they should
be. Pure.

A wrong name holds nothing up: the file is taken in, and packs name it by the rule. Where a rulebook makes
the name a requirement of its own, the inspection judges it and not this module.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import PurePath

from fengcai.apps.mailbox.forwarding import passes_on
from fengcai.apps.mailbox.names import folded, without_reply_marks
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
    """How it should be called, as far as is known by now; `open` says that something is still to be
    filled in (〔作者〕), `section` where the notice asks for it."""

    expected: str
    open: bool
    section: str


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
    stem = filename.removesuffix(suffix)
    expected, is_open = _expected(naming, known)
    if _follows(naming, stem, known, _same):
        return None
    return Misnamed(expected + suffix.lower(), is_open, naming.cite.section)


def misworded(
    rules: Rules, subject: str, known: Mapping[str, str], aliases: Collection[str] = ()
) -> Misnamed | None:
    """What is wrong with a mail's subject; None where it is right, no rule asks for one, or it is that of
    an answer, which its writer did not choose. Marks between the parts do not count: "科室名称+…" is a
    plus to some and a "then" to others. `aliases` are other names of the unit that do as well."""
    naming = next((n for n in rules.naming if n.applies_to == "mail_subject"), None)
    if naming is None or not passes_on(subject):
        return None
    names = [known, *({**known, "unit": each} for each in aliases if known.get("unit"))]
    said = without_reply_marks(subject)
    if any(_follows(naming, said, each, folded) for each in names):
        return None
    return Misnamed(*_expected(naming, known), naming.cite.section)


def _expected(naming: Naming, known: Mapping[str, str]) -> tuple[str, bool]:
    """How it should be, and whether something is still to be filled in."""
    expected, is_open = "", False
    for number, part in enumerate(_PLACE.split(naming.template)):
        value = known.get(part, "").strip() if number % 2 else part
        is_open = is_open or not (value or number % 2 == 0)
        expected += value if value or number % 2 == 0 else f"〔{PLACES.get(part, part)}〕"
    return expected, is_open


def _follows(
    naming: Naming, text: str, known: Mapping[str, str], same: Callable[[str], str]
) -> bool:
    """Whether a text is as the template says, both made `same` for it."""
    pattern = ""
    for number, part in enumerate(_PLACE.split(naming.template)):
        value = known.get(part, "").strip() if number % 2 else part
        pattern += re.escape(same(value)) if value or number % 2 == 0 else ".+"
    said = same(text[:_LONGEST])
    return bool(re.fullmatch(pattern + _COPY, said) or re.fullmatch(pattern, said))


def _same(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())
