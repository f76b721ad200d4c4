"""The rows of a work's form: its fields with what stands in them, its places, its promises."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.http import QueryDict

from fengcai.apps.contests.roles import Role
from fengcai.apps.entries.actions.mending import open_parts, parts_of
from fengcai.apps.entries.fields import DETAIL_NAMES
from fengcai.apps.entries.lists import (
    LISTS,
    SAID,
    Column,
    Shape,
    lines_of,
    shape_of,
    shown_rows,
)
from fengcai.apps.entries.owed import between
from fengcai.apps.entries.promises import Promise, promises
from fengcai.apps.entries.queries import Page, values_of
from fengcai.apps.entries.scope import MADE_ON, PRIZES
from fengcai.apps.entries.states import WRITABLE, State
from fengcai.apps.exchange.origins import origin_of
from fengcai.apps.intake.queries import reviews_of
from fengcai.apps.refusals import Refused
from fengcai.core.rulebook import Citation, Field, Requirement
from fengcai.core.rulebook.rules import Division
from fengcai.core.timetable import standing
from fengcai.web.entrant.hints import bounds_of, channels_of
from fengcai.web.entrant.parsing import divisions_in, list_in, people_in
from fengcai.web.entrant.progress import Line, history, next_step, steps
from fengcai.web.entrant.slots import SlotPage, noticed_in, slot_page
from fengcai.web.shared.inspected import Lines

if TYPE_CHECKING:
    from fengcai.apps.entries.models import Entry
    from fengcai.apps.intake.models import Review


@dataclass(frozen=True)
class Cell:
    """One thing that a row of a list says, with what may be chosen."""

    column: Column
    value: str
    options: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class FieldRow:
    """A field of the form with what stands in it."""

    field: Field
    value: Any
    error: str
    said: str = ""
    """有 or 没有, where the list asks."""
    open: bool = True
    """Whether it may be changed now: of a returned work, only what the reviewer opened."""
    papers: tuple[tuple[str, str], ...] = ()
    """The files that a row may name as its evidence: (id, what it is called)."""

    @property
    def shape(self) -> Shape:
        """The columns of a list of rows."""
        return shape_of(self.field)

    @property
    def cells(self) -> list[list[Cell]]:
        """The rows of a list, and two empty ones to write in."""
        rows = shown_rows(self.field, self.value, spare=2)
        return [
            [
                Cell(
                    column,
                    row[column.id],
                    self.papers if column.input == "file" else column.options,
                )
                for column in self.shape.columns
            ]
            for row in rows
        ]

    @property
    def is_list(self) -> bool:
        """Whether the field holds rows."""
        return self.field.kind in LISTS

    @property
    def lines(self) -> tuple[tuple[str, str], ...]:
        """The rows of a list as they read."""
        return lines_of(
            self.field, {self.field.id: self.value, f"{SAID}{self.field.id}": self.said}
        )

    @property
    def chosen(self) -> list[str]:
        """What of several options is ticked."""
        return str(self.value or "").split("、")

    @property
    def people(self) -> list[dict[str, str]]:
        """The people that stand in the field, and one empty row to add another."""
        return [*(self.value or []), {"name": "", "role": ""}]

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The same, each with what is asked of a person as (detail, label, value)."""
        return [
            {**row, "details": [(d, DETAIL_NAMES[d], row.get(d, "")) for d in self.field.asks]}
            for row in self.people
        ]

    @property
    def input_type(self) -> str:
        """The browser's kind of input. A day typed in another form stays text, so that it is kept."""
        if self.field.kind == "date":
            return "date" if not self.value or re.fullmatch(r"\d{4}-\d\d-\d\d", self.value) else ""
        return {"link": "url", "phone": "tel", "email": "email"}.get(self.field.kind, "")

    @property
    def input_mode(self) -> str:
        """Which keyboard a phone shows."""
        return {"number": "decimal", "id_number": "text"}.get(self.field.kind, "")

    @property
    def bounds(self) -> str:
        """How much or how many: 300—800 字、1—5 人、其中指导教师最多 2 人."""
        return bounds_of(self.field)


@dataclass(frozen=True)
class PromiseRow:
    """A promise to be signed, ticked or not, and the name typed for it."""

    declaration: Promise
    ticked: bool
    signer: str
    error: str


@dataclass(frozen=True)
class Axis:
    """A choice of divisions: one of each axis."""

    name: str
    index: int
    options: tuple[Division, ...]
    chosen: str

    @property
    def cites(self) -> list[tuple[Citation, str]]:
        """The clauses of the options, each once, with the question that filled a gap."""
        return list({str(d.cite): (d.cite, d.answer or "") for d in self.options}.values())


@dataclass(frozen=True)
class Extra:
    """A question that novelty asks beside the fields of the track."""

    id: str
    label: str
    hint: str
    value: str
    error: str
    cite: Citation
    answer: str | None


@dataclass(frozen=True)
class FormPage:
    """An entry's form, ready to show."""

    entry: Entry
    fields: list[FieldRow]
    themes: set[str]
    themes_error: str
    axes: list[Axis]
    divisions_error: str
    extras: list[Extra]
    channels: list[str]
    demands: list[tuple[str, list[Requirement]]]
    slots: list[SlotPage]
    declarations: list[PromiseRow]
    signed_name: str
    signed_error: str
    opened: list[tuple[str, str]]
    """What alone may be changed of a returned work: (part, its name); empty where all may."""
    themes_open: bool
    writable: bool
    may_recall: bool
    may_withdraw: bool
    may_confirm: bool
    steps: list[dict[str, str]]
    next_step: dict[str, Any]
    history: list[Line]
    reviews: list[Review]


def form_page(
    page: Page, *, at: datetime, typed: QueryDict | None, error: Refused | None
) -> FormPage:
    """The entry's form. `typed` is what a refused form held: not a character of it is lost."""
    entry = page.entry
    errors: Mapping[str, str] = error.fields if error else {}
    values = values_of(page)
    if typed is not None:
        values = {**values, **_typed(page, typed)}
    mine = page.writable
    in_time = standing(page.window, at) == "open"
    head = Role.HEAD in page.roles and entry.state == State.SUBMITTED
    signed = {d.declaration for d in page.declarations}
    wanted = "confirm" if head else "submit"
    ticked = set(typed.getlist("declared")) if typed is not None else signed
    names = {d.declaration: d.signed_name for d in page.declarations}
    chosen = tuple(values.get("divisions") or ())
    reviews = reviews_of(entry)
    noticed = noticed_in(page)
    opened = _opened(page)
    return FormPage(
        entry=entry,
        fields=[
            FieldRow(
                field,
                values.get(field.id, ""),
                errors.get(field.id, ""),
                str(values.get(f"{SAID}{field.id}", "")),
                opened is None or field.id in opened,
                _papers(page, field),
            )
            for field in page.track.fields
        ],
        themes=set(values.get("themes") or []),
        themes_error=errors.get("themes", ""),
        opened=[(part, name) for part, name in parts_of(page.scope) if opened and part in opened],
        themes_open=opened is None or "themes" in opened,
        axes=[]
        if opened is not None and "divisions" not in opened
        else [
            Axis(name, n, rows, next((d.id for d in rows if d.id in chosen), ""))
            for n, (name, rows) in enumerate(page.scope.axes.items())
        ],
        divisions_error=errors.get("divisions", ""),
        extras=[
            each for each in _extras(page, values, errors) if opened is None or each.id in opened
        ],
        channels=channels_of(page),
        demands=_demands(page),
        slots=_slots(page, opened, errors, noticed, at),
        declarations=[
            PromiseRow(
                each,
                each.id in ticked,
                typed.get(f"signer-{each.id}", "") if typed is not None else names.get(each.id, ""),
                errors.get(f"declaration-{each.id}", ""),
            )
            for each in promises(page.scope, wanted)
        ],
        signed_name=typed.get("signed_name", "") if typed is not None else "",
        signed_error=errors.get("signed_name", ""),
        writable=mine and in_time and entry.state in WRITABLE,
        may_recall=mine
        and in_time
        and entry.state in (State.SUBMITTED, State.GATHERED, State.CONFIRMED),
        may_withdraw=mine and entry.state not in (State.WITHDRAWN, State.ACCEPTED),
        may_confirm=head,
        steps=steps(page),
        next_step=next_step(page, head=head, in_time=in_time, mine=mine),
        history=history(page, reviews, origin_of(entry)),
        reviews=reviews,
    )


def _opened(page: Page) -> frozenset[str] | None:
    """The parts of a returned work that may be changed, and what it owes besides; None for all."""
    parts = open_parts(page.entry)
    return None if parts is None else parts | {each.field for each in page.owed}


def _slots(
    page: Page,
    opened: frozenset[str] | None,
    errors: Mapping[str, str],
    noticed: Mapping[UUID, Lines],
    at: datetime,
) -> list[SlotPage]:
    """The places of the form; of a returned work those that may be changed come first."""
    found = []
    for slot in page.scope.slots:
        error = errors.get(f"slot-{slot.id}", "")
        row = slot_page(page, slot.id, at=at, error=error, noticed=noticed)
        shut = opened is not None and f"slot-{slot.id}" not in opened
        found.append(replace(row, writable=False) if shut else row)
    return sorted(found, key=lambda row: opened is not None and not row.writable)


def _typed(page: Page, typed: QueryDict) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for field in page.track.fields:
        if field.kind == "people" and f"{field.id}-name" in typed:
            values[field.id] = people_in(typed, field)
        elif field.kind in LISTS:
            values |= list_in(typed, field)
        elif field.kind == "audience" and field.options:
            if field.id in typed or f"{field.id}-shown" in typed:
                values[field.id] = "、".join(typed.getlist(field.id))
        elif field.id in typed:
            values[field.id] = typed.get(field.id, "")
    if "themes" in typed or "themes-shown" in typed:
        values["themes"] = typed.getlist("themes")
    if (divisions := divisions_in(typed)) is not None:
        values["divisions"] = divisions
    for name in typed:
        if name.startswith((MADE_ON, PRIZES)):
            values[name] = typed.get(name, "")
    return values


def _papers(page: Page, field: Field) -> tuple[tuple[str, str], ...]:
    """The files in the slot that holds a list's evidence."""
    if field.kind != "rights" or not field.proof:
        return ()
    return tuple(
        (str(v.file.id), f"{v.place}. {v.file.filename}") for v in page.standing(field.proof)
    )


def _demands(page: Page) -> list[tuple[str, list[Requirement]]]:
    """What files have to be, by the name of their place: what a machine measures, what binds."""
    found = []
    for slot in page.scope.slots:
        binding = [
            each
            for each in slot.requirements
            if page.scope.demands(each)
            and (each.checked_by == "machine" or each.severity == "must")
        ]
        found += [(slot.name, binding)] if binding else []
    return found


def _extras(page: Page, values: Mapping[str, Any], errors: Mapping[str, str]) -> list[Extra]:
    found = []
    for each in page.scope.novelty:
        if each.checked_by != "form":
            continue
        if each.kind == "created_between":
            id, label = f"{MADE_ON}{each.id}", "创作完成日期"
            hint = f"{each.text}；日期应在{between(each.since, each.until)}"
        elif each.kind == "prior_award_ban":
            id, label = f"{PRIZES}{each.id}", "作品曾获奖项"
            hint = f"{each.text}；没有获过奖，请填“无”"
        else:
            continue
        value, error = str(values.get(id, "")), errors.get(id, "")
        found.append(Extra(id, label, hint, value, error, each.cite, each.answer))
    return found
