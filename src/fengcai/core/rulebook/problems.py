"""What is wrong with a rulebook: one problem, one line, one remedy.

It only carries findings; `source`, `language` and `check` make them, the command line and the pages
show them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .rules import Citation

if TYPE_CHECKING:
    from .questions import Question

Path = tuple[str | int, ...]


def spell(path: Path) -> str:
    """Write a path as people read it: `tracks.video.slots`, list items counted from 1."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step + 1}]"
        else:
            text += f".{step}" if text else step
    return text


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault. `line` counts from 1; `mend` says how to put it right; `source` names the file."""

    line: int
    path: str
    message: str
    mend: str
    cite: Citation | None = None
    source: str = ""

    def __str__(self) -> str:
        where = f"（{self.path}）" if self.path else ""
        return f"{self.source} 第 {self.line} 行{where}：{self.message}。{self.mend}"


class RulebookError(Exception):
    """The file cannot be used. `problems` is never empty and stands in the order of the lines."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda each: (each.line, each.path)))
        super().__init__("\n".join(str(each) for each in self.problems))


class UnansweredError(Exception):
    """Questions of the notice that nobody has answered yet, in the order of the rulebook."""

    def __init__(self, questions: Sequence[Question]) -> None:
        self.questions = tuple(questions)
        names = "、".join(each.id for each in self.questions)
        super().__init__(f"还有 {len(self.questions)} 个问题待明确：{names}")
