"""The demands of a place as the browser judges them before a byte is sent.

What the head of a file states is read in the page (frontend/src/check) and judged there by the very
predicates of the rulebook. This writes them for it; it judges nothing, and the server looks at every
file that arrives as if nobody had looked before.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from fengcai.apps.assets.kinds import kinds_of
from fengcai.core.inspection import for_each_file
from fengcai.core.rulebook import Requirement, Slot, parse_predicate
from fengcai.core.rulebook.predicate import (
    FACTS,
    Comparison,
    Every,
    Fact,
    Membership,
    Not,
    Number,
    Operand,
    Predicate,
    Truth,
    explain_predicate,
    facts_of,
)
from fengcai.media.verdicts import REASONS, mismatch

CERTAIN = frozenset({
    "filename", "size", "container", "faststart", "video_codec", "rotation", "width", "height",
    "long_edge", "short_edge", "aspect", "has_audio", "has_subtitle_track", "audio_codec",
})  # fmt: skip
"""Facts that the head of a file states as they are."""
TIMED = frozenset({"fps", "constant_frame_rate", "duration", "bitrate"})
"""Facts that follow from the times in its index, which a decoder may still correct."""
TOLD_APART = ("video", "audio", "image", "document")


def demands_json(slot: Slot, requirements: tuple[Requirement, ...]) -> str:
    """What a file in a place is judged by (`Rules.judged_on`), as JSON."""
    return _written(kinds_of(slot), requirements)


@lru_cache(maxsize=256)
def _written(kinds: frozenset[str], requirements: tuple[Requirement, ...]) -> str:
    demands = [
        (each, parse_predicate(each.predicate))
        for each in for_each_file(requirements)
        if each.predicate is not None and each.severity != "prefer" and each.round is None
    ]
    looked_at = [(each, read) for each, read in demands if _told(facts_of(read))]
    others = {
        kind: mismatch(kind, kinds) for kind in TOLD_APART if kind not in kinds
    } if "unknown" not in kinds else {}  # fmt: skip
    others["zeros"] = REASONS["zeros"]
    names = {name for _, read in looked_at for name in facts_of(read)}
    return json.dumps(
        {
            "video": "video" in kinds,
            "others": others,
            "names": {name: [FACTS[name].label, FACTS[name].unit] for name in sorted(names)},
            "demands": [_demand(each, read) for each, read in looked_at],
        },
        ensure_ascii=False,
        separators=(",", ":"),
    )


def _told(names: Iterable[str]) -> bool:
    return any(name in CERTAIN or name in TIMED for name in names)


def _demand(requirement: Requirement, predicate: Predicate) -> dict[str, Any]:
    """`way`: whether a file that breaks it may be sent all the same, for a person to decide."""
    allowed = f"（{requirement.exception}）" if requirement.exception else ""
    doubtful = requirement.checked_by != "machine" or not TIMED.isdisjoint(facts_of(predicate))
    return {
        "id": requirement.id,
        "text": f"{requirement.text}{allowed}",
        "must": requirement.severity == "must",
        "required": requirement.required_text or explain_predicate(predicate),
        "hint": requirement.hint or "",
        "section": requirement.cite.section,
        "words": requirement.cite.words,
        "answer": requirement.answer or "",
        "way": doubtful or bool(allowed),
        "tree": tree(predicate),
    }


def tree(predicate: Predicate) -> list[Any]:
    """A predicate as nested lists: `["and", [">=", {"f": "width"}, {"n": "1920"}], …]`.

    Facts are `{"f": name}`, numbers `{"n": "30000/1001"}` in their base unit, words `{"w": text}`.
    """
    match predicate:
        case Not(inner):
            return ["not", tree(inner)]
        case Truth(fact):
            return ["is", fact.name]
        case Comparison(left, operator, right):
            return [operator, _operand(left), _operand(right)]
        case Membership(left, options, negated):
            return [
                "not in" if negated else "in", _operand(left), [_operand(each) for each in options]
            ]  # fmt: skip
        case _:
            word = "and" if isinstance(predicate, Every) else "or"
            return [word, *(tree(part) for part in predicate.parts)]


def _operand(operand: Operand) -> dict[str, str]:
    if isinstance(operand, Fact):
        return {"f": operand.name}
    return {"n": str(operand.value)} if isinstance(operand, Number) else {"w": operand.value}
