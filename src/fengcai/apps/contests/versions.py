"""The versions of a contest's rulebook: which is newest, who wrote it and when, what two differ in."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from fengcai.apps.contests.models import Contest, RulebookVersion
from fengcai.apps.refusals import NotFound
from fengcai.core import rulebook
from fengcai.core.rulebook import Problem, Rulebook, check

MOST_PAIRS = 20_000_000
"""Pairs of lines that are compared; the longest real rulebook has a thousand lines."""

KEPT_AROUND = 2
"""Unchanged lines shown before and after a changed one."""


@dataclass(frozen=True)
class Line:
    """A line of a comparison: same, added, removed, or a gap of so many unchanged lines."""

    kind: Literal["same", "added", "removed", "gap"]
    text: str
    before: int | None = None
    after: int | None = None


@dataclass(frozen=True)
class Checked:
    """What the language says of a text: the book when it reads, every fault, in the lines' order."""

    book: Rulebook | None
    problems: tuple[Problem, ...]


def newest(contest: Contest) -> RulebookVersion:
    """The text written last, faulty or not. 1 SQL."""
    row = RulebookVersion.objects.filter(contest=contest).order_by("-number").first()
    if row is None:
        raise NotFound("本活动还没有规则书。")
    return row


def version(contest: Contest, number: int) -> RulebookVersion:
    """One version of this contest's rulebook. Raises `NotFound`. 1 SQL."""
    row = RulebookVersion.objects.filter(contest=contest, number=number).first()
    if row is None:
        raise NotFound(f"没有第 {number} 版规则书。")
    return row


def versions_of(contest: Contest) -> Sequence[RulebookVersion]:
    """All versions, newest first, without their texts, with writer and amendment. 1 SQL."""
    rows = RulebookVersion.objects.filter(contest=contest).defer("text", "resolved")
    return list(rows.select_related("by", "amendment").order_by("-number"))


def examined(text: str, contest: Contest | None = None) -> Checked:
    """Read and check a text; with the answers of `contest` that fit it, else with none. ≤ 1 SQL."""
    from fengcai.apps.contests.queries import answers_of

    try:
        book = rulebook.parse(text, name="规则书")
        given = answers_of(contest, book) if contest else rulebook.no_answers(book.id)
        return Checked(book, check(book, given))
    except rulebook.RulebookError as error:
        return Checked(None, error.problems)


def compared(before: str, after: str) -> list[Line]:
    """Two texts line by line, with a few unchanged lines around each change.

    Texts of very many lines that have little in common are shown whole, one after the other.
    """
    old, new = before.splitlines(), after.splitlines()
    if len(old) * len(new) > MOST_PAIRS:
        return [
            *(Line("removed", text, number, None) for number, text in enumerate(old, 1)),
            *(Line("added", text, None, number) for number, text in enumerate(new, 1)),
        ]
    return list(_lines(old, new))


def _lines(before: list[str], after: list[str]) -> Iterator[Line]:
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    end = 0
    for group in matcher.get_grouped_opcodes(KEPT_AROUND):
        if group and (skipped := group[0][1] - end):
            yield Line("gap", f"{skipped} 行相同")
        for tag, i, i_end, j, j_end in group:
            if tag == "equal":
                for offset, text in enumerate(before[i:i_end]):
                    yield Line("same", text, i + offset + 1, j + offset + 1)
                continue
            for offset, text in enumerate(before[i:i_end]):
                yield Line("removed", text, i + offset + 1, None)
            for offset, text in enumerate(after[j:j_end]):
                yield Line("added", text, None, j + offset + 1)
        end = group[-1][2]
    if end and (group_left := len(before) - end):
        yield Line("gap", f"{group_left} 行相同")
