"""Parts of a stored result, for those who read it page by page: only the works of a page are looked up.

The rows are `result`'s own. The committee's decisions and judges' posts are not among them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from fengcai.apps.awards.models import Result
from fengcai.apps.awards.outcome import call_by_name
from fengcai.apps.awards.queries.making import (
    award_names,
    rank_row,
    told_in_public,
    unit_winner_row,
    winner_row,
    work_row,
)
from fengcai.apps.awards.queries.rows import RankRow, UnitWinnerRow, WinnerRow, WorkRow
from fengcai.apps.contests.models import Unit
from fengcai.apps.contests.queries import rules_at
from fengcai.apps.judging.models import RoundEntry
from fengcai.apps.judging.panel import rule_of
from fengcai.apps.judging.tallying import works_named
from fengcai.core.rulebook import Rules


@dataclass(frozen=True)
class MoneyPart:
    """What an award costs: so many, each, together."""

    award: str
    count: int
    each: Decimal
    total: Decimal


@dataclass(frozen=True)
class ResultHead:
    """What stands above the lists of a result."""

    result: Result
    rules: Rules
    round_name: str
    works: int
    awarded: Decimal
    planned: Decimal
    money: tuple[MoneyPart, ...]
    flags: tuple[str, ...]


def result_head(result: Result, *, public: bool) -> ResultHead:
    """The head of a result. None but the works that flags speak of are read. 1 SQL where there are
    any, 4 at most where names may be hidden."""
    rules = rules_at(result.round.rulebook)
    allocation = result.allocation
    given: dict[str, list[Decimal]] = {award.id: [] for award in rules.awards}
    for one in allocation["winners"]:
        given[one["award"]].append(Decimal(one["money"]))
    names = award_names(rules)
    texts = [flag["text"] for flag in allocation["flags"]]
    several = _several(result, rules)
    called = _called(result, rules, (), texts, several=several, public=public)[1] if texts else {}
    money = allocation["money"]
    return ResultHead(
        result=result,
        rules=rules,
        round_name=rule_of(rules, result.round.round_id).name,
        works=len(result.ranking["standings"]),
        awarded=Decimal(money["awarded"]),
        planned=Decimal(money["planned"]),
        money=tuple(
            MoneyPart(names[award.id], len(some), award.money_each, sum(some, Decimal(0)))
            for award in rules.awards
            for some in [given[award.id]]
        ),
        flags=tuple(call_by_name(text, called) for text in texts),
    )


def ranking_part(result: Result, *, start: int, most: int, public: bool) -> list[RankRow]:
    """Places from `start` (0 for the first) on, at most so many. At most 4 SQL."""
    rules = rules_at(result.round.rulebook)
    several = _several(result, rules)
    standings = result.ranking["standings"][start : start + most]
    ids = [one["work"] for one in standings]
    works, _ = _called(result, rules, ids, (), several=several, public=public)
    names = award_names(rules)
    held: dict[str, list[str]] = {id: [] for id in ids}
    for one in result.allocation["winners"]:
        if one["work"] in held:
            held[one["work"]].append(names[one["award"]])
    round = result.round.round_id
    return [
        rank_row(one, works, {}, rules, one.get("round") or round, held, several)
        for one in standings
    ]


def winners_part(
    result: Result, *, start: int, most: int, public: bool
) -> list[WinnerRow | UnitWinnerRow]:
    """Awards in the order of the rules from `start` on, at most so many. At most 6 SQL; the ranking
    is not read where it was left out."""
    rules = rules_at(result.round.rulebook)
    part = list(_in_order(result.allocation, rules))[start : start + most]
    to_works = [one for _, one in part if "unit" not in one]
    works, called = _called(
        result, rules, [one["work"] for one in to_works], [one["reason"] for one in to_works],
        several=_several(result, rules), public=public,
    )  # fmt: skip
    wanted = [one["unit"] for _, one in part if "unit" in one]
    rows = Unit.objects.filter(pk__in=wanted).values_list("pk", "name") if wanted else ()
    units = {str(pk): name for pk, name in rows}
    return [
        unit_winner_row(award, one, units)
        if "unit" in one
        else winner_row(award, one, works, called, rules)
        for award, one in part
    ]


def _in_order(allocation: Mapping[str, Any], rules: Rules) -> Iterable[tuple[Any, Any]]:
    """Every award given, as the result's page has them: of each award works first, then units."""
    for award in rules.awards:
        mine = [one for one in allocation["winners"] if one["award"] == award.id]
        for to_units in (False, True):
            yield from ((award, one) for one in mine if ("unit" in one) == to_units)


def _several(result: Result, rules: Rules) -> bool:
    """Whether the result rests on several rounds. 1 SQL where the ranking was not read."""
    if any(award.vote for award in rules.awards):
        return True
    if "ranking" in result.get_deferred_fields():
        return Result.objects.filter(pk=result.pk, ranking__has_key="rounds").exists()
    return "rounds" in result.ranking


def _called(
    result: Result,
    rules: Rules,
    ids: Iterable[str],
    texts: Iterable[str],
    *,
    several: bool,
    public: bool,
) -> tuple[dict[str, WorkRow], dict[str, str]]:
    """The works asked for and those that the texts speak of: as rows, and by name."""
    wanted = {UUID(id) for id in (*ids, *(id for text in texts for id in works_named(text)))}
    placed = RoundEntry.objects.filter(round__contest=result.contest_id, entry__in=wanted)
    if not several:
        placed = placed.filter(round=result.round_id)
    works = {
        str(row.entry_id): work_row(row, rules)
        for row in placed.select_related("entry__unit").order_by("round__opened_at", "number")
    }
    if public:
        works = told_in_public(works)
    return works, {id: work.name for id, work in works.items()}
