"""The rulebook as forms: a card for every clause, made from the language's own schema.

What the schema says may stand somewhere becomes an input; what comes back becomes edits of the text
(`book_edits`). A value is written as it stands in the file (5 分钟, 待明确 A3), so that form and text
are two views of one thing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from fengcai.apps.refusals import Refused
from fengcai.core.rulebook.labels import code, label
from fengcai.core.rulebook.problems import Path, Problem, spell
from fengcai.core.rulebook.saying import say
from fengcai.web.organiser.pages.book_shapes import GAP, Shape, language

LONG = frozenset({"description", "hint", "text", "also", "why", "means", "reason", "must", "should",
                  "prefer", "ask", "original", "exception", "consequence"})  # fmt: skip
SCOPES = ("tracks", "divisions", "regions")
NAMES = ("name", "label", "ask", "role", "must", "should", "prefer", "text", "to", "names", "id")


@dataclass(frozen=True)
class Input:
    """One value of a clause, as a form shows it."""

    key: str
    label: str
    kind: str
    value: str
    choices: list[tuple[str, str]]
    example: str
    required: bool
    error: str = ""

    @property
    def open(self) -> bool:
        """Whether the notice is silent here."""
        return self.value.startswith(GAP)


@dataclass
class Card:
    """A clause with its inputs, and the blank cards that would add a clause inside it.

    A blank card adds one; `like` is the id of one to begin from.
    """

    path: Path
    title: str
    depth: int
    inputs: list[Input]
    more: list[Input] = field(default_factory=list)
    gap: str = ""
    removable: bool = False
    blank: bool = False
    keyed: bool = False
    siblings: list[tuple[str, str]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    error: Refused | None = None
    typed_key: str = ""
    opened: bool = False
    adds: list[Card] = field(default_factory=list)

    @property
    def spelled(self) -> str:
        """The path for a hidden input."""
        return json.dumps(self.path, ensure_ascii=False)

    @property
    def anchor(self) -> str:
        """An id for the page."""
        return "-".join(["c", *map(str, self.path)] + (["new"] if self.blank else []))

    @property
    def where(self) -> str:
        """How the text calls it."""
        return spell(self.path)


def cards(tree: Any, keys: Sequence[str], problems: Sequence[Problem]) -> list[Card]:
    """The clauses under these keys of the file, in the file's order of thought."""
    made = list(_Cards(tree).under(keys))
    # A problem belongs to the innermost clause that its path lies in.
    for problem in problems:
        owners = [
            card
            for card in made
            if not card.blank
            and (problem.path + ".").startswith((card.where + ".", card.where + "["))
        ]
        if owners:
            max(owners, key=lambda card: len(card.where)).problems.append(problem)
    return _folded(made)


def _folded(made: Sequence[Card]) -> list[Card]:
    """The cards with those that would add inside another laid into it."""
    kept: list[Card] = []
    above: dict[int, Card] = {}
    for card in made:
        if card.blank and card.depth:
            above[card.depth - 1].adds.append(card)
        else:
            kept.append(card)
            above[card.depth] = card
    return kept


class _Cards:
    def __init__(self, tree: Any) -> None:
        self.tree = tree
        self.gaps = [
            f"{GAP} {id}" if len(names) == 1 else f"{GAP} {id}.{name}"
            for id, names in _questions(tree)
            for name in names
        ]

    def under(self, keys: Sequence[str]) -> Iterator[Card]:
        top = language()
        words = [key for key in keys if key in top.keys and top.keys[key].simple]
        if words:
            yield self.card((), "活动", 0, Shape("clause", keys={k: top.keys[k] for k in words},
                                               required=top.required), self.tree)  # fmt: skip
        for key in keys:
            if key in top.keys and not top.keys[key].simple:
                yield from self.place(
                    (key,), top.keys[key], self.tree.get(key), 0, key in top.required
                )

    def place(
        self, path: Path, shape: Shape, value: Any, depth: int, needed: bool
    ) -> Iterator[Card]:
        name = label(str(path[-1]))
        if isinstance(value, str):  # the whole clause is a question
            yield Card(path, name, depth, [], gap=value, removable=not needed)
        elif shape.kind == "clause":
            if value is None:
                yield self.card(path, name, depth, shape, {}, blank=True)
                return
            title = self.title(path, value)
            yield self.card(path, title, depth, shape, value, removable=not needed)
            yield from self.inside(path, shape, value, depth + 1)
        elif shape.inner is not None:
            yield from self.collection(path, shape, value, depth)

    def collection(self, path: Path, shape: Shape, value: Any, depth: int) -> Iterator[Card]:
        assert shape.inner is not None
        rows: list[tuple[str | int, Any]] = []
        if isinstance(value, dict):
            rows = list(value.items())
        elif isinstance(value, list):
            rows = list(enumerate(value))
        called = self.titles(path, rows)
        for key, each in rows:
            here: Path = (*path, key)
            if isinstance(each, str):
                gap = self.window(str(key)) if path == ("windows",) else label(str(path[-1]))
                yield Card(here, gap, depth, [], gap=each, removable=True)
                continue
            yield self.card(here, called[key], depth, shape.inner, each, removable=True)
            yield from self.inside(here, shape.inner, each, depth + 1)
        blank = self.card(path, label(str(path[-1])), depth, shape.inner, {}, blank=True)
        blank.keyed = shape.kind == "keyed"
        blank.siblings = [
            (str(key), called[key]) for key, each in rows if not isinstance(each, str)
        ]
        yield blank

    def inside(self, path: Path, shape: Shape, value: Any, depth: int) -> Iterator[Card]:
        for key, inner in shape.keys.items():
            if not inner.simple and (key in value or depth <= 1):
                yield from self.place(
                    (*path, key), inner, value.get(key), depth, key in shape.required
                )

    def card(
        self,
        path: Path,
        title: str,
        depth: int,
        shape: Shape,
        value: Any,
        *,
        removable: bool = False,
        blank: bool = False,
    ) -> Card:
        known = value if isinstance(value, dict) else {}
        shown: list[Input] = []
        more: list[Input] = []
        for key, inner in shape.keys.items():
            if not inner.simple:
                continue
            around = [str(step) for step in reversed(path) if isinstance(step, str)][:2]
            made = self.input(key, inner, known.get(key), key in shape.required, around)
            (shown if key in known or made.required else more).append(made)
        # Where a rule stands in the notice comes last, under what it says.
        shown.sort(key=lambda each: each.key == "cite")
        if blank and "must" in shape.keys:
            shown = [*[each for each in more if each.key in {"must", "should", "prefer"}], *shown]
            more = [each for each in more if each not in shown]
        return Card(path, title, depth, shown, more, removable=removable, blank=blank)

    def input(
        self, key: str, shape: Shape, value: Any, required: bool, around: Sequence[str]
    ) -> Input:
        text = "\n".join(value) if isinstance(value, list) else "" if value is None else str(value)
        kind = shape.kind if shape.kind != "words" else "long" if key in LONG else "text"
        if key == "cite":
            kind = "cite"
        choices: list[tuple[str, str]] = []
        if shape.kind == "choice":
            choices = [(each, code(key, each)) for each in shape.choices]
            if text and not text.startswith(GAP) and text not in shape.choices:
                choices.append((text, text))
            choices += [
                (each, each) for each in dict.fromkeys([*self.gaps, text]) if each.startswith(GAP)
            ]
        return Input(key, label(key, *around), kind, text, choices, shape.example, required)

    def titles(self, path: Path, rows: Sequence[tuple[str | int, Any]]) -> dict[str | int, str]:
        """What the rules of one place are called; those of one name by whom they are for."""
        found = {key: self.title((*path, key), each) for key, each in rows}
        for key, each in rows:
            alike = [other for other, title in found.items() if title == found[key]]
            if len(alike) > 1 and isinstance(each, dict):
                for one in alike:
                    bound = self.bound(next(value for at, value in rows if at == one))
                    found[one] += f"（{bound or one}）"
        return found

    def bound(self, value: Any) -> str:
        """The names of the tracks, divisions and regions that a rule is for."""
        ids = [(kind, id) for kind in SCOPES for id in _list(value, kind)]
        return "、".join(_name(self.tree.get(kind), str(id)) for kind, id in ids)

    def window(self, key: str) -> str:
        """What a window without a name is for: what is done in it, or its kind."""
        if key == "submission":
            return "报送"
        used = [
            _name(self.tree.get(place), id)
            for place in ("rounds", "votes")
            for id, each in _items(self.tree.get(place))
            if each.get("window") == key
        ]
        windows = self.tree.get("windows")
        here = windows.get(key) if isinstance(windows, dict) else None
        kind = here.get("kind") if isinstance(here, dict) else None
        words = say(kind, "window") if isinstance(kind, str) else ""
        return "、".join(dict.fromkeys(used)) or words or f"{label('windows')}：{key}"

    def title(self, path: Path, value: Any) -> str:
        for name in NAMES:
            found = value.get(name) if isinstance(value, dict) else None
            if isinstance(found, list):
                found = "、".join(map(str, found))
            if isinstance(found, str) and found and not found.startswith(GAP):
                return found if len(found) <= 40 else found[:40] + "……"
        key = path[-1]
        if len(path) == 2 and path[0] == "windows":
            return self.window(str(key))
        if isinstance(key, int):
            return f"{label(str(path[-2]))} {key + 1}"
        return (
            f"{label(key)}"
            if label(key) != key
            else f"{label(str(path[-2] if path[:-1] else key))}：{key}"
        )


def _list(value: Any, key: str) -> list[Any]:
    found = value.get(key) if isinstance(value, dict) else None
    return found if isinstance(found, list) else []


def _items(value: Any) -> list[tuple[str, dict[str, Any]]]:
    rows = value.items() if isinstance(value, dict) else ()
    return [(str(id), each) for id, each in rows if isinstance(each, dict)]


def _name(rows: Any, id: str) -> str:
    found = rows.get(id) if isinstance(rows, dict) else None
    name = found.get("name") if isinstance(found, dict) else None
    return name if isinstance(name, str) and not name.startswith(GAP) else id


def _questions(tree: Any) -> Iterator[tuple[str, list[str]]]:
    questions = tree.get("questions")
    for id, question in (questions if isinstance(questions, dict) else {}).items():
        if not isinstance(question, dict):
            continue
        options = question.get("options")
        names = [
            name
            for option in (options if isinstance(options, dict) else {}).values()
            if isinstance(option, dict) and isinstance(option.get("sets"), dict)
            for name in option["sets"]
        ]
        free = question.get("free")
        names += list(free) if isinstance(free, dict) else []
        yield id, list(dict.fromkeys(names))
