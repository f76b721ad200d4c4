"""The rows of the registrations' pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils import timezone

from fengcai.apps.contests.queries import rules_of, units_of
from fengcai.apps.refusals import Refused
from fengcai.apps.registration.queries import (
    counts,
    districts,
    door,
    likely,
    registrations,
)
from fengcai.apps.registration.states import State

if TYPE_CHECKING:
    from fengcai.apps.contests.models import Contest
    from fengcai.apps.people.models import User
    from fengcai.apps.registration.models import Registration

TONES = {
    "upper": ("note", "wait"),
    "pending": ("doubt", "clock"),
    "asked": ("note", "chat"),
    "accepted": ("pass", "pass"),
    "merged": ("pass", "people"),
    "refused": ("fail", "fail"),
}


def list_page(contest: Contest, user: User, state: str) -> dict[str, Any]:
    """Registrations of a state, undecided ones by default. 3 SQL."""
    state = state if state in State.values else ""
    many = counts(contest)
    waiting = sum(many.get(each, 0) for each in ("upper", "pending", "asked"))
    here = door(contest, at=timezone.now())
    return {
        "door": here,
        "rows": [
            {
                "row": row,
                "url": reverse("office-registration", args=[contest.slug, row.pk]),
                "class_name": _classes(contest).get(row.unit_class, row.unit_class),
                "tone": TONES[row.state][0],
                "icon": TONES[row.state][1],
            }
            for row in registrations(contest, user=user, state=state)
        ],
        "views": [
            {"id": "", "word": "待办", "count": waiting, "current": not state},
            *(
                {"id": one.value, "word": one.label, "count": many.get(one.value, 0),
                 "current": one == state}
                for one in State
                if many.get(one.value)
            ),
        ],
    }  # fmt: skip


def registration_page(
    row: Registration,
    *,
    typed: Mapping[str, str] | None = None,
    act: str = "",
    error: Refused | None = None,
) -> dict[str, Any]:
    """One registration with what may be the same unit. 4 SQL."""
    contest = row.contest
    return {
        "row": row,
        "tone": TONES[row.state][0],
        "icon": TONES[row.state][1],
        "class_name": _classes(contest).get(row.unit_class, row.unit_class),
        "classes": list(_classes(contest).items()),
        "districts": districts(rules_of(contest), contest),
        "likely": likely(contest, name=row.name, code=row.code, besides=row.pk),
        "units": [(str(unit.pk), unit.name) for unit in units_of(contest)],
        "typed": typed or {"unit_class": row.unit_class, "district": row.district},
        "act": act,
        "fields": error.fields if error else {},
    }


def _classes(contest: Contest) -> dict[str, str]:
    return {each.id: each.name for each in rules_of(contest).unit_classes}
