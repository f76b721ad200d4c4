"""The plain things that every schema is made of: instants, ids, texts, exact numbers."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from django.utils import timezone
from ninja import Schema
from pydantic import (
    AfterValidator,
    AwareDatetime,
    ConfigDict,
    Field,
    PlainSerializer,
    WithJsonSchema,
)

CONTROLS_OUT = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"


def _instant(value: datetime) -> str:
    return timezone.localtime(value).isoformat()


Instant = Annotated[
    datetime,
    PlainSerializer(_instant, return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time"}, mode="serialization"),
]
"""RFC 3339 with the server's offset: 2026-04-30T17:00:00+08:00."""


def storable(value: datetime) -> datetime:
    """The instant in UTC. Raises ValueError outside what every database and zone can hold."""
    if not 1970 <= value.year <= 2999 or value.tzinfo is None:
        raise ValueError("a time between 1970 and 2999, with its zone")
    return value.astimezone(UTC)


When = Annotated[AwareDatetime, AfterValidator(storable)]
"""An instant that a program sends."""

Number = Annotated[str, Field(pattern=r"^[0-9]{1,18}$", description="编号（不透明的字符串）")]
"""An id that is a number inside; to programs it is a text."""

Line = Annotated[str, Field(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]
Text = Annotated[str, Field(max_length=20_000, pattern=CONTROLS_OUT)]
Exact = Annotated[str, Field(description="精确的十进制数，写成字符串，如 “91.25”")]


Version = Annotated[int, Field(strict=True, ge=1, le=2_000_000_000, description="读到的 version")]
"""Of what was read before it is changed; `true` is no number here."""


class Strict(Schema):
    """A body: what it does not know is refused, so that a misspelt field does not go unnoticed."""

    model_config = ConfigDict(extra="forbid")
