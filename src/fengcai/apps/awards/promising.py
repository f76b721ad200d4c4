"""What winners sign once their work has won (`when: award`); certificates and money wait for it.

Winners are those of an approved result. The rules are the ones that the work was handed in under.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from fengcai.apps.awards.models import Result
from fengcai.apps.awards.rules import approved
from fengcai.apps.contests.models import Contest, Unit
from fengcai.apps.contests.queries import rules_of, without_texts
from fengcai.apps.entries.governing import rules_for
from fengcai.apps.entries.models import Declaration, Entry
from fengcai.apps.entries.promises import Promise, promises
from fengcai.apps.entries.scope import scope_of


@dataclass(frozen=True)
class Asked:
    """What a winner is asked to sign: for which awards, what is still owed, what is signed."""

    awards: tuple[str, ...]
    wanted: tuple[Promise, ...]
    owed: tuple[Promise, ...]
    signed: tuple[Declaration, ...]


def wanted_of(entry: Entry) -> tuple[Promise, ...]:
    """What is signed for this work if it wins. 1 SQL only where an amendment came after it."""
    return promises(scope_of(entry, rules_for(entry)), "award")


def asked_of(entry: Entry) -> Asked | None:
    """What the winner is asked; None where the work has won nothing yet or nothing is signed.

    No SQL where the rules ask for nothing, else 1, of a winner 2.
    """
    wanted = wanted_of(entry)
    result = approved(entry.contest) if wanted else None
    won = awards_of(result, entry) if result is not None else ()
    if not won:
        return None
    ids = [promise.id for promise in wanted]
    signed = tuple(entry.declarations.filter(void_at=None, declaration__in=ids))
    have = {row.declaration for row in signed}
    return Asked(won, wanted, tuple(each for each in wanted if each.id not in have), signed)


def awaits(entry: Entry) -> bool:
    """Whether something of it is still to be signed for an award."""
    asked = asked_of(entry)
    return asked is not None and bool(asked.owed)


def awards_of(result: Result, entry: Entry) -> tuple[str, ...]:
    """The names of the awards that a work won, in the order of the rules. No SQL."""
    won = result.allocation["winners"]
    return tuple(one["award_name"] for one in won if one["work"] == str(entry.pk))


def awaited(result: Result) -> dict[UUID, tuple[Promise, ...]]:
    """The winners that have not signed everything, with what is missing. 1 SQL, and 1 where
    anything is signed at all."""
    ids = {UUID(one["work"]) for one in result.allocation["winners"] if one["work"]}
    rows = Entry.objects.filter(pk__in=ids).select_related("contest__version", "rulebook")
    wanted = {
        row.pk: found
        for row in without_texts(without_texts(rows, "contest__version"), "rulebook")
        if (found := wanted_of(row))
    }
    have = _signed(wanted) if wanted else set()
    owed = {
        id: tuple(each for each in found if (id, each.id) not in have)
        for id, found in wanted.items()
    }
    return {id: found for id, found in owed.items() if found}


def owing(contest: Contest, units: Collection[Unit]) -> list[tuple[UUID, str, str]]:
    """The winning works of these units that still have to sign: id, title, awards.

    No SQL where the rules in force ask for nothing, else 1, once approved 4 at most.
    """
    if not any(each.when == "award" for each in rules_of(contest).declarations):
        return []
    result = approved(contest)
    if result is None:
        return []
    rows = Entry.objects.filter(pk__in=awaited(result), unit__in=list(units))
    return [(row.pk, str(row), "、".join(awards_of(result, row))) for row in rows]


def _signed(entries: Iterable[UUID]) -> set[tuple[UUID, str]]:
    rows = Declaration.objects.filter(entry__in=list(entries), void_at=None)
    return set(rows.values_list("entry_id", "declaration"))
