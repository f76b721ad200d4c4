"""How a draft is measured against a rulebook made by hand: what counts, what is found, what is wrong.

The method is told in docs/reference/notice.md; the lists below are the whole of it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from fengcai.core.notice import Draft, locate
from fengcai.core.notice.text import Sentence, squeeze
from fengcai.core.rulebook import Citation, Rulebook, parse

GAP = "待明确"
# Values of a rule in the notice's own or nearly its own words: found when the draft has a rule of
# the same weight whose citation shares words with the hand-made one.
TEXTS = (
    "requirements",
    "novelty",
    "declarations",
    "terms",
    "recommendation",
    "certificate",
    "publication",
)


@dataclass
class Measure:
    """Result of one comparison; keys are tuples that name a value without any id."""

    found: list[tuple[Any, ...]] = field(default_factory=list)
    missed: list[tuple[Any, ...]] = field(default_factory=list)
    wrong: list[tuple[Any, ...]] = field(default_factory=list)  # key, hand-made, draft
    bold: list[tuple[Any, ...]] = field(default_factory=list)  # open by hand, a value in the draft
    extra: list[tuple[Any, ...]] = field(default_factory=list)  # only in the draft

    @property
    def share(self) -> float:
        return len(self.found) / (len(self.found) + len(self.missed))


def measure(hand: Rulebook, draft: Draft) -> Measure:
    """Compare; see the module."""
    result = Measure()
    mine, theirs = values(parse(draft.yaml_text, name="draft")), values(hand)
    for key, value in theirs.items():
        if value == GAP:
            if mine.get(key, GAP) != GAP:
                result.bold.append((*key, mine[key]))
        elif mine.get(key, GAP) == GAP:
            result.missed.append((*key, value))
        # 表演类初评 is the 初评 of 表演类: the key already says of which tracks.
        elif alike(mine[key], value, 2 if key[0] == "round" else 4):
            result.found.append((*key, value))
        else:
            result.wrong.append((*key, value, mine[key]))
    for key, value in mine.items():
        if key not in theirs and value != GAP:
            result.extra.append((*key, value))
    _texts(hand, draft, result)
    _hints(hand, draft, result)
    return result


# What the hand-made book reads into a number of the notice: a film's size and rate beneath its header's.
READ_INTO = ("not upscaled", "true_width > true_height", "true_fps >= 25fps")


def _hints(hand: Rulebook, draft: Draft, result: Measure) -> None:
    """What the machine looks for where a person decides: each fact by itself, and how binding."""
    mine, theirs = hints(parse(draft.yaml_text, name="draft")), hints(hand)
    result.found += [("hint", *each) for each in sorted(theirs & mine)]
    result.missed += [("hint", *each) for each in sorted(theirs - mine)]
    result.extra += [("hint", *each) for each in sorted(mine - theirs)]


def hints(book: Rulebook) -> set[tuple[str, str]]:
    """Every part of a predicate on a demand that people judge, with the demand's weight."""
    stack, found = [book.tree.value], set()
    while stack:
        value = stack.pop()
        if not isinstance(value, dict):
            continue
        if value.get("checked_by") == "human" and "predicate" in value:
            weight = next(key for key in ("must", "should", "prefer") if key in value)
            parts = str(value["predicate"]).split(" and ")
            found |= {(weight, part) for part in parts if part not in READ_INTO}
        stack.extend(each for key, each in value.items() if key != "questions")
    return found


def alike(mine: Any, theirs: Any, least: int = 4) -> bool:
    """Equal but for blanks and the width of marks; of two sentences one may hold the other."""
    if isinstance(mine, list) and isinstance(theirs, list):
        return len(mine) == len(theirs) and all(map(alike, mine, theirs))
    a, b = squeeze(str(mine)), squeeze(str(theirs))
    return a == b or (min(len(a), len(b)) >= least and not a.isdigit() and (a in b or b in a))


def values(book: Rulebook) -> dict[tuple[Any, ...], Any]:
    """What a rulebook says, under names that do not depend on its ids."""
    tree = book.tree.value
    said: dict[tuple[Any, ...], Any] = {}

    def put(key: tuple[Any, ...], value: Any) -> None:
        if value is not None:
            said[key] = GAP if str(value).startswith(GAP) else value

    def things(value: Any) -> dict[str, Any]:
        return (
            {k: v for k, v in value.items() if isinstance(v, dict)}
            if isinstance(value, dict)
            else {}
        )

    def listed(value: Any) -> list[dict[str, Any]]:
        return value if isinstance(value, list) else []

    put(("title",), tree["title"])
    put(("theme",), tree["theme"])
    for key in ("number", "issuer", "issued"):
        put(("notice", key), tree["notice"].get(key))
    put(("mailbox",), tree.get("mailbox", {}).get("address"))
    for index, each in enumerate(listed(tree["organisers"])):
        put(("organiser", index, "role"), each["role"])
        put(("organiser", index, "name"), each["name"])
    for index, each in enumerate(listed(tree["contacts"])):
        for key in ("names", "phone", "email", "scope"):
            put(("contact", index, key), each.get(key))
    for each in things(tree["units"]["classes"]).values():
        for key in ("must_enter", "may_enter"):
            put(("class", each["name"], key), each[key])
    for key in ("min", "max"):
        put(("entries", key), tree["units"]["entries"].get(key))
    tracks = {}
    for index, (id, track) in enumerate(tree["tracks"].items()):
        tracks[id] = index
        put(("track", index), track["name"])
        themes = track.get("themes", {})
        put(("themes", index, "min"), themes.get("min"))
        put(("themes", index, "max"), themes.get("max"))
        for theme in themes.get("options", {}).values():
            put(("theme", index, theme["name"]), theme.get("hint", theme["name"]))
        for slot in things(track.get("slots")).values():
            put(("slot", index, slot["kind"], "accept"), slot.get("accept"))
            put(("slot", index, slot["kind"], "max_size"), slot.get("max_size"))
            for rule in things(slot.get("requirements")).values():
                if "predicate" in rule and rule.get("checked_by") == "machine":
                    fact = re.split(r"\W", str(rule["predicate"]))[0]
                    put(("predicate", index, slot["kind"], fact), rule["predicate"])
    for id, window in things(tree["windows"]).items():
        for key in ("opens", "closes", "late", "basis", "closes_inclusive", "original"):
            if id == "submission":
                put(("window", key), window.get(key))
    for each in tree.get("schedule", []):
        name = re.split(r"[：:]", each["name"])
        near = re.sub(r"^(?:组织|开展)", "", re.split(r"[、和]", name[-1])[-1])
        put(("phase", name[0] if len(name) > 1 else "", near), each["when"])
    for each in tree.get("naming", []):
        put(("naming", "applies_to"), sorted(each["applies_to"]))
    names = {id: each["name"] for id, each in things(tree["rounds"]).items()}
    for each in things(tree["rounds"]).values():
        where = tuple(sorted(tracks[id] for id in each.get("tracks", [])))
        key = ("round", each["kind"], where)
        put((*key, "name"), each["name"])
        put((*key, "input"), names.get(each["input"], each["input"]))
        for which in ("panel", "min_judges", "recuse_own_unit"):
            put((*key, which), each.get(which))
        scheme = each.get("scheme") if isinstance(each.get("scheme"), dict) else {}
        for which in (
            "total",
            "aggregate",
            "drop_high",
            "drop_low",
            "rounding_places",
            "rounding_mode",
        ):
            put((*key, which), scheme.get(which))
        for order, criterion in enumerate(scheme.get("criteria", {}).values()):
            put((*key, "criterion", order), criterion["name"])
            put((*key, "points", order), criterion["max"])
    for award in things(tree["awards"]).values():
        key = ("award", award["group"], award["name"])
        put((*key, "is"), award["name"])
        put((*key, "count"), award.get("count"))
        put((*key, "money"), award.get("money_each"))
    for which in ("total", "stacking", "recipient"):
        put(("prizes", which), tree["prizes"].get(which))
    for index, each in enumerate(tree.get("recognition", [])):
        put(("recognition", index, "to"), each["to"])
        put(("recognition", index, "text"), each["text"])
    publication = tree.get("publication", {})
    put(("publication", "channels"), publication.get("channels"))
    recommendation = tree.get("recommendation", {})
    put(("recommendation", "max"), recommendation.get("max"))
    put(("recommendation", "targets"), recommendation.get("targets"))
    objections = tree.get("objections")
    put(
        ("objections", "days"),
        objections if isinstance(objections, str) else (objections or {}).get("days"),
    )
    return said


def _texts(hand: Rulebook, draft: Draft, result: Measure) -> None:
    """Rules that are sentences: must, should and prefer apart; promises by who signs."""
    mine = [*rules(parse(draft.yaml_text, name="draft"))]
    for path, kind, _, cited in rules(hand):
        if kind == GAP:
            continue
        hits = [
            weight for _, weight, text, cite in mine if related(cite, text, cited, draft.sentences)
        ]
        key = (*path, kind, str(cited))
        weights = {"must", "should", "prefer"}
        if kind in hits:
            result.found.append(key)
        elif kind in weights and weights.intersection(hits):
            result.wrong.append((*key, *sorted(weights.intersection(hits))))
        else:
            result.missed.append(key)


def rules(book: Rulebook) -> Any:
    """Every rule that is a text: its path, its weight, its citation."""
    stack = [((), book.tree.value)]
    while stack:
        path, value = stack.pop()
        if not isinstance(value, dict):
            continue
        family = next((each for each in reversed(path) if each in TEXTS), None)
        if family == "publication" and len(path) > 1:
            family = None
        # What only the hand-made book reads into “主要负责人亲自部署” is no text of the notice.
        if family and "cite" in value and path[-1] != "head":
            section, _, words = value["cite"].partition(" ")
            if family == "publication":
                value = {**value, "text": value.get("royalty", "")}
            kind = next((key for key in ("must", "should", "prefer") if key in value), None)
            if family == "novelty":
                kind = "must"
            text = value.get(kind or "text", "")
            if not kind:
                kind = str(value.get("signatory", "text"))
            open_text = str(text).startswith(GAP)
            yield (
                path,
                GAP if open_text else kind,
                str(text),
                Citation(section=section, words=words),
            )
        stack.extend(((*path, key), each) for key, each in value.items() if key != "questions")


def related(mine: Citation, text: str, theirs: Citation, sentences: tuple[Sentence, ...]) -> bool:
    """Both lead to one sentence and share at least four characters (or all of the shorter)."""
    here = {each.index for each in locate(mine, sentences)}
    there = {each.index for each in locate(theirs, sentences)}
    a, b = squeeze(f"{mine.words}\n{text}"), squeeze(theirs.words)
    need = min(4, len(a), len(b))
    return bool(here & there) and any(a[n : n + need] in b for n in range(len(a) - need + 1))
