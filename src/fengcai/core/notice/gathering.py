"""What finders share: the notice's sentences under their headings, and the proposals made so far.

A finder looks at sentences and proposes values for places of the rulebook; it never writes one.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import Literal

from fengcai.core.rulebook import Citation

from .text import CHAPTER, ITEM, PART, HasText, Sentence, sentences, squeeze, within

Value = str | int | tuple[str, ...]
Path = tuple[str, ...]
LABEL = re.compile(r"[一-鿿]{2,10}[:：](?=.)")
NUMBERING = re.compile(rf"(?:{CHAPTER.pattern}|{PART.pattern}|{ITEM.pattern})")


@dataclass(frozen=True, slots=True)
class Proposal:
    """One value for one place of the rulebook.

    `path` names the place (`awards first count`), `value` is as the file writes it, `cite` and
    `sentence` (its index) say where it stands in the notice, `confidence` (0…1) how sure the rule
    is that found it. `source` tells rules from a model's suggestion.
    """

    path: Path
    value: Value
    cite: Citation
    sentence: int
    confidence: float
    note: str = ""
    source: Literal["rules", "model"] = "rules"


class Gathering:
    """A notice and what has been found in it. Each place is proposed once; the first one stays."""

    def __init__(self, notice: str | Sequence[HasText], year: int | None) -> None:
        self.all = sentences(notice)
        self.year = year
        self.found: dict[Path, Proposal] = {}
        self.heads: dict[str, str] = {}
        self.leads: dict[str, str] = {}
        self.remarks: list[str] = []
        self.implied: int | None = None
        self.spans: dict[int, list[tuple[int, int]]] = {}
        self._texts: dict[str, tuple[str, list[int], list[int]]] = {}
        for each in self.all:
            self._index(each)

    def _index(self, sentence: Sentence) -> None:
        text = bare(sentence)
        if sentence.heading:
            self.heads.setdefault(sentence.section, text)
        elif "（" in sentence.section:
            self.leads.setdefault(sentence.section, re.split(r"[:：。；;,，（(]", text)[0])

    def add(
        self,
        path: Path,
        value: Value,
        sentence: Sentence,
        span: tuple[int, int] | None = None,
        confidence: float = 0.9,
        note: str = "",
    ) -> None:
        """Propose a value; `span` is where it stands in the sentence's plain text."""
        cited = self.cited(sentence, span)
        proposal = Proposal(path, value, cited, sentence.index, confidence, note)
        self.found.setdefault(path, proposal)
        self.spans.setdefault(sentence.index, []).append(span or (0, 0))

    def rule(
        self,
        path: Path,
        sentence: Sentence,
        span: tuple[int, int] | None = None,
        confidence: float = 0.9,
        **values: Value | None,
    ) -> None:
        """Propose several values of one rule; those that are None are left out."""
        for key, value in values.items():
            if value is not None:
                self.add((*path, key), value, sentence, span, confidence)

    def cited(self, sentence: Sentence, span: tuple[int, int] | None) -> Citation:
        """A citation that leads to this very sentence: as few words as that takes."""
        length = len(sentence.plain.text)
        start, end = span or (0, min(length, 32))
        whole = next(((a, b) for a, b in clauses(sentence) if a <= start < b), (0, length))
        wider = (min(start, whole[0]), max(end, whole[1]))
        for first, last, most in ((start, end, 32), (*wider, 40), (0, length, 60)):
            found = sentence.cite(first, last, most=most)
            if self._leads(found, sentence):
                return found
        return sentence.cite(0, length, most=length)

    def _leads(self, citation: Citation, sentence: Sentence) -> bool:
        """Whether these words stand in no earlier sentence of the section."""
        joined, ends, indices = self._joined(citation.section)
        place = joined.find(squeeze(citation.words))
        return place < 0 or indices[bisect_left(ends, place + 1)] == sentence.index

    def _joined(self, section: str) -> tuple[str, list[int], list[int]]:
        """A section's text as citations are looked for in it, and where its sentences end."""
        if section in self._texts:
            return self._texts[section]
        mine = [each for each in self.all if within(each.section, section)]
        ends = [*accumulate(len(each.squeezed) + 1 for each in mine)]
        found = "\n".join(each.squeezed for each in mine), ends, [each.index for each in mine]
        return self._texts.setdefault(section, found)

    def taken(self, sentence: Sentence, start: int, end: int) -> bool:
        """Whether some proposal already rests on these very words."""
        return any(
            first < end and last > start and (last - first) * 3 > end - start
            for first, last in self.spans.get(sentence.index, ())
        )

    def has(self, *path: str) -> bool:
        """Whether anything is proposed at or under a place."""
        return any(each[: len(path)] == path for each in self.found)

    def value(self, *path: str) -> Value | None:
        """What is proposed for a place."""
        return self.found[path].value if path in self.found else None

    def under(self, *path: str) -> list[str]:
        """The ids proposed below a place, in order."""
        return list(
            dict.fromkeys(
                each[len(path)] for each in self.found
                if each[: len(path)] == path and len(each) > len(path)
            )
        )  # fmt: skip

    @cached_property
    def title(self) -> str:
        """The whole title in plain form, “” when there is none."""
        first = [each for each in self.all if each.section == "标题"]
        return "".join(each.plain.text for each in first)

    @cached_property
    def body(self) -> tuple[Sentence, ...]:
        """Sentences that may hold rules: neither headings nor letterhead, signature or form."""
        outside = ("文首", "标题", "落款", "附件")
        return tuple(
            each for each in self.all
            if not each.heading and not (each.section.startswith(outside) and each.section != "附件")
        )  # fmt: skip

    def under_head(self, pattern: str) -> Iterator[Sentence]:
        """Sentences of the body whose chapter's or part's heading matches."""
        return (each for each in self.body if re.search(pattern, self.head(each)))

    def head(self, sentence: Sentence) -> str:
        """Headings over a sentence: 作品要求／技术要求."""
        chapter = sentence.section.partition("（")[0]
        names = [self.heads.get(chapter, ""), self.heads.get(sentence.section, "")]
        return "／".join(dict.fromkeys(filter(None, names)))

    def lead(self, sentence: Sentence) -> str:
        """What the part begins with: 初评 for “（三）初评：10月26日至11月5日。”."""
        return self.heads.get(sentence.section) or self.leads.get(sentence.section, "")

    def beside(self, sentence: Sentence) -> Iterator[Sentence]:
        """The other sentences of the same paragraph."""
        return (
            each for each in self.all
            if each.paragraph == sentence.paragraph and each.index != sentence.index
        )  # fmt: skip

    def claimed(self) -> set[int]:
        """Indices of sentences that some proposal cites."""
        return {each.sentence for each in self.found.values()}


def bare(sentence: Sentence) -> str:
    """A sentence's plain text without its number and closing mark."""
    text = sentence.plain.text
    match = NUMBERING.match(text) if sentence.start == 0 or NUMBERING.match(text) else None
    return text[match.end() if match else 0 :].rstrip("。；;:：,，")


def after_number(sentence: Sentence) -> int:
    """Where a sentence's words begin in its plain text, past 一、（一）1. ①."""
    match = NUMBERING.match(sentence.plain.text)
    return match.end() if match else 0


def names_in(text: str) -> list[str]:
    """Names of a list (甲、乙、丙和丁), without the particles around it."""
    parts = re.split(r"[、;；]|(?<=[^\s、]{2})(?:以及|及|和)(?=[^\s、]{2})", text)
    return [each.strip(" ,，。.:：") for each in parts if each.strip(" ,，。.:：")]


def clauses(sentence: Sentence) -> Iterator[tuple[int, int]]:
    """Parts of a sentence between commas, as places in its plain text; brackets stay whole."""
    text, depth, start = sentence.plain.text, 0, after_number(sentence)
    if label := LABEL.match(text, start):
        start = label.end()
    for place, letter in enumerate(text):
        depth += (letter in "(“《") - (letter in ")”》")
        if letter in ",，;；。" and depth <= 0 and place >= start:
            if place > start:
                yield start, place
            start = place + 1
    if start < len(text):
        yield start, len(text)
