"""One letter as the desk shows it: whose it is and why, its files, what it waits for, its history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import IO
from uuid import UUID

from fengcai.apps.contests.models import Contest, Unit
from fengcai.apps.contests.roles import Role
from fengcai.apps.contests.rules import require_role
from fengcai.apps.entries.models import Entry
from fengcai.apps.entries.states import State as Work
from fengcai.apps.mailbox import archives
from fengcai.apps.mailbox.actions.asking import may_fetch
from fengcai.apps.mailbox.fitting import places
from fengcai.apps.mailbox.letters import FileGone, Parts
from fengcai.apps.mailbox.matching import SOURCES
from fengcai.apps.mailbox.models import Case, CaseEvent, CaseFile, PendingFile
from fengcai.apps.mailbox.reading import rules_or_none
from fengcai.apps.mailbox.states import Degree, FileState, Origin, PendingState, State
from fengcai.apps.mailbox.works import odd_date
from fengcai.apps.people.models import User
from fengcai.apps.refusals import NotFound
from fengcai.core.rulebook import Rules

MANY, FIRST = 30, 20
"""Of more files than MANY the FIRST are listed at once."""
PROVIDERS = {"qq": "QQ 邮箱", "netease": "网易邮箱", "189": "189 邮箱", "sina": "新浪邮箱"}


@dataclass(frozen=True)
class Because:
    """One reason of a match in words."""

    unit: str
    source: str
    quote: str
    how: str


@dataclass(frozen=True)
class Place:
    """A place of a work that a file may go to."""

    track: str
    slot: str
    name: str
    accept: tuple[str, ...] = ()


@dataclass(frozen=True)
class WorkRow:
    """A work of the letter's unit."""

    id: UUID
    track: str
    title: str
    state_name: str


@dataclass(frozen=True)
class FileRow:
    """A file of a letter. `depth`: 1 inside an archive."""

    id: int
    name: str
    size: int
    state: str
    state_name: str
    origin: str
    origin_name: str
    where: str
    why: str
    inline: bool
    takable: bool
    kept_apart: bool
    gone: bool

    @property
    def packed(self) -> bool:
        """Whether it lies in an archive."""
        return self.origin == Origin.PACKED


@dataclass(frozen=True)
class PendingRow:
    """A linked file that is awaited."""

    id: int
    provider: str
    name: str
    size: int | None
    expires_at: datetime | None
    expired: bool
    waiting: bool
    state_name: str
    fetchable: bool
    why: str
    url: str


@dataclass(frozen=True)
class Letter:
    """A case, whole."""

    case: Case
    because: tuple[Because, ...]
    files: tuple[FileRow, ...]
    pending: tuple[PendingRow, ...]
    events: tuple[CaseEvent, ...]
    units: tuple[Unit, ...]
    candidates: tuple[Unit, ...]
    places: tuple[Place, ...]
    works: tuple[WorkRow, ...]
    date_remark: str
    answerable: bool

    @property
    def to_confirm(self) -> bool:
        """Whether a unit was found and a person has still to say that it is the one."""
        return (
            self.case.state == State.RESOLVE
            and self.case.unit_id is not None
            and self.case.degree != Degree.PERSON
            and not any(row.state == FileState.TAKEN for row in self.files)
        )

    @property
    def shown(self) -> tuple[FileRow, ...]:
        """The files that are listed at once: of very many, those that a work could take first."""
        return self.files if len(self.files) <= MANY else self._by_use[:FIRST]

    @property
    def further(self) -> tuple[FileRow, ...]:
        """The files behind a click."""
        return () if len(self.files) <= MANY else self._by_use[FIRST:]

    @property
    def _by_use(self) -> tuple[FileRow, ...]:
        accepted = tuple(ending for place in self.places for ending in place.accept)
        return tuple(sorted(self.files, key=lambda row: not (
            row.state == FileState.TAKEN or row.name.lower().endswith(accepted)
        )))  # fmt: skip

    @property
    def waiting(self) -> int:
        """How many linked files are awaited."""
        return sum(row.waiting for row in self.pending)


def case_of(*, contest: Contest, user: User, case_id: UUID) -> Case:
    """A letter of this contest for somebody at its desk. Raises `NotFound`, `NotPermitted`."""
    require_role(user, contest, Role.ORGANISER)
    case = (
        Case.objects.select_related("contest__version", "unit", "entry")
        .filter(pk=case_id, contest=contest)
        .first()
    )
    if case is None:
        raise NotFound("没有这封来信。")
    return case


def letter(*, contest: Contest, user: User, case_id: UUID, at: datetime) -> Letter:
    """A letter with everything that its page shows. 7 SQL at most, whatever its files."""
    case = case_of(contest=contest, user=user, case_id=case_id)
    units = tuple(Unit.objects.filter(contest=contest, closed_at=None).order_by("order", "pk"))
    by_id = {unit.pk: unit for unit in units}
    rules = rules_or_none(case)
    options: list[Place] = []
    works: tuple[WorkRow, ...] = ()
    if rules is not None:
        several = len(rules.tracks) > 1
        for track in rules.tracks:
            for slot in places(rules, track.id, track.slots):
                name = f"{track.name} · {slot.name}" if several else slot.name
                options.append(Place(track.id, slot.id, name, slot.accept))
    if case.unit_id is not None:
        rows = Entry.objects.filter(unit=case.unit_id).exclude(state=Work.WITHDRAWN)
        works = tuple(
            WorkRow(row.pk, row.track, str(row), row.get_state_display())
            for row in rows.order_by("created_at")
        )
    names = {s.id: s.name for t in (rules.tracks if rules else ()) for s in t.slots}
    return Letter(
        case=case,
        because=tuple(
            Because(
                by_id[r["unit"]].name if r["unit"] in by_id else "",
                SOURCES.get(r["source"], ""),
                r["quote"],
                r["how"],
            )
            for r in case.reasons
        ),
        files=tuple(_file(row, names, bool(case.key)) for row in case.files.all()),
        pending=tuple(pending_row(row, at) for row in case.pending.all()),
        events=tuple(case.events.select_related("by")),
        units=units,
        candidates=tuple(by_id[pk] for pk in case.candidates if pk in by_id),
        places=tuple(options),
        works=works,
        date_remark=odd_date(case) if _by_date(rules) and case.state != State.NEW else "",
        answerable=not case.bounce and "@" in case.sender,
    )


def _by_date(rules: Rules | None) -> bool:
    """Whether a window goes by the date that a letter bears."""
    every = (rules.window, *rules.windows.values()) if rules else ()
    return any(window.basis == "mail_date" for window in every)


def _file(row: CaseFile, names: Mapping[str, str], original: bool) -> FileRow:
    gone = not original and not row.key
    archive = row.name.lower().endswith(archives.ENDINGS) and row.origin != Origin.PACKED
    return FileRow(
        id=row.pk, name=row.name, size=row.size, state=row.state,
        state_name=row.get_state_display(), origin=row.origin,
        origin_name=row.get_origin_display(), where=names.get(row.slot, row.slot), why=row.why,
        inline=row.inline, takable=row.state != FileState.TAKEN and not archive and not gone,
        kept_apart=bool(row.key), gone=gone,
    )  # fmt: skip


def pending_row(row: PendingFile, at: datetime) -> PendingRow:
    """A linked file as pages show it."""
    return PendingRow(
        id=row.pk, provider=PROVIDERS.get(row.provider, row.provider), name=row.name,
        size=row.size, expires_at=row.expires_at,
        expired=row.expires_at is not None and row.expires_at <= at,
        waiting=row.state == PendingState.WAITING, state_name=row.get_state_display(),
        fetchable=may_fetch(row.url), why=row.why, url=row.url,
    )  # fmt: skip


def case_file(*, contest: Contest, user: User, case_id: UUID, file: int) -> CaseFile:
    """One file of a letter, for its download. Raises `NotFound`, `NotPermitted`."""
    case = case_of(contest=contest, user=user, case_id=case_id)
    row = case.files.select_related("case").filter(pk=file).first()
    if row is None:
        raise NotFound("信里没有这个文件。")
    return row


def opened_file(row: CaseFile) -> IO[bytes]:
    """Its bytes, open at their beginning; the copy is gone when it is closed. Raises `NotFound`."""
    try:
        with Parts() as parts, parts.copy_of(row) as path:
            return path.open("rb")
    except FileGone as gone:
        raise NotFound(f"这个文件取不出来：{gone}") from None
