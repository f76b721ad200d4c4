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
from fengcai.apps.entries.queries import Page, Version, cards, values_of
from fengcai.apps.entries.rules import may_confirm, may_write
from fengcai.apps.entries.states import FILE_WRITABLE, WRITABLE, State
from fengcai.apps.intake.queries import reviews_of
from fengcai.apps.refusals import NotFound, NotPermitted, Refused
from fengcai.core.rulebook import Declaration, Field, Rules, Slot
from fengcai.core.timetable import standing
from fengcai.web.entrant.parsing import people_in
from fengcai.web.shared.cards import FilmView, WorkCard, addresses, checked_view, work_card

if TYPE_CHECKING:
    from fengcai.apps.entries.models import Entry
    from fengcai.apps.intake.models import Review
    from fengcai.apps.people.models import User

STEPS = ("填写与上传", "提交", "负责人确认", "审核", "参加评审")


@dataclass(frozen=True)
class UnitWorks:
    """One unit with its works; `may_add` says whether another may be started."""

    unit: Any
    works: list[WorkCard]
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

    @property
    def people(self) -> list[dict[str, str]]:
        """The people that stand in the field, and one empty row to add another."""
        return [*(self.value or []), {"name": "", "role": ""}]


@dataclass(frozen=True)
class Promise:
    """A declaration to be signed, ticked or not."""

    declaration: Declaration
    ticked: bool
    error: str


@dataclass(frozen=True)
class Line:
    """One line of a work's history."""

    text: str
    at: datetime


@dataclass(frozen=True)
class SlotPage:
    """A slot with its current file, its earlier versions, and whether it may be changed."""

    entry: Entry
    slot: Slot
    current: Version | None
    earlier: list[Version]
    writable: bool
    error: str

    @property
    def view(self) -> FilmView | None:
        """The current file for the player, once it has a picture (or is no film)."""
        if self.current is None or self.current.file.running or self.current.file.trouble:
            return None
        return checked_view(self.current.file, name=self.slot.name, kind=self.slot.kind)


@dataclass(frozen=True)
class FormPage:
    """An entry's form, ready to show."""

    entry: Entry
    fields: list[FieldRow]
    themes: set[str]
    themes_error: str
    slots: list[SlotPage]
    declarations: list[Promise]
    signed_name: str
    signed_error: str
    writable: bool
    may_recall: bool
    may_withdraw: bool
    may_confirm: bool
    steps: list[dict[str, str]]
    next_step: dict[str, Any]
    history: list[Line]
    reviews: list[Review]


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
    to = addresses("entry")
    for unit in units:
        own = [card for card in rows if card.unit == unit.name]
        counted = sum(1 for card in own if card.state != State.WITHDRAWN)
        works.append(
            UnitWorks(
                unit=unit,
                works=[work_card(card, url=to(card.id)) for card in own],
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
            Promise(d, d.id in ticked, errors.get(f"declaration-{d.id}", ""))
            for d in rules.declarations
            if d.when == wanted
        ],
        signed_name=typed.get("signed_name", "") if typed is not None else "",
        signed_error=errors.get("signed_name", ""),
        writable=mine and in_time and entry.state in WRITABLE,
        may_recall=mine and in_time and entry.state in (State.SUBMITTED, State.CONFIRMED),
        may_withdraw=mine and entry.state not in (State.WITHDRAWN, State.ACCEPTED),
        may_confirm=head,
        steps=_steps(entry),
        next_step=next_step(page, head=head, in_time=in_time, mine=mine),
        history=_history(page),
        reviews=reviews_of(entry),
    )


def slot_page(page: Page, slot: str, *, user: User, error: str = "") -> SlotPage:
    """One slot of the form."""
    place = next((s for s in page.track.slots if s.id == slot), None)
    if place is None:
        raise NotFound("规则中没有这一项文件。")
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


def next_step(page: Page, *, head: bool, in_time: bool, mine: bool) -> dict[str, Any]:
    """The one thing that this person should do now with this work."""
    entry, owed = page.entry, page.owed
    window = page.rules.window
    if entry.state in WRITABLE and not in_time:
        return {
            "tone": "late",
            "title": "报送已经截止",
            "text": "这份草稿没有提交，内容和文件都保留着。如有特殊情况，请联系组织者。",
            "cite": window.cite,
        }
    if entry.state in WRITABLE and mine:
        missing = "；".join(each.message for each in owed)
        return {
            "title": "补齐后提交" if owed else "可以提交了",
            "text": f"还差 {len(owed)} 项：{missing}。"
            if owed
            else "内容和文件都齐了。勾选承诺、签上姓名，就可以提交。",
            "deadline": page.deadline,
            "cite": window.cite,
            "url": f"#{owed[0].field}" if owed else "#promises",
            "action": "去补齐" if owed else "去提交",
        }
    if head:
        return {
            "title": "请您确认这件作品",
            "text": "看过影片和检查结果后，在页面下方确认；确认后进入审核。",
            "url": "#confirm",
            "action": "去确认",
        }
    return {
        State.SUBMITTED: {
            "tone": "wait",
            "title": "等待科室负责人确认",
            "text": "负责人登录后在“我的作品”里确认，作品才会送审。截止前可以取回修改。",
        },
        State.CONFIRMED: {
            "tone": "wait",
            "title": "等待审核",
            "text": "审核员会核对文件和承诺；通过或退回，都会显示在这里。",
        },
        State.ACCEPTED: {
            "tone": "done",
            "title": f"审核通过，编号 {entry.number}",
            "text": "作品将参加评审，结果公布后可在这里下载证书。",
        },
        State.WITHDRAWN: {
            "tone": "wait",
            "title": "作品已撤回",
            "text": "不再参加本次活动；记录仍然保留。",
        },
    }.get(
        State(entry.state),
        {"tone": "wait", "title": entry.get_state_display(), "text": "由科室联络员填写和提交。"},
    )


def _steps(entry: Entry) -> list[dict[str, str]]:
    here = {
        State.DRAFT: 0,
        State.RETURNED: 0,
        State.SUBMITTED: 2,
        State.CONFIRMED: 3,
        State.ACCEPTED: 5,
    }.get(State(entry.state), 0)
    return [
        {"name": name, "state": "done" if n < here else "now" if n == here else "next"}
        for n, name in enumerate(STEPS)
    ]


def _history(page: Page) -> list[Line]:
    entry = page.entry
    lines = [Line("建立草稿", entry.created_at)]
    lines += [
        Line(f"上传第 {v.number} 版文件（{v.by}）", v.at)
        for versions in page.versions.values()
        for v in versions
    ]
    if entry.submitted_at:
        lines.append(Line("提交作品", entry.submitted_at))
    if entry.confirmed_at:
        lines.append(Line(f"负责人确认（{entry.confirmed_by}）", entry.confirmed_at))
    words = {"accept": "审核通过", "return": "退回修改"}
    lines += [Line(words[review.decision], review.at) for review in reviews_of(entry)]
    return sorted(lines, key=lambda line: line.at)
