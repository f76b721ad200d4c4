"""Which column of an officer's table is what: by its header, or as an officer said of it once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from fengcai.apps.contests.duties import TableMapping
from fengcai.apps.contests.models import Contest
from fengcai.apps.contests.naming import plain
from fengcai.apps.contests.roles import Role
from fengcai.apps.contests.rules import require_role
from fengcai.apps.people.models import User
from fengcai.apps.refusals import Refused

Rows = Sequence[tuple[int, Sequence[str]]]
"""Rows of a table: the line in the file, the cells as text."""


@dataclass(frozen=True)
class Columns:
    """The columns of one kind of table: what each may be called, the first name being its own.

    Without those in `required` a table cannot be understood; those in `mendable` can be corrected
    in the preview, for a row may be refused for them.
    """

    purpose: str
    names: Mapping[str, tuple[str, ...]]
    required: tuple[str, ...]
    mendable: tuple[str, ...]

    @property
    def headers(self) -> list[str]:
        """Each column's own name, in order."""
        return [names[0] for names in self.names.values()]

    @property
    def expected(self) -> tuple[str, ...]:
        """Everything that a header may say."""
        return tuple(name for names in self.names.values() for name in names)

    def lacking(self, found: Mapping[str, int]) -> tuple[str, ...]:
        """The names of the required columns that were not found."""
        return tuple(self.names[key][0] for key in self.required if key not in found)

    def found_in(self, headers: Sequence[str]) -> dict[str, int]:
        """Which column is what: by its header, else as an officer said of the same headers.
        1 SQL, and only where a required one has no header."""
        found = {
            key: place
            for key, names in self.names.items()
            if (place := _column(headers, names)) is not None
        }
        if self.lacking(found):
            kept = TableMapping.objects.filter(purpose=self.purpose, headers=_digest(headers))
            row = kept.first()
            said = row.columns if row else {}
            places = {key: said[key] for key in self.names if said.get(key, 1000) < len(headers)}
            found = {key: place for key, place in found.items() if place not in places.values()}
            found |= places
        return found

    def canonical(self, rows: Rows, columns: Mapping[str, int]) -> list[tuple[int, list[str]]]:
        """The rows with these columns in their order, the others left behind."""
        return [
            (line, [_cell(cells, columns.get(key)) for key in self.names]) for line, cells in rows
        ]

    def mended(
        self, rows: Rows, corrections: Mapping[int, Mapping[str, str]]
    ) -> list[tuple[int, list[str]]]:
        """Canonical rows with what was corrected by hand: line → column's key → text."""
        places = {key: place for place, key in enumerate(self.names)}
        found = []
        for line, cells in rows:
            row = list(cells)
            for key, text in corrections.get(line, {}).items():
                row[places[key]] = plain(text)
            found.append((line, row))
        return found

    def remember(
        self,
        *,
        contest: Contest,
        headers: Sequence[str],
        columns: Mapping[str, int],
        by: User,
        at: datetime,
    ) -> None:
        """Keep which column is what for the next table with the same headers."""
        require_role(by, contest, Role.ORGANISER)
        if lacking := self.lacking(columns):
            raise Refused(f"请指明哪一列是{'、哪一列是'.join(lacking)}。没有导入任何内容。")
        if len(set(columns.values())) != len(columns):
            raise Refused("同一列不能当作两项内容，请重新选择。没有导入任何内容。")
        TableMapping.objects.update_or_create(
            purpose=self.purpose,
            headers=_digest(headers),
            defaults={"columns": dict(columns), "by": by, "at": at},
        )


def _digest(headers: Sequence[str]) -> str:
    told = ["".join(header.split()) for header in headers]
    return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()


def _column(headers: Sequence[str], names: Sequence[str]) -> int | None:
    cleaned = ["".join(header.split()).rstrip("*＊") for header in headers]
    return next((cleaned.index(name) for name in names if name in cleaned), None)


def _cell(cells: Sequence[str], index: int | None) -> str:
    if index is None or index >= len(cells):
        return ""
    return plain(cells[index])
