"""The result of a contest, ready to show: who won what and why, every work's place, the money."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

from fengcai.apps.awards.field import INSTRUCTOR
from fengcai.apps.awards.models import Decision, Result
from fengcai.apps.awards.outcome import call_by_name
from fengcai.apps.awards.promising import awaited
from fengcai.apps.awards.queries.rows import (
    AwardRow,
    DecisionRow,
    MarkRow,
    MoneyRow,
    OpenTieRow,
    PlacesRow,
    RankRow,
    ResultPage,
    UnitWinnerRow,
    WinnerRow,
    WorkRow,
)
from fengcai.apps.awards.rules import approved
from fengcai.apps.contests.models import Contest, Unit
from fengcai.apps.contests.queries import rules_at
from fengcai.apps.contests.roles import Role
from fengcai.apps.contests.rules import require_role
from fengcai.apps.entries import naming
from fengcai.apps.judging.field import names_of
from fengcai.apps.judging.models import RoundEntry, Seat
from fengcai.apps.judging.panel import rule_of
from fengcai.apps.people.models import User
from fengcai.core.rulebook import Award, Rules
from fengcai.core.scoring import show


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
    hidden = naming.unnamed({one.entry_id: _names(one) for one in works.values()}, naming.PUBLISH)
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


def award_names(rules: Rules) -> dict[str, str]:
    """Awards by id, with what each is for where another bears its name."""
    return {
        award.id: f"{award.name}（{scope}）" if (scope := scope_of(award, rules)) else award.name
        for award in rules.awards
    }


def told_in_public(
    works: Mapping[str, WorkRow], hidden: Mapping[UUID, Collection[str]] | None = None
) -> dict[str, WorkRow]:
    """Works as everybody may read of them: who has not agreed to be named is not. At most 3 SQL where
    it is not said who that is."""
    if hidden is None:
        names = {one.entry_id: _names(one) for one in works.values()}
        hidden = naming.unnamed(names, naming.PUBLISH)
    return {id: _unnamed(one, hidden.get(one.entry_id, ())) for id, one in works.items()}


def _names(work: WorkRow) -> tuple[str, ...]:
    return (*work.authors, *work.instructors)


def _unnamed(work: WorkRow, hidden: Collection[str]) -> WorkRow:
    """The work as everybody may read of it."""
    if not hidden:
        return work
    return replace(
        work,
        authors=naming.told(work.authors, hidden),
        instructors=naming.told(work.instructors, hidden),
    )


def authors_of(fields: Mapping[str, Any], rules: Rules, track: str) -> tuple[str, ...]:
    """The names in the form's fields of people, in their order, each once."""
    ids = [
        field.id
        for each in rules.tracks
        if each.id == track
        for field in each.fields
        if field.kind == "people"
    ]
    names = [str(person.get("name", "")).strip() for id in ids for person in fields.get(id) or ()]
    return tuple(dict.fromkeys(name for name in names if name))


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


def _scope(one: Mapping[str, Any], rules: Rules) -> str:
    names = names_of(rules)
    return "、".join(names.get(id, id) for _, id in one.get("cell", ()))


def scope_of(award: Award, rules: Rules) -> str:
    """What an award is for where the rules have another one of its name: 摄影类、公众组."""
    if not any(each.name == award.name and each.id != award.id for each in rules.awards):
        return ""
    names = names_of(rules)
    ids = (*award.tracks, *award.divisions, *award.regions)
    return "、".join(names.get(id, id) for id in ids)


def _recipients(award: Award, work: WorkRow) -> tuple[str, ...]:
    """Who gets an award that goes to persons other than the authors."""
    instructing = award.recipient == "instructors" or award.kind == "instructor"
    return work.instructors if instructing else ()


def people_named(
    fields: Mapping[str, Any], rules: Rules, track: str, *, instructors: bool
) -> tuple[str, ...]:
    """The names in the form's fields of people: the instructors', or everybody else's."""
    ids = [
        field.id
        for each in rules.tracks
        if each.id == track
        for field in each.fields
        if field.kind == "people"
    ]
    names = [
        str(person.get("name", "")).strip()
        for id in ids
        for person in fields.get(id) or ()
        if (INSTRUCTOR in str(person.get("role", ""))) == instructors
    ]
    return tuple(dict.fromkeys(name for name in names if name))


def work_row(row: RoundEntry, rules: Rules) -> WorkRow:
    """A work as it stood in a round."""
    return WorkRow(
        entry_id=row.entry_id,
        number=row.number,
        entry_number=row.entry.number,
        title=str(row.entry),
        unit=row.entry.unit.name,
        authors=authors_of(row.entry.fields, rules, row.entry.track),
        instructors=people_named(row.entry.fields, rules, row.entry.track, instructors=True),
        track=row.entry.track,
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
            PlacesRow(_scope(one, rules), one["number"], one["text"])
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
            (_scope(one, rules) or scope, one["count"], one["reason"]) for one in vacancies
        ),
    )


def winner_row(
    award: Award,
    one: Mapping[str, Any],
    works: Mapping[str, WorkRow],
    called: Mapping[str, str],
    rules: Rules,
) -> WinnerRow:
    """One award to one work, as the result holds it."""
    return WinnerRow(
        award_id=award.id,
        award=award.name,
        group=award.group,
        work=works[one["work"]],
        rank=one["rank"],
        figure=one["figure"],
        money=Decimal(one["money"]),
        reason=call_by_name(one["reason"], called),
        by=one["by"],
        minutes=one["minutes"],
        cite=award.cite,
        scope=_scope(one, rules) or scope_of(award, rules),
        recipients=_recipients(award, works[one["work"]]),
    )


def unit_winner_row(
    award: Award, one: Mapping[str, Any], units: Mapping[str, str]
) -> UnitWinnerRow:
    """One award to one unit, as the result holds it."""
    return UnitWinnerRow(
        award_id=award.id,
        award=award.name,
        group=award.group,
        unit_id=int(one["unit"]),
        unit=units[one["unit"]],
        place=one["place"],
        points=one["figure"],
        money=Decimal(one["money"]),
        reason=one["reason"],
        by=one["by"],
        minutes=one["minutes"],
        cite=award.cite,
    )


def rank_row(
    one: Mapping[str, Any],
    works: Mapping[str, WorkRow],
    posts: Mapping[tuple[str, str], str],
    rules: Rules,
    round_id: str,
    held: Mapping[str, list[str]],
    several: bool,
) -> RankRow:
    """One place of the ranking, as the result holds it."""
    why = {"high": "去掉的最高分", "low": "去掉的最低分"}
    criteria = {each.id: each.name for each in rule_of(rules, round_id).scheme.criteria}
    return RankRow(
        work=works[one["work"]],
        rank=one["rank"],
        tied=bool(one["tied_with"]),
        figure=one["figure"],
        n=one["n"],
        marks=tuple(
            MarkRow(
                seat=f"评委 {mark['judge'].removeprefix('J')}",
                judge=posts.get((round_id, mark["judge"]), ""),
                total=show(Fraction(mark["total"])),
                why=why.get(mark["dropped"], ""),
            )
            for mark in sorted(one["marks"], key=lambda mark: int(mark["judge"][1:]))
        ),
        trimming=one["trimming"],
        criteria=tuple(
            (criteria[id], show(Fraction(value), 2)) for id, value in one["criteria"].items()
        ),
        above=one["above"]["text"] if one["above"] else "",
        below=one["below"]["text"] if one["below"] else "",
        reason=one["reason"],
        awards=tuple(held.get(one["work"], ())),
        round=rule_of(rules, round_id).name if several else "",
    )
