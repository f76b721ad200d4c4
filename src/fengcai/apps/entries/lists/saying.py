"""How the rows of a field read: for people on review, judges' and public pages, in tables and on paper."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from fengcai.apps.entries.lists.shapes import (
    LICENCES,
    LISTS,
    NONE,
    SAID,
    USES,
    rows_of,
    shape_of,
)
from fengcai.core.references import doi_address, doi_problem, read_rows, rendered
from fengcai.core.rulebook import Field, Track
from fengcai.core.rulebook.saying import WORDS

GENERATED = frozenset({"text", "picture", "film", "voice", "music"})
"""Uses of AI that generate or synthesise what is seen, heard or read: those are labelled."""
_READERS = {"references": "judges", "audience": "public", "ai_use": "public", "longtext": "public"}
"""Who reads a field beside the office where the rules do not say: judges, or everybody."""
Reader = Literal["judges", "public"]


@dataclass(frozen=True)
class Shown:
    """A field as a page shows it: each line with where it leads, empty where nowhere."""

    label: str
    lines: tuple[tuple[str, str], ...]

    @property
    def text(self) -> str:
        """The lines without their addresses."""
        return "\n".join(line for line, _ in self.lines)


def lines_of(field: Field, fields: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """(line, address) of each row; “没有” where that was said."""
    value = fields.get(field.id)
    if field.kind == "references":
        return tuple(
            (f"[{n}] {rendered(each)}", _address(each.doi, each.url))
            for n, each in enumerate(read_rows(value), 1)
        )
    said = tuple((_row(field, row), "") for row in rows_of(field, value))
    if not said and str(fields.get(f"{SAID}{field.id}", "")) == NONE:
        return ((NONE, ""),)
    return said


def said_of(field: Field, fields: Mapping[str, Any]) -> str:
    """A field's value as text, for tables, forms and search; people and marks of choice too."""
    value = fields.get(field.id)
    if field.kind in LISTS:
        return "\n".join(line for line, _ in lines_of(field, fields))
    return value if isinstance(value, str) else ""


def read_by(field: Field, reader: Reader) -> bool:
    """Whether this field is shown to judges or to everybody."""
    shown = field.shown_to or _READERS.get(field.kind, "office")
    return shown == "public" or shown == reader


def shown_fields(track: Track, fields: Mapping[str, Any], reader: Reader) -> list[Shown]:
    """What of a form is shown beside a work, in its order. The public is told of AI by the label
    alone (`ai_label`), judges what it was used for."""
    found = []
    for field in track.fields:
        hidden = ("people", "ai_use") if reader == "public" else ("people",)
        if field.id == "title" or field.kind in hidden or not read_by(field, reader):
            continue
        lines = lines_of(field, fields) if field.kind in LISTS else ()
        if field.kind not in LISTS and (text := said_of(field, fields).strip()):
            lines = ((text, ""),)
        if lines:
            found.append(Shown(field.label, lines))
    return found


def ai_label(track: Track, fields: Mapping[str, Any], reader: Reader = "public") -> str:
    """The label of a work that holds what AI made, empty where none is declared or none is shown.

    《人工智能生成合成内容标识办法》 asks whoever publishes such content to say so where it is seen.
    """
    for field in track.fields:
        if field.kind != "ai_use" or not read_by(field, reader):
            continue
        uses = {row["use"] for row in rows_of(field, fields.get(field.id))} & GENERATED
        if uses:
            names = "、".join(name for use, name in USES.items() if use in uses)
            return f"本作品含人工智能生成合成内容：{names}"
    return ""


def audience_of(track: Track, fields: Mapping[str, Any]) -> str:
    """For whom a work is meant (适用人群), empty where the form does not ask or nothing was said."""
    asked = (str(fields.get(f.id) or "") for f in track.fields if f.kind == "audience")
    return next((text for text in asked if text), "")


def _row(field: Field, row: Mapping[str, str]) -> str:
    if field.kind == "rights":
        kind = WORDS["kinds"].get(row["kind"], row["kind"])
        licence = LICENCES.get(row["licence"], "") + (
            f" {row['version']}" if row["version"] else ""
        )
        parts = [f"{kind}《{row['title']}》", row["author"], f"来源：{row['origin']}" if row["origin"] else "",
                 licence, "有凭据" if row.get("evidence") else ""]  # fmt: skip
        return "，".join(part for part in parts if part)
    columns = shape_of(field).columns
    said = [column.word(row[column.id]) for column in columns if row[column.id]]
    return "，".join(said)


def _address(doi: str, url: str) -> str:
    if doi and not doi_problem(doi):
        return doi_address(doi)
    return url if url.startswith(("http://", "https://")) else ""
