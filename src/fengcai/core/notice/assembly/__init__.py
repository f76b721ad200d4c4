"""Proposals → a whole rulebook: every value in its place, and a question in every gap.

What the language needs and the notice does not say becomes `待明确 Qn.name`; nothing is filled in
by default. Which values the language needs is told here; whether they are right, by
`core.rulebook.check`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fengcai.core.notice.gathering import Gathering
from fengcai.core.notice.questions import OpenQuestion
from fengcai.core.notice.text import str_of

from .around import head, units, variants
from .consenting import releases
from .frame import ORDER, SAID_ONLY, Frame, Tree
from .handed_in import novelty, requirements, tracks
from .outcomes import afterwards, awards
from .running import naming, rounds, windows

__all__ = ["assemble"]


def assemble(found: Gathering, id: str) -> tuple[Tree, tuple[OpenQuestion, ...]]:
    """The whole tree in the language's order, and its questions."""
    frame = Frame(found, id)
    for proposal in found.found.values():
        if proposal.path[-1] not in SAID_ONLY:
            frame.place(proposal)
    for step in (
        variants, head, units, tracks, requirements, releases, windows, naming, novelty, rounds,
        awards, afterwards,
    ):  # fmt: skip
        step(frame)
    tree = {key: frame.finished(frame.tree[key], (key,)) for key in ORDER if key in frame.tree}
    if more := [*_elsewhere(found, tree)]:
        tree["background"] = [*tree.get("background", []), *more]
    questions = tuple(frame.asking.asked.values())
    return {**tree, "questions": {each.id: each.as_tree() for each in questions}}, questions


def _elsewhere(found: Gathering, tree: Tree) -> Iterator[Tree]:
    """Sentences whose values stand in a rule that cites another one, so that none looks forgotten."""
    cited: set[str] = set()
    stack: list[Any] = [tree]
    while stack:
        value = stack.pop()
        if isinstance(value, dict):
            cited.add(str(value.get("cite", "")))
            stack.extend(value.values())
        elif isinstance(value, list):
            stack.extend(value)
    spoken = {
        each.sentence for each in found.found.values() if str_of(each.cite) in cited
    }  # fmt: skip
    for proposal in found.found.values():
        if proposal.sentence not in spoken:
            spoken.add(proposal.sentence)
            place = ".".join(each for each in proposal.path[:-1] or proposal.path if each[0] != "#")
            yield {"why": f"已写进 {place}", "cite": str_of(proposal.cite)}
