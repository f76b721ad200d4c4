"""What the page of one work may know. Lists are `cards` and `listing`, units `coverage`."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from fengcai.apps.assets.models import Finding
from fengcai.apps.assets.queries import Checked, FindingRow, checked, jobs_of
from fengcai.apps.contests.queries import without_texts
from fengcai.apps.contests.roles import Role
from fengcai.apps.entries.actions.desk import writing_window
from fengcai.apps.entries.actions.files import UPLOAD_PURPOSE
from fengcai.apps.entries.demands import demanded_above
from fengcai.apps.entries.evidence import sees_private
from fengcai.apps.entries.governing import rules_for
from fengcai.apps.entries.models import Arrival, Declaration, Entry, FileVersion, Item
from fengcai.apps.entries.owed import (
    Filled,
    Owed,
    filled_by,
    items_of,
    opinions_of,
    owed,
    theme_names,
)
from fengcai.apps.entries.rules import roles_at
from fengcai.apps.entries.scope import Scope, scope_of
from fengcai.apps.entries.sets import findings_of_sets
from fengcai.apps.entries.states import WRITABLE, State
from fengcai.apps.people.models import User
from fengcai.apps.prepared import Given, Prepared, attach
from fengcai.apps.refusals import NotFound
from fengcai.core.inspection import of_the_set
from fengcai.core.rulebook import Rules, Track, Window
from fengcai.engines.uploads.queries import PendingUpload, receiving


@dataclass(frozen=True)
class Version:
    """One version of a slot's file."""

    number: int
    current: bool
    by: str
    at: datetime
    file: Checked
    place: int = 1
    caption: str = ""


@dataclass(frozen=True)
class Heading:
    """What stands at the head of a work's page."""

    title: str
    unit: str
    number: str
    themes: tuple[str, ...]
    state: str

    @property
    def state_name(self) -> str:
        """The state in Chinese."""
        return str(State(self.state).label)


@dataclass(frozen=True)
class Page:
    """An entry with everything that its own page shows."""

    entry: Entry
    rules: Rules
    track: Track
    card: Heading
    versions: dict[str, list[Version]]
    declarations: list[Declaration]
    roles: frozenset[str]
    """As what the reader stands towards the work: contact, head, reviewer, organiser, collector."""
    scope: Scope
    window: Window
    """The window in which this work may be changed now."""
    filled: Filled
    """What stands in its slots."""
    items: list[Item] = field(default_factory=list)
    arrivals: list[Arrival] = field(default_factory=list)
    sets: dict[str, list[FindingRow]] = field(default_factory=dict)
    """What is found of each set as a whole, by its slot."""

    @cached_property
    def owed(self) -> list[Owed]:
        """What stands between the work and its submission. SQL where contexts above ask for something
        (`entries.demands`): pages of works that lie with the office do not ask."""
        entry = self.entry
        own = owed(
            self.scope,
            title=entry.title,
            themes=entry.themes,
            fields=entry.fields,
            filled=self.filled,
            later_too=entry.state not in WRITABLE,
        )
        return [*own, *demanded_above(entry, self.rules)]

    @property
    def writable(self) -> bool:
        """Whether the reader is of the work's unit; whether its state allows it is another question."""
        return bool(self.roles & {Role.CONTACT, Role.HEAD})

    @property
    def current(self) -> dict[str, Version]:
        """The current version of each slot that has one; of a set the first."""
        return {slot: rows[0] for slot in self.versions if (rows := self.standing(slot))}

    def standing(self, slot: str) -> list[Version]:
        """The current files of a slot, by place."""
        rows = [row for row in self.versions.get(slot, []) if row.current]
        return sorted(rows, key=lambda row: row.place)

    @property
    def deadline(self) -> datetime:
        """Until when this work may be changed: the window's end, or later when returned."""
        return self.window.closes


def entry_page(*, entry_id: UUID, user: User) -> Page:
    """Everything that an entry's page shows to `user`. Raises `NotFound`, also for other units'.

    6 SQL, 1 more while a file of it is being checked, and 1 each where the rules ask for links or
    things, and for paper or things.
    """
    entry = _with_files(entry_id)
    roles = roles_at(user, entry) if entry is not None else None
    if entry is None or not roles:
        raise NotFound("没有这件作品，或它不属于您的单位。")
    rules = rules_for(entry)
    scope = scope_of(entry, rules)
    versions: dict[str, list[Version]] = {}
    files = sorted(entry.files.all(), key=lambda f: -f.version)
    jobs = jobs_of(f.asset for f in files)
    unbound, later = _not_yet(scope)
    for row in files:
        versions.setdefault(row.slot, []).append(
            Version(
                row.version,
                row.current,
                str(row.by),
                row.at,
                checked(
                    row.asset,
                    jobs.get(row.asset_id),
                    unbound=unbound,
                    later=later,
                    sees_private=sees_private(roles),
                ),
                row.place,
                row.caption,
            )
        )
    items = items_of(entry, scope)
    filled = filled_by(scope, files, items, opinions_of(entry, scope))
    return Page(
        entry=entry,
        rules=rules,
        track=scope.track,
        card=_heading(entry, rules),
        versions=versions,
        declarations=_DECLARATIONS(entry=entry_id),
        roles=roles,
        scope=scope,
        window=writing_window(entry, rules),
        filled=filled,
        items=items,
        arrivals=arrivals_of(entry, scope),
        sets=findings_of_sets(scope, filled.counts),
    )


def _heading(entry: Entry, rules: Rules) -> Heading:
    names = theme_names(rules, entry.track)
    themes = tuple(names.get(theme, theme) for theme in entry.themes)
    return Heading(str(entry), entry.unit.name, entry.number, themes, entry.state)


def _not_yet(scope: Scope) -> tuple[set[str], dict[str, str]]:
    """Requirements that no file of this entry is judged by (another division's, a set's as a whole),
    and those that bind from a round on."""
    unbound: set[str] = set()
    later: dict[str, str] = {}
    for slot in scope.slots:
        for each in slot.requirements:
            if not scope.demands(each) or of_the_set(each):
                unbound.add(each.id)
            elif each.round is not None:
                round = scope.rules.round(each.round)
                later[each.id] = round.name if round else each.round
    return unbound, later


def arrivals_of(entry: Entry, scope: Scope) -> list[Arrival]:
    """What paper and things of a work have arrived. 1 SQL, none where the rules know neither."""
    paper = any(each.kind == "paper" for each in scope.channels)
    if not paper and not any(slot.kind == "physical" for slot in scope.slots):
        return []
    return list(entry.arrivals.filter(void_at=None).select_related("by"))


def not_arrived(entry: Entry) -> list[str]:
    """What has to reach the office as paper or as a thing and is not noted as received. At most
    1 SQL."""
    scope = scope_of(entry, rules_for(entry))
    noted = Counter[str]()
    for row in arrivals_of(entry, scope):
        noted[row.what] += row.count
    said = [
        f"还没有收到实物“{slot.name}”（应 {slot.min} 件，已收 {noted[slot.id]} 件）"
        for slot in scope.slots
        if slot.kind == "physical" and noted[slot.id] < slot.min
    ]
    paper = scope.paper
    if paper is not None and noted[paper.id] < (paper.copies or 1):
        what = paper.what or "纸质材料"
        said.append(f"还没有收到{what}（应 {paper.copies or 1} 份，已收 {noted[paper.id]} 份）")
    return said


def pending_uploads(*, entry_id: UUID, slot: str, user: User) -> tuple[PendingUpload, ...]:
    """The uploads into this slot that `user` began and may go on with. Raises `NotFound`."""
    page = entry_page(entry_id=entry_id, user=user)
    return receiving(UPLOAD_PURPOSE, owner=f"user:{user.pk}", entry=str(page.entry.pk), slot=slot)


def values_of(page: Page) -> dict[str, Any]:
    """Field ids with what stands in them, the title among them."""
    entry = page.entry
    chosen = {"themes": entry.themes, "divisions": entry.divisions}
    return {**entry.fields, "title": entry.title, **chosen}


def _wide() -> QuerySet[Entry]:
    rows = Entry.objects.filter(pk=Given("entry")).select_related(
        *("contest__version", "unit__parent", "confirmed_by", "gathered_by", "updated_by")
    )
    return without_texts(rows, "contest__version").order_by()


_ENTRY = Prepared(_wide)
_FILES = Prepared(
    lambda: (
        FileVersion.objects.filter(entry=Given("entry"))
        .select_related("asset", "by")
        .order_by("slot", "place", "-version")
    )
)
_FINDINGS = Prepared(lambda: Finding.objects.filter(asset__in=Given("assets", many=True)))
_DECLARATIONS = Prepared(lambda: Declaration.objects.filter(entry=Given("entry"), void_at=None))


def _with_files(entry_id: UUID) -> Entry | None:
    """A work with all its files and their findings. 3 SQL."""
    entry = _ENTRY.first(entry=entry_id)
    if entry is not None:
        files = _FILES(entry=entry_id)
        attach([entry], "files", files, by="entry")
        assets = list({row.asset_id: row.asset for row in files}.values())
        attach(assets, "findings", _FINDINGS(assets=[each.pk for each in assets]), by="asset")
    return entry
