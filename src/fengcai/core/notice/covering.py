"""Which sentences of a notice a rulebook speaks of, and which it has passed over.

Compares citations with the notice; whether a rule says the same as its sentence is for a person.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from fengcai.core.rulebook import Citation, Rulebook

from .text import HasText, Sentence, locate, sentences

By = Literal["rule", "question", "background", "heading", "nothing"]


@dataclass(frozen=True, slots=True)
class Covered:
    """One sentence and what speaks of it.

    `paths` are the rules, questions or background entries that cite it, as people write them
    (`awards.first`); `why` is the reason that the background gives, “” otherwise.
    """

    sentence: Sentence
    by: By
    paths: tuple[str, ...] = ()
    why: str = ""


@dataclass(frozen=True, slots=True)
class LostCite:
    """A citation whose words stand nowhere in the notice, with its line in the rulebook."""

    path: str
    cite: str
    line: int


@dataclass(frozen=True, slots=True)
class Coverage:
    """Every sentence with what covers it, in the notice's order; and citations that are lost."""

    sentences: tuple[Covered, ...]
    lost: tuple[LostCite, ...]

    @property
    def uncovered(self) -> tuple[Sentence, ...]:
        """Sentences that nothing speaks of, headings left out."""
        return tuple(each.sentence for each in self.sentences if each.by == "nothing")

    def count(self, by: By) -> int:
        """How many sentences are covered in one way."""
        return sum(each.by == by for each in self.sentences)


def coverage(rulebook: Rulebook, notice: str | Sequence[HasText]) -> Coverage:
    """Compare a rulebook with its notice. A sentence counts when a citation's words touch it."""
    found = sentences(notice)
    hits: dict[int, list[tuple[By, str, str]]] = {}
    lost = []
    for path, cited, by, why in _cites(rulebook):
        places = locate(cited, found)
        spelled = ".".join(map(str, path))
        if not places:
            line = rulebook.tree.line((*path, "cite"))
            lost.append(LostCite(spelled, f"{cited.section} {cited.words}", line))
        for sentence in places:
            hits.setdefault(sentence.index, []).append((by, spelled, why))
    return Coverage(tuple(_covered(each, hits.get(each.index, [])) for each in found), tuple(lost))


def _covered(sentence: Sentence, hits: Sequence[tuple[By, str, str]]) -> Covered:
    for by in ("rule", "question", "background"):
        mine = [(path, why) for kind, path, why in hits if kind == by]
        if mine:
            reasons = dict.fromkeys(why for _, why in mine if why)
            return Covered(
                sentence, by, tuple(dict.fromkeys(path for path, _ in mine)), "；".join(reasons)
            )
    return Covered(sentence, "heading" if sentence.heading else "nothing")


def _cites(rulebook: Rulebook) -> Iterator[tuple[tuple[str | int, ...], Citation, By, str]]:
    stack: list[tuple[tuple[str | int, ...], Any]] = [((), rulebook.tree.value)]
    while stack:
        path, value = stack.pop()
        inner: list[tuple[str | int, Any]] = []
        if isinstance(value, dict):
            inner = [*value.items()]
            section, _, words = str(value.get("cite", "")).partition(" ")
            if words:
                by: By = "rule"
                if path[0] in {"questions", "background"}:
                    by = "question" if path[0] == "questions" else "background"
                yield (
                    path,
                    Citation(section=section, words=words.strip()),
                    by,
                    str(value.get("why", "")),
                )
        elif isinstance(value, list):
            inner = [*enumerate(value)]
        stack.extend(((*path, step), each) for step, each in reversed(inner))
