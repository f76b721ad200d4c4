"""From what a letter says to the unit that it is from: a degree, and every reason in words.

Pure: names and texts in, a `Match` out. Nothing is guessed: without evidence there is no unit, and
evidence for two units is a question for a person. What is done with a match is decided elsewhere.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from rapidfuzz import fuzz, process

from fengcai.apps.mailbox.names import (
    Called,
    Known,
    folded,
    names_of,
    plain,
    without_reply_marks,
)

Degree = Literal["certain", "likely", "unsure", "none"]
Source = Literal["subject", "file", "sender", "name", "earlier", "forwarded", "text"]

NEAR = 75.0
"""Likeness (0 to 100) from which a written name is offered as perhaps meaning another."""
SHORTEST_FUZZY = 3
LOOKED_AT, COMPARED = 500, 40
"""File names looked at, and compared with every name for likeness (which costs more)."""

SOURCES = {
    "subject": "主题",
    "file": "附件名",
    "sender": "发件地址",
    "name": "发件人姓名",
    "earlier": "以前的来信",
    "forwarded": "转发的原信",
    "text": "正文",
}
_STRENGTH = {"certain": 3, "likely": 2, "unsure": 1, "none": 0}


@dataclass(frozen=True)
class Reason:
    """Why a unit: where it was found, what stood there, and how it fits. `how` is Chinese."""

    unit: int
    source: Source
    quote: str
    how: str
    degree: Degree


@dataclass(frozen=True)
class Match:
    """The unit (None where it is none, or more than one), how sure, and why. `candidates` are the
    units that a person might choose from, the likeliest first."""

    unit: int | None
    degree: Degree
    reasons: tuple[Reason, ...]
    candidates: tuple[int, ...] = ()

    @property
    def ambiguous(self) -> bool:
        """Whether there is good evidence for more than one unit."""
        return self.unit is None and len({r.unit for r in self.reasons if _sure(r.degree)}) > 1


@dataclass(frozen=True)
class Clues:
    """What a letter gives to go by. `contact_of` are units whose registered contact has this very
    address, `earlier` those to which a person has assigned letters from it before. `forwarded` are the
    names of those whose letters it passes on, `forwarded_by` the same by unit, where their address is
    registered: (unit, address)."""

    subject: str = ""
    files: Sequence[str] = ()
    sender_name: str = ""
    text: str = ""
    contact_of: Collection[int] = ()
    earlier: Collection[int] = ()
    sender: str = ""
    forwarded: Sequence[str] = ()
    forwarded_by: Collection[tuple[int, str]] = ()


def match(units: Iterable[Known], clues: Clues, *, templates: Collection[str] = ()) -> Match:
    """The unit that a letter is from. `templates` are those of the rulebook's naming rule for mails
    and files (`{unit}+一科一风采视频大赛`)."""
    rows = list(units)
    called = names_of(rows)
    reasons = [
        *_written(called, templates, "subject", [without_reply_marks(clues.subject)]),
        *_written(called, templates, "file", [_stem(name) for name in clues.files[:LOOKED_AT]]),
        *_written(called, (), "name", [plain(clues.sender_name)]),
    ]
    known = {row.id for row in rows}
    registered, before = "是这个单位登记的联络员邮箱", "这个地址以前的来信归在这个单位"
    reasons += [
        Reason(unit, "sender", clues.sender, registered, "certain")
        for unit in sorted(set(clues.contact_of) & known)
    ]
    reasons += [
        Reason(unit, "earlier", clues.sender, before, "likely")
        for unit in sorted(set(clues.earlier) & known)
    ]
    reasons += _passed_on(called, clues, known, sure=any(_sure(r.degree) for r in reasons))
    if not any(_sure(r.degree) for r in reasons):
        first = plain(clues.text[:2000])
        reasons += [
            Reason(r.unit, r.source, r.quote, r.how, "unsure")
            for r in _written(called, (), "text", [first])
        ]
    return _judged(_distinct(reasons))


def _passed_on(
    called: Sequence[Called], clues: Clues, known: Collection[int], *, sure: bool
) -> list[Reason]:
    """Whose letters it passes on. Anybody can type such a head, so it never speaks against what the
    letter itself says, and a name alone is no more than a hint."""
    how = "发件人是这个单位登记的联络员邮箱"
    degree: Degree = "unsure" if sure else "likely"
    return [
        *(Reason(unit, "forwarded", address, how, degree)
          for unit, address in sorted(clues.forwarded_by) if unit in known),
        *(Reason(r.unit, r.source, r.quote, r.how, "unsure")
          for r in _written(called, (), "forwarded", [plain(name) for name in clues.forwarded])),
    ]  # fmt: skip


def _judged(reasons: Sequence[Reason]) -> Match:
    """One unit with sure evidence and no other: it. What is written outweighs who wrote, where the
    writer may speak for several units."""
    by_unit: defaultdict[int, list[Reason]] = defaultdict(list)
    for reason in reasons:
        by_unit[reason.unit].append(reason)
    order = sorted(by_unit, key=lambda unit: _weight(by_unit[unit]), reverse=True)
    sure = [unit for unit in order if any(_sure(r.degree) for r in by_unit[unit])]
    told = tuple(sorted(reasons, key=lambda r: (order.index(r.unit), -_STRENGTH[r.degree])))
    if not sure:
        return Match(None, "unsure" if order else "none", told, tuple(order))
    written = {r.unit for r in reasons if _sure(r.degree) and r.source in ("subject", "file")}
    senders = {r.unit for r in reasons if r.source in ("sender", "earlier")}
    chosen: int | None = None
    if len(sure) == 1:
        chosen = sure[0]
    elif len(written) == 1 and written <= senders:
        # Somebody who speaks for several units says in the letter for which one.
        chosen = next(iter(written))
    if chosen is None:
        return Match(None, "unsure", told, tuple(order))
    degree: Degree = "certain" if any(r.degree == "certain" for r in by_unit[chosen]) else "likely"
    return Match(chosen, degree, told, tuple(order))


def _written(
    called: Sequence[Called], templates: Collection[str], source: Source, texts: Sequence[str]
) -> list[Reason]:
    found: list[Reason] = []
    for number, text in enumerate(texts):
        if not text:
            continue
        quote = text[:80]
        ruled = _by_rule(called, templates, text)
        if ruled:
            found += [
                Reason(each.unit, source, quote, _how(each, "按命名规则写的"), "certain")
                for each in ruled
            ]
            continue
        inside = _contained(called, folded(text), _edges(text))
        if inside:
            found += [
                Reason(
                    each.unit, source, quote, _how(each, "写着"), "likely" if alone else "unsure"
                )
                for each, alone in inside
            ]
            if any(alone for _, alone in inside):
                continue
        if number < COMPARED:
            found += _alike(called, templates, source, text)
    return found


def _by_rule(called: Sequence[Called], templates: Collection[str], text: str) -> list[Called]:
    for unit_text in _unit_texts(templates, text):
        exact = [each for each in called if each.text == unit_text]
        if exact:
            return exact
    return []


def _unit_texts(templates: Collection[str], text: str) -> Iterable[str]:
    """What stands at the place of `{unit}` where a text follows a template; marks between the
    parts may be any or none (＋、-、_、blank), since that is how people type them."""
    for template in templates:
        parts = re.split(r"(\{\w+\})", template)
        if "{unit}" not in parts:
            continue
        pattern = ""
        for part in parts:
            if part == "{unit}" and "(?P<unit>" not in pattern:
                pattern += "(?P<unit>.+?)"
            elif part.startswith("{"):
                pattern += ".*?"
            else:
                pattern += re.escape(folded(part))
        # What was appended to the second of equal names (-2, (1), 终版) stands behind.
        found = re.fullmatch(pattern + r"(?:\d{0,3}|(?:最)?(?:终|新|修改)[版稿]?\d?)", folded(text))
        if found:
            yield found["unit"]


def follows(templates: Collection[str], name: str) -> bool:
    """Whether a file's name follows one of the naming rules, whoever is named in it."""
    return any(True for _ in _unit_texts(templates, _stem(name)))


def _contained(
    called: Sequence[Called], text: str, edges: frozenset[int]
) -> list[tuple[Called, bool]]:
    """Names that stand in a text, longest first; one inside a longer one does not count. With each:
    whether it stands by itself (between marks, or at an end), and so cannot be part of another name.
    """
    taken: list[tuple[int, int, str]] = []
    found: list[tuple[Called, bool]] = []
    for each in called:
        if len(each.text) < 2:
            continue
        for at in _places(each.text, text):
            end = at + len(each.text)
            if any(a <= at and end <= b and name != each.text for a, b, name in taken):
                continue
            taken.append((at, end, each.text))
            alone = at in edges and end in edges
            found.append((each, alone))
            break
    return found


def _places(word: str, text: str) -> Iterable[int]:
    at = text.find(word)
    while at >= 0:
        yield at
        at = text.find(word, at + 1)


def _edges(text: str) -> frozenset[int]:
    """Places in the folded text at which a mark, a blank or an end stood in the text."""
    edges, length = {0}, 0
    for part in re.split(r"[\W_]+", plain(text)):
        length += len(folded(part))
        edges.add(length)
    # What is said of a film after the department's name is no part of the name.
    whole = folded(text)
    for word in (
        "的",
        "作品",
        "视频",
        "参赛",
        "报送",
        "一科一风采",
        "风采",
        "投稿",
        "资料",
        "材料",
    ):
        for at in _places(word, whole):
            edges |= {at, at + len(word)}
    return frozenset(edges)


def _alike(
    called: Sequence[Called], templates: Collection[str], source: Source, text: str
) -> list[Reason]:
    """Names that what stands there may have meant (心管内科 for 心血管内科): never more than a hint."""
    segments = list(_unit_texts(templates, text)) or [
        folded(part) for part in re.split(r"[\W_]+", text)
    ]
    texts = [each.text for each in called if len(each.text) >= SHORTEST_FUZZY]
    by_text: defaultdict[str, list[Called]] = defaultdict(list)
    for each in called:
        by_text[each.text].append(each)
    found: dict[int, Reason] = {}
    for segment in segments:
        if not SHORTEST_FUZZY <= len(segment) <= 30:
            continue
        near = process.extract(segment, texts, scorer=fuzz.ratio, score_cutoff=NEAR, limit=3)
        for name, score, _ in near:
            for each in by_text[name]:
                how = f"写着“{segment}”，与“{name}”相近（{score:.0f}%）"
                found.setdefault(each.unit, Reason(each.unit, source, text[:80], how, "unsure"))
    return list(found.values())


def _how(each: Called, said: str) -> str:
    return {
        "name": f"{said}单位名称",
        "alias": f"{said}登记过的别名“{each.text}”",
        "usual": f"{said}通行的简称“{each.text}”",
        "bare": f"{said}“{each.text}”（名单里带有括号说明）",
    }[each.kind]


def _stem(name: str) -> str:
    """A file name without folders and ending."""
    last = plain(name).replace("\\", "/").rsplit("/", 1)[-1]
    stem, dot, ending = last.rpartition(".")
    return stem if dot and stem and len(ending) <= 5 else last


def _sure(degree: Degree) -> bool:
    return degree in ("certain", "likely")


def _weight(reasons: Sequence[Reason]) -> tuple[int, int]:
    return max(_STRENGTH[r.degree] for r in reasons), sum(_STRENGTH[r.degree] for r in reasons)


def _distinct(reasons: Iterable[Reason]) -> list[Reason]:
    """Two hundred files of one name are one reason."""
    seen: dict[tuple[int, str, str, str], Reason] = {}
    for each in reasons:
        seen.setdefault((each.unit, each.source, each.how, each.degree), each)
    return list(seen.values())
