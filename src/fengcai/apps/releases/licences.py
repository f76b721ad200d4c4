"""Every licence of a contest's works: what may be done, how long and where, who granted it and when.

Two sorts: what authors and units signed with the work or for an award (作品授权), and what people on
screen agreed to (出镜同意). What was used from others is declared in the form of each work and stands
on its page. The end of an author's term is counted from the day of the signature.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, Q, QuerySet

from fengcai.apps.contests.models import Contest
from fengcai.apps.contests.queries import rules_of
from fengcai.apps.contests.roles import Role
from fengcai.apps.contests.rules import require_role
from fengcai.apps.entries.models import Declaration
from fengcai.apps.entries.promises import SIGNATORIES
from fengcai.apps.entries.states import State
from fengcai.apps.people.models import User
from fengcai.apps.releases.models import Release
from fengcai.apps.releases.registering import today
from fengcai.core.consent import PURPOSES, STATES
from fengcai.core.consent.licensing import (
    ends,
    grants,
    months_of,
    over_if_before,
    term_of,
    territory_of,
)
from fengcai.core.rulebook import Declaration as Promised

PER_PAGE = 50
CHUNK = 500
SOON = timedelta(days=90)
SORTS = {"work": "作品授权", "shown": "出镜同意"}
VIEWS = {"all": "全部", "valid": "有效", "soon": "90 天内到期", "ended": "已失效"}
_GIVEN = ("signed", "scanned", "kept")


@dataclass(frozen=True)
class Licence:
    """One licence. `term`, `territory` and `until` are empty where neither rules nor words say them;
    `endless` says that it has no end. `state`: valid, soon or ended; `why` how it ended."""

    entry_id: UUID
    number: str
    work: str
    unit: str
    scope: str
    term: str
    territory: str
    granted_by: str
    granted_at: datetime | None
    until: date | None
    endless: bool
    state: str
    why: str


@dataclass(frozen=True)
class LicencePage:
    """One page of the list. `counts` by view; `asks` are the promises that count as licences."""

    rows: tuple[Licence, ...]
    sort: str
    view: str
    words: str
    counts: Mapping[str, int]
    number: int
    pages: int
    asks: tuple[str, ...]

    @property
    def total(self) -> int:
        """How many there are in this view."""
        return self.counts[self.view]


def licences_page(
    contest: Contest,
    *,
    user: User,
    sort: str = "work",
    view: str = "all",
    words: str = "",
    page: int = 1,
    at: datetime,
) -> LicencePage:
    """One page of the list. 3 SQL whatever the number of works. Raises `NotPermitted`."""
    require_role(user, contest, Role.ORGANISER)
    found = _List(contest, sort if sort in SORTS else "work", words, at)
    view = view if view in VIEWS else "all"
    counts = found.counts()
    pages = max(1, -(-counts[view] // PER_PAGE))
    number = min(max(page, 1), pages)
    begin = (number - 1) * PER_PAGE
    return LicencePage(
        rows=tuple(found.rows(view, begin, begin + PER_PAGE)),
        sort=found.sort,
        view=view,
        words=words,
        counts=counts,
        number=number,
        pages=pages,
        asks=tuple(each.text for each in found.promised.values()),
    )


def every_licence(
    contest: Contest, *, user: User, sort: str, view: str, words: str, at: datetime
) -> Iterator[Licence]:
    """The whole list of a view, read in chunks: for an export. Raises `NotPermitted`."""
    require_role(user, contest, Role.ORGANISER)
    found = _List(contest, sort if sort in SORTS else "work", words, at)
    return found.every(view if view in VIEWS else "all")


class _List:
    def __init__(self, contest: Contest, sort: str, words: str, at: datetime) -> None:
        rules = rules_of(contest)
        self.sort, self.day, self.zone = sort, today(rules, at), ZoneInfo(rules.timezone)
        self.promised: dict[str, Promised] = {
            each.id: each
            for each in rules.declarations
            if each.when != "judge" and grants(each.kind, each.signatory, each.text)
        }
        self.chosen: QuerySet[Any] = (
            Declaration.objects.filter(entry__contest=contest, declaration__in=self.promised)
            if sort == "work"
            else Release.objects.filter(
                appearance__entry__contest=contest, answered_at__isnull=False
            )
        )
        for word in words.split():
            at_work = "entry" if sort == "work" else "appearance__entry"
            self.chosen = self.chosen.filter(
                Q(**{f"{at_work}__title__icontains": word})
                | Q(**{f"{at_work}__number__icontains": word})
                | Q(**{f"{at_work}__unit__name__icontains": word})
            )

    def counts(self) -> dict[str, int]:
        """How many there are in each view. 1 SQL."""
        told = {name: Count("pk", filter=self._view(name)) for name in VIEWS}
        return self.chosen.order_by().aggregate(**told)

    def rows(self, view: str, begin: int, end: int) -> list[Licence]:
        """Those from `begin` to `end`. 1 SQL."""
        return [self._row(one) for one in self._ordered(view)[begin:end]]

    def every(self, view: str) -> Iterator[Licence]:
        """All of them, as they are read."""
        for one in self._ordered(view).iterator(chunk_size=CHUNK):
            yield self._row(one)

    def _ordered(self, view: str) -> QuerySet[Any]:
        rows = self.chosen.filter(self._view(view))
        if self.sort == "work":
            rows = rows.select_related("entry__unit")
            return rows.order_by("entry__unit__order", "entry__number", "entry", "-at", "pk")
        rows = rows.select_related("appearance__entry__unit")
        work = "appearance__entry"
        return rows.order_by(f"{work}__unit__order", f"{work}__number", work, "-answered_at", "pk")

    def _view(self, view: str) -> Q:
        ended, soon = self._over(self.day), self._over(self.day + SOON)
        if view == "ended":
            return ended
        if view == "soon":
            return soon & ~ended
        return ~ended if view == "valid" else Q(pk__isnull=False)

    def _over(self, day: date) -> Q:
        """Those that are no longer good on the day."""
        if self.sort == "shown":
            given = Q(state__in=_GIVEN, replaced_at=None, appearance__removed_at=None)
            return ~given | Q(until__isnull=False, until__lt=day)
        over = Q(void_at__isnull=False) | Q(entry__state=State.WITHDRAWN)
        for id, each in self.promised.items():
            months = months_of(term_of(each.term, each.text))
            if months is not None:
                first = datetime.combine(over_if_before(months, day), time.min, self.zone)
                over |= Q(declaration=id, at__lt=first)
        return over

    def _row(self, one: Any) -> Licence:
        return self._of_work(one) if self.sort == "work" else self._of_person(one)

    def _of_work(self, one: Declaration) -> Licence:
        rule, entry = self.promised[one.declaration], one.entry
        term = term_of(rule.term, one.text)
        until = ends(term, one.at.astimezone(self.zone).date())
        why = ""
        if one.void_at is not None:
            why = "已重新签署或退回作废"
        elif entry.state == State.WITHDRAWN:
            why = "作品已撤回"
        elif until is not None and until < self.day:
            why = "已到期"
        who = SIGNATORIES.get(rule.signatory, rule.signatory)
        return Licence(
            entry_id=entry.pk,
            number=entry.number,
            work=str(entry),
            unit=entry.unit.name,
            scope=one.text,
            term=term,
            territory=territory_of(rule.territory, one.text),
            granted_by=f"{one.signed_name}（{who}）",
            granted_at=one.at,
            until=until,
            endless=bool(term) and months_of(term) is None,
            state=self._state(why, until),
            why=why,
        )

    def _of_person(self, one: Release) -> Licence:
        entry, person = one.appearance.entry, one.appearance
        why = ""
        if one.state not in _GIVEN:
            why = STATES[one.state]
        elif one.replaced_at is not None:
            why = "已重新签署"
        elif person.removed_at is not None:
            why = "此人已不在作品中"
        elif one.until is not None and one.until < self.day:
            why = STATES["expired"]
        name = one.name or person.name or "（已清除）"
        return Licence(
            entry_id=entry.pk,
            number=entry.number,
            work=str(entry),
            unit=entry.unit.name,
            scope="、".join(PURPOSES[use][0] for use in one.purposes if use in PURPOSES),
            term=f"{one.months} 个月",
            territory="",
            granted_by=f"{name}（{person.get_role_display()}，{one.get_capacity_display()}）",
            granted_at=one.answered_at,
            until=one.until,
            endless=False,
            state=self._state(why, one.until),
            why=why,
        )

    def _state(self, why: str, until: date | None) -> str:
        if why:
            return "ended"
        return "soon" if until is not None and until < self.day + SOON else "valid"
