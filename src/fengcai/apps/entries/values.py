"""What may stand in a field of a draft: the kind of value that the rules give it. Whether it is
finished and right is not asked here but in `fields`, at the submission."""

from __future__ import annotations

from typing import Any

from fengcai.apps.entries.lists import LISTS, SAID, rows_of, shape_of
from fengcai.apps.entries.lists.shapes import MOST_ROWS, NONE, THERE
from fengcai.apps.texts import storable
from fengcai.core.rulebook import Field

LONGEST_TEXT = 20_000
LONGEST_NAME = 60
LONGEST_ROLE = 40
LONGEST_DETAIL = 100
MOST_PEOPLE = 200
MOST_THEMES = 20


class Misfit(ValueError):
    """The value is of another kind; the text is Chinese and stands beside the field."""


def value_for(field: Field, value: Any) -> Any:
    """`value` as it is kept in `field`: text, or rows of name, role and what else is asked.
    Raises `Misfit`, and `Refused` for half a character."""
    if field.kind == "people":
        return _people(field, value)
    if field.kind in LISTS and not (field.kind == "references" and isinstance(value, str)):
        return _rows(field, value)
    if not isinstance(value, str):
        raise Misfit("应为文字")
    if len(value) > LONGEST_TEXT:
        raise Misfit(f"超过 {LONGEST_TEXT} 字，无法保存")
    return rows_of(field, storable(value)) if field.kind in LISTS else storable(value)


def said_from(value: Any) -> str:
    """有, 没有 or nothing yet, beside a list of rows. Raises `Misfit`."""
    if value not in ("", THERE, NONE):
        raise Misfit("请选“有”或“没有”")
    return str(value)


def asked_beside(fields: tuple[Field, ...]) -> frozenset[str]:
    """The keys of what is said beside the lists of a form."""
    return frozenset(
        f"{SAID}{each.id}" for each in fields if each.kind in LISTS and shape_of(each).question
    )


def themes_from(value: Any) -> list[str]:
    """The ids of the themes chosen; known or not is asked at the submission. Raises `Misfit`."""
    if not isinstance(value, list | tuple) or not all(isinstance(each, str) for each in value):
        raise Misfit("应为创作方向的列表")
    return [storable(each)[:LONGEST_NAME] for each in value][:MOST_THEMES]


def divisions_from(value: Any) -> list[str]:
    """The ids of the divisions chosen, at most one of an axis counts later. Raises `Misfit`."""
    if not isinstance(value, list | tuple) or not all(isinstance(each, str) for each in value):
        raise Misfit("应为组别的列表")
    chosen = [storable(each)[:LONGEST_NAME] for each in value if each]
    return list(dict.fromkeys(chosen))[:MOST_THEMES]


def answer_from(value: Any) -> str:
    """A short answer that no field of the track holds (when made, prizes won). Raises `Misfit`."""
    if not isinstance(value, str):
        raise Misfit("应为文字")
    if len(value) > LONGEST_DETAIL:
        raise Misfit(f"最多 {LONGEST_DETAIL} 字")
    return storable(value).strip()


def _rows(field: Field, value: Any) -> list[dict[str, str]]:
    columns = {column.id: column for column in shape_of(field).columns}
    if not isinstance(value, list) or not all(
        isinstance(row, dict)
        and row.keys() <= columns.keys()
        and all(isinstance(each, str) for each in row.values())
        for row in value
    ):
        raise Misfit(f"应为列表，每{shape_of(field).row}可有：{'、'.join(columns)}")
    if len(value) > MOST_ROWS:
        raise Misfit(f"最多 {MOST_ROWS} {shape_of(field).row}")
    for row in value:
        for name, text in row.items():
            if len(text) > columns[name].longest:
                raise Misfit(f"{columns[name].label}最多 {columns[name].longest} 字")
    return rows_of(field, [{name: storable(text) for name, text in row.items()} for row in value])


def _people(field: Field, value: Any) -> list[dict[str, str]]:
    if not isinstance(value, list) or not all(_is_person(field, each) for each in value):
        raise Misfit("应为人员列表，每人有姓名和分工")
    if len(value) > MOST_PEOPLE:
        raise Misfit(f"最多 {MOST_PEOPLE} 人")
    rows = [_person(field, each) for each in value]
    if any(len(row["name"]) > LONGEST_NAME or len(row["role"]) > LONGEST_ROLE for row in rows):
        raise Misfit(f"姓名最多 {LONGEST_NAME} 字，分工最多 {LONGEST_ROLE} 字")
    if any(len(text) > LONGEST_DETAIL for row in rows for text in row.values()):
        raise Misfit(f"每人的单位、职称等各最多 {LONGEST_DETAIL} 字")
    return rows


def _person(field: Field, row: dict[str, str]) -> dict[str, str]:
    """Name, role, and every detail that the rules ask for, so that rows stay alike."""
    kept = {"name": storable(row.get("name", "")), "role": storable(row.get("role", ""))}
    return kept | {name: storable(row.get(name, "")).strip() for name in field.asks}


def _is_person(field: Field, value: Any) -> bool:
    return (
        isinstance(value, dict)
        and value.keys() <= {"name", "role", *field.asks}
        and all(isinstance(each, str) for each in value.values())
    )
