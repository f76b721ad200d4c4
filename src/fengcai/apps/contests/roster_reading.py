"""A table of units understood row by row, before anything is kept: which column is what, which unit a
row means, why it will not be taken. Writes nothing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from fengcai.apps.contests.models import Contest, Unit
from fengcai.apps.contests.naming import split_names
from fengcai.apps.contests.queries import unit_classes, units_of
from fengcai.apps.contests.table_columns import Columns

COLUMNS = {
    "unit": ("单位名称", "科室名称", "科室", "单位", "部门", "部门名称", "名称", "单位全称"),
    "unit_class": ("单位类别", "科室类别", "类别", "类型", "分类", "单位类型", "性质", "单位性质"),
    "district": ("片区", "院区", "所属院区", "地区", "区域", "赛区", "市州", "所在地区", "县区"),
    "parent": ("上级单位", "上级", "所属", "主管单位"),
    "aliases": ("别名", "简称", "曾用名", "其他名称"),
    "email": ("单位邮箱", "科室邮箱", "公共邮箱"),
    "unit_phone": ("单位电话", "办公电话", "科室电话"),
    "contact": ("联络员", "联系人", "联络人", "通联人", "科室联络员", "通联员", "通讯员", "专人"),
    "phone": ("联系电话", "电话", "手机", "手机号", "联络员电话"),
    "contact_email": ("联络员邮箱", "邮箱", "电子邮箱", "联系邮箱"),
    "head": ("负责人", "科室负责人", "单位负责人", "主任", "科主任", "主要负责人"),
    "head_phone": ("负责人电话", "主任电话"),
}
ROSTER = Columns(
    purpose="roster",
    names=COLUMNS,
    required=("unit", "unit_class"),
    mendable=("unit", "unit_class", "district", "parent", "aliases", "email", "contact_email"),
)
HEADERS = ROSTER.headers

LONGEST_NAME = 100
LONGEST_DISTRICT = 60
MOST_ALIASES = 20


@dataclass(frozen=True)
class RosterRow:
    """One row as understood. `problem` says why it will not be taken; `known` that it stands.

    `unit` is the name under which it is taken in, `written` the one in the table.
    """

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
    written: str = ""
    district: str = ""
    aliases: tuple[str, ...] = ()
    email: str = ""
    unit_phone: str = ""
    contact_email: str = ""
    head_phone: str = ""
    note: str = ""


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
        """Rows whose unit stands already; only what it lacks is added."""
        return [row for row in self.rows if not row.problem and row.known]

    @property
    def refused(self) -> list[RosterRow]:
        """Rows that will not be taken, each with its problem."""
        return [row for row in self.rows if row.problem]


def preview_units(
    *, contest: Contest, headers: Sequence[str], rows: Sequence[tuple[int, Sequence[str]]]
) -> RosterPreview:
    """Understand a table of units. `rows`: (line in the file, cells as text). 1 SQL, and 1 where
    the headers do not say which column is what."""
    where = ROSTER.found_in(headers)
    if missing := ROSTER.lacking(where):
        return RosterPreview((), missing)
    reading = _Reading(contest)
    understood = [
        reading.row(line, dict(zip(COLUMNS, cells, strict=True)))
        for line, cells in ROSTER.canonical(rows, where)
    ]
    return RosterPreview(tuple(_without_orphans(understood, reading.names)))


class _Reading:
    """Understands rows one after the other: each knows the units that stand and the rows before."""

    def __init__(self, contest: Contest) -> None:
        self.classes: dict[str, tuple[str, str]] = {}
        for id, name in unit_classes(contest).items():
            self.classes[id] = self.classes[name] = (id, name)
        self.standing = {unit.name: unit for unit in units_of(contest, closed=True)}
        self.names = {name for name, unit in self.standing.items() if unit.closed_at is None}
        self.called: dict[str, list[Unit]] = {}
        for unit in self.standing.values():
            for name in unit.aliases if unit.closed_at is None else ():
                self.called.setdefault(name, []).append(unit)
        self.seen: dict[str, tuple[int, str]] = {}

    def row(self, line: int, cells: dict[str, str]) -> RosterRow:
        id, name = self._class_of(cells["unit_class"])
        row = RosterRow(
            line=line,
            unit=cells["unit"],
            written=cells["unit"],
            unit_class=id,
            class_name=name,
            district=cells["district"],
            parent=cells["parent"],
            aliases=tuple(split_names(cells["aliases"])),
            email=cells["email"],
            unit_phone=_digits(cells["unit_phone"]),
            contact=cells["contact"][:60],
            phone=_digits(cells["phone"]),
            contact_email=cells["contact_email"],
            head=cells["head"][:60],
            head_phone=_digits(cells["head_phone"]),
        )
        problem = self._unfit(row)
        return replace(row, problem=problem) if problem else _doubted(self._placed(row))

    def _class_of(self, written: str) -> tuple[str, str]:
        """The class that a cell means: by its id or name, else the only one whose name has it as a
        part ("临床" for 临床科室). The preview shows which."""
        short = "".join(written.split())
        if found := self.classes.get(written) or self.classes.get(short):
            return found
        like = {each for each in self.classes.values() if len(short) > 1 and short in each[1]}
        return like.pop() if len(like) == 1 else ("", written)

    def _unfit(self, row: RosterRow) -> str:
        if not row.unit:
            return "没有单位名称"
        if len(row.unit) > LONGEST_NAME:
            return f"单位名称超过 {LONGEST_NAME} 字"
        if not row.unit_class:
            wanted = "、".join(sorted({name for _, name in self.classes.values()}))
            said = f"类别“{row.class_name}”不在规则中" if row.class_name else "没有写类别"
            return f"{said}，应为：{wanted}"
        if len(row.district) > LONGEST_DISTRICT:
            return f"片区名称超过 {LONGEST_DISTRICT} 字"
        if len(row.aliases) > MOST_ALIASES or any(len(a) > LONGEST_NAME for a in row.aliases):
            return f"别名最多 {MOST_ALIASES} 个，每个 {LONGEST_NAME} 字以内"
        wrong = next((m for m in (row.email, row.contact_email) if m and not is_mail(m)), "")
        return f"邮箱“{wrong[:60]}”写得不完整" if wrong else ""

    def _placed(self, row: RosterRow) -> RosterRow:
        """Which unit a fit row means: one that stands, one of its name in another district, a new
        one."""
        row = self._named(row)
        if row.problem:
            return row
        before = self.seen.get(row.unit)
        if before is not None:
            line, district = before
            if not (row.district and district and row.district != district):
                return replace(row, problem=f"与第 {line} 行重复，只取前一行")
            row = self._apart(row, f"与第 {line} 行同名、片区不同")
            if row.unit in self.seen:
                return replace(row, problem=f"与第 {self.seen[row.unit][0]} 行重复，只取前一行")
        self.seen[row.unit] = (row.line, row.district)
        row = replace(row, known=row.unit in self.names)
        taken = [a for a in row.aliases if a in self.names and a not in (row.unit, row.written)]
        if taken:
            return replace(row, problem=f"别名“{taken[0]}”已是另一个单位的名称")
        return row

    def _named(self, row: RosterRow) -> RosterRow:
        unit = self.standing.get(row.unit)
        if unit is None:
            called = self.called.get(row.unit, [])
            if row.district:
                called = [one for one in called if one.district == row.district]
            if len(called) > 1:
                names = "、".join(one.name for one in called[:3])
                return replace(row, problem=f"“{row.unit}”是 {names} 共用的别名，请写全名")
            if called:
                return replace(row, unit=called[0].name, note=f"按别名归入“{called[0].name}”")
            return row
        if unit.closed_at is not None:
            return replace(row, problem=f"名单中的“{row.unit}”已经停用，请先在单位页恢复它")
        if row.district and unit.district and row.district != unit.district:
            return self._apart(row, f"与{unit.district}的“{row.unit}”同名")
        return row

    def _apart(self, row: RosterRow, why: str) -> RosterRow:
        name = f"{row.written}（{row.district}）"
        if len(name) > LONGEST_NAME:
            return replace(row, problem=f"加上片区后名称超过 {LONGEST_NAME} 字，请改一个名称")
        known = self.standing.get(name)
        if known is not None and known.closed_at is not None:
            return replace(row, problem=f"名单中的“{name}”已经停用，请先在单位页恢复它")
        aliases = tuple(dict.fromkeys((row.written, *row.aliases)))
        return replace(row, unit=name, aliases=aliases, note=f"{why}，以“{name}”收入")


_MOBILE = re.compile(r"1[3-9]\d{5,}", re.ASCII)


def _doubted(row: RosterRow) -> RosterRow:
    """The row with a word about a number that begins like a mobile one and is too short or too long."""
    plain = ("".join(each.split()) for each in (row.phone, row.head_phone))
    odd = next((each for each in plain if _MOBILE.fullmatch(each) and len(each) != 11), "")
    if not odd:
        return row
    said = f"电话“{odd}”不是 11 位，请核对"
    return replace(row, note=f"{row.note}；{said}" if row.note else said)


def _digits(written: str) -> str:
    """A number as it is dialled, where it was typed in letters of full width."""
    return unicodedata.normalize("NFKC", written).strip()[:40]


def is_mail(text: str) -> bool:
    """Whether this is written like an address of e-mail."""
    try:
        validate_email(text)
    except ValidationError:
        return False
    return len(text) <= 120


def _without_orphans(rows: list[RosterRow], standing: set[str]) -> list[RosterRow]:
    """Refuse rows whose parent is not there; a refused row may be the parent of others."""
    while True:
        names = standing | {row.unit for row in rows if not row.problem}
        orphans = {r.line for r in rows if not r.problem and r.parent and r.parent not in names}
        if not orphans:
            return rows
        rows = [
            replace(row, problem=f"名单中没有上级单位“{row.parent}”")
            if row.line in orphans
            else row
            for row in rows
        ]
