"""The result of a contest, ready to show: who won what and why, every work's place, the money."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

from fengcai.apps.awards.models import Decision, Result
from fengcai.apps.awards.outcome import call_by_name
from fengcai.apps.awards.rules import approved
from fengcai.apps.contests.models import Contest
from fengcai.apps.contests.queries import rules_at
from fengcai.apps.contests.roles import Role
from fengcai.apps.contests.rules import require_role
from fengcai.apps.judging.models import RoundEntry, Seat
from fengcai.apps.judging.panel import rule_of
from fengcai.apps.people.models import User
from fengcai.core.rulebook import Award, Citation, Rules
from fengcai.core.scoring import show


@dataclass(frozen=True)
class WorkRow:
    """A work as the result names it. `authors` are the people its unit named, in their order."""

    entry_id: UUID
    number: int
    entry_number: str
    title: str
    unit: str
    authors: tuple[str, ...]

    @property
    def name(self) -> str:
        """How a sentence calls it."""
        return f"{self.number} 号《{self.title}》"


@dataclass(frozen=True)
class WinnerRow:
    """One award to one work, with the reason and the clause that it rests on."""

    award_id: str
    award: str
    group: str
    work: WorkRow
    rank: int | None
    figure: str | None
    money: Decimal
    reason: str
    by: str
    minutes: str
    cite: Citation


@dataclass(frozen=True)
class DecisionRow:
    """A decision of the committee; a replaced one is kept and shown as such."""

    kind: str
    award_id: str
    award: str
    works: tuple[WorkRow, ...]
    reason: str
    minutes: str
    by: str
    at: datetime
    replaced_at: datetime | None


@dataclass(frozen=True)
class AwardRow:
    """One award of the rules with its winners; `open` says what still waits for a person."""

    award: Award
    winners: tuple[WinnerRow, ...]
    vacant: int
    vacancy: str
    open: tuple[str, ...]
    decision: DecisionRow | None


@dataclass(frozen=True)
class MarkRow:
    """One judge's total for a work. `judge` is the post, told to the organiser only; `why` says
    why the mark does not count, if so."""

    seat: str
    judge: str
    total: str
    why: str


@dataclass(frozen=True)
class RankRow:
    """A work's place; `above` and `below` tell what separates it from its neighbours."""

    work: WorkRow
    rank: int | None
    tied: bool
    figure: str | None
    n: int
    marks: tuple[MarkRow, ...]
    trimming: str
    criteria: tuple[tuple[str, str], ...]
    above: str
    below: str
    reason: str
    awards: tuple[str, ...]


@dataclass(frozen=True)
class MoneyRow:
    """One award's money in yuan."""

    award: str
    count: int
    each: Decimal
    total: Decimal


@dataclass(frozen=True)
class ResultPage:
    """A computed result with everything that its page shows. Money is in yuan.

    `stale` says that decisions were made after it was computed.
    """

    contest: Contest
    result: Result
    rules: Rules
    round_name: str
    awards: tuple[AwardRow, ...]
    ranking: tuple[RankRow, ...]
    ties: tuple[tuple[WorkRow, ...], ...]
    decisions: tuple[DecisionRow, ...]
    flags: tuple[str, ...]
    money: tuple[MoneyRow, ...]
    awarded: Decimal
    planned: Decimal
    stated: Decimal | None
    money_text: str
    stale: bool

    @property
    def winners(self) -> list[WinnerRow]:
        """Every award given, in the order of the rules."""
        return [winner for row in self.awards for winner in row.winners]

    @property
    def approved(self) -> bool:
        """Whether it is final."""
        return self.result.approved_at is not None

    @property
    def approvable(self) -> bool:
        """Whether it could be approved as it stands."""
        return not self.approved and not self.flags and not self.stale


def result_page(*, contest: Contest, user: User) -> ResultPage | None:
    """The current result for the organiser, judges' posts and all; None until one is computed.

    5 SQL whatever the number of works.
    """
    require_role(user, contest, Role.ORGANISER)
    result = (
        Result.objects.filter(contest=contest, current=True)
        .select_related("contest", "round__rulebook")
        .first()
    )
    return None if result is None else page_of(result, judges=True)


def approved_page(contest: Contest) -> ResultPage | None:
    """The approved result without the judges' posts; None until it is approved. Whether the public
    may see it yet is `publishing`'s answer. 3 SQL."""
    result = approved(contest)
    return None if result is None else page_of(result, judges=False)


def page_of(result: Result, *, judges: bool) -> ResultPage:
    """Lay a stored result out for reading; nothing is computed anew."""
    round = result.round
    rules = rules_at(round.rulebook)
    works = {
        str(row.entry_id): _work(row, rules)
        for row in RoundEntry.objects.filter(round=round).select_related("entry__unit")
    }
    called = {id: work.name for id, work in works.items()}
    seats = Seat.objects.filter(round=round).select_related("judge") if judges else ()
    posts = {seat.label: str(seat.judge) for seat in seats}
    made = Decision.objects.filter(contest_id=result.contest_id).select_related("by")
    names = {award.id: award.name for award in rules.awards}
    decisions = tuple(_decision(row, works, names) for row in made)
    standing = {row.award_id: row for row in decisions if row.replaced_at is None}
    allocation = result.allocation
    rows = tuple(_award(award, allocation, works, called, standing) for award in rules.awards)
    held: dict[str, list[str]] = {}
    for winner in allocation["winners"]:
        held.setdefault(winner["work"], []).append(winner["award_name"])
    money = allocation["money"]
    return ResultPage(
        contest=result.contest,
        result=result,
        rules=rules,
        round_name=rule_of(rules, round.round_id).name,
        awards=rows,
        ranking=tuple(
            _rank(one, works, posts, rules, round.round_id, held)
            for one in result.ranking["standings"]
        ),
        ties=tuple(tuple(works[id] for id in tie["works"]) for tie in result.ranking["ties"]),
        decisions=decisions,
        flags=tuple(call_by_name(flag["text"], called) for flag in allocation["flags"]),
        money=tuple(
            MoneyRow(
                award=row.award.name,
                count=len(row.winners),
                each=row.award.money_each,
                total=sum((winner.money for winner in row.winners), Decimal(0)),
            )
            for row in rows
        ),
        awarded=Decimal(money["awarded"]),
        planned=Decimal(money["planned"]),
        stated=None if money["stated"] is None else Decimal(money["stated"]),
        money_text=money["text"],
        stale=any((row.replaced_at or row.at) > result.computed_at for row in decisions),
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


def _work(row: RoundEntry, rules: Rules) -> WorkRow:
    return WorkRow(
        entry_id=row.entry_id,
        number=row.number,
        entry_number=row.entry.number,
        title=str(row.entry),
        unit=row.entry.unit.name,
        authors=authors_of(row.entry.fields, rules, row.entry.track),
    )


def _decision(row: Decision, works: Mapping[str, WorkRow], names: Mapping[str, str]) -> DecisionRow:
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
    )


def _award(
    award: Award,
    allocation: Mapping[str, Any],
    works: Mapping[str, WorkRow],
    called: Mapping[str, str],
    standing: Mapping[str, DecisionRow],
) -> AwardRow:
    vacancies = [one for one in allocation["vacancies"] if one["award"] == award.id]
    return AwardRow(
        award=award,
        winners=tuple(
            WinnerRow(
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
            )
            for one in allocation["winners"]
            if one["award"] == award.id
        ),
        vacant=sum(one["count"] for one in vacancies),
        vacancy="".join(one["reason"] for one in vacancies),
        open=tuple(
            call_by_name(flag["text"], called)
            for flag in allocation["flags"]
            if flag["award"] == award.id
        ),
        decision=standing.get(award.id),
    )


def _rank(
    one: Mapping[str, Any],
    works: Mapping[str, WorkRow],
    posts: Mapping[str, str],
    rules: Rules,
    round_id: str,
    held: Mapping[str, list[str]],
) -> RankRow:
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
                judge=posts.get(mark["judge"], ""),
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
    )
