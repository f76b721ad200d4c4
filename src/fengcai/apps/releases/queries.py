"""The people on screen as pages show them: of one work, behind a link, of a whole contest.

Names are for the unit, reviewers and the office; judges and the public have no way in here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, QuerySet

from fengcai.apps.contests.models import Contest
from fengcai.apps.contests.queries import rules_of, without_texts
from fengcai.apps.contests.roles import Role
from fengcai.apps.entries.governing import rules_for
from fengcai.apps.entries.models import Entry
from fengcai.apps.entries.rules import roles_at
from fengcai.apps.entries.states import State
from fengcai.apps.people.models import User
from fengcai.apps.prepared import Given, Prepared
from fengcai.apps.refusals import NotFound
from fengcai.apps.releases import links
from fengcai.apps.releases.actions.signing import GONE, STATEMENT
from fengcai.apps.releases.models import Appearance, Release, ShownUntil
from fengcai.apps.releases.owing import owed_for_publication, told
from fengcai.apps.releases.passing import lacking
from fengcai.apps.releases.registering import (
    demands_on,
    person_of,
    today,
    ways_for,
)
from fengcai.apps.releases.rules import KEEPING, SEEING
from fengcai.core.consent import BOX, PURPOSES, STATES, WAYS, Debt, Register, owed, purposes_of
from fengcai.core.rulebook import Citation, Rules
from fengcai.core.rulebook.rules import Release as Demand

__all__ = [
    "Panel", "PersonRow", "ReleaseRow", "SignPage", "hidden_now", "lacking", "owed_before_showing", "owed_in",
    "page_of", "panel_of", "scan_of", "sign_page", "waiting_link",
]  # fmt: skip


@dataclass(frozen=True)
class ReleaseRow:
    """A release on a page. `url` is its link while it waits to be signed, for those who may pass it on."""

    id: UUID
    capacity: str
    state: str
    state_name: str
    way: str
    uses: tuple[str, ...]
    until: date | None
    answered_at: datetime | None
    expires_at: datetime
    seal: str
    reason: str
    has_scan: bool
    unchecked: bool
    url: str
    link_over: bool
    offered: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class PersonRow:
    """Somebody on screen with what was signed, and what is still owed of him."""

    id: UUID
    name: str
    role: str
    age: str
    age_code: str
    guardian: str
    where: str
    erased: bool
    releases: tuple[ReleaseRow, ...]
    owed: tuple[str, ...]
    ways: tuple[str, ...]
    needs_none: bool

    @property
    def answered(self) -> bool:
        """Whether anybody answered for this person, in whatever way."""
        return any(each.state != "asked" for each in self.releases)


@dataclass(frozen=True)
class Panel:
    """The register of one work, for one reader."""

    entry: Entry
    people: tuple[PersonRow, ...]
    nobody: bool
    owed: tuple[str, ...]
    """What is owed of the work as a whole: that nobody has been registered."""
    demands: tuple[tuple[str, Citation, str | None], ...]
    writable: bool
    office: bool
    shown_until: datetime | None
    barred: str
    faces: bool

    @property
    def count(self) -> int:
        """How many sentences are owed in all."""
        return len(self.owed) + sum(len(each.owed) for each in self.people)

    @property
    def unregistered(self) -> bool:
        """Whether a machine saw faces while nobody is registered: 有人出镜而未登记."""
        return self.faces and not self.people


def page_of(*, entry_id: UUID, user: User, at: datetime) -> Panel | None:
    """The register of a work; None where its rules ask for none. Raises `NotFound` for strangers.

    6 SQL whatever the number of people.
    """
    entry = _entry(entry_id)
    roles = roles_at(user, entry) if entry else frozenset[str]()
    if entry is None or not roles & SEEING:
        raise NotFound("没有这件作品，或它不属于您的单位。")
    return panel_of(entry, rules_for(entry), roles, at=at)


def panel_of(entry: Entry, rules: Rules, roles: frozenset[str], *, at: datetime) -> Panel | None:
    """The same for a page that has read the work already; None where the rules ask for none, or this
    reader sees no names. 4 SQL whatever the number of people, 1 less for a work that is read with its
    files, none where there is nothing."""
    demands = demands_on(rules, entry.track)
    if not demands or not roles & SEEING:
        return None
    rows = _PEOPLE(entry=entry.pk)
    nobody, ends_at, barred = _standing(entry)
    day = today(rules, at)
    debts = owed(demands, Register(tuple(person_of(row) for row in rows), nobody), on=day)
    writable = bool(roles & KEEPING) and entry.state != State.WITHDRAWN
    return Panel(
        entry=entry,
        people=tuple(_person(row, demands, debts, writable, day, at) for row in rows),
        nobody=nobody,
        owed=tuple(told([d for d in debts if d.person is None], {})),
        demands=tuple((_said(each), each.cite, each.answer) for each in demands),
        writable=writable,
        office=Role.ORGANISER in roles,
        shown_until=None if barred else ends_at,
        barred=barred,
        faces=_faces(entry),
    )


def _standing(entry: Entry) -> tuple[bool, datetime | None, str]:
    """Whether the unit said that nobody is shown, until when the work may be, and why not. 1 SQL."""
    [(nobody, ends_at, why)] = _STANDING(entry=entry.pk)
    return nobody is not None, ends_at, why or ""


def _people() -> QuerySet[Appearance]:
    papers = Release.objects.filter(replaced_at=None).order_by("-capacity")
    rows = Appearance.objects.filter(entry=Given("entry"), removed_at=None)
    return rows.prefetch_related(Prefetch("releases", queryset=papers))


_PEOPLE = Prepared(_people)
_STANDING = Prepared(
    lambda: (
        Entry.objects.filter(pk=Given("entry"))
        .order_by()
        .values_list("nobody_shown__at", "shown_until__ends_at", "shown_until__why")
    )
)


def _entry(entry_id: UUID) -> Entry | None:
    rows = Entry.objects.filter(pk=entry_id)
    rows = rows.select_related("contest__version", "rulebook", "unit__parent")
    return without_texts(rows, "contest__version", "rulebook").first()


def _person(
    row: Appearance,
    demands: Sequence[Demand],
    debts: Sequence[Debt],
    writable: bool,
    day: date,
    at: datetime,
) -> PersonRow:
    mine = [d for d in debts if d.person == str(row.pk)]
    return PersonRow(
        id=row.pk,
        name=row.name or ("（个人信息已清除）" if row.erased_at else ""),
        role=row.get_role_display(),
        age=row.get_age_display(),
        age_code=row.age,
        guardian=row.guardian,
        where=row.where,
        erased=row.erased_at is not None,
        releases=tuple(_release(each, writable, day, at) for each in row.releases.all()),
        owed=tuple(dict.fromkeys(d.text for d in mine)),
        ways=ways_for(demands, row.role),
        needs_none=not purposes_of(demands, row.role),
    )


def _release(row: Release, writable: bool, day: date, at: datetime) -> ReleaseRow:
    over = row.state in ("signed", "scanned", "kept") and bool(row.until and row.until < day)
    state = "expired" if over else row.state
    unchecked = state == "scanned" and row.checked_at is None
    waits = row.state == "asked" and writable and row.expires_at > at
    return ReleaseRow(
        id=row.pk,
        capacity=row.get_capacity_display(),
        state=state,
        state_name="扫描件待核对" if unchecked else STATES[state],
        way=WAYS.get(row.way, ""),
        uses=tuple(PURPOSES[use][0] for use in PURPOSES if use in row.purposes),
        until=row.until,
        answered_at=row.answered_at,
        expires_at=row.expires_at,
        seal=row.seal,
        reason=row.reason,
        has_scan=bool(row.scan_key),
        unchecked=unchecked,
        url=links.address(links.token(row.pk, row.nonce)) if waits else "",
        link_over=row.state == "asked" and row.expires_at <= at,
        offered=tuple((use, PURPOSES[use][0]) for use in PURPOSES if use in row.offered),
    )


def _said(demand: Demand) -> str:
    uses = "、".join(PURPOSES[use][0] for use in demand.purposes)
    waits = {
        "submission": "没有签齐不能提交作品",
        "publication": "可以先提交；没有签齐不公开展播",
        "nothing": "不强制，但本人不同意的不展播",
    }[demand.needed_for]
    return f"每位出镜人员逐项同意：{uses}；期限 {demand.months} 个月；{waits}"


def _faces(entry: Entry) -> bool:
    """Whether an inspection saw faces in a current file of the work. 1 SQL, none where its files are
    read already."""
    if "files" in getattr(entry, "_prefetched_objects_cache", ()):
        told = [row.asset.facts or {} for row in entry.files.all() if row.current]
        return any(_faces_in(facts) for facts in told)
    seen = "asset__facts__measures__faces__facts__faces"
    rows = entry.files.filter(current=True).values_list(seen, flat=True)
    return any(each is True for each in rows)


def _faces_in(facts: Any) -> bool:
    """The same of the facts of one file, which earlier versions wrote without measures."""
    for name in ("measures", "faces", "facts", "faces"):
        facts = facts.get(name) if isinstance(facts, dict) else None
    return facts is True


@dataclass(frozen=True)
class SignPage:
    """What a signer sees behind the link. `state` as in `consent.STATES`, or `late` for a link that no
    longer takes a signature."""

    token: str
    state: str
    paragraphs: tuple[str, ...]
    text_hash: str
    uses: tuple[tuple[str, str, str, bool], ...]
    """Each use: code, name, what it means, and whether it was agreed to."""
    name: str
    guardian: str
    relation: str
    capacity: str
    minor: bool
    drawing: str
    until: date | None
    months: int
    answered_at: datetime | None
    ended_at: datetime | None
    expires_at: datetime
    seal: str
    work: str
    contest: str
    contest_slug: str
    accent: str
    unit: str
    way: str
    e_sign: bool
    statement: str = STATEMENT
    box: tuple[int, int] = BOX

    @property
    def may_withdraw(self) -> bool:
        """Whether there is something to take back."""
        return self.state in ("signed", "scanned", "kept", "expired")


def sign_page(token: str, *, at: datetime) -> SignPage:
    """The release of a link, for whoever holds it. Raises `NotFound` once it was replaced or erased.

    At most 3 SQL.
    """
    rows = Release.objects.filter(digest=links.digest(token)).select_related(
        "appearance__entry__contest__version", "appearance__entry__unit",
        "appearance__entry__rulebook",
    )  # fmt: skip
    path = "appearance__entry__contest__version"
    row = without_texts(rows, path, "appearance__entry__rulebook").first()
    if row is None or row.replaced_at or row.appearance.removed_at or row.appearance.erased_at:
        raise NotFound(GONE)
    entry = row.appearance.entry
    rules = rules_for(entry)
    demands = demands_on(rules, entry.track)
    state = row.state
    if state == "asked" and row.expires_at <= at:
        state = "late"
    elif state in ("signed", "scanned", "kept") and row.until and row.until < today(rules, at):
        state = "expired"
    return SignPage(
        token=token,
        state=state,
        paragraphs=tuple(row.text.split("\n")),
        text_hash=row.text_hash,
        uses=tuple((use, *PURPOSES[use], use in row.purposes) for use in PURPOSES
                   if use in row.offered),
        name=row.name if row.capacity == "self" and row.name else row.appearance.name,
        guardian=(row.name if row.answered_at else "") or row.appearance.guardian,
        relation=row.relation,
        capacity=row.capacity,
        minor=row.appearance.age in ("teen", "child"),
        drawing=row.drawing,
        until=row.until,
        months=row.months,
        answered_at=row.answered_at,
        ended_at=row.ended_at,
        expires_at=row.expires_at,
        seal=row.seal,
        work=str(entry),
        contest=entry.contest.title,
        contest_slug=entry.contest.slug,
        accent=rules.accent,
        unit=entry.unit.name,
        way=row.way,
        e_sign=not demands or "e_sign" in ways_for(demands, row.appearance.role),
    )  # fmt: skip


def scan_of(*, release_id: UUID, user: User) -> Release:
    """A release with its scan, for those who see the register. Raises `NotFound`."""
    row = (
        Release.objects.select_related("appearance__entry__unit__parent")
        .filter(pk=release_id)
        .exclude(scan_key="")
        .first()
    )
    if row is None or not roles_at(user, row.appearance.entry) & SEEING:
        raise NotFound("没有这份扫描件，或您不能查看它。")
    return row


def owed_before_showing(entries: Sequence[Entry], at: datetime) -> dict[UUID, list[str]]:
    """The works that the public may not see yet, each with why in whole sentences. At most 4 SQL."""
    return owed_for_publication(entries, at)


def owed_in(contest: Contest, at: datetime) -> dict[UUID, list[str]]:
    """The accepted works of a contest that may not be shown yet, each with why. At most 5 SQL."""
    if not (contest.is_open and rules_of(contest).releases):
        return {}
    rows = Entry.objects.filter(contest=contest, state=State.ACCEPTED)
    rows = rows.select_related("contest__version", "rulebook")
    return owed_before_showing(list(without_texts(rows, "contest__version", "rulebook")), at)


def hidden_now(at: datetime) -> QuerySet[ShownUntil]:
    """The works that the public may not see at `at`, whatever was published before."""
    return ShownUntil.objects.filter(ends_at__lte=at)


def waiting_link(*, release_id: UUID, user: User, at: datetime) -> str:
    """The link of a release that waits to be signed, for those who may pass it on. Or `NotFound`."""
    row = (
        Release.objects.select_related("appearance__entry__unit__parent")
        .filter(pk=release_id, state="asked", replaced_at=None, expires_at__gt=at)
        .filter(appearance__removed_at=None, appearance__erased_at=None)
        .first()
    )
    if row is None or not roles_at(user, row.appearance.entry) & KEEPING:
        raise NotFound("没有等待签署的链接，可能已经签好或换过。请刷新页面。")
    return links.address(links.token(row.pk, row.nonce))
