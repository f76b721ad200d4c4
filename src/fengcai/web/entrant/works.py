"""The list of a unit's works: cards, what may still be sent, certificates, the unit's own order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from fengcai.apps.awards.queries import CertificateRow, certificates_of
from fengcai.apps.contests.queries import freed_among, rules_of, units_for
from fengcai.apps.entries.cards import Card, cards
from fengcai.apps.entries.governing import handing_in, registering
from fengcai.apps.entries.passages import collecting
from fengcai.apps.entries.quotas import Shortfall, shortfalls
from fengcai.apps.entries.states import State
from fengcai.apps.refusals import NotPermitted
from fengcai.core.rulebook import Rules, Window
from fengcai.core.timetable import standing
from fengcai.web.shared.cards import WorkCard, addresses, work_card

if TYPE_CHECKING:
    from fengcai.apps.people.models import User


@dataclass(frozen=True)
class UnitWorks:
    """One unit with its works; `may_add` says whether another may be started."""

    unit: Any
    works: list[WorkCard]
    may_add: bool
    room: str
    certificates: list[CertificateRow]
    window: Window
    short: list[Shortfall]
    freed: str
    """Why the office exempted it from having to enter; empty where it did not."""
    order: list[Any]
    """The works in the unit's own order, where the rules ask for one."""


@dataclass(frozen=True)
class WorksPage:
    """The works of every unit that this person acts for."""

    rules: Rules
    units: list[UnitWorks]
    window: str
    until: Window
    collects: bool
    hands_over: bool
    """Whether this person is a contact, who may hand the place over."""


def works_page(contest: Any, *, user: User, at: datetime) -> WorksPage:
    """The list page. Raises `NotPermitted` for people who act for no unit here.

    4 SQL whatever the number of works, and 1 for each unit.
    """
    units = units_for(user, contest)
    if not units:
        raise NotPermitted("您在本活动中不是联络员或负责人。若应当是，请联系组织者。")
    rules = rules_of(contest)
    by_unit: dict[int, list[Card]] = {unit.pk: [] for unit in units}
    for card in cards(contest, units=units):
        by_unit[card.unit_id].append(card)
    freed = freed_among(units)
    works = [_unit(rules, unit, by_unit[unit.pk], at, freed.get(unit.pk, "")) for unit in units]
    until = works[0].window
    return WorksPage(
        rules=rules,
        units=works,
        window=standing(until, at),
        until=until,
        collects=bool(collecting(rules, units)),
        hands_over=any(unit.as_contact for unit in units),  # type: ignore[attr-defined]
    )


def _unit(rules: Rules, unit: Any, own: list[Card], at: datetime, freed: str) -> UnitWorks:
    quota = rules.quota_of(unit.unit_class)
    if quota.ranked:
        own = sorted(own, key=lambda card: card.place or 10**6)
    standing_ones = [card for card in own if card.state != State.WITHDRAWN]
    many = len(standing_ones)
    began = standing(registering(rules, unit), at) == "open"
    to = addresses("entry")
    return UnitWorks(
        unit=unit,
        works=[work_card(card, url=to(card.id)) for card in own],
        may_add=began and (quota.max is None or many < quota.max),
        room=f"已有 {many} 件" if quota.max is None else f"已有 {many} 件，最多 {quota.max} 件",
        certificates=certificates_of(unit),
        window=handing_in(rules, unit),
        short=[] if freed else shortfalls(rules, unit, [card.counted for card in standing_ones]),
        freed=freed,
        order=standing_ones if quota.ranked else [],
    )
