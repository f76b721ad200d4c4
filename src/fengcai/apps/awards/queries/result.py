"""The result of a contest, ready to show: who won what and why, every work's place, the money."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from fengcai.apps.awards.models import Decision, Result
from fengcai.apps.awards.outcome import call_by_name
from fengcai.apps.awards.promising import awaited
from fengcai.apps.awards.queries.making import (
    award_names,
    cell_of,
    names_in,
    rank_row,
    scope_of,
    told_in_public,
    unit_winner_row,
    winner_row,
    work_row,
)
from fengcai.apps.awards.queries.rows import (
    AwardRow,
    DecisionRow,
    MoneyRow,
    OpenTieRow,
    PlacesRow,
    ResultPage,
    WorkRow,
)
from fengcai.apps.awards.rules import approved
from fengcai.apps.contests.models import Contest, Unit
from fengcai.apps.contests.queries import rules_at
from fengcai.apps.contests.roles import Role
from fengcai.apps.contests.rules import require_role
from fengcai.apps.entries import naming
from fengcai.apps.judging.models import RoundEntry, Seat
from fengcai.apps.judging.panel import rule_of
from fengcai.apps.people.models import User
from fengcai.core.rulebook import Award, Rules


def result_page(*, contest: Contest, user: User) -> ResultPage | None:
    """The current result for the organiser, judges' posts and all; None until one is computed.

    5 SQL whatever the number of works, once approved 1 more and 2 where winners have to sign.
    """
    require_role(user, contest, Role.ORGANISER)
    result = (
        Result.objects.filter(contest=contest, current=True)
        .select_related("contest", "round__rulebook")
        .first()
    )
    if result is None:
        return None
    page = page_of(result, judges=True)
    return replace(page, awaiting=awaited(result)) if page.approved else page


def approved_page(contest: Contest) -> ResultPage | None:
    """The approved result as the public would read it, without the judges' posts; None until it is
    approved. Whether the public may see it yet is `publishing`'s answer. At most 6 SQL."""
    result = approved(contest)
    return None if result is None else page_of(result, judges=False, public=True)


def page_of(result: Result, *, judges: bool, public: bool = False) -> ResultPage:
    """Lay a stored result out for reading; nothing is computed anew. `public`: who has not agreed to be
    named is not."""
    round = result.round
    rules = rules_at(round.rulebook)
    several = "rounds" in result.ranking or any(award.vote for award in rules.awards)
    placed = RoundEntry.objects.filter(round__contest=result.contest_id)
    if not several:
        placed = placed.filter(round=round)
    # A work's number is that of the last round that it was judged in.
    works = {
        str(row.entry_id): work_row(row, rules)
        for row in placed.select_related("entry__unit").order_by("round__opened_at", "number")
    }
    hidden = naming.unnamed({one.entry_id: names_in(one) for one in works.values()}, naming.PUBLISH)
    if public:
        works = told_in_public(works, hidden)
    called = {id: work.name for id, work in works.items()}
    seats = Seat.objects.select_related("judge", "round") if judges else Seat.objects.none()
    seats = seats.filter(round__contest=result.contest_id) if several else seats.filter(round=round)
    posts = {(seat.round.round_id, seat.label): str(seat.judge) for seat in seats}
    made = list(Decision.objects.filter(contest_id=result.contest_id).select_related("by"))
    units = _units(result, made)
    names = award_names(rules)
    decisions = tuple(_decision(row, works, names, units) for row in made)
    standing = {
        row.award_id: row
        for row in decisions
        if row.replaced_at is None and row.kind == Decision.Kind.AWARD
    }
    allocation = result.allocation
    rows = tuple(
        _award(award, allocation, works, called, standing, units, rules) for award in rules.awards
    )
    held: dict[str, list[str]] = {}
    for winner in allocation["winners"]:
        if winner["work"]:
            held.setdefault(winner["work"], []).append(names[winner["award"]])
    money = allocation["money"]
    return ResultPage(
        contest=result.contest,
        result=result,
        rules=rules,
        round_name=rule_of(rules, round.round_id).name,
        awards=rows,
        ranking=tuple(
            rank_row(one, works, posts, rules, one.get("round") or round.round_id, held, several)
            for one in result.ranking["standings"]
        ),
        ties=tuple(tuple(works[id] for id in tie["works"]) for tie in result.ranking["ties"]),
        decisions=decisions,
        flags=tuple(call_by_name(flag["text"], called) for flag in allocation["flags"]),
        open_ties=_open_ties(result, names, called | units),
        money=tuple(
            MoneyRow(
                award=row.name,
                count=len(row.winners) + len(row.units),
                each=row.award.money_each,
                total=row.paid,
            )
            for row in rows
        ),
        awarded=Decimal(money["awarded"]),
        planned=Decimal(money["planned"]),
        stated=None if money["stated"] is None else Decimal(money["stated"]),
        money_text=money["text"],
        stale=any((row.replaced_at or row.at) > result.computed_at for row in decisions),
        unnamed=hidden,
    )


def _units(result: Result, made: Sequence[Decision]) -> dict[str, str]:
    """Units by id, read only where an award goes to units. At most 1 SQL."""
    ids = {id for row in made for id in row.entries if id.isdecimal()}
    ids |= {one["unit"] for one in result.allocation["winners"] if "unit" in one}
    ids |= {id for flag in result.allocation["flags"] for id in flag["works"] if id.isdecimal()}
    rows = Unit.objects.filter(pk__in=ids).values_list("pk", "name") if ids else ()
    return {str(pk): name for pk, name in rows}


def _open_ties(
    result: Result, awards: Mapping[str, str], called: Mapping[str, str]
) -> tuple[OpenTieRow, ...]:
    """Ties at an award's border that are not ties of the ranking: those are shown by themselves."""
    ranked = [set(tie["works"]) for tie in result.ranking["ties"]]
    return tuple(
        OpenTieRow(
            award_id=flag["award"],
            award=awards.get(flag["award"], ""),
            members=tuple((id, called.get(id, id)) for id in flag["works"]),
        )
        for flag in result.allocation["flags"]
        if flag["kind"] == "tie" and not any(set(flag["works"]) <= tie for tie in ranked)
    )


def _decision(
    row: Decision,
    works: Mapping[str, WorkRow],
    names: Mapping[str, str],
    units: Mapping[str, str],
) -> DecisionRow:
    return DecisionRow(
        kind=row.kind,
        award_id=row.award_id,
        award=names.get(row.award_id, ""),
        works=tuple(works[id] for id in row.entries if id in works),
        reason=row.reason,
        minutes=row.minutes,
        by=str(row.by),
        at=row.at,
        replaced_at=row.replaced_at,
        places=row.places,
        scope=row.cell,
        units=tuple(units[id] for id in row.entries if id in units),
        chosen=tuple(row.entries),
    )


def _award(
    award: Award,
    allocation: Mapping[str, Any],
    works: Mapping[str, WorkRow],
    called: Mapping[str, str],
    standing: Mapping[str, DecisionRow],
    units: Mapping[str, str],
    rules: Rules,
) -> AwardRow:
    vacancies = [one for one in allocation["vacancies"] if one["award"] == award.id]
    scope = scope_of(award, rules)
    return AwardRow(
        award=award,
        winners=tuple(
            winner_row(award, one, works, called, rules)
            for one in allocation["winners"]
            if one["award"] == award.id and "unit" not in one
        ),
        units=tuple(
            unit_winner_row(award, one, units)
            for one in allocation["winners"]
            if one["award"] == award.id and "unit" in one
        ),
        places=tuple(
            PlacesRow(cell_of(one, rules), one["number"], one["text"])
            for one in allocation.get("places", ())
            if one["award"] == award.id
        ),
        may_stay_vacant=award.decided_by != "committee"
        and bool(award.vacancy or (award.quota and award.quota.kind == "at_most")),
        vacant=sum(one["count"] for one in vacancies),
        vacancy="".join(one["reason"] for one in vacancies),
        open=tuple(
            call_by_name(flag["text"], called)
            for flag in allocation["flags"]
            if flag["award"] == award.id
        ),
        decision=standing.get(award.id),
        scope=scope,
        vacancies=tuple(
            (cell_of(one, rules) or scope, one["count"], one["reason"]) for one in vacancies
        ),
    )
