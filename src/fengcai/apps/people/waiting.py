"""What waits for somebody today (待办): a registry in which each context says what waits of its own.

It stands below every context so that all may register; it knows none of them and runs what they gave.
A context writes `@waits("mailbox")` over a query in its module `waiting`, which is found when the
project starts. A query must cost a fixed number of SQL statements, whatever it counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from fengcai.apps.people.models import User


class OfContest(Protocol):
    """A contest, as far as a query needs it here; contexts above know the real one."""

    pk: int
    slug: str


@dataclass(frozen=True)
class Waiting:
    """One line of the day: what waits, how many, where it is done.

    `page` is the name of an address that takes the contest's slug, `query` what follows it (`?view=…`).
    `due` is until when; `urgent` puts it first.
    """

    what: str
    count: int
    page: str
    query: str = ""
    note: str = ""
    due: datetime | None = None
    urgent: bool = False


Query = Callable[[OfContest, User, datetime], Iterable[Waiting]]
_queries: dict[str, Query] = {}


def waits(name: str) -> Callable[[Query], Query]:
    """Have the function `(contest, user, at)` say what waits in a contest for one of its organisers. The
    same name again replaces it."""

    def register(query: Query) -> Query:
        _queries[name] = query
        return query

    return register


def waiting_for(contest: OfContest, user: User, at: datetime) -> tuple[Waiting, ...]:
    """Everything that waits: urgent first, then what is due first, then as registered.

    Lines that count nothing are left out. As many SQL as the queries cost together.
    """
    found = [
        line for query in _queries.values() for line in query(contest, user, at) if line.count > 0
    ]
    return tuple(sorted(found, key=_order))


def _order(line: Waiting) -> tuple[bool, bool, float]:
    return (not line.urgent, line.due is None, line.due.timestamp() if line.due else 0.0)
