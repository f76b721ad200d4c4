"""Which rounds the awards rest on: the last one of every track, and those that awards name."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from fengcai.apps.contests.models import Contest
from fengcai.apps.contests.queries import rules_of
from fengcai.apps.judging.models import Round
from fengcai.apps.judging.panel import Panel, panel_of
from fengcai.apps.refusals import Refused
from fengcai.core.rulebook import Award, Rules
from fengcai.core.rulebook import Round as RoundRule


@dataclass(frozen=True)
class Footing:
    """The sealed rounds that awards rest on, in the order of the rules."""

    contest: Contest
    rules: Rules
    rounds: tuple[Round, ...]
    finals: tuple[str, ...]

    @property
    def last(self) -> Round:
        """The last of the last rounds: whose panel is the committee."""
        return next(row for row in reversed(self.rounds) if row.round_id in self.finals)

    @cached_property
    def scoped(self) -> bool:
        """Whether awards ask for more than one ranking of all works."""
        rules = self.rules
        caps = (rules.award_max_per_unit, rules.award_max_per_person)
        return (
            len(self.rounds) > 1
            or any(cap is not None for cap in caps)
            or any(_asks(award) for award in rules.awards)
        )

    def panels(self) -> dict[str, Panel]:
        """Each round with its works, by id. 4 SQL a round."""
        return {row.round_id: panel_of(row) for row in self.rounds}


def footing_of(contest: Contest) -> Footing:
    """The rounds that the awards rest on. Raises `Refused` until all of them are sealed. 1 SQL."""
    rules = rules_of(contest)
    finals = last_rounds(rules)
    wanted = [*finals, *(award.round for award in rules.awards if award.round)]
    names = {each.id: each.name for each in rules.rounds}
    found = {
        row.round_id: row
        for row in Round.objects.filter(
            contest=contest, round_id__in=wanted, state=Round.State.SEALED
        ).select_related("contest__version", "rulebook")
    }
    open_now = [f"“{names[id]}”" for id in names if id in wanted and id not in found]
    if open_now:
        raise Refused(f"{'、'.join(open_now)}还没有封存，不能评定奖项。请先完成评审并封存。")
    rounds = tuple(found[id] for id in names if id in found)
    return Footing(contest, rules, rounds, finals)


def still_open(contest: Contest) -> list[str]:
    """The names of the rounds that awards rest on and that are not sealed yet. 1 SQL."""
    rules = rules_of(contest)
    wanted = {*last_rounds(rules), *(award.round for award in rules.awards if award.round)}
    sealed = set(
        Round.objects.filter(contest=contest, state=Round.State.SEALED).values_list(
            "round_id", flat=True
        )
    )
    return [each.name for each in rules.rounds if each.id in wanted - sealed]


def last_rounds(rules: Rules) -> tuple[str, ...]:
    """The rounds that nothing follows, in their order; a vote or a screening only where a track has
    no other last round."""
    found: dict[str, RoundRule] = {}
    for track in rules.tracks:
        leaves = rules.final_rounds(track.id)
        marked = [each for each in leaves if each.scheme.criteria or each.scheme.components]
        found |= {each.id: each for each in marked or leaves}
    return tuple(each.id for each in rules.rounds if each.id in found)


def _asks(award: Award) -> bool:
    return bool(
        award.tracks or award.divisions or award.regions or award.per or award.quota
        or award.round or award.criterion or award.component or award.vote or award.formula
        or award.max_per_unit is not None or award.max_per_person is not None
        or award.recipient == "instructors" or award.kind == "instructor"
    )  # fmt: skip
