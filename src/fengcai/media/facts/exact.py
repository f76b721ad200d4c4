"""What every fact is made of: exact numbers, and values that every database can keep."""

from __future__ import annotations

import math
import re
from fractions import Fraction
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, PlainSerializer, PlainValidator

WRITTEN = re.compile(r"-?[0-9]{1,200}(?:/0*[1-9][0-9]{0,200})?")


def storable(value: Any) -> Any:
    """The same JSON value as every database can keep it, keys included.

    PostgreSQL refuses U+0000 and half characters (lone surrogates) in text and jsonb, and every
    engine refuses a number that is not finite: the first are dropped, the last becomes null.
    """
    match value:
        case str():
            return value.replace("\0", "").encode("utf-8", "ignore").decode("utf-8")
        case float():
            return value if math.isfinite(value) else None
        case dict():
            return {storable(name): storable(each) for name, each in value.items()}
        case list() | tuple():
            return [storable(each) for each in value]
    return value


def _exact(value: object) -> Fraction:
    # A report may come from a child that was taken over: 1/0 and 1e999999999 are no numbers here.
    if isinstance(value, str) and not WRITTEN.fullmatch(value):
        raise ValueError("an exact number is written in digits, such as 30000/1001")
    if isinstance(value, (Fraction, int, str)):
        return Fraction(value)
    raise ValueError("an exact number is written as a fraction, such as 30000/1001")


Exact = Annotated[Fraction, PlainValidator(_exact), PlainSerializer(str, return_type=str)]


class Part(BaseModel):
    """A frozen piece of facts that takes no field it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")
