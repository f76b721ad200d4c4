"""Questions that a notice leaves open, and the answers that a post gives to them.

Questions stand in the rulebook, answers in a file of their own. Putting answers into the gaps is
the business of `book`.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field as Setting
from pydantic import model_validator

from .gaps import Cited, Clause, Id, QuestionId, Slug
from .words import Instant, Text, refuse


class Option(Clause):
    """One way to answer: what it means in words, and the values it gives to the gaps."""

    means: Text
    sets: dict[Id, Any] = Setting(default_factory=dict)


class QuestionText(Cited):
    """A question that the notice leaves open.

    `free` names the gaps that an answer may fill with a value of its own, each with its meaning.
    """

    ask: Text
    also: Text | None = None
    blocks: Literal["opening", "judging", "awards", "publication"]
    options: dict[Id, Option] = Setting(default_factory=dict)
    free: dict[Id, Text] = Setting(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        """The gaps that this question can fill."""
        sets = [name for option in self.options.values() for name in option.sets]
        return tuple(dict.fromkeys([*sets, *self.free]))

    def named(self, value: Any) -> dict[str, Any] | None:
        """A value of one's own under its name; None when this question does not allow it."""
        if isinstance(value, dict) and value and set(value) <= set(self.free):
            return value
        if len(self.free) == 1 and value is not None:
            return {next(iter(self.free)): value}
        return None


class Question(QuestionText):
    """A question with its id, as the pages show it."""

    id: str


class AnswerText(Clause):
    """One decision: an option or values of one's own, by which post, when and why."""

    choice: Id | None = None
    value: Any = None
    by: Text
    at: Instant
    reason: Text

    @model_validator(mode="after")
    def _decides(self) -> AnswerText:
        if self.choice is None and self.value is None:
            raise refuse(
                "答复既没有选项（choice），也没有值（value）",
                "请写 choice: 选项名，或 value: 自定的值。",
            )
        return self


class AnswersText(Clause):
    """The answers to one rulebook's questions."""

    answers: Literal["1"]
    rulebook: Slug
    decisions: dict[QuestionId, AnswerText]
