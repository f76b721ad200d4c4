"""The office's list of releases over a whole contest: owed, signed, ended; by unit, and as a table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, Prefetch, Q

from fengcai.apps.contests.models import Contest
from fengcai.apps.contests.queries import rules_of
from fengcai.apps.contests.roles import Role
from fengcai.apps.contests.rules import require_role
from fengcai.apps.entries.models import Entry
from fengcai.apps.entries.states import State
from fengcai.apps.people.models import User
from fengcai.apps.releases.models import Appearance, Release
from fengcai.apps.releases.registering import registers_of, today
from fengcai.core.consent import STATES, owed

PER_PAGE = 50
VIEWS = {
    "owed": "还没签齐",
    "check": "扫描件待核对",
    "signed": "已签齐",
    "ended": "撤回、拒绝、到期",
    "all": "全部",
}
_ENDED = ("withdrawn", "refused", "expired")


@dataclass(frozen=True)
class OfficeRow:
    """Somebody on screen in the office's list."""

    person_id: UUID
    entry_id: UUID
    work: str
    number: str
    unit: str
    name: str
    role: str
    age: str
    states: tuple[str, ...]
    owed: tuple[str, ...]
    until: date | None
    unchecked: UUID | None
    removable: bool


@dataclass(frozen=True)
class OfficePage:
    """One page of the list. `counts` are people by view; `silent` works whose units said nothing yet."""

    rows: tuple[OfficeRow, ...]
    view: str
    unit: str
    counts: tuple[tuple[str, str, int], ...]
    silent: int
    number: int
    pages: int
    total: int


def office_page(
    contest: Contest, *, user: User, view: str = "owed", unit: str = "", page: int = 1, at: datetime
) -> OfficePage:
    """The office's list. 8 SQL whatever the number of works. Raises `NotPermitted`."""
    require_role(user, contest, Role.ORGANISER)
    view = view if view in VIEWS else "owed"
    rows = _standing(contest)
    counts = rows.aggregate(
        **{name: Count("pk", filter=_of(name), distinct=True) for name in VIEWS}
    )
    chosen = rows.filter(_of(view))
    if unit:
        chosen = chosen.filter(entry__unit__name__icontains=unit)
    keys = list(
        chosen.order_by("entry__unit__order", "entry", "at", "pk")
        .values_list("pk", flat=True)
        .distinct()
    )
    pages = max(1, -(-len(keys) // PER_PAGE))
    number = min(max(page, 1), pages)
    here = keys[(number - 1) * PER_PAGE : number * PER_PAGE]
    return OfficePage(
        rows=tuple(_rows(contest, here, at)),
        view=view,
        unit=unit,
        counts=tuple((name, label, counts[name]) for name, label in VIEWS.items()),
        silent=_silent(contest),
        number=number,
        pages=pages,
        total=len(keys),
    )


def table_rows(
    contest: Contest, *, user: User, view: str, unit: str, at: datetime
) -> list[OfficeRow]:
    """Every row of a view, for a table. Raises `NotPermitted`."""
    require_role(user, contest, Role.ORGANISER)
    rows = _standing(contest).filter(_of(view if view in VIEWS else "all"))
    if unit:
        rows = rows.filter(entry__unit__name__icontains=unit)
    keys = rows.order_by("entry__unit__order", "entry", "at", "pk").values_list("pk", flat=True)
    return list(_rows(contest, list(dict.fromkeys(keys)), at))


def waiting(contest: Contest) -> dict[str, int]:
    """Scans to look at, accepted works that wait for a release or of whose people nothing was said, and
    people of accepted works who withdrew, refused, or whose term is over. At most 4 SQL."""
    rows = _standing(contest)
    accepted = rows.filter(entry__state=State.ACCEPTED)
    return {
        "check": rows.filter(_of("check")).values("pk").distinct().count(),
        "owed": accepted.filter(_of("owed")).values("entry").distinct().count(),
        "ended": accepted.filter(_of("ended")).values("pk").distinct().count(),
        "silent": _silent(contest, accepted=True),
    }


def _standing(contest: Contest):  # type: ignore[no-untyped-def]
    return Appearance.objects.filter(entry__contest=contest, removed_at=None).exclude(
        entry__state=State.WITHDRAWN
    )


def _of(view: str) -> Q:
    live = Q(releases__replaced_at=None)
    unchecked = live & Q(releases__state="scanned", releases__checked_at=None)
    waits = live & Q(releases__state="asked")
    ended = live & Q(releases__state__in=_ENDED)
    if view == "owed":
        return waits
    if view == "check":
        return unchecked
    if view == "ended":
        return ended
    if view == "signed":
        open_ones = Release.objects.filter(replaced_at=None).filter(
            Q(state="asked") | Q(state__in=_ENDED) | Q(state="scanned", checked_at=None)
        )
        return live & ~Q(pk__in=open_ones.values("appearance"))
    return Q()


def _rows(contest: Contest, keys: list[UUID], at: datetime) -> list[OfficeRow]:
    papers = Release.objects.filter(replaced_at=None).order_by("-capacity")
    found = {
        row.pk: row
        for row in Appearance.objects.filter(pk__in=keys)
        .select_related("entry__unit")
        .prefetch_related(Prefetch("releases", queryset=papers))
    }
    rules = rules_of(contest)
    day = today(rules, at)
    entries = {row.entry_id: row.entry for row in found.values()}
    registers = registers_of(entries.values())
    debts: dict[str, list[str]] = {}
    for entry in entries.values():
        demands = [d for d in rules.releases if not d.tracks or entry.track in d.tracks]
        for debt in owed(demands, registers[entry.pk], on=day):
            debts.setdefault(debt.person or "", []).append(debt.text)
    made = []
    for key in keys:
        row = found.get(key)
        if row is None:
            continue
        mine = list(row.releases.all())
        made.append(
            OfficeRow(
                person_id=row.pk,
                entry_id=row.entry_id,
                work=str(row.entry),
                number=row.entry.number,
                unit=row.entry.unit.name,
                name=row.name or ("（已清除）" if row.erased_at else "—"),
                role=row.get_role_display(),
                age=row.get_age_display(),
                states=tuple(f"{r.get_capacity_display()}：{_state(r, day)}" for r in mine),
                owed=tuple(dict.fromkeys(debts.get(str(row.pk), ()))),
                until=min((r.until for r in mine if r.until), default=None),
                unchecked=next(
                    (r.pk for r in mine if r.state == "scanned" and r.checked_at is None), None
                ),
                removable=row.erased_at is None,
            )
        )
    return made


def _state(row: Release, day: date) -> str:
    if row.state in ("signed", "scanned", "kept") and row.until and row.until < day:
        return STATES["expired"]
    if row.state == "scanned" and row.checked_at is None:
        return "扫描件待核对"
    return STATES[row.state]


def _silent(contest: Contest, *, accepted: bool = False) -> int:
    """Works that were handed in and of whose people nothing was said. 1 SQL."""
    rules = rules_of(contest)
    if not rules.releases:
        return 0
    tracks = {t for each in rules.releases for t in each.tracks}
    rows = Entry.objects.filter(contest=contest, nobody_shown=None).exclude(
        state__in=(State.DRAFT, State.WITHDRAWN)
    )
    if accepted:
        rows = rows.filter(state=State.ACCEPTED)
    if tracks and all(each.tracks for each in rules.releases):
        rows = rows.filter(track__in=tracks)
    said = Appearance.objects.filter(removed_at=None, entry__contest=contest).values("entry")
    return rows.exclude(pk__in=said).count()
