"""A work in words: what names of files, the manifest and the organiser's forms say of it.

Works are read in chunks, however many there are. Who may read them is asked by whoever calls.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Prefetch
from django.utils import timezone

from fengcai.apps.assets.models import Asset
from fengcai.apps.contests.models import Contest
from fengcai.apps.contests.queries import contacts_of, people_in, rules_of, unit_classes
from fengcai.apps.contests.roles import Role
from fengcai.apps.entries import naming
from fengcai.apps.entries.listing import Asked, every
from fengcai.apps.entries.models import Entry, FileVersion, Item
from fengcai.apps.entries.scope import Scope, people_of, region_of, scope_of
from fengcai.apps.entries.states import State
from fengcai.core.rulebook import Rules
from fengcai.core.rulebook.rules import Slot

CHUNK = 200
DETAILS = {
    "unit": "单位", "title": "职称", "post": "职务", "phone": "电话", "email": "邮箱",
    "id_number": "身份证号", "birth": "出生日期", "gender": "性别", "student_number": "学号",
}  # fmt: skip
_NOT_A_NAME = re.compile(r"[^\w]+")


@dataclass(frozen=True)
class File:
    """A current file of a work and the place it stands in (None where the rules know it no more)."""

    asset: Asset
    slot_id: str
    slot: Slot | None
    place: int

    @property
    def slot_name(self) -> str:
        """The place's name."""
        return self.slot.name if self.slot else self.slot_id


@dataclass(frozen=True)
class Work:
    """A work with all that is told of it. `places` fill names of files, `fields` fill forms."""

    entry: Entry
    scope: Scope | None
    files: Sequence[File]
    links: Sequence[str]
    places: Mapping[str, str]
    fields: Mapping[str, Any] = field(default_factory=dict)
    hidden: Collection[str] = ()
    """Whom of its people this must not name."""


def chosen_ids(contest: Contest, chosen: Mapping[str, Any]) -> list[UUID]:
    """The works of a choice: those that were ticked (`ids`), or all that a list's filter finds."""
    if "ids" in chosen:
        wanted = [UUID(str(each)) for each in chosen["ids"]]
        found = Entry.objects.filter(contest=contest, pk__in=wanted)
        return list(found.values_list("pk", flat=True))
    return [row.id for row in every(contest, Asked.of(chosen))]


def in_order(ids: Iterable[UUID]) -> list[UUID]:
    """Works as an office files them: by unit in the roster's order, by number, by when begun."""
    rows = Entry.objects.filter(pk__in=list(ids)).order_by(
        "unit__order", "unit_id", "number", "created_at", "pk"
    )
    return list(rows.values_list("pk", flat=True))


def works(
    contest: Contest, ids: Sequence[UUID], *, fields: bool = True, upper: bool = False
) -> Iterator[Work]:
    """The works in this order; without `fields` only what names of files need. 6 SQL for each 200.

    `upper`: what comes of it is handed to the organiser of a contest above, so that who has not agreed
    to that is told neither by name nor by telephone (个人信息保护法 §23). 3 SQL more for each 200.
    """
    rules = rules_of(contest)
    classes = unit_classes(contest)
    for start in range(0, len(ids), CHUNK):
        some = list(ids[start : start + CHUNK])
        files = FileVersion.objects.filter(current=True).select_related("asset")
        rows = (
            Entry.objects.filter(pk__in=some)
            .select_related("unit__parent")
            .prefetch_related(
                Prefetch("files", files.order_by("slot", "place"), to_attr="now"),
                Prefetch("items", Item.objects.filter(removed_at=None), to_attr="standing"),
            )
        )
        found = {row.pk: row for row in rows}
        units = {row.unit_id for row in found.values()}
        contacts = contacts_of(units)
        heads: dict[int, str] = {}
        for member in people_in(contest, Role.HEAD):
            if member.unit_id in units:
                heads.setdefault(member.unit_id, member.user.name or member.user.username)
        tellings = {}
        for pk, entry in found.items():
            entry.contest = contest
            tellings[pk] = _Telling(rules, classes, contacts, heads, entry)
        if upper:
            names = {pk: each.names() for pk, each in tellings.items()}
            for pk, hidden in naming.unnamed(names, naming.PASS_ON).items():
                tellings[pk].leave_out(hidden)
        for number, pk in enumerate(some, start + 1):
            if told := tellings.get(pk):
                yield told.work(number, fields=fields)


def field_name(label: str) -> str:
    """A label of the rulebook as a form can name it: signs and blanks left out."""
    name = _NOT_A_NAME.sub("", label)
    return f"_{name}" if name[:1].isdigit() else name


def when(at: datetime | None) -> str:
    """An instant as a form says it: 2026年4月30日 16:59."""
    if at is None:
        return ""
    local = timezone.localtime(at)
    return f"{local.year}年{local.month}月{local.day}日 {local:%H:%M}"


def megabytes(size: int) -> str:
    """Bytes as an officer reads them."""
    return f"{size / 1024 / 1024:.1f} MB" if size >= 1024 * 1024 else f"{size / 1024:.0f} KB"


class _Telling:
    def __init__(
        self,
        rules: Rules,
        classes: Mapping[str, str],
        contacts: Mapping[int, list[tuple[str, str]]],
        heads: Mapping[int, str],
        entry: Entry,
    ) -> None:
        self.rules, self.entry = rules, entry
        self.unit_class = classes.get(entry.unit.unit_class, entry.unit.unit_class)
        self.contact, self.phone = next(iter(contacts.get(entry.unit_id, [])), ("", ""))
        self.head = heads.get(entry.unit_id, "")
        self.hidden: Collection[str] = ()
        try:
            self.scope: Scope | None = scope_of(entry, rules)
        except KeyError:  # the category was taken out of the rules since
            self.scope = None

    def names(self) -> list[str]:
        """Everybody who is named: authors, contact, head."""
        people = [row["name"].strip() for row in self._people()]
        return [each for each in (*people, self.contact, self.head) if each]

    def leave_out(self, hidden: Collection[str]) -> None:
        """Tell neither these names nor anything of who bears them."""
        self.hidden = hidden
        if self.contact in hidden:
            self.contact, self.phone = naming.UNNAMED, ""
        if self.head in hidden:
            self.head = naming.UNNAMED

    def work(self, number: int, *, fields: bool) -> Work:
        entry, scope = self.entry, self.scope
        slots = {each.id: each for each in scope.slots} if scope else {}
        files = [
            File(row.asset, row.slot, slots.get(row.slot), row.place)
            for row in entry.now  # type: ignore[attr-defined]
        ]
        links = [row.url for row in entry.standing if row.url]  # type: ignore[attr-defined]
        places = self._places()
        told = self._fields(number, places, files, links) if fields else {}
        return Work(entry, scope, files, links, places, told, self.hidden)

    def _people(self) -> list[dict[str, str]]:
        rows = [row for _, row in people_of(self.scope, self.entry.fields)] if self.scope else []
        return [
            {"name": naming.UNNAMED} if row["name"].strip() in self.hidden else row for row in rows
        ]

    def _places(self) -> dict[str, str]:
        entry, scope = self.entry, self.scope
        themes = scope.track.themes if scope else None
        names = {each.id: each.name for each in themes.options} if themes else {}
        people = self._people()
        authors = list(dict.fromkeys(row["name"].strip() for row in people))
        parents = [entry.unit.parent.name] if entry.unit.parent else []
        region = region_of(self.rules, entry.unit, parents)
        phones = [row["phone"] for row in people if row.get("phone")]
        return {
            "unit": entry.unit.name,
            "title": entry.title,
            "author": "、".join(authors[:3]) + ("等" if authors[3:] else ""),
            "phone": phones[0] if phones else self.phone,
            "contact": self.contact,
            "track": scope.track.name if scope else entry.track,
            "division": "、".join(each.name for each in scope.divisions) if scope else "",
            "theme": "、".join(names.get(each, each) for each in entry.themes),
            "region": region.name if region else "",
            "number": entry.number,
        }

    def _fields(
        self, number: int, places: Mapping[str, str], files: Sequence[File], links: Sequence[str]
    ) -> dict[str, Any]:
        entry = self.entry
        people = self._people()
        told: dict[str, Any] = {
            "序号": number,
            "编号": entry.number,
            "作品名称": entry.title,
            "单位": entry.unit.name,
            "单位类别": self.unit_class,
            "上级单位": entry.unit.parent.name if entry.unit.parent else "",
            "片区": entry.unit.district,
            "类别": places["track"],
            "组别": places["division"],
            "方向": places["theme"],
            "地区": places["region"],
            "状态": str(State(entry.state).label),
            "提交时间": when(entry.submitted_at),
            "是否逾期": "逾期" if entry.late else "按时",
            "确认时间": when(entry.confirmed_at),
            "作者": "、".join(dict.fromkeys(row["name"].strip() for row in people)),
            "第一作者": people[0]["name"].strip() if people else "",
            "联络员": self.contact,
            "联络电话": self.phone,
            "负责人": self.head,
            "文件数": len(files),
            "文件名": "、".join(file.asset.filename for file in files),
            "链接": "\n".join(links),
            "人员": [
                {
                    "序号": place,
                    "姓名": row["name"].strip(),
                    "分工": row.get("role", ""),
                    **{word: row.get(name, "") for name, word in DETAILS.items()},
                }
                for place, row in enumerate(people, 1)
            ],
            "文件": [
                {
                    "序号": place,
                    "名称": file.slot_name,
                    "文件名": file.asset.filename,
                    "大小": megabytes(file.asset.size),
                }
                for place, file in enumerate(files, 1)
            ],
        }
        for each in self.scope.track.fields if self.scope else ():
            name = field_name(each.label)
            if name in told or each.kind == "people":
                continue
            value = entry.title if each.id == "title" else entry.fields.get(each.id, "")
            told[name] = _plain(value)
        return told


def _plain(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        return "，".join(_plain(each) for each in value.values() if each)
    if isinstance(value, Sequence):
        return "\n".join(_plain(each) for each in value if each)
    return "" if value is None else str(value)
