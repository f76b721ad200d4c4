"""The rows of one judge's works, chosen and read by statements that are put together once.

What chooses stands in `open_round`; whose it is and how the round stands is told by a `Chooser`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any, Protocol
from uuid import UUID

from django.db.models import QuerySet, Value

from fengcai.apps.judging import open_round as part
from fengcai.apps.judging.models import Round, RoundEntry
from fengcai.apps.prepared import Given, Prepared

Values = Mapping[str, Any]
"""What the parts of `open_round` want, by name."""
Chosen = QuerySet[RoundEntry, Any]

COLUMNS = (
    *("entry_id", "number", "entry__title", "entry__track", "entry__themes"),
    *("entry__unit_id", "entry__unit__name"),
)
FORM = ("entry__fields", "entry__unit__parent__name")
"""What says whose a work is, beside its unit; read for a blind judge to be hidden elsewhere."""

AGAINST = {"own": part.OWN, "why": part.WHY, "found": part.FOUND}
"""What a `Place` tells of why the work is not the judge's to mark; nothing of a work that is due."""
SHEET = {"marks": part.MARKS, "comment": part.COMMENT, "version": part.VERSION}
"""What it tells of the judge's own sheet; nothing of a work that nobody asks the marks of."""


class Chooser(Protocol):
    """A judge at the seat in a round."""

    @property
    def round(self) -> Round:
        """The round."""

    @property
    def values(self) -> dict[str, Any]:
        """What the parts want."""

    @property
    def shared(self) -> bool:
        """Whether the judge's panel shares its works out."""

    @property
    def ranked(self) -> list[UUID] | None:
        """The works that were ranked, once the round is sealed."""


class _Givens(dict[str, Any]):
    """A place in a statement for every name."""

    def __missing__(self, name: str) -> Given:
        return Given(name)


GIVEN: Values = _Givens()


class Works:
    """Rows of a judge's works: `build` chooses and reads them, of the works that take part and of what
    the parts want. Its statement is kept for open rounds; after the seal the works are named in it."""

    def __init__(self, build: Callable[[QuerySet[RoundEntry], Values], Chosen]) -> None:
        self._build = build
        self._everybodys = Prepared(lambda: build(_taking_part(GIVEN), GIVEN))
        self._given_out = Prepared(
            lambda: build(_taking_part(GIVEN).filter(part.GIVEN.of(GIVEN)), GIVEN)
        )

    def of(self, judge: Chooser, begin: int = 0, end: int | None = None, **more: Any) -> list[Any]:
        """The rows from `begin` to `end`. 1 SQL."""
        if judge.ranked is not None:
            return list(self.rows(judge, **more)[begin:end])
        kept = self._given_out if judge.shared else self._everybodys
        return kept.part(begin, end, **judge.values, **more)

    def rows(self, judge: Chooser, **more: Any) -> Chosen:
        """The same as a queryset that is put together anew."""
        values = {**judge.values, **more}
        named = RoundEntry.objects.filter(round=judge.round, entry__in=judge.ranked or ())
        works = _taking_part(values) if judge.ranked is None else named
        return self._build(works.filter(part.GIVEN.of(values)) if judge.shared else works, values)


def _taking_part(values: Values) -> QuerySet[RoundEntry]:
    """The works that take part in an open round, in their order."""
    return RoundEntry.objects.filter(round=values["round"]).exclude(part.FALLEN.of(values))


def due(works: QuerySet[RoundEntry], values: Values) -> QuerySet[RoundEntry]:
    """Of the works that take part those that the judge has to mark.

    Few are lost or barred: taken off like this, the others are read along the index of their
    numbers as far as a page goes, and never sorted.
    """
    return works.exclude(part.BARRED.of(values))


def told(
    works: QuerySet[RoundEntry],
    values: Values,
    *,
    form: bool,
    asked: Collection[str] = (*AGAINST, *SHEET),
) -> Chosen:
    """`works` as the values of a `Place`, with those of `FORM` where asked for. What is not asked for
    is told as none."""
    parts = {
        name: each.of(values) if name in asked else Value(None, each.kind())
        for name, each in {**AGAINST, **SHEET}.items()
    }
    return works.annotate(**parts).values_list(*COLUMNS, *parts, *(FORM if form else ()))


def next_of(works: QuerySet[RoundEntry]) -> Chosen:
    """Which they are, and their numbers."""
    return works.values_list("entry_id", "number")


def unfinished(works: QuerySet[RoundEntry], values: Values) -> QuerySet[RoundEntry]:
    """Of the works due those whose sheet wants marks still."""
    return due(works, values).exclude(part.WHOLE.of(values))


def _both(
    choose: Callable[[QuerySet[RoundEntry], Values], QuerySet[RoundEntry]],
    asked: Collection[str] = (*AGAINST, *SHEET),
) -> dict[bool, Works]:
    """What `choose` leaves, as places; with their forms for a blind judge."""
    return {
        False: Works(
            lambda works, values: told(choose(works, values), values, form=False, asked=asked)
        ),
        True: Works(
            lambda works, values: told(choose(works, values), values, form=True, asked=asked)
        ),
    }


STANDING = Works(lambda works, values: works.values_list("pk", flat=True))
DUE = Works(lambda works, values: due(works, values).values_list("pk", flat=True))
EVERY = _both(lambda works, values: works)
RECUSED = _both(lambda works, values: works.filter(part.BARRED.of(values)), AGAINST)
WORK = Works(lambda works, values: told(works.filter(entry=values["entry"]), values, form=True))
UNFINISHED = Works(lambda works, values: next_of(unfinished(works, values)))
LATER = Works(
    lambda works, values: next_of(unfinished(works.filter(number__gt=values["number"]), values))
)
BEGUN = Works(lambda works, values: next_of(due(works, values).filter(part.BEGUN.of(values))))

THESE = {
    False: Prepared(lambda: told(_named(), GIVEN, form=False, asked=("marks",))),
    True: Prepared(lambda: told(_named(), GIVEN, form=True, asked=("marks",))),
}
"""Works that are due, by their keys, with what a card shows of the sheet."""


def _named() -> QuerySet[RoundEntry]:
    return RoundEntry.objects.filter(pk__in=Given("keys", many=True))


def _steps(works: QuerySet[RoundEntry], values: Values, *, form: bool) -> Chosen:
    """The works due with how many marks the judge's own sheet has, None without one."""
    more = ("entry__track", "entry__unit__name", *FORM) if form else ()
    rows: Any = due(works, values).annotate(marks=part.MARKED.of(values))
    found: Chosen = rows.values_list("entry_id", "number", "entry__title", "marks", *more)
    return found


def _before(works: QuerySet[RoundEntry], values: Values) -> QuerySet[RoundEntry]:
    return works.filter(number__lt=values["number"]).reverse()


def _onward(works: QuerySet[RoundEntry], values: Values) -> QuerySet[RoundEntry]:
    return works.filter(number__gte=values["number"])


BEFORE = {
    False: Works(lambda works, values: _steps(_before(works, values), values, form=False)),
    True: Works(lambda works, values: _steps(_before(works, values), values, form=True)),
}
ONWARD = {
    False: Works(lambda works, values: _steps(_onward(works, values), values, form=False)),
    True: Works(lambda works, values: _steps(_onward(works, values), values, form=True)),
}
"""The works due beside a number, the nearest first; with what says whose they are for a blind judge."""
