"""A model's suggestions, held to the notice: kept only when their quoted words stand in it.

Asking a model is the business of `engines.suggestions`; without one nothing here is used. Rules
come first: a suggestion never replaces a value that a rule has found.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from .gathering import Gathering, Proposal
from .text import Sentence, squeeze

_NAME = r"[a-z][a-z0-9_]{0,30}"
_TEXT = r"[^\x00-\x1f\x7f\ud800-\udfff]{1,300}"
_DAY = r"(?:19|20)[0-9]{2}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"
# The places that a model may suggest, and how a value for each is written.
PLACES = (
    (r"title|theme|notice\.(?:number|issuer)", _TEXT),
    (r"notice\.issued", _DAY),
    (r"mailbox\.address", r"[^\s@]{1,64}@[^\s@]{1,120}"),
    (r"units\.entries\.(?:min|max)|objections\.days", r"[0-9]{1,4}"),
    (r"windows\.submission\.(?:opens|closes)", rf"{_DAY} (?:[01][0-9]|2[0-3]):[0-5][0-9]|{_DAY} 24:00"),
    (r"prizes\.total", r"[0-9]{1,9}(?:\.[0-9]{1,2})? ?万?元"),
    (rf"terms\.{_NAME}\.text|requirements\.{_NAME}\.(?:must|should)", _TEXT),
)  # fmt: skip
CONFIDENCE = 0.5


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One value from a model: dotted path, value as the file writes it, and the words it quotes."""

    path: str
    value: str
    quote: str


def take(found: Gathering, suggestions: Sequence[Suggestion]) -> None:
    """Add those that hold; say how many were left out."""
    refused = 0
    for each in suggestions:
        sentence = _home(found, each)
        if sentence is None:
            refused += 1
        elif not found.has(*each.path.split(".")[: 2 if "requirements" in each.path else 9]):
            _add(found, each, sentence)
    if refused:
        found.remarks.append(
            f"模型的 {refused} 条建议没有采用：引的原文不在通知里，或值与所引的原文对不上。"
        )


def _add(found: Gathering, each: Suggestion, sentence: Sentence) -> None:
    path = tuple(each.path.split("."))
    values = {path: each.value.strip()}
    if path[0] == "requirements":
        values[(*path[:2], "checked_by")] = "human"
    for place, value in values.items():
        found.found[place] = Proposal(
            place, value, found.cited(sentence, None), sentence.index, CONFIDENCE, source="model"
        )


def _home(found: Gathering, each: Suggestion) -> Sentence | None:
    """The sentence that a suggestion quotes; None when it does not hold."""
    wanted = squeeze(each.quote)
    written = any(
        re.fullmatch(place, each.path) and re.fullmatch(value, each.value.strip())
        for place, value in PLACES
    )
    # Every number of the value stands in the quoted words, leading zeros aside.
    numbers = {number.lstrip("0") for number in re.findall(r"[0-9]+", each.value)}
    backed = numbers <= {number.lstrip("0") for number in re.findall(r"[0-9]+", wanted)} | {""}
    if len(wanted) < 4 or not written or not backed or not _on_the_calendar(each.value):
        return None
    return next((one for one in found.all if wanted in one.squeezed), None)


def _on_the_calendar(value: str) -> bool:
    try:
        return all(date.fromisoformat(day) for day in re.findall(_DAY, value))
    except ValueError:
        return False
