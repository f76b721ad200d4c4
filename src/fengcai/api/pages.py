"""Lists by pages: `limit`, `after`, and the address of the next page.

The cursor names the last row shown, not a count: rows that come or go meanwhile neither repeat nor
hide others.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated, Any, TypeVar
from urllib.parse import urlencode

from django.http import HttpRequest
from ninja import Query
from pydantic import Field

from fengcai.api.problems import Trouble, invalid
from fengcai.api.types import storable

MOST = 200
Row = TypeVar("Row")

Limit = Annotated[int, Query(50, ge=1, le=MOST, description="一页最多多少项")]
After = Annotated[
    str,
    Query(
        "",
        max_length=300,
        pattern=r"^[A-Za-z0-9_-]*$",
        description="上一页末尾的游标，取自 next；请勿自行拼写",
    ),
]
Next = Annotated[str | None, Field(description="下一页的地址；没有更多时为 null")]


def cursor(*values: Any) -> str:
    """What names a row: its place in the order."""
    said = json.dumps([str(value) for value in values], separators=(",", ":"))
    return base64.urlsafe_b64encode(said.encode()).decode().rstrip("=")


def place(after: str, *kinds: Callable[[str], Row]) -> tuple[Any, ...] | None:
    """What a cursor says, each part as its kind; None at the beginning. Raises `Trouble`."""
    if not after:
        return None
    try:
        parts = json.loads(base64.urlsafe_b64decode(after + "=" * (-len(after) % 4)))
        if not isinstance(parts, list) or len(parts) != len(kinds):
            raise ValueError(after)
        return tuple(kind(str(part)) for kind, part in zip(kinds, parts, strict=True))
    except (ValueError, TypeError, OverflowError, RecursionError):
        raise _strange() from None


def split(
    request: HttpRequest, rows: Sequence[Row], limit: int, name: Callable[[Row], str]
) -> tuple[list[Row], str | None]:
    """The page and the address of the next one, from `limit` + 1 rows. `name` gives a cursor."""
    shown = list(rows[:limit])
    if len(rows) <= limit:
        return shown, None
    asked = [(key, value) for key, value in request.GET.items() if key != "after"]
    return shown, f"{request.path}?{urlencode([*asked, ('after', name(shown[-1]))])}"


def number(text: str) -> int:
    """A whole number that the database can hold. Raises ValueError."""
    found = int(text)
    if not 0 <= found < 2**63:
        raise ValueError(text)
    return found


def instant(text: str) -> datetime:
    """An instant with its zone, as a cursor holds it. Raises ValueError."""
    return storable(datetime.fromisoformat(text))


def _strange() -> Trouble:
    """What a cursor of another making gets."""
    return invalid("query.after", "不是本接口给出的游标", "not a cursor that this API gave")
