"""What every clause of the book shares: ids, citations, and gaps where the notice is silent.

Any value may be `待明确 A10` or `待明确 A10.step`: the question that has to fill it. Which clauses
there are is the business of `language`.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, TypeVar

from pydantic import (
    BaseModel,
    ConfigDict,
    Discriminator,
    StringConstraints,
    Tag,
    WithJsonSchema,
    model_validator,
)

from .words import Cite, refuse

VERSION = "1"
OPEN_WORD = "待明确"
ABSENT = "不设"
OPEN = re.compile(r"待明确[ \u3000]*([A-Za-z][A-Za-z0-9]*)(?:\.([a-z][a-z0-9_]*))?")

Id = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]*$")]
QuestionId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9]*$")]


class Clause(BaseModel):
    """A frozen piece of the book; keys that the language does not know are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Open(Clause):
    """A gap in the notice: the question that has to fill it and, if it fills several, the name."""

    question: str
    name: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, value: Any) -> Any:
        match = OPEN.fullmatch(str(value).strip())
        if match is None:
            raise refuse(f"“{value}”没有指明问题", "请写成“待明确 A10”或“待明确 A10.step”。")
        return {"question": match[1], "name": match[2]}


def _which(value: Any) -> str:
    return "=open" if isinstance(value, str) and value.startswith(OPEN_WORD) else "=said"


T = TypeVar("T")
_Gap = Annotated[Open, Tag("=open"), WithJsonSchema({"type": "string", "pattern": "^待明确 "})]
Said = Annotated[Annotated[T, Tag("=said")] | _Gap, Discriminator(_which)]
"""A value that the notice states, or the gap where it is silent."""


class Cited(Clause):
    """A rule with its source in the notice."""

    cite: Cite
