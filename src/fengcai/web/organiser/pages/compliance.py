"""The rows of the compliance desk: works with their remarks, and the choices above them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from uuid import UUID

from django.core.paginator import Paginator
from django.http import QueryDict
from django.urls import reverse

from fengcai.apps.compliance.queries import (
    OPEN,
    PER_PAGE,
    STATES,
    Asked,
    RemarkRow,
    clauses_on_wording,
    desk,
    laws,
)
from fengcai.apps.contests.queries import rules_of
from fengcai.apps.contests.roles import Role
from fengcai.apps.contests.rules import has_role
from fengcai.apps.refusals import Refused
from fengcai.web.shared.texts import whole_number

if TYPE_CHECKING:
    from fengcai.apps.contests.models import Contest
    from fengcai.apps.people.models import User

ALL = "all"
DECISIONS = (
    ("keep", "可以保留", "有依据、属引用，或语境正当"),
    ("change", "要求修改", "单位在作品页会看到；要退回作品，请到审核页"),
    ("unrelated", "不涉及", "机器误认，与宣传纪律无关"),
)


@dataclass(frozen=True)
class Choice:
    """A state or a law to choose, with how many remarks it would show."""

    name: str
    count: int
    url: str
    current: bool


@dataclass(frozen=True)
class Line:
    """A remark with the others of the same words in the work that wait as well."""

    row: RemarkRow
    others: tuple[RemarkRow, ...]

    @property
    def sent(self) -> str:
        """The remark as the form names it."""
        return f"{self.row.id}:{self.row.version}"

    @property
    def others_sent(self) -> str:
        """The others, as the form names them."""
        return " ".join(f"{other.id}:{other.version}" for other in self.others)


@dataclass(frozen=True)
class Work:
    """A work with its remarks."""

    id: UUID
    title: str
    unit: str
    number: str
    lines: tuple[Line, ...]


def compliance_page(contest: Contest, user: User, sent: QueryDict) -> dict[str, Any]:
    """The desk as the address (or a refused form) asks for it. What `desk` asks, and 1 SQL."""
    asked = asked_for(sent)
    found = desk(contest=contest, user=user, asked=asked)
    named = laws()
    pages = Paginator(range(found.total), PER_PAGE)
    return {
        "desk": found,
        "works": _works(found.rows),
        "states": [
            Choice(
                name,
                found.states.get(state, 0) if state else sum(found.states.values()),
                _url(contest, replace(asked, state=state, page=1)),
                state == asked.state,
            )
            for state, name in (*STATES.items(), ("", "全部"))
        ],
        "laws": [
            Choice(
                named.get(law, law),
                count,
                _url(contest, replace(asked, law="" if law == asked.law else law, page=1)),
                law == asked.law,
            )
            for law, count in _with(found.laws, asked.law).items()
        ],
        "asked": asked,
        "everything": _url(contest, replace(asked, work=None, law="", page=1)),
        "query": _query(replace(asked, page=1)),
        "page": pages.get_page(asked.page),
        "clauses": clauses_on_wording(rules_of(contest)) if contest.is_open else (),
        "decisions": DECISIONS,
        "organises": has_role(user, contest, Role.ORGANISER),
    }


def asked_for(sent: QueryDict) -> Asked:
    """What the address asks for; what makes no sense counts as not asked."""
    state, law = sent.get("state", OPEN), sent.get("law", "")
    return Asked(
        state="" if state == ALL else state if state in STATES else OPEN,
        law=law if law in laws() else "",
        work=_number(sent.get("work", "")),
        page=max(1, min(whole_number(sent.get("page")) or 1, 100_000)),
    )


def seen_versions(sent: QueryDict) -> dict[int, int]:
    """The remarks that a form decides, with the versions it showed: `12:1`, and beside it, where they
    are decided alike, `13:1 14:2`. Raises `Refused` for anything else."""
    named = sent.get("remark", "").split()
    named += sent.get("alike", "").split()
    try:
        pairs = [one.partition(":") for one in named]
        return {int(number): int(version) for number, _, version in pairs}
    except ValueError:
        raise Refused("请从页面上选择要处理的用语。") from None


def desk_url(contest: Contest, sent: QueryDict) -> str:
    """The desk as it was looked at when the form was sent."""
    return _url(contest, asked_for(sent))


def _works(rows: tuple[RemarkRow, ...]) -> list[Work]:
    works = []
    for entry, group in groupby(rows, key=lambda row: row.entry):
        of_work = tuple(group)
        lines = tuple(
            Line(
                row,
                tuple(o for o in of_work if o.alike == row.alike and o.id != row.id and o.open),
            )
            for row in of_work
        )
        first = of_work[0]
        works.append(Work(entry, first.work, first.unit, first.number, lines))
    return works


def _with(counts: Any, chosen: str) -> dict[str, int]:
    """The counts, with the chosen law among them though it has none."""
    return {**({chosen: 0} if chosen else {}), **counts}


def _url(contest: Contest, asked: Asked) -> str:
    query = _query(asked)
    return reverse("office-compliance", args=[contest.slug]) + (f"?{query}" if query else "")


def _query(asked: Asked) -> str:
    told = {
        "state": "" if asked.state == OPEN else asked.state or ALL,
        "law": asked.law,
        "work": str(asked.work or ""),
        "page": asked.page if asked.page > 1 else "",
    }
    return urlencode({name: value for name, value in told.items() if value})


def _number(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
