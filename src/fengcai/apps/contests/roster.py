"""The roster of units (单位名单): an officer's table read in with a preview before anything is kept.

Rows name a unit, its class, the unit above it, and optionally its contact and its head, who get
accounts without a password (they come in by a personal link).
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from fengcai.apps.audit.actions import record
from fengcai.apps.contests.actions import appoint, locked
from fengcai.apps.contests.models import Contest, Unit
from fengcai.apps.contests.queries import unit_classes, units_of
from fengcai.apps.contests.roles import Role
from fengcai.apps.contests.rules import require_role
from fengcai.apps.people.actions import create_account
from fengcai.apps.people.models import User
from fengcai.apps.refusals import Refused

COLUMNS = {
    "unit": ("科室名称", "单位名称", "科室", "单位", "部门", "部门名称", "名称"),
    "unit_class": ("科室类别", "单位类别", "类别", "类型", "分类"),
    "parent": ("上级单位", "上级", "所属", "所属院区", "院区"),
    "contact": ("联络员", "联系人", "科室联络员", "专人"),
    "phone": ("联系电话", "电话", "手机", "手机号"),
    "head": ("负责人", "科室负责人", "主任", "主要负责人"),
}
LONGEST_NAME = 100


@dataclass(frozen=True)
class RosterRow:
    """One row as understood. `problem` says why it will not be taken; `known` that it stands."""

    line: int
    unit: str
    unit_class: str
    class_name: str = ""
    parent: str = ""
    contact: str = ""
    phone: str = ""
    head: str = ""
    known: bool = False
    problem: str = ""


@dataclass(frozen=True)
class RosterPreview:
    """What an import would do, before it does it."""

    rows: tuple[RosterRow, ...]
    missing_columns: tuple[str, ...] = field(default=())

    @property
    def new(self) -> list[RosterRow]:
        """Rows that would add a unit."""
        return [row for row in self.rows if not row.problem and not row.known]

    @property
    def known(self) -> list[RosterRow]:
        """Rows whose unit stands already; only a missing contact or head is added."""
        return [row for row in self.rows if not row.problem and row.known]

    @property
    def refused(self) -> list[RosterRow]:
        """Rows that will not be taken, each with its problem."""
        return [row for row in self.rows if row.problem]


def preview_units(
    *, contest: Contest, headers: Sequence[str], rows: Sequence[tuple[int, Sequence[str]]]
) -> RosterPreview:
    """Understand a table of units. `rows`: (line in the file, cells as text). 1 SQL."""
    where = {key: _column(headers, names) for key, names in COLUMNS.items()}
    missing = tuple(COLUMNS[key][0] for key in ("unit", "unit_class") if where[key] is None)
    if missing:
        return RosterPreview((), missing)
    classes: dict[str, tuple[str, str]] = {}
    for id, name in unit_classes(contest).items():
        classes[id] = classes[name] = (id, name)
    standing = {unit.name for unit in units_of(contest)}
    seen: dict[str, int] = {}
    understood = []
    for line, cells in rows:
        row = _understand(line, {k: _cell(cells, i) for k, i in where.items()}, classes, standing)
        if not row.problem and row.unit in seen:
            row = _with_problem(row, f"与第 {seen[row.unit]} 行重复，只取前一行")
        seen.setdefault(row.unit, line)
        understood.append(row)
    return RosterPreview(tuple(_without_orphans(understood, standing)))


@transaction.atomic
def import_units(*, contest: Contest, preview: RosterPreview, by: User, at: datetime) -> int:
    """Take in the rows of a preview that have no problem. Twice does no harm. Returns new units."""
    contest = locked(contest)  # two imports of one table follow each other
    require_role(by, contest, Role.ORGANISER)
    if preview.missing_columns:
        raise Refused(f"表中缺少这些列：{'、'.join(preview.missing_columns)}。没有导入任何内容。")
    standing = {unit.name: unit for unit in units_of(contest)}
    order = len(standing)
    added = []
    for row in preview.rows:
        if row.problem or row.unit in standing:
            continue
        order += 1
        standing[row.unit] = Unit.objects.create(
            contest=contest, name=row.unit, unit_class=row.unit_class, order=order
        )
        added.append(standing[row.unit])
    for row in preview.rows:
        if row.problem:
            continue
        unit = standing[row.unit]
        if row.parent and unit.parent_id is None and row.parent != row.unit:
            unit.parent = standing[row.parent]
            unit.save(update_fields=["parent"])
    # Appointments are recorded, which holds the chain: no row that others may hold is written after.
    for row in preview.rows:
        if row.problem:
            continue
        unit = standing[row.unit]
        _seat(contest, unit, Role.CONTACT, row.contact, row.phone, by, at)
        _seat(contest, unit, Role.HEAD, row.head, "", by, at)
    record(
        contest.chain,
        actor=f"user:{by.pk}",
        action="contests.import_units",
        subject=f"contest:{contest.slug}",
        details={"added": [unit.pk for unit in added], "rows": len(preview.rows)},
        at=at,
    )
    return len(added)


def _seat(
    contest: Contest, unit: Unit, role: str, name: str, phone: str, by: User, at: datetime
) -> None:
    if not name or unit.memberships.filter(role=role, until=None).exists():
        return
    person = create_account(username=f"u{secrets.token_hex(6)}", name=name, phone=phone)
    appoint(contest=contest, user=person, role=role, unit=unit, by=by, at=at)


def _understand(
    line: int,
    cells: dict[str, str],
    classes: dict[str, tuple[str, str]],
    standing: set[str],
) -> RosterRow:
    known_class = classes.get(cells["unit_class"], ("", cells["unit_class"]))
    row = RosterRow(
        line=line,
        unit=cells["unit"],
        unit_class=known_class[0],
        class_name=known_class[1],
        parent=cells["parent"],
        contact=cells["contact"][:60],
        phone=cells["phone"][:40],
        head=cells["head"][:60],
        known=cells["unit"] in standing,
    )
    if not row.unit:
        return _with_problem(row, "没有科室名称")
    if len(row.unit) > LONGEST_NAME:
        return _with_problem(row, f"科室名称超过 {LONGEST_NAME} 字")
    if not row.unit_class:
        wanted = "、".join(sorted({name for _, name in classes.values()}))
        return _with_problem(row, f"类别“{row.class_name}”不在规则中，应为：{wanted}")
    return row


def _with_problem(row: RosterRow, problem: str) -> RosterRow:
    return RosterRow(**{**row.__dict__, "problem": problem})


def _without_orphans(rows: list[RosterRow], standing: set[str]) -> list[RosterRow]:
    """Refuse rows whose parent is not there; a refused row may be the parent of others."""
    while True:
        names = standing | {row.unit for row in rows if not row.problem}
        orphans = [r for r in rows if not r.problem and r.parent and r.parent not in names]
        if not orphans:
            return rows
        rows = [
            _with_problem(row, f"名单中没有上级单位“{row.parent}”") if row in orphans else row
            for row in rows
        ]


def _column(headers: Sequence[str], names: Sequence[str]) -> int | None:
    cleaned = ["".join(header.split()).rstrip("*＊") for header in headers]
    return next((cleaned.index(name) for name in names if name in cleaned), None)


def _cell(cells: Sequence[str], index: int | None) -> str:
    if index is None or index >= len(cells):
        return ""
    return " ".join(str(cells[index]).split())
