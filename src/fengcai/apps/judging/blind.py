"""What a judge of a blind panel is told of a work: neither its unit nor its people, nor a file's name
that carries them.

It hides what the form says of them, wherever it is said again: in titles and texts. What is inside a
film, a picture or a document stays as it was handed in; rules that want names kept out of those ask
for it as a requirement.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import PurePath
from typing import Any

from fengcai.apps.entries.scope import Scope, people_of, track_of
from fengcai.core.rulebook import Round as RoundRule
from fengcai.core.rulebook import Rules

HIDDEN = "〔已隐去〕"
RECUSED = "按规则回避。"
"""Why a work is recused, where the reason would tell whose it is."""

SHORTEST = 2
"""A single character is no name: 王 would be hidden in 国王."""

_GAPS = r"\s\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff·・-"
"""What may stand between the characters of a name and changes nothing of whose it is: 李　望 is 李望,
and so is a name with a sign in it that nobody sees."""
_BETWEEN = re.compile(f"[{_GAPS}]+")

_PERSONAL = ("name", "phone", "email", "unit", "student_number")
_REACHES = frozenset({"phone", "email", "id_number"})


def is_blind(rules: Rules, rule: RoundRule, panel: str) -> bool:
    """Whether the judges of this panel (by id) see neither units nor authors."""
    found = rules.panel(panel or rule.panel_id)
    return bool(found and found.blind)


def identifying(
    rules: Rules, track: str, fields: Mapping[str, Any], units: Iterable[str]
) -> tuple[str, ...]:
    """Every word of the form that says whose a work is, without gaps, the longest first: units, people's
    names and numbers, telephones and addresses."""
    own = track_of(rules, track)
    found = set(units)
    for _, person in people_of(Scope(rules, own), fields):
        found |= {str(person.get(key, "")) for key in _PERSONAL}
    for field in own.fields:
        if field.kind in _REACHES:
            found.add(str(fields.get(field.id) or ""))
    words = {word for each in found if len(word := _BETWEEN.sub("", each)) >= SHORTEST}
    return tuple(sorted(words, key=lambda word: (-len(word), word)))


def veiled(text: str, words: Iterable[str]) -> str:
    """`text` with every one of `words` (of `identifying`) hidden, however it is spaced or cased."""
    bare = _BETWEEN.sub("", text).casefold()
    said = [word for word in words if word.casefold() in bare]
    either = "|".join(f"[{_GAPS}]*".join(map(re.escape, word)) for word in said)
    return re.sub(either, HIDDEN, text, flags=re.IGNORECASE) if either else text


def plain_filename(number: int, filename: str) -> str:
    """What a work's file is called for a blind judge: its number in the judges' list."""
    return f"{number}号作品{PurePath(filename).suffix.lower()}"
