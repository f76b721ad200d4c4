"""The rows of a unit's pages: its works, the form with its values, a slot with its file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.http import QueryDict

from fengcai.apps.awards.queries import CertificateRow, certificates_of
from fengcai.apps.contests.queries import rules_of, units_for
from fengcai.apps.contests.roles import Role
from fengcai.apps.contests.rules import acts_for
from fengcai.apps.entries.queries import Card, Page, Version, cards, values_of
from fengcai.apps.entries.rules import may_confirm, may_write
from fengcai.apps.entries.states import FILE_WRITABLE, WRITABLE, State
from fengcai.apps.intake.queries import reviews_of
from fengcai.apps.refusals import NotPermitted, Refused
from fengcai.core.rulebook import Declaration, Field, Rules, Slot
from fengcai.core.timetable import standing
from fengcai.web.entrant.parsing import people_in

if TYPE_CHECKING:
    from fengcai.apps.entries.models import Entry
    from fengcai.apps.intake.models import Review
    from fengcai.apps.people.models import User

STEPS = (
    ("fill", "填写与上传"),
    ("submit", "提交"),
    ("confirm", "负责人确认"),
    ("review", "审核"),
    ("accepted", "参加评审"),
)


@dataclass(frozen=True)
class UnitWorks:
    """One unit with its works; `may_add` says whether another may be started."""

    unit: Any
    cards: list[Card]
    may_add: bool
    room: str
    certificates: list[CertificateRow]


@dataclass(frozen=True)
class WorksPage:
    """The works of every unit that this person acts for."""

    rules: Rules
    units: list[UnitWorks]
    window: str
    is_head: bool


@dataclass(frozen=True)
class FieldRow:
    """A field of the form with what stands in it."""

    field: Field
    value: Any
    error: str


@dataclass(frozen=True)
class SlotPage:
    """A slot with its current file, its earlier versions, and whether it may be changed."""

    entry: Entry
    slot: Slot
    current: Version | None
    earlier: list[Version]
    writable: bool
    error: str


@dataclass(frozen=True)
class FormPage:
    """An entry's form, ready to show."""

    entry: Entry
    fields: list[FieldRow]
    themes: set[str]
    themes_error: str
    slots: list[SlotPage]
    declarations: list[tuple[Declaration, bool, str]]
    signed_name: str
    signed_error: str
    writable: bool
    may_recall: bool
    may_withdraw: bool
    may_confirm: bool
    in_time: bool
    step: int
    reviews: list[Review]
    error: Refused | None


def works_page(contest: Any, *, user: User, at: datetime) -> WorksPage:
    """The list page. Raises `NotPermitted` for people who act for no unit here."""
    units = units_for(user, contest)
    if not units:
        raise NotPermitted("您在本活动中不是科室联络员或负责人。若应当是，请联系组织者。")
    rules = rules_of(contest)
    window = standing(rules.window, at)
    rows = cards(contest, units=units)
    limit = rules.entry_max_per_unit
    works = []
    for unit in units:
        own = [card for card in rows if card.unit == unit.name]
        counted = sum(1 for card in own if card.state != State.WITHDRAWN)
        works.append(
            UnitWorks(
                unit=unit,
                cards=own,
                may_add=window == "open" and (limit is None or counted < limit),
                room="不限件数" if limit is None else f"已有 {counted} 件，最多 {limit} 件",
                certificates=certificates_of(unit),
            )
        )
    is_head = any(acts_for(user, unit, Role.HEAD) for unit in units)
    return WorksPage(rules=rules, units=works, window=window, is_head=is_head)


def form_page(
    page: Page, *, user: User, at: datetime, typed: QueryDict | None, error: Refused | None
) -> FormPage:
    """The entry's form. `typed` is what a refused form held: not a character of it is lost."""
    entry, rules = page.entry, page.rules
    errors: Mapping[str, str] = error.fields if error else {}
    values = values_of(page)
    if typed is not None:
        values = {**values, **_typed(page, typed)}
    mine = may_write(user, entry)
    in_time = at <= page.deadline
    head = may_confirm(user, entry) and entry.state == State.SUBMITTED
    signed = {d.declaration for d in page.declarations}
    wanted = "confirm" if head else "submit"
    ticked = set(typed.getlist("declared")) if typed is not None else signed
    return FormPage(
        entry=entry,
        fields=[
            FieldRow(field, values.get(field.id, ""), errors.get(field.id, ""))
            for field in page.track.fields
        ],
        themes=set(values.get("themes") or []),
        themes_error=errors.get("themes", ""),
        slots=[
            slot_page(page, slot.id, user=user, error=errors.get(f"slot-{slot.id}", ""))
            for slot in page.track.slots
        ],
        declarations=[
            (d, d.id in ticked, errors.get(f"declaration-{d.id}", ""))
            for d in rules.declarations
            if d.when == wanted
        ],
        signed_name=typed.get("signed_name", "") if typed is not None else "",
        signed_error=errors.get("signed_name", ""),
        writable=mine and in_time and entry.state in WRITABLE,
        may_recall=mine and in_time and entry.state in (State.SUBMITTED, State.CONFIRMED),
        may_withdraw=mine and entry.state not in (State.WITHDRAWN, State.ACCEPTED),
        may_confirm=head,
        in_time=in_time,
        step=_step(entry),
        reviews=reviews_of(entry),
        error=error,
    )


def slot_page(page: Page, slot: str, *, user: User, error: str = "") -> SlotPage:
    """One slot of the form."""
    place = next(s for s in page.track.slots if s.id == slot)
    versions = page.versions.get(slot, [])
    return SlotPage(
        entry=page.entry,
        slot=place,
        current=versions[0] if versions else None,
        earlier=versions[1:],
        writable=may_write(user, page.entry) and page.entry.state in FILE_WRITABLE,
        error=error,
    )


def _typed(page: Page, typed: QueryDict) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for field in page.track.fields:
        if field.kind == "people" and f"{field.id}-name" in typed:
            values[field.id] = people_in(typed, field.id)
        elif field.id in typed:
            values[field.id] = typed.get(field.id, "")
    if "themes" in typed or "themes-shown" in typed:
        values["themes"] = typed.getlist("themes")
    return values


def _step(entry: Entry) -> int:
    return {
        State.DRAFT: 0,
        State.RETURNED: 0,
        State.SUBMITTED: 2,
        State.CONFIRMED: 3,
        State.ACCEPTED: 4,
    }.get(State(entry.state), 0)
