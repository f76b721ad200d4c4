"""What programs read of works, page by page: every work for the office, a unit its own, else none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Prefetch, Q

from fengcai.apps.assets.models import Finding
from fengcai.apps.contests.feeds import Standing
from fengcai.apps.contests.models import Contest
from fengcai.apps.entries.broken import Binding, Bound
from fengcai.apps.entries.models import Entry, FileVersion


@dataclass(frozen=True)
class Sought:
    """What a list is narrowed to; empty is everything. `text` is looked for in title, number, unit."""

    track: str = ""
    state: str = ""
    unit: int | None = None
    text: str = ""


def entries_in(
    standing: Standing, sought: Sought, *, after: tuple[datetime, UUID] | None, most: int
) -> Sequence[Entry]:
    """Works by (begun, id) from behind `after`, with unit and current files. 3 SQL, 1 more where an
    amendment came between them.

    Each current file's asset carries its broken binding findings as `broken`.
    """
    rows = Entry.objects.filter(contest=standing.contest).select_related("unit")
    if not standing.office:
        rows = rows.filter(unit__in=standing.units)
    if sought.track:
        rows = rows.filter(track=sought.track)
    if sought.state:
        rows = rows.filter(state=sought.state)
    if sought.unit is not None:
        rows = rows.filter(unit=sought.unit)
    if sought.text:
        rows = rows.filter(
            Q(title__icontains=sought.text)
            | Q(number__icontains=sought.text)
            | Q(unit__name__icontains=sought.text)
        )
    if after is not None:
        begun, pk = after
        # Both halves in one row comparison would be neater; this form uses the index everywhere.
        rows = rows.filter(Q(created_at__gt=begun) | Q(created_at=begun, pk__gt=pk))
        rows = rows.filter(created_at__gte=begun)
    broken = Finding.objects.filter(verdict=Finding.Verdict.FAIL, severity="must")
    files = (
        FileVersion.objects.filter(current=True)
        .select_related("asset")
        .prefetch_related(Prefetch("asset__findings", queryset=broken, to_attr="broken"))
        .order_by("slot")
    )
    rows = rows.prefetch_related(Prefetch("files", queryset=files, to_attr="current_files"))
    found = list(rows.order_by("created_at", "pk")[:most])
    _only_binding(standing.contest, found)
    return found


def _only_binding(contest: Contest, rows: Sequence[Entry]) -> None:
    """Leave of the broken demands those that bind the work they were measured in."""
    works = {
        row.pk: Bound(row.track, tuple(row.divisions), row.state, row.rulebook_id)
        for row in rows
        if any(file.asset.broken for file in row.current_files)  # type: ignore[attr-defined]
    }
    if not works:
        return
    binding = Binding(contest, works.values())
    for row in rows:
        for file in row.current_files if row.pk in works else ():  # type: ignore[attr-defined]
            kept = [f for f in file.asset.broken if binding.binds(works[row.pk], f.requirement)]
            file.asset.broken = kept
