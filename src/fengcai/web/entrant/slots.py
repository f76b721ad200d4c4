"""The places of an entry's form that hold files, sets of files, links or things: rows ready to show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from fengcai.apps.assets.queries import FindingRow
from fengcai.apps.entries.actions.files import suffixes_of
from fengcai.apps.entries.actions.later import asked_later
from fengcai.apps.entries.governing import window_of_slot
from fengcai.apps.entries.owed import ASKED, item_problems
from fengcai.apps.entries.queries import Page, Version
from fengcai.apps.entries.states import FILE_WRITABLE, WRITABLE
from fengcai.apps.refusals import NotFound
from fengcai.core.rulebook import Slot, Window
from fengcai.core.timetable import standing
from fengcai.web.entrant.selfcheck import demands_json
from fengcai.web.shared.cards import FilmView, checked_view, file_url
from fengcai.web.shared.inspected import Lines, lines_on, player_of

if TYPE_CHECKING:
    from fengcai.apps.entries.models import Arrival, Entry, Item

SIGNERS = {"author": "作者", "head": "单位负责人", "seal": "单位（盖章）"}
PICTURES = (".jpg", ".jpeg", ".png", ".gif", ".webp", ".bmp")
"""Pictures that every browser shows."""


@dataclass(frozen=True)
class Asked:
    """One thing asked of a link beside its address."""

    name: str
    label: str
    value: str


@dataclass(frozen=True)
class ItemRow:
    """A link or a thing with what is wrong with it and its screenshot."""

    item: Item
    asked: list[Asked]
    problems: list[str]
    evidence: Version | None


@dataclass(frozen=True)
class SlotPage:
    """A slot with its current files, its earlier versions, and whether it may be changed."""

    entry: Entry
    slot: Slot
    files: list[Version]
    earlier: list[Version]
    items: list[ItemRow]
    arrivals: list[Arrival]
    writable: bool
    error: str
    accept: tuple[str, ...]
    window: Window | None
    open: bool
    findings: list[FindingRow]
    """What is found of the set as a whole."""
    demands: str = ""
    """What the page checks of a chosen file before it is sent, as JSON."""
    noticed: Mapping[UUID, Lines] = field(default_factory=dict)
    """What the inspection of each file noticed."""

    @property
    def current(self) -> Version | None:
        """The only file of a slot of one."""
        return self.files[0] if self.files else None

    @property
    def picked(self) -> str:
        """What the browser's file chooser is asked for: with the kind, a phone opens its album."""
        kind = self.slot.kind
        album = [f"{kind}/*"] if kind in ("video", "audio", "image") else []
        return ",".join([*album, *self.accept])

    @property
    def several(self) -> bool:
        """Whether it holds a set of files."""
        return self.slot.max > 1 and self.slot.kind not in ("link", "physical")

    @property
    def room(self) -> bool:
        """Whether another one may be added."""
        held = self.items if self.slot.kind in ("link", "physical") else self.files
        return len(held) < self.slot.max

    @property
    def view(self) -> FilmView | None:
        """The current file for the player, once it has a picture (or is no film)."""
        return self.view_of(self.current)

    @property
    def lines(self) -> Lines | None:
        """The findings of the current file, each with what was noticed about it."""
        return self.noticed.get(self.current.file.id) if self.current else None

    @property
    def player(self) -> str:
        """The id of the current file's player."""
        return player_of(self.current.file.id) if self.current else ""

    def view_of(self, version: Version | None) -> FilmView | None:
        """A file for the player; documents and what is still checked have none."""
        if version is None or version.file.running or version.file.trouble:
            return None
        if self.slot.file_kind == "document":
            return None
        return checked_view(version.file, name=self.slot.name, kind=self.slot.file_kind)

    @property
    def tiles(self) -> list[dict[str, Any]]:
        """The files of a set, each with its picture where a browser can show it."""
        return [
            {
                "version": row,
                "lines": self.noticed.get(row.file.id),
                "picture": file_url(row.file.id, "film")
                if row.file.filename.lower().endswith(PICTURES) and not row.file.trouble
                else "",
            }
            for row in self.files
        ]

    @property
    def signers(self) -> str:
        """Who signs a printed form."""
        return "、".join(SIGNERS[each] for each in self.slot.signed)

    @property
    def blank(self) -> list[Asked]:
        """What is asked of a further link."""
        return [Asked(name, ASKED[name], "") for name in self.slot.asks]


def slot_page(
    page: Page,
    slot: str,
    *,
    at: datetime | None = None,
    error: str = "",
    noticed: Mapping[UUID, Lines] | None = None,
) -> SlotPage:
    """One slot of the form. `noticed` is of all files of the work, where the page has it already; else
    1 SQL. Raises `NotFound` for a slot that this entry does not have."""
    place = page.scope.slot(slot)
    if place is None:
        raise NotFound("规则中没有这一项文件。")
    files = page.standing(slot)
    shots = {row.place: row for row in files}
    items = [
        ItemRow(
            item=item,
            asked=[Asked(name, ASKED[name], _text(getattr(item, name))) for name in place.asks],
            problems=item_problems(place, item),
            evidence=shots.get(item.place),
        )
        for item in page.items
        if item.slot == slot
    ]
    window = window_of_slot(page.rules, place)
    later = window is not None and page.entry.mend_until is None
    opened = window is None or at is None or standing(window, at) == "open" or not later
    states = FILE_WRITABLE if later or place.kind not in ("link", "physical") else WRITABLE
    return SlotPage(
        entry=page.entry,
        slot=place,
        files=files,
        earlier=[row for row in page.versions.get(slot, []) if not row.current],
        items=items,
        arrivals=[row for row in page.arrivals if row.what == slot],
        writable=page.writable
        and opened
        and (page.entry.state in states or asked_later(page.entry, page.rules, place)),
        error=error,
        accept=suffixes_of(place),
        window=window,
        open=opened,
        findings=page.sets.get(slot, []),
        demands=demands_json(place, page.rules.judged_on(page.entry.track, slot)),
        noticed=noticed_in(page) if noticed is None else noticed,
    )


def noticed_in(page: Page) -> dict[UUID, Lines]:
    """What was noticed in the files of a work, as its own people see it. 1 SQL, none without a file."""
    return lines_on(page, "entry-inspection", private=False)


def _text(value: Any) -> str:
    return "" if value is None else str(value)
