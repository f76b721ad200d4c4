"""What happened to a unit: who was its contact and its head, when it was exempted, what it offers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from fengcai.apps.contests.duties import Handover, UnitExemption
from fengcai.apps.contests.handover import open_offers
from fengcai.apps.contests.models import Membership, Unit
from fengcai.apps.contests.roles import Role


@dataclass(frozen=True)
class Life:
    """A unit's people of now and before, its exemptions newest first, the offers still open."""

    contacts: Sequence[Membership]
    heads: Sequence[Membership]
    former: Sequence[Membership]
    exemptions: Sequence[UnitExemption]
    offers: Sequence[Handover]

    @property
    def exempt(self) -> UnitExemption | None:
        """The exemption in force."""
        return next((each for each in self.exemptions if each.ended_at is None), None)


def life_of(unit: Unit, *, at: datetime) -> Life:
    """3 SQL."""
    seats = list(
        Membership.objects.filter(unit=unit, role__in=(Role.CONTACT, Role.HEAD))
        .select_related("user")
        .order_by("-until", "-since", "pk")
    )
    now = [seat for seat in seats if seat.until is None]
    rows = UnitExemption.objects.filter(unit=unit).select_related("by", "ended_by")
    return Life(
        contacts=[seat for seat in now if seat.role == Role.CONTACT],
        heads=[seat for seat in now if seat.role == Role.HEAD],
        former=[seat for seat in seats if seat.until is not None],
        exemptions=list(rows.order_by("-at", "-pk")),
        offers=list(open_offers(unit, at).select_related("leaving")),
    )
