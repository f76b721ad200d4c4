"""The rows of the people's page: who holds which role, and the forms to change it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.safestring import mark_safe

from fengcai.apps.contests.queries import people_in, units_of
from fengcai.apps.contests.roles import Role
from fengcai.apps.refusals import Refused
from fengcai.engines.documents import qr
from fengcai.web.organiser.links import Card
from fengcai.web.organiser.pages.units import classes_of

if TYPE_CHECKING:
    from fengcai.apps.contests.models import Contest, Membership


@dataclass(frozen=True)
class PersonRow:
    """One membership in force."""

    pk: int
    name: str
    phone: str
    role_name: str
    unit: str
    has_password: bool
    email: str = ""


def people_page(
    contest: Contest, *, role: str, typed: Mapping[str, Any], error: Refused | None
) -> dict[str, Any]:
    """The people of `role` (all when it is none) and the form to appoint one more. 2 SQL."""
    role = role if role in Role.values else ""
    everybody = people_in(contest)
    counts = Counter(seat.role for seat in everybody)
    known = {seat.user_id: str(seat.user) for seat in everybody}
    return {
        "views": [
            {"id": "", "word": "全部", "count": len(everybody), "current": not role},
            *(
                {"id": one.value, "word": one.label, "count": counts[one], "current": one == role}
                for one in Role
            ),
        ],
        "role": role,
        "people": [_row(seat) for seat in everybody if role in ("", seat.role)],
        "roles": [(one.value, one.label) for one in Role],
        "units": [(str(unit.pk), unit.name) for unit in units_of(contest)],
        "known": [(str(pk), name) for pk, name in known.items()],
        "typed": {
            "role": typed.get("role", role),
            **{key: typed.get(key, "") for key in ("name", "phone", "unit", "person")},
        },
        "fields": error.fields if error else {},
        "appointing": bool(typed),
    }


def link_page(seat: Membership, card: Card) -> dict[str, Any]:
    """The one page on which a personal link is told."""
    picture = qr.svg(card.url, border=4).decode()
    return {
        "card": card,
        "role_name": Role(seat.role).label,
        "role": seat.role,
        "qr": mark_safe(picture),  # noqa: S308  (drawn by our own engine from our own address)
    }


def sheet_page(contest: Contest, *, role: str, unit_class: str) -> dict[str, Any]:
    """Who would get a card, and how many links would be void. 1 SQL."""
    role = role if role in (Role.CONTACT, Role.HEAD, Role.JUDGE, Role.REVIEWER) else Role.CONTACT
    classes = classes_of(contest)
    unit_class = unit_class if unit_class in classes else ""
    seats = [
        seat
        for seat in people_in(contest, role)
        if not unit_class or (seat.unit is not None and seat.unit.unit_class == unit_class)
    ]
    return {
        "role": role,
        "role_name": Role(role).label,
        "unit_class": unit_class,
        "classes": list(classes.items()),
        "by_unit": role in (Role.CONTACT, Role.HEAD),
        "roles": [(one.value, one.label) for one in Role if one != Role.ORGANISER],
        "seats": seats,
        "people": [_row(seat) for seat in seats],
        "count": len({seat.user_id for seat in seats}),
    }


def _row(seat: Membership) -> PersonRow:
    return PersonRow(
        pk=seat.pk,
        name=str(seat.user),
        phone=seat.user.phone,
        role_name=str(Role(seat.role).label),
        unit=seat.unit.name if seat.unit else "",
        has_password=seat.user.has_usable_password(),
        email=seat.user.email,
    )
