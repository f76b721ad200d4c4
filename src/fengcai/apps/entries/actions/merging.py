"""Two people on one draft: what each changed since the other looked, field by field.

A page says which version it was made from. What stood in a field then is found in the revisions
since; a field that only one side changed is merged, one that both changed is a conflict and neither
text is lost.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from fengcai.apps.entries.models import Entry, Revision
from fengcai.apps.people.models import User
from fengcai.apps.prepared import Given, Prepared

KEPT = 300
"""Saves of one draft that are remembered; an older page finds every difference a conflict."""
PRESENT = timedelta(minutes=10)


@dataclass
class Merged:
    """What of a save may be written, and what somebody else changed meanwhile to something else."""

    changes: dict[str, Any] = field(default_factory=dict)
    conflicts: list[str] = field(default_factory=list)
    by: str = ""
    """Who saved last of those who changed a field in conflict."""


@dataclass(frozen=True)
class Writer:
    """Somebody who saved this draft a short while ago."""

    name: str
    at: datetime


def standing_values(entry: Entry) -> dict[str, Any]:
    """What stands in the draft, for a page that was overtaken."""
    chosen = {"themes": entry.themes, "divisions": entry.divisions}
    return {"title": entry.title, **chosen, **entry.fields}


def merge(entry: Entry, changes: Mapping[str, Any], since: int) -> Merged:
    """Lay `changes`, made on version `since`, over what stands now. 1 SQL where somebody saved since."""
    if since == entry.version:
        return Merged(dict(changes))
    rows = _since(entry.pk, since)
    # Saves that are no longer remembered may have touched anything.
    whole = bool(rows) and rows[0].version == since + 1 and since < entry.version
    now, then = standing_values(entry), dict[str, Any]()
    last: dict[str, str] = {}
    for row in rows:
        for name, value in row.before.items():
            then.setdefault(name, value)
            last[name] = str(row.by)
    found = Merged()
    for name, mine in changes.items():
        theirs = now.get(name)
        if same(mine, theirs):
            continue
        if whole and name not in then:
            found.changes[name] = mine
        elif whole and same(mine, then[name]):
            continue  # They changed it, I only sent what my page showed.
        else:
            found.conflicts.append(name)
            found.by = last.get(name, found.by)
    return found


def remember(
    entry: Entry, before: Mapping[str, Any], changed: set[str], by: User, at: datetime
) -> None:
    """Keep what a save replaced; call it with the new version on the entry. 1 SQL, at times 2."""
    Revision.objects.create(
        entry=entry,
        version=entry.version,
        before={name: before.get(name) for name in changed},
        by=by,
        at=at,
    )
    if entry.version % 50 == 0:
        Revision.objects.filter(entry=entry, version__lte=entry.version - KEPT).delete()


def changed_since(entry: Entry, since: int, besides: Mapping[str, Any]) -> dict[str, Any]:
    """What others changed since a page was made and the page does not show, as it stands now. 1 SQL."""
    now = standing_values(entry)
    names = {name for row in _since(entry.pk, since) for name in row.before}
    return {name: now.get(name, "") for name in sorted(names) if name not in besides}


def writing_now(entry: Entry, besides: User, at: datetime) -> list[Writer]:
    """Who else saved this draft within the last minutes, the latest first. 1 SQL."""
    found: dict[int, Writer] = {}
    for row in _WRITING(entry=entry.pk, since=at - PRESENT, besides=besides.pk):
        found.setdefault(row.by_id, Writer(str(row.by), row.at))
    return list(found.values())


_WRITING = Prepared(
    lambda: (
        Revision.objects.filter(entry=Given("entry"), at__gt=Given("since"))
        .exclude(by=Given("besides"))
        .select_related("by")
        .order_by("-version")[:KEPT]
    )
)


def same(one: Any, other: Any) -> bool:
    """Whether two values say the same: nothing, an empty text and an empty list do."""
    return one == other or (not one and not other)


def _since(entry_id: UUID, version: int) -> list[Revision]:
    rows = Revision.objects.filter(entry=entry_id, version__gt=version).select_related("by")
    return list(rows.order_by("version"))
