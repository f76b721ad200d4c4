"""Whose file it is: a received file's work, for pages that know only the file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from fengcai.apps.entries.models import FileVersion


@dataclass(frozen=True)
class Whose:
    """A work in a line: 《题名》, its number and its unit."""

    entry_id: UUID
    number: str
    title: str
    unit: str
    filename: str
    contest: str


def works_of_assets(assets: Iterable[UUID]) -> dict[UUID, Whose]:
    """The works that these files belong to. 1 SQL."""
    rows = FileVersion.objects.filter(asset__in=list(assets)).values_list(
        "asset_id",
        "entry_id",
        "entry__number",
        "entry__title",
        "entry__unit__name",
        "asset__filename",
        "entry__contest__title",
    )
    return {row[0]: Whose(*row[1:]) for row in rows}
