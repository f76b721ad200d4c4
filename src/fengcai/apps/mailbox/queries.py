"""What pages may know of the mailbox: the desk's list, a letter, the state of the connection."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from fengcai.apps.contests.models import Contest, Unit
from fengcai.apps.contests.queries import rules_of
from fengcai.apps.contests.roles import Role
from fengcai.apps.contests.rules import require_role
from fengcai.apps.entries.models import Entry
from fengcai.apps.entries.states import State as Work
from fengcai.apps.mailbox.actions.asking import may_fetch
from fengcai.apps.mailbox.actions.sending import UPLOAD_PURPOSE
from fengcai.apps.mailbox.answering import Shut, case_by_token
from fengcai.apps.mailbox.archives import ArchiveRefused
from fengcai.apps.mailbox.fitting import mail_channels, places, takes_mail
from fengcai.apps.mailbox.letters import FileGone, file_of
from fengcai.apps.mailbox.matching import SOURCES
from fengcai.apps.mailbox.models import Case, CaseEvent, CaseFile, Connection, PendingFile
from fengcai.apps.mailbox.reading import rules_or_none
from fengcai.apps.mailbox.states import Degree, FileState, Origin, PendingState, State
from fengcai.apps.mailbox.works import odd_date
from fengcai.apps.people.models import User
from fengcai.apps.refusals import NotFound, Refused
from fengcai.core.rulebook import Rules
from fengcai.engines.uploads.queries import PendingUpload, receiving

PER_PAGE = 30
RESOLVE, PENDING, TAKEN, ASIDE, ALL = "resolve", "pending", "taken", "aside", "all"
FILTERS = {
    RESOLVE: "待处理",
    PENDING: "文件未到",
    TAKEN: "已收件",
    ASIDE: "已搁置",
    ALL: "全部",
}


@dataclass(frozen=True)
class Asked:
    """What the list is asked for."""

    show: str = RESOLVE
    words: str = ""
    page: int = 1


@dataclass(frozen=True)
class Row:
    """A letter in the list."""

    id: UUID
    subject: str
    sender: str
    sender_name: str
    received_at: datetime
    state: str
    state_name: str
    why: str
    unit: str
    degree_name: str
    files: int
    taken: int
    pending: int


@dataclass(frozen=True)
class Desk:
    """The list with its counts."""

    rows: tuple[Row, ...]
    counts: Mapping[str, int]
    total: int


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
    def waiting(self) -> int:
        """How many linked files are awaited."""
        return sum(row.waiting for row in self.pending)


def desk(*, contest: Contest, user: User, asked: Asked) -> Desk:
    """The letters asked for, newest first. 5 SQL besides the check of the role."""
    require_role(user, contest, Role.ORGANISER)
    waiting = Q(pk__in=PendingFile.objects.filter(state=PendingState.WAITING).values("case"))
    conditions = {
        RESOLVE: Q(state__in=(State.RESOLVE, State.NEW, State.MATCHED)),
        PENDING: waiting & ~Q(state=State.ASIDE),
        TAKEN: Q(state=State.TAKEN),
        ASIDE: Q(state=State.ASIDE),
        ALL: Q(),
    }
    mine = Case.objects.filter(contest=contest)
    counts = mine.aggregate(**{name: Count("pk", filter=q) for name, q in conditions.items()
                               if name != ALL}, **{ALL: Count("pk")})  # fmt: skip
    found = _searched(mine.filter(conditions[asked.show]), asked.words)
    total = counts[asked.show] if not asked.words else found.count()
    begin = (asked.page - 1) * PER_PAGE
    rows = list(
        found.select_related("unit")
        .defer("text", "reasons", "problems")
        .order_by("-received_at", "-pk")[begin : begin + PER_PAGE]
    )
    held = _counted(
        CaseFile.objects.filter(case__in=rows),
        all=Count("pk", filter=Q(inline=False)),
        taken=Count("pk", filter=Q(state=FileState.TAKEN)),
    )
    awaited = _counted(
        PendingFile.objects.filter(case__in=rows, state=PendingState.WAITING), all=Count("pk")
    )
    shown = (_row(row, held.get(row.pk, {}), awaited.get(row.pk, {})) for row in rows)
    return Desk(tuple(shown), counts, total)


def _counted(rows: QuerySet[Any], **counts: Count) -> dict[UUID, dict[str, int]]:
    return {row["case"]: row for row in rows.order_by().values("case").annotate(**counts)}


def _searched(rows: QuerySet[Case], words: str) -> QuerySet[Case]:
    for word in words.split()[:5]:
        rows = rows.filter(
            Q(subject__icontains=word) | Q(sender__icontains=word)
            | Q(sender_name__icontains=word) | Q(unit__name__icontains=word)
        )  # fmt: skip
    return rows


def _row(case: Case, files: Mapping[str, int], pending: Mapping[str, int]) -> Row:
    return Row(
        id=case.pk,
        subject=case.subject or ("（正在读取）" if case.state == State.NEW else "（无主题）"),
        sender=case.sender,
        sender_name=case.sender_name,
        received_at=case.received_at,
        state=case.state,
        state_name=case.get_state_display(),
        why=case.why,
        unit=case.unit.name if case.unit else "",
        degree_name=str(Degree(case.degree).label) if case.unit else "",
        files=files.get("all", 0),
        taken=files.get("taken", 0),
        pending=pending.get("all", 0),
    )


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
    if rules is not None and case.unit_id is not None:
        several = len(rules.tracks) > 1
        for track in rules.tracks:
            for slot in places(rules, track.id, track.slots):
                name = f"{track.name} · {slot.name}" if several else slot.name
                options.append(Place(track.id, slot.id, name))
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
        files=tuple(_file(row, names) for row in case.files.all()),
        pending=tuple(_pending(row, at) for row in case.pending.all()),
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


def _file(row: CaseFile, names: Mapping[str, str]) -> FileRow:
    archive = row.name.lower().endswith(".zip") and row.origin == Origin.ATTACHED
    return FileRow(
        id=row.pk, name=row.name, size=row.size, state=row.state,
        state_name=row.get_state_display(), origin=row.origin,
        origin_name=row.get_origin_display(), where=names.get(row.slot, row.slot), why=row.why,
        inline=row.inline, takable=row.state != FileState.TAKEN and not archive,
        kept_apart=bool(row.key),
    )  # fmt: skip


def _pending(row: PendingFile, at: datetime) -> PendingRow:
    return PendingRow(
        id=row.pk, provider=PROVIDERS.get(row.provider, row.provider), name=row.name,
        size=row.size, expires_at=row.expires_at,
        expired=row.expires_at is not None and row.expires_at <= at,
        waiting=row.state == PendingState.WAITING, state_name=row.get_state_display(),
        fetchable=may_fetch(row.url), why=row.why, url=row.url,
    )  # fmt: skip


PROVIDERS = {"qq": "QQ 邮箱", "netease": "网易邮箱", "189": "189 邮箱", "sina": "新浪邮箱"}


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
        with file_of(row) as path:
            return path.open("rb")
    except (FileGone, ArchiveRefused, FileNotFoundError) as gone:
        raise NotFound(f"这个文件取不出来：{gone}") from None


def connection_of(contest: Contest) -> Connection | None:
    """The contest's mailbox, if one is set. 1 SQL."""
    return Connection.objects.filter(contest=contest).first()


def connections() -> list[Connection]:
    """Every mailbox in use, with its contest. 1 SQL."""
    return list(
        Connection.objects.filter(active=True).select_related("contest").order_by("contest__slug")
    )


def to_resolve(contest: Contest) -> int:
    """How many letters wait for a person. 1 SQL."""
    return Case.objects.filter(contest=contest, state=State.RESOLVE).count()


def what_the_rules_say(contest: Contest) -> tuple[str, list[str]]:
    """(the address that the notice names, what it says of mail in words) for the settings page."""
    try:
        rules = rules_of(contest)
    except Refused:
        return "", []
    said = []
    for channel in (c for t in rules.tracks for c in mail_channels(rules, t.id)):
        line = f"{channel.what or '作品'}发至 {channel.address or '报送邮箱'}"
        if line not in said:
            said.append(line)
    if not any(takes_mail(rules, track.id) for track in rules.tracks):
        said.append("规则书没有把邮箱列为报送渠道：来信都会列为“待处理”，由您决定。")
    channels = [c.address for c in rules.channels if c.kind == "email" and c.address]
    return rules.mailbox or (channels[0] if channels else ""), said


@dataclass(frozen=True)
class SendersFile:
    """A file of a letter as its sender's page shows it."""

    name: str
    size: int
    said: str


@dataclass(frozen=True)
class SendersPage:
    """What whoever has the address of a letter's page may see: the letter's own outline, no more."""

    case: Case
    contest: Contest
    unit: str
    files: tuple[SendersFile, ...]
    pending: tuple[PendingRow, ...]
    arrived: tuple[PendingRow, ...]


def senders_case(token: str, at: datetime) -> Case:
    """The letter of a sender's page. Raises `NotFound`."""
    try:
        return case_by_token(token, at)
    except Shut as shut:
        said = (
            "这个上传链接已经过期，或这封来信已处理完。"
            if shut.expired
            else "这个上传链接不对，可能没有复制全。"
        )
        raise NotFound(f"{said}请联系活动主办方，或另发一封邮件；已收到的文件都在。") from None


def senders_page(token: str, at: datetime) -> SendersPage:
    """The page of one letter for its sender. 4 SQL. Raises `NotFound`."""
    case = senders_case(token, at)
    pending = [_pending(row, at) for row in case.pending.all()]
    taken = {FileState.TAKEN: "已收入作品", FileState.REFUSED: "没有收下"}
    return SendersPage(
        case=case,
        contest=case.contest,
        unit=case.unit.name if case.unit else "",
        files=tuple(
            SendersFile(row.name, row.size, taken.get(FileState(row.state), "已收到，正在核对"))
            for row in case.files.all()
            if not row.inline
        ),
        pending=tuple(row for row in pending if row.waiting),
        arrived=tuple(row for row in pending if not row.waiting),
    )


def unfinished_uploads(case: Case, pending: int | None) -> tuple[PendingUpload, ...]:
    """Uploads for this letter that were begun and may be gone on with."""
    return receiving(UPLOAD_PURPOSE, owner=f"letter:{case.pk}", case=str(case.pk), pending=pending)
