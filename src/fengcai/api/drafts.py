"""What a program may write into a draft's fields: the kind of value that the rules give each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from fengcai.api.schemas.entries import Person
from fengcai.apps.refusals import Refused

if TYPE_CHECKING:
    from fengcai.apps.entries.queries import Page


def checked_fields(page: Page, fields: Mapping[str, str | list[Person]]) -> dict[str, Any]:
    """The fields as the action takes them. Raises `Refused` naming each of the wrong kind.

    A field that the rules do not have is left to the action, which names it too.
    """
    kinds = {field.id: field.kind for field in page.track.fields}
    wrong = {}
    for name, value in fields.items():
        if name == "themes":
            wrong[name] = "创作方向请写在 themes，不写在 fields"
        elif name in kinds and isinstance(value, list) != (kinds[name] == "people"):
            wrong[name] = "应为人员列表" if kinds[name] == "people" else "应为文字"
    if wrong:
        raise Refused("有的栏目类型不对，没有保存。", fields=wrong)
    return {
        name: [person.model_dump() for person in value]
        if isinstance(value, list)
        else value.replace("\r\n", "\n")
        for name, value in fields.items()
    }
