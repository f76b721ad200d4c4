"""The JSON Schema of the rulebook language and of the answers, for editors that complete and check.

It is made from the same models that read the files, so it cannot fall behind them.
"""

from __future__ import annotations

from typing import Any

from .language import Book
from .questions import AnswersText

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema(*, answers: bool = False) -> dict[str, Any]:
    """JSON Schema of a rulebook file, or of a file of answers."""
    model = AnswersText if answers else Book
    title = "风采规则书的答复" if answers else "风采规则书"
    return {"$schema": DIALECT, **model.model_json_schema(), "title": title}
