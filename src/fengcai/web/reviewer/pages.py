"""The rows of the review desk's pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.http import QueryDict

from fengcai.apps.entries.listing import listing
from fengcai.apps.entries.queries import values_of
from fengcai.apps.entries.states import State
from fengcai.apps.intake.checklist import Point
from fengcai.apps.intake.queries import Sheet
from fengcai.apps.refusals import Refused
from fengcai.web.shared.cards import checked_view
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
    }


def sheet_page(sheet: Sheet, *, typed: QueryDict, error: Refused | None) -> dict[str, Any]:
    """One work on the desk; what a refused decision held is kept."""
    page = sheet.page
    errors: Mapping[str, str] = error.fields if error else {}
    values = values_of(page)
    return {
        "entry": page.entry,
        "card": page.card,
        "films": [
            {
                "file": version.file,
                "version": version.number,
                "view": checked_view(version.file, name=slot.name, kind=slot.kind),
            }
            for slot in page.track.slots
            if (version := page.current.get(slot.id))
        ],
        "points": [
            PointRow(
                point=point,
                decision=typed.get(f"decision-{point.requirement}", ""),
                note=typed.get(f"note-{point.requirement}", ""),
                error=errors.get(point.requirement, ""),
            )
            for point in sheet.to_judge
        ],
        "settled": [
            {
                "text": p.text,
                "verdict": p.machine,
                "severity": p.severity,
                "measured": p.measured,
                "cite": {"section": p.section, "words": p.words},
            }
            for p in sheet.settled
        ],
        "facts": [
            (field.label, _plain(values.get(field.id)))
            for field in page.track.fields
            if field.id != "title"
        ],
        "declarations": page.declarations,
        "reviews": sheet.reviews,
        "writable": page.entry.state == State.CONFIRMED,
        "reasons": typed.get("reasons", ""),
        "returning": typed.get("decision") == "return",
        "error": error,
    }


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return "、".join(
            f"{p['name']}（{p['role']}）" if p.get("role") else p["name"] for p in value
        )
    return str(value or "")
