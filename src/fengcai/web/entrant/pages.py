"""The rows of a unit's pages: its works, the form with its values, a slot with its file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.http import QueryDict

from fengcai.apps.awards.queries import CertificateRow, certificates_of
from fengcai.apps.contests.queries import rules_of, units_for
from fengcai.apps.contests.roles import Role
from fengcai.apps.contests.rules import acts_for
from fengcai.apps.entries.fields import DETAIL_NAMES
from fengcai.apps.entries.governing import handing_in, registering
from fengcai.apps.entries.owed import between
from fengcai.apps.entries.passages import collecting_units
from fengcai.apps.entries.promises import Promise, promises
from fengcai.apps.entries.queries import Page, cards, values_of
from fengcai.apps.entries.quotas import Shortfall, shortfalls, works_by_unit
from fengcai.apps.entries.rules import may_confirm, may_write
from fengcai.apps.entries.scope import MADE_ON, PRIZES
from fengcai.apps.entries.states import WRITABLE, State
from fengcai.apps.intake.queries import reviews_of
from fengcai.apps.refusals import NotPermitted, Refused
from fengcai.core.rulebook import Citation, Field, Requirement, Rules, Window
from fengcai.core.rulebook.rules import Division
from fengcai.core.timetable import standing
from fengcai.web.entrant.hints import bounds_of, channels_of
from fengcai.web.entrant.parsing import divisions_in, people_in
from fengcai.web.entrant.slots import SlotPage, slot_page
from fengcai.web.shared.cards import WorkCard, addresses, work_card

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
    window: Window
    short: list[Shortfall]
    order: list[Any]
    """The works in the unit's own order, where the rules ask for one."""


@dataclass(frozen=True)
class WorksPage:
    """The works of every unit that this person acts for."""

    rules: Rules
    units: list[UnitWorks]
    window: str
    until: Window
    is_head: bool
    collects: bool


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
class Line:
    """One line of a work's history."""

    text: str
    at: datetime


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
    rows = cards(contest, units=units)
    works = []
    to = addresses("entry")
    by_unit = works_by_unit(units)
    for unit in units:
        own = [card for card in rows if card.unit == unit.name]
        counted = by_unit[unit.pk]
        quota = rules.quota_of(unit.unit_class)
        began = standing(registering(rules, unit), at) == "open"
        if quota.ranked:
            own.sort(key=lambda card: card.place or 10**6)
        works.append(
            UnitWorks(
                unit=unit,
                works=[work_card(card, url=to(card.id)) for card in own],
                may_add=began and (quota.max is None or len(counted) < quota.max),
                room=f"已有 {len(counted)} 件"
                if quota.max is None
                else f"已有 {len(counted)} 件，最多 {quota.max} 件",
                certificates=certificates_of(unit),
                window=handing_in(rules, unit),
                short=shortfalls(rules, unit, counted),
                order=[card for card in own if card.state != State.WITHDRAWN]
                if quota.ranked
                else [],
            )
        )
    window = standing(works[0].window, at)
    is_head = any(acts_for(user, unit, Role.HEAD) for unit in units)
    collects = bool(collecting_units(contest, user))
    return WorksPage(rules, works, window, works[0].window, is_head, collects)


def form_page(
    page: Page, *, user: User, at: datetime, typed: QueryDict | None, error: Refused | None
) -> FormPage:
    """The entry's form. `typed` is what a refused form held: not a character of it is lost."""
    entry = page.entry
    errors: Mapping[str, str] = error.fields if error else {}
    values = values_of(page)
    if typed is not None:
        values = {**values, **_typed(page, typed)}
    mine = may_write(user, entry)
    in_time = standing(page.window, at) == "open"
    head = may_confirm(user, entry) and entry.state == State.SUBMITTED
    signed = {d.declaration for d in page.declarations}
    wanted = "confirm" if head else "submit"
    ticked = set(typed.getlist("declared")) if typed is not None else signed
    names = {d.declaration: d.signed_name for d in page.declarations}
    chosen = tuple(values.get("divisions") or ())
    return FormPage(
        entry=entry,
        fields=[
            FieldRow(field, values.get(field.id, ""), errors.get(field.id, ""))
            for field in page.track.fields
        ],
        themes=set(values.get("themes") or []),
        themes_error=errors.get("themes", ""),
        axes=[
            Axis(name, n, rows, next((d.id for d in rows if d.id in chosen), ""))
            for n, (name, rows) in enumerate(page.scope.axes.items())
        ],
        divisions_error=errors.get("divisions", ""),
        extras=_extras(page, values, errors),
        channels=channels_of(page),
        demands=_demands(page),
        slots=[
            slot_page(page, slot.id, user=user, at=at, error=errors.get(f"slot-{slot.id}", ""))
            for slot in page.scope.slots
        ],
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
        steps=_steps(entry),
        next_step=next_step(page, head=head, in_time=in_time, mine=mine),
        history=_history(page),
        reviews=reviews_of(entry),
    )


def _typed(page: Page, typed: QueryDict) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for field in page.track.fields:
        if field.kind == "people" and f"{field.id}-name" in typed:
            values[field.id] = people_in(typed, field)
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


def next_step(page: Page, *, head: bool, in_time: bool, mine: bool) -> dict[str, Any]:
    """The one thing that this person should do now with this work."""
    entry, owed = page.entry, page.owed
    window = page.window
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
        State.GATHERED: {
            "tone": "wait",
            "title": f"等待{entry.gathered_by or '汇总单位'}汇总上报",
            "text": "作品已交到汇总单位，由它在自己的期限内择优上报。截止前可以取回修改。",
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
        State.GATHERED: 3,
        State.CONFIRMED: 3,
        State.ACCEPTED: 5,
    }.get(State(entry.state), 0)
    return [
        {"name": name, "state": "done" if n < here else "now" if n == here else "next"}
        for n, name in enumerate(STEPS)
    ]


def _history(page: Page) -> list[Line]:
    entry = page.entry
    names = {slot.id: slot.name for slot in page.track.slots}
    lines = [Line("建立草稿", entry.created_at)]
    lines += [
        Line(f"上传{names.get(slot, '文件')}第 {v.number} 版（{v.by}）", v.at)
        for slot, versions in page.versions.items()
        for v in versions
    ]
    if entry.submitted_at:
        lines.append(Line("提交作品", entry.submitted_at))
    if entry.confirmed_at:
        lines.append(Line(f"负责人确认（{entry.confirmed_by}）", entry.confirmed_at))
    words = {"accept": "审核通过", "return": "退回修改"}
    lines += [Line(words[review.decision], review.at) for review in reviews_of(entry)]
    return sorted(lines, key=lambda line: line.at)
