"""The rows of the review desk's pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.http import QueryDict
from django.urls import reverse

from fengcai.apps.entries.actions.mending import parts_of
from fengcai.apps.entries.fields import DETAIL_NAMES
from fengcai.apps.entries.identity import masked
from fengcai.apps.entries.listing import listing
from fengcai.apps.entries.lists import LISTS, SAID, ai_label, lines_of
from fengcai.apps.entries.opinions import opinions_of
from fengcai.apps.entries.queries import Page, values_of
from fengcai.apps.entries.snapshots import snapshots_of
from fengcai.apps.entries.states import State
from fengcai.apps.exchange.origins import origin_of
from fengcai.apps.intake.checklist import Point
from fengcai.apps.intake.queries import Sheet
from fengcai.apps.refusals import Refused
from fengcai.core.rulebook import Field
from fengcai.web.shared.cards import checked_view
from fengcai.web.shared.inspected import Lines, Seen, lines_on, player_of
from fengcai.web.shared.works import asked_for, works_view

if TYPE_CHECKING:
    from fengcai.apps.contests.models import Contest

CARDS = 24
"""How many works of the queue stand on a page, as pictures."""


@dataclass(frozen=True)
class PointRow:
    """A point of the checklist with what the reviewer has ticked and written so far."""

    point: Point
    decision: str
    note: str
    error: str
    seen: tuple[Seen, ...] = ()
    """What the inspection of the files noticed about it."""

    @property
    def cite(self) -> dict[str, str]:
        """The clause, as the chip takes it."""
        return {"section": self.point.section, "words": self.point.words}


def desk_page(contest: Contest, sent: QueryDict) -> dict[str, Any]:
    """The queue, the longest waiting first, as cards; the works in other states as a table."""
    asked = asked_for(sent, contest, first=State.CONFIRMED)
    queue = asked.state == State.CONFIRMED
    found = listing(contest, replace(asked, per_page=CARDS if queue else asked.per_page))
    return {
        "works": works_view(contest, found, to="review", cards=queue, first=State.CONFIRMED),
        "waiting": found.counts.get(State.CONFIRMED, 0),
        "queue": queue,
        "packs": reverse("packs", args=[contest.slug]),
    }


def sheet_page(sheet: Sheet, *, typed: QueryDict, error: Refused | None) -> dict[str, Any]:
    """One work on the desk; what a refused decision held is kept."""
    page = sheet.page
    errors: Mapping[str, str] = error.fields if error else {}
    values = values_of(page)
    films = _films(page)
    noticed = _by_requirement(film["lines"] for film in films)
    return {
        "entry": page.entry,
        "brought": origin_of(page.entry),
        "card": page.card,
        "films": films,
        "links": [
            {"name": slot.name, "item": item}
            for slot in page.scope.slots
            for item in page.items
            if item.slot == slot.id
        ],
        "arriving": _arriving(sheet),
        "points": [
            PointRow(
                point=point,
                decision=typed.get(f"decision-{point.requirement}", point.said),
                note=typed.get(f"note-{point.requirement}", point.said_why),
                error=errors.get(point.requirement, ""),
                seen=noticed.get(point.requirement, ()),
            )
            for point in sheet.to_judge
        ],
        "labels": {point.requirement: point.text for point in (*sheet.to_judge, *sheet.settled)},
        "settled": [
            {
                "requirement": p.requirement,
                "ruling": p.ruling,
                "rules": bool(p.assets),
                "note": typed.get(f"note-{p.requirement}", p.said_why),
                "error": errors.get(p.requirement, ""),
                "text": p.text,
                "verdict": p.machine,
                "severity": p.severity,
                "measured": p.measured,
                "cite": {"section": p.section, "words": p.words},
            }
            for p in sheet.settled
        ],
        "facts": [
            (field.label, _plain(field, values.get(field.id)))
            for field in page.track.fields
            if field.id != "title" and field.kind not in LISTS
        ],
        "declared": [
            (field, lines_of(field, values), str(values.get(f"{SAID}{field.id}", "")))
            for field in page.track.fields
            if field.kind in LISTS
        ],
        "ai_label": ai_label(page.track, values, "judges"),
        "opinions": opinions_of(page.entry)
        if any(slot.role == "opinion" for slot in page.scope.slots)
        else None,
        "snapshots": snapshots_of(page.entry),
        "parts": [
            (part, name, part in typed.getlist("parts")) for part, name in parts_of(page.scope)
        ],
        "declarations": page.declarations,
        "reviews": sheet.reviews,
        "writable": page.entry.state == State.CONFIRMED,
        "objecting": any(p.requirement in errors for p in sheet.settled),
        "reasons": typed.get("reasons", ""),
        "returning": typed.get("decision") == "return",
        "error": error,
    }


def _films(page: Page) -> list[dict[str, Any]]:
    """The files of a work, each with its player and what its inspection noticed. 1 SQL."""
    shown = [(slot, row) for slot in page.scope.slots for row in page.standing(slot.id)]
    first = shown[0][1].file.id if shown else None
    lines = lines_on(page, "review-inspection", private=True, first=first)
    return [
        {
            "file": version.file,
            "version": version.number,
            "name": slot.name if slot.max == 1 else f"{slot.name} {version.place}",
            "caption": version.caption,
            "view": checked_view(version.file, name=slot.name, kind=slot.file_kind)
            if slot.file_kind != "document"
            else None,
            "lines": lines[version.file.id],
            "player": player_of(version.file.id, first),
        }
        for slot, version in shown
    ]


def _by_requirement(files: Iterable[Lines]) -> dict[str, tuple[Seen, ...]]:
    """What was noticed in all files of a work, by the demand it belongs to."""
    found: dict[str, tuple[Seen, ...]] = {}
    for each in files:
        for requirement, seen in each.by_requirement.items():
            found[requirement] = found.get(requirement, ()) + seen
    return found


def _arriving(sheet: Sheet) -> list[dict[str, Any]]:
    """What has to come as paper or as a thing, with what has been noted of it."""
    page = sheet.page
    wanted = [
        (each.id, each.what or "纸质材料", each.copies or 1)
        for each in page.scope.channels
        if each.kind == "paper"
    ]
    wanted += [(s.id, s.name, s.min) for s in page.scope.slots if s.kind == "physical"]
    return [
        {
            "what": what,
            "name": name,
            "count": count,
            "rows": [row for row in page.arrivals if row.what == what],
        }
        for what, name, count in wanted
    ]


def _plain(field: Field, value: Any) -> str:
    """A field's value; numbers that identify somebody are masked."""
    if isinstance(value, list):
        detailed = any(row.keys() - {"name", "role"} for row in value)
        return ("\n" if detailed else "、").join(_person(row) for row in value)
    return masked(value) if field.kind == "id_number" and value else str(value or "")


def _person(row: Mapping[str, str]) -> str:
    name = f"{row['name']}（{row['role']}）" if row.get("role") else row["name"]
    more = [
        f"{label} {masked(row[part]) if part == 'id_number' else row[part]}"
        for part, label in DETAIL_NAMES.items()
        if row.get(part)
    ]
    return "，".join([name, *more])
