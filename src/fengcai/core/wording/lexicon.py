"""The lexicons: data files of words, each with its article, exemptions and examples; read strictly.

The files are part of this package and are read once, like its modules. What is wrong with one is told
with the file and the term.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import resources
from typing import Any, Literal, get_args

import ahocorasick  # type: ignore[import-not-found]
import yaml

from .folding import Folding
from .readings import spellings

Status = Literal["verified", "second-hand"]
Weight = Literal["clear", "context"]
_TERM_KEYS = {"id", "article", "reads_as", "says", "advice", "weight", "words", "hits", "clear"}
_TERM_MAY = {"unless", "after", "denial", "status"}
_SOURCE_KEYS = {"source", "law", "short", "title", "status", "note", "terms"}
_AROUND = ("before", "close", "behind", "asked")


class LexiconError(ValueError):
    """A lexicon that cannot be used: which file, which term, what is wrong."""


@dataclass(frozen=True)
class Source:
    """A legal source. `status` says whether its text was read or is known second-hand; `short` is
    what it is called where there is little room."""

    id: str
    law: str
    short: str
    title: str
    status: Status
    note: str


@dataclass(frozen=True)
class Term:
    """Words that one article speaks of.

    `reads_as` is what they are easily taken for, `says` the article in a few words, `advice` what to
    write instead. `weight` is a hint: `clear` words are seldom fine, `context` words often are. `after`
    has to follow in the folded text. With `denial` a negation, a warning or a question excuses the words.
    `hits` and `clear` are the term's own examples, which tests run through.
    """

    id: str
    source: Source
    article: str
    reads_as: str
    says: str
    advice: str
    weight: Weight
    status: Status
    words: tuple[str, ...]
    unless: tuple[str, ...]
    after: re.Pattern[str] | None
    denial: bool
    hits: tuple[str, ...]
    clear: tuple[str, ...]

    @property
    def key(self) -> str:
        """The term among all terms: `advertising-law-16/cure`."""
        return f"{self.source.id}/{self.id}"

    @property
    def basis(self) -> str:
        """The legal basis as it is cited: 广告法第十六条第（一）项."""
        return f"{self.source.law}{self.article}"


@dataclass(frozen=True)
class Lexicon:
    """All terms with what searching them takes; made by `parse`."""

    terms: tuple[Term, ...]
    folding: Folding
    negations: Mapping[str, tuple[str, ...]]
    readings: Mapping[str, tuple[str, ...]]

    @cached_property
    def automaton(self) -> Any:
        """Aho–Corasick over folded words (term number), those of which signs are written in pinyin as
        well, and exemptions (minus term number, less 1)."""
        meant: dict[str, list[int]] = {}
        for number, term in enumerate(self.terms):
            for each in term.words:
                word = self.folding.fold(each).text
                for written in (word, *spellings(word, self.readings)):
                    meant.setdefault(written, []).append(number)
            for each in term.unless:
                meant.setdefault(self.folding.fold(each).text, []).append(-number - 1)
        machine = ahocorasick.Automaton()
        for word, marks in meant.items():
            machine.add_word(word, (len(word), tuple(marks)))
        machine.make_automaton()
        return machine

    def term(self, key: str) -> Term:
        """The term of a key. Raises KeyError."""
        for term in self.terms:
            if term.key == key:
                return term
        raise KeyError(key)


def parse(
    files: Mapping[str, str], *, disguises: str = "", contraries: str = "", readings: str = ""
) -> Lexicon:
    """Make a lexicon of YAML texts by name. Raises LexiconError with the first fault found."""
    stand_ins = _disguises(_read("disguises.yaml", disguises) if disguises else {})
    around = _read("contraries.yaml", contraries) if contraries else {}
    for name in around:
        if name not in _AROUND:
            raise LexiconError(f"contraries.yaml: unknown key {name}")
    folding = Folding(stand_ins)
    terms: list[Term] = []
    for name, text in files.items():
        terms += _terms(name, _read(name, text), folding)
    keys = [term.key for term in terms]
    if twice := {key for key in keys if keys.count(key) > 1}:
        raise LexiconError(f"term twice: {sorted(twice)}")
    negations = {
        name: tuple(folding.fold(str(word)).text for word in around.get(name, ()))
        for name in _AROUND
    }
    spoken = _readings(_read("readings.yaml", readings) if readings else {})
    return Lexicon(tuple(terms), folding, negations, spoken)


@cache
def shipped() -> Lexicon:
    """The lexicons that come with the program."""
    folder = resources.files(__package__) / "lexicons"
    texts = {
        each.name: each.read_text(encoding="utf-8")
        for each in folder.iterdir()
        if each.name.endswith(".yaml")
    }
    beside = {name: texts.pop(f"{name}.yaml") for name in ("disguises", "contraries", "readings")}
    return parse(dict(sorted(texts.items())), **beside)


def _read(name: str, text: str) -> dict[str, Any]:
    try:
        tree = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise LexiconError(f"{name}: {error}") from error
    if not isinstance(tree, dict):
        raise LexiconError(f"{name}: not a mapping")
    return tree


def _disguises(tree: Mapping[str, Any]) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for group in tree.values():
        for pair in str(group).split():
            if len(pair) != 2:
                raise LexiconError(f"disguises.yaml: {pair!r} is not a pair of signs")
            if pair[0] != pair[1]:
                pairs[pair[0]] = pair[1]
    return pairs


def _readings(tree: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    readings: dict[str, tuple[str, ...]] = {}
    for read, signs in tree.items():
        if not (isinstance(read, str) and read.isascii() and read.isalpha()):
            raise LexiconError(f"readings.yaml: {read!r} is not pinyin")
        for sign in str(signs):
            readings[sign] = (*readings.get(sign, ()), read)
    return readings


def _terms(name: str, tree: Mapping[str, Any], folding: Folding) -> Iterable[Term]:
    _keys(name, tree, _SOURCE_KEYS, set())
    if tree["status"] not in get_args(Status):
        raise LexiconError(f"{name}: status {tree['status']}")
    source = Source(
        tree["source"],
        tree["law"],
        tree["short"],
        tree["title"],
        tree["status"],
        tree["note"].strip(),
    )
    for row in tree["terms"]:
        where = f"{name}: {row.get('id')}"
        _keys(where, row, _TERM_KEYS, _TERM_MAY)
        if row["weight"] not in get_args(Weight):
            raise LexiconError(f"{where}: weight {row['weight']}")
        words = _texts(where, row["words"])
        if short := [word for word in words if len(folding.fold(word).text) < 2]:
            raise LexiconError(f"{where}: too short: {short}")
        yield Term(
            id=row["id"],
            source=source,
            article=row["article"],
            reads_as=row["reads_as"],
            says=row["says"],
            advice=row["advice"],
            weight=row["weight"],
            status=row.get("status", source.status),
            words=words,
            unless=_texts(where, row.get("unless", [])),
            after=re.compile(row["after"]) if "after" in row else None,
            denial=row.get("denial", True),
            hits=_texts(where, row["hits"]),
            clear=_texts(where, row["clear"]),
        )


def _keys(where: str, tree: Mapping[str, Any], needed: set[str], may: set[str]) -> None:
    if missing := needed - tree.keys():
        raise LexiconError(f"{where}: missing {sorted(missing)}")
    if unknown := tree.keys() - needed - may:
        raise LexiconError(f"{where}: unknown {sorted(unknown)}")


def _texts(where: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(each, str) and each for each in value):
        raise LexiconError(f"{where}: not a list of texts: {value!r}")
    return tuple(value)
