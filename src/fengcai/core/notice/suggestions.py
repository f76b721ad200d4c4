"""A model's suggestions, held to the notice: kept only when their quoted words stand in it.

Asking a model is the business of `engines.suggestions`; without one nothing here is used. Rules
come first: a suggestion never replaces a value that a rule has found.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from .gathering import Gathering, Proposal
from .text import squeeze

# The places that a model may suggest: single values, and never the keys that order a file.
PLACES = re.compile(
    r"(?:title|theme|notice\.(?:number|issuer|issued)|mailbox\.address|units\.entries\.(?:min|max|consequence)"
    r"|windows\.submission\.(?:opens|closes|basis|late)|prizes\.(?:total|stacking|recipient)|objections\.days"
    r"|recommendation\.(?:text|max)|publication\.royalty|terms\.[a-z][a-z0-9_]{0,30}\.text"
    r"|requirements\.[a-z][a-z0-9_]{0,30}\.(?:must|should|prefer))"
)
CONFIDENCE = 0.5


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One value from a model: dotted path, value as the file writes it, and the words it quotes."""

    path: str
    value: str
    quote: str


def take(found: Gathering, suggestions: Sequence[Suggestion]) -> None:
    """Add those that hold; say of the others why they were left out."""
    refused = 0
    for each in suggestions:
        wanted = squeeze(each.quote)
        sentence = next(
            (one for one in found.all if len(wanted) >= 4 and wanted in one.squeezed), None
        )
        if sentence is None or not PLACES.fullmatch(each.path) or not _backed(each):
            refused += 1
            continue
        path = tuple(each.path.split("."))
        if path in found.found:
            continue
        cite = sentence.cite().model_copy(update={"words": each.quote.strip()[:40]})
        found.found[path] = Proposal(
            path, each.value.strip(), cite, sentence.index, CONFIDENCE, source="model"
        )
        if path[0] == "requirements":
            checked = (*path[:2], "checked_by")
            found.found.setdefault(
                checked,
                Proposal(checked, "human", cite, sentence.index, CONFIDENCE, source="model"),
            )
    if refused:
        found.remarks.append(
            f"模型的 {refused} 条建议没有采用：引的原文不在通知里，或数字不在所引的原文里。"
        )


def _backed(suggestion: Suggestion) -> bool:
    """Every digit of a value stands in the quoted words; a value without digits is not checked."""
    quote = squeeze(suggestion.quote)
    numbers = re.findall(r"[0-9]+", suggestion.value)
    return bool(suggestion.value.strip()) and all(
        number in quote or number.lstrip("0") in quote for number in numbers
    )
