"""The frame of a draft: proposals in their places, citations, order; the gaps are others' business.

A tree keeps things by their ids; lists stand in it as #0, #1 … until it is finished.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from fengcai.core.notice.gathering import Gathering, Path, Proposal
from fengcai.core.notice.questions import Asking
from fengcai.core.notice.text import Sentence, str_of
from fengcai.core.rulebook import Citation

Tree = dict[str, Any]
ORDER = (
    "rulebook", "id", "title", "short_title", "theme", "accent", "timezone", "notice",
    "organisers", "contacts", "mailbox", "units", "tracks", "divisions", "person_caps", "novelty",
    "requirements", "declarations", "releases", "windows", "schedule", "naming", "panels", "rounds", "awards", "prizes",
    "recognition", "publication", "recommendation", "objections", "terms", "background",
)  # fmt: skip
# Words that a finder leaves for the questions; they are no keys of the language.
SAID_ONLY = frozenset({"closes_day", "opens_day", "opens_words", "words"})
RANK = (
    "number", "issuer", "issued", "role", "names", "name", "must", "should", "prefer", "text", "to", "kind", "group",
    "count", "discretionary", "money_each", "in_kind", "input", "panel", "checked_by", "predicate", "opens", "closes",
    "closes_inclusive", "min", "max", "accept", "step", "weight", "criteria", "total", "themes", "fields", "slots",
)  # fmt: skip
CONTAINERS = frozenset({
    "units", "classes", "tracks", "options", "slots", "requirements", "divisions", "person_caps",
    "novelty", "declarations", "releases", "windows", "rounds", "criteria", "components", "panels", "awards", "terms",
})  # fmt: skip


class Frame:
    """One draft being put together."""

    def __init__(self, found: Gathering, id: str) -> None:
        self.found = found
        title = next((each for each in found.all if each.section == "标题"), None)
        self.home: Citation = title.cite() if title else _first(found.all)
        self.asking = Asking(self.home)
        self.remarks: dict[tuple[str | int, ...], str] = {}
        self.cites: dict[Path, Citation] = {}
        self.tree: Tree = {"rulebook": 2, "id": id}

    def place(self, proposal: Proposal) -> None:
        node = self.tree
        for step in proposal.path[:-1]:
            node = node.setdefault(step, {})
        value = proposal.value
        node[proposal.path[-1]] = [*value] if isinstance(value, tuple) else value
        for length in range(1, len(proposal.path)):
            self.cites.setdefault(proposal.path[:length], proposal.cite)

    def node(self, *path: str) -> Tree:
        """The mapping at a path, made when it is not there."""
        node = self.tree
        for step in path:
            node = node.setdefault(step, {})
        return node

    def cite(self, *path: str) -> Citation:
        """Where a rule stands in the notice; the title when nothing was found for it."""
        return self.cites.get(path, self.home)

    def finished(self, value: Any, path: Path) -> Any:
        """Lists in the place of #0, #1 …; a cite on every rule, last."""
        if not isinstance(value, dict):
            return value
        if value and all(key.startswith("#") for key in value):
            return [self.finished(each, (*path, key)) for key, each in value.items()]
        keys = sorted((key for key in value if key != "cite"), key=_rank)
        done = {key: self.finished(value[key], (*path, key)) for key in keys}
        if "cite" in value or _is_rule(path, value):
            done["cite"] = value.get("cite") or str_of(self.cite(*path))
        return done


def _rank(key: str) -> int:
    """The order in which people read a rule; what is not listed follows, as it was found."""
    return RANK.index(key) if key in RANK else len(RANK)


def _is_rule(path: Path, value: Tree) -> bool:
    """Whether the language wants a cite here: a mapping of values, not one of things by their ids."""
    return bool(value) and path[-1] not in CONTAINERS


def _first(found: Iterable[Sentence]) -> Citation:
    sentence = next(iter(found), None)
    return sentence.cite() if sentence else Citation(section="正文", words="全文")
