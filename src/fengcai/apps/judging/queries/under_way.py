"""How far judging is, for the office's first page: in figures, without reading any work.

The page of a round tells more (`progress`). The caller has asked who is looking.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fengcai.apps.contests.models import Contest
from fengcai.apps.contests.queries import rules_at, rules_of
from fengcai.apps.judging.models import HandIn, Round, Seat
from fengcai.apps.judging.open_round import tally_of_seats
from fengcai.apps.judging.panel import panel_id, per_entry, rule_of, scheme_in
from fengcai.apps.judging.queries.progress import progress_of
from fengcai.apps.judging.queries.rounds import rounds_of
from fengcai.apps.prepared import Given, Prepared
from fengcai.core.rulebook import Round as RoundRule
from fengcai.core.rulebook import Rules


@dataclass(frozen=True)
class UnderWay:
    """A round that was opened: sheets done and due, judges who have not handed in, what is short.

    What is short is looked for only once nobody is waited for.
    """

    round: Round
    done: int
    due: int
    waiting: tuple[str, ...]
    shortages: tuple[str, ...]

    @property
    def sealable(self) -> bool:
        """Whether the round could be sealed as it stands."""
        return self.round.state == Round.State.OPEN and not self.waiting and not self.shortages


@dataclass(frozen=True)
class Judging:
    """Where a contest's judging stands: the round at hand, None before the first; whether the last
    round of the rules is sealed."""

    now: UnderWay | None
    sealed: bool


def judging_of(contest: Contest) -> Judging:
    """The open round, else the first one. 4 SQL while judges are waited for, at most 12 else."""
    opened = {round.round_id: round for round in rounds_of(contest)}
    rules = [rule.id for rule in rules_of(contest).rounds]
    rounds = [opened[id] for id in rules if id in opened]
    last = opened.get(rules[-1]) if rules else None
    sealed = last is not None and last.ranking is not None
    if sealed or not rounds:
        return Judging(None, sealed)
    at_hand = next((each for each in rounds if each.state == Round.State.OPEN), rounds[0])
    return Judging(_under_way(at_hand), sealed)


def _under_way(round: Round) -> UnderWay:
    rules = rules_at(round.rulebook)
    rule = rule_of(rules, round.round_id)
    seats = _SEATS(round=round.pk)
    signed = set(_SIGNED(round=round.pk))
    waiting = tuple(str(seat.judge) for seat in seats if seat.judge_id not in signed)
    shared = any(per_entry(round, rules, rule, panel_id(rule, seat)) for seat in seats)
    if not waiting or shared or round.state != Round.State.OPEN:
        whole = progress_of(round)
        done, due = sum(one.done for one in whole.judges), sum(one.due for one in whole.judges)
        return UnderWay(round, done, due, waiting, whole.shortages)
    done, due = _counted(round, rules, rule, seats)
    return UnderWay(round, done, due, waiting, ())


_SEATS = Prepared(
    lambda: Seat.objects.filter(round=Given("round"), excused_at=None).select_related("judge")
)
_SIGNED = Prepared(
    lambda: HandIn.objects.filter(round=Given("round"), reopened_at=None).values_list(
        "judge_id", flat=True
    )
)


def _counted(round: Round, rules: Rules, rule: RoundRule, seats: Sequence[Seat]) -> tuple[int, int]:
    """Sheets with every mark that their judge gives, and sheets that are due. 1 SQL for each
    different number of marks; nearly always there is one."""
    scheme = scheme_in(rules, round.round_id)
    full = {seat.pk: len(scheme.criteria) for seat in seats}
    for seat in seats:
        if (id := panel_id(rule, seat)) in scheme.panels:
            full[seat.pk] = len(scheme.for_panel(id).criteria)
    tallies = {
        marks: tally_of_seats(round, full=marks, recuse_own_unit=rule.recuse_own_unit)
        for marks in set(full.values())
    }
    mine = [tallies[marks][seat] for seat, marks in full.items() if seat in tallies[marks]]
    return sum(each.done for each in mine), sum(each.due for each in mine)
