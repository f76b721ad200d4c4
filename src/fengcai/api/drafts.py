"""What a program writes into a draft's fields, as the action takes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fengcai.api.schemas.entries import Person
from fengcai.apps.refusals import Refused


def fields_from(sent: Mapping[str, str | list[Person | dict[str, str]]]) -> dict[str, Any]:
    """The fields as plain values. The action refuses unknown ones and values of another kind.

    Raises `Refused` for `themes` and `divisions`, which the action would take from here too.
    """
    for name, label in (("themes", "创作方向"), ("divisions", "组别")):
        if name in sent:
            raise Refused(
                "有的栏目类型不对，没有保存。",
                fields={name: f"{label}请写在 {name}，不写在 fields"},
            )
    return {
        name: [row.model_dump() if isinstance(row, Person) else dict(row) for row in value]
        if isinstance(value, list)
        else value.replace("\r\n", "\n")
        for name, value in sent.items()
    }
