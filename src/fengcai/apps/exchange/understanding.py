"""A row of an import understood: which unit, category and values, which files, or why not.

The same understanding stands behind the trial and the import itself. Writes nothing.
"""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import F

from fengcai.apps.contests.models import Contest, Unit
from fengcai.apps.contests.queries import contacts_of, rules_of, units_of
from fengcai.apps.exchange import mapping
from fengcai.apps.exchange.belongings import Belongings, Thing
from fengcai.apps.exchange.models import Import, ImportRow, Origin, Source
from fengcai.apps.exchange.sources import import_bytes, table_of
from fengcai.core.rulebook import Track

LONGEST_KEY = 200


@dataclass(frozen=True)
class FilePlan:
    """A file that the row names: for which place, and the file itself or why there is none."""

    slot: str
    slot_name: str
    name: str
    thing: Thing | None
    why: str = ""

    @property
    def filename(self) -> str:
        """What the file is called, without its folders."""
        return (self.thing.name if self.thing else self.name).rsplit("/", 1)[-1]

    def told(self) -> dict[str, Any]:
        """As a row of the report keeps it."""
        size = self.thing.size if self.thing else 0
        return {"slot": self.slot_name, "name": self.name, "size": size, "why": self.why}


@dataclass
class Understood:
    """A row: `why` says why it is not taken; else everything that a work needs."""

    line: int
    key: str
    told: Mapping[str, str]
    why: str = ""
    unit: Unit | None = None
    track: Track | None = None
    changes: dict[str, Any] = field(default_factory=dict)
    files: list[FilePlan] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)
    submitted_there: datetime | None = None
    known: bool = False
    remarks: list[str] = field(default_factory=list)
    """What the office should know of a row that is taken all the same."""

    @property
    def title(self) -> str:
        """The work's title as the row has it."""
        return self.told.get("title", "")[:200]


class Reader:
    """Understands the rows of one import."""

    def __init__(self, run: Import, things: Belongings, at: datetime) -> None:
        self.run, self.source, self.things, self.at = run, run.source, things, at
        self.contest: Contest = run.source.contest
        self.rules = rules_of(self.contest)
        self.units = {_plain(u.name): u for u in units_of(self.contest, closed=True)}
        for unit in list(self.units.values()):
            for alias in unit.aliases:
                self.units.setdefault(_plain(str(alias)), unit)
        self.contacts = contacts_of(u.pk for u in self.units.values())
        self.tracks = {track.id: track for track in self.rules.tracks}
        self.divisions = {each.id: each.name for each in self.rules.divisions}
        self._named: dict[str, int] = {}
        # A work whose row was not finished (the machine died) is gone on with, not known.
        begun = ImportRow.objects.filter(
            run__source=self.source, done_at=None, run__origins__line=F("line")
        )
        unfinished = set(begun.values_list("row_key", flat=True))
        origins = Origin.objects.filter(source=self.source)
        mine = set(origins.values_list("row_key", flat=True))
        self.known, self.begun = mine - unfinished, mine & unfinished

    def rows(self) -> Iterator[Understood]:
        """Every row, in order."""
        table = table_of(import_bytes(self.run), self.run.filename)
        where = {id: table.headers.index(head) for id, head in self.source.mapping.items()
                 if head in table.headers}  # fmt: skip
        seen: dict[str, int] = {}
        for row in table.rows:
            told = {id: row.cells[at].strip() for id, at in where.items() if at < len(row.cells)}
            key = told.get("key", "")[:LONGEST_KEY]
            found = Understood(row.number, key, told)
            if key and key in seen:
                found.why = f"与第 {seen[key]} 行编号相同（{key}），只取前一行"
            else:
                seen[key] = row.number
                self._understand(found, self.source)
            yield found

    def _understand(self, row: Understood, source: Source) -> None:
        told = row.told
        if not row.key:
            row.why = "没有原系统里的编号"
            return
        row.known = row.key in self.known
        row.why = self._unit(row) or self._track(row)
        if row.why:
            return
        assert row.track is not None
        if not row.title:
            row.why = "没有作品名称"
            return
        if told.get("submitted_at"):
            row.submitted_there = mapping.instant(told["submitted_at"], self.rules.timezone)
            if source.honours_time and row.submitted_there is None:
                row.why = f"提交时间“{told['submitted_at'][:30]}”看不出是什么时候"
            elif source.honours_time and row.submitted_there and row.submitted_there > self.at:
                row.why = "提交时间晚于现在"
        if source.honours_time and row.submitted_there is None and not row.why:
            row.why = "没有提交时间"
        row.changes = mapping.changes_of(row.track, told, self.divisions)
        self._files(row)

    def _unit(self, row: Understood) -> str:
        name = row.told.get("unit", "")
        if not name:
            return "没有单位"
        meant = self.source.unit_names.get(name, name)
        row.unit = self.units.get(_plain(meant))
        if row.unit is None:
            near = difflib.get_close_matches(_plain(meant), list(self.units), n=1, cutoff=0.6)
            hint = f"，是不是“{self.units[near[0]].name}”？" if near else ""
            return f"名单里没有单位“{name[:60]}”{hint}"
        if row.unit.closed_at is not None:
            return f"{row.unit.name}在名单中已经停用"
        if not self.contacts.get(row.unit.pk) and not row.told.get("contact"):
            return f"{row.unit.name}还没有联络员：请先在单位名单里补上，或说明哪一列是联络员"
        return ""

    def _track(self, row: Understood) -> str:
        text = row.told.get("track", "")
        id: str | None = self.source.track
        if text:
            options = {each.id: each.name for each in self.tracks.values()}
            id = mapping.choice(text, options, self.source.track_names)
        if not id or id not in self.tracks:
            return f"没有类别“{text[:40]}”" if text else "没有类别"
        row.track = self.tracks[id]
        return ""

    def _files(self, row: Understood) -> None:
        assert row.track is not None
        for slot in row.track.slots:
            text = row.told.get(f"slot:{slot.id}", "")
            if not text:
                continue
            found = mapping.links(text)
            if slot.kind == "link":
                row.links += [(slot.id, url) for url in found]
                continue
            for url in found:
                why = "是链接，不会自动下载；请下载后放进文件夹或压缩包，再导入一次"
                row.files.append(FilePlan(slot.id, slot.name, url, None, why))
            taken: set[str] = set()
            for name in mapping.names(text) if not found else ():
                thing = self.things.find(name)
                if isinstance(thing, str):
                    row.files.append(FilePlan(slot.id, slot.name, name, None, thing))
                elif thing.name not in taken:  # a file named twice in a cell is one file
                    taken.add(thing.name)
                    row.files.append(FilePlan(slot.id, slot.name, name, thing))
                    self._noted(row, thing)

    def _noted(self, row: Understood, thing: Thing) -> None:
        """Say where another row named the same file: each work gets it, one of both may be mistaken."""
        first = self._named.setdefault(thing.name, row.line)
        if first != row.line:
            name = thing.name.rsplit("/", 1)[-1]
            row.remarks.append(f"文件“{name}”第 {first} 行也用了，请核对是不是写错")


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())
