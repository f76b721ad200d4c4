"""The rows of a result's page: works, winners, ranks, decisions, money. Values only."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from fengcai.apps.awards.models import Result
from fengcai.apps.contests.models import Contest
from fengcai.apps.entries.promises import Promise
from fengcai.core.rulebook import Award, Citation, Rules


@dataclass(frozen=True)
class WorkRow:
    """A work as the result names it. `authors` are the people its unit named, in their order."""

    entry_id: UUID
    number: int
    entry_number: str
    title: str
    unit: str
    authors: tuple[str, ...]
    instructors: tuple[str, ...] = ()
    track: str = ""

    @property
    def name(self) -> str:
        """How a sentence calls it."""
        return f"{self.number} 号《{self.title}》"


@dataclass(frozen=True)
class WinnerRow:
    """One award to one work, with the reason and the clause that it rests on.

    `scope` names what the award has its own number for (视频类); `recipients` are those who get it,
    empty for the unit.
    """

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
    scope: str = ""
    recipients: tuple[str, ...] = ()


@dataclass(frozen=True)
class UnitWinnerRow:
    """One award to one unit (优秀组织奖), with the reason; `points` where it goes by a formula."""

    award_id: str
    award: str
    group: str
    unit_id: int
    unit: str
    place: int | None
    points: str | None
    money: Decimal
    reason: str
    by: str
    minutes: str
    cite: Citation


@dataclass(frozen=True)
class OpenTieRow:
    """A tie at an award's border that a person has to put in order: (id, name) of each member."""

    award_id: str
    award: str
    members: tuple[tuple[str, str], ...]


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
    places: int | None = None
    scope: str = ""
    units: tuple[str, ...] = ()
    chosen: tuple[str, ...] = ()
    """The ids of those works or units."""


@dataclass(frozen=True)
class PlacesRow:
    """How many places an award has in one scope, and how the number came about."""

    scope: str
    number: int
    text: str


@dataclass(frozen=True)
class AwardRow:
    """One award of the rules with its winners; `open` says what still waits for a person.

    `scope` names what the award is for where another one has its name. `places` tell how numbers
    came about that are not fixed; `may_stay_vacant` whether the committee may leave places of an
    award by ranking vacant.
    """

    award: Award
    winners: tuple[WinnerRow, ...]
    vacant: int
    vacancy: str
    open: tuple[str, ...]
    decision: DecisionRow | None
    units: tuple[UnitWinnerRow, ...] = ()
    places: tuple[PlacesRow, ...] = ()
    may_stay_vacant: bool = False
    scope: str = ""
    vacancies: tuple[tuple[str, int, str], ...] = ()
    """The places that stay vacant: in which scope, how many, why."""

    @property
    def name(self) -> str:
        """The award's name, told apart from others of the same name."""
        return f"{self.award.name}（{self.scope}）" if self.scope else self.award.name

    @property
    def paid(self) -> Decimal:
        """The money of all who got it, in yuan."""
        works = sum((one.money for one in self.winners), Decimal(0))
        return works + sum((one.money for one in self.units), Decimal(0))


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
    round: str = ""


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
    open_ties: tuple[OpenTieRow, ...] = ()
    awaiting: Mapping[UUID, tuple[Promise, ...]] = field(default_factory=dict)
    """What winners still have to sign, by work; told to the organiser of an approved result."""
    unnamed: Mapping[UUID, Collection[str]] = field(default_factory=dict)
    """Whom of each work's people a public list must not name (个人信息保护法 §25)."""

    @property
    def unit_winners(self) -> list[UnitWinnerRow]:
        """Every award given to a unit, in the order of the rules."""
        return [winner for row in self.awards for winner in row.units]

    @property
    def counted(self) -> list[tuple[str, str, str]]:
        """How numbers that are not fixed came about: award, scope, sum."""
        return [
            (row.award.name, one.scope, one.text)
            for row in self.awards
            for one in row.places
            if one.text
        ]

    @property
    def several_rounds(self) -> bool:
        """Whether the ranking is one of each of several rounds."""
        return "rounds" in self.result.ranking

    @property
    def prizes(self) -> int:
        """How many awards are given, to works and to units."""
        return sum(len(row.winners) + len(row.units) for row in self.awards)

    @property
    def all_winners(self) -> list[WinnerRow | UnitWinnerRow]:
        """Every award given, to works and to units, in the order of the rules."""
        found: list[WinnerRow | UnitWinnerRow] = []
        for row in self.awards:
            found += [*row.winners, *row.units]
        return found

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
