"""Who goes on from a sealed round: its ranking and persons' rulings, put through `core.selection`.

It reads rows and computes; it writes nothing, so that a page and a confirmation agree.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from fengcai.apps.contests.queries import rules_at
from fengcai.apps.entries.states import State
from fengcai.apps.judging.field import Placed, names_of, placed, population
from fengcai.apps.judging.models import Round, RoundEntry, Ruling, Shortlist
from fengcai.apps.judging.panel import rule_of
from fengcai.apps.refusals import Refused
from fengcai.core.ledger import canonical
from fengcai.core.rulebook import Round as RoundRule
from fengcai.core.rulebook import Rules
from fengcai.core.selection import Candidate, Order, Selection, SelectionError, select


@dataclass(frozen=True)
class Choice:
    """The shortlist as it would stand now."""

    round: Round
    rules: Rules
    rule: RoundRule
    works: tuple[RoundEntry, ...]
    rulings: tuple[Ruling, ...]
    selection: Selection

    @property
    def hash(self) -> str:
        """SHA-256 (hex) of the canonical JSON of the selection."""
        return hashlib.sha256(canonical(self.selection.to_json())).hexdigest()


def feeds(rules: Rules, round_id: str) -> list[RoundRule]:
    """The rounds that take their works from this one."""
    return [each for each in rules.rounds if each.input == round_id]


def standing_shortlist(round: Round) -> Shortlist | None:
    """The confirmed shortlist of a round. 1 SQL."""
    return Shortlist.objects.filter(round=round, replaced_at=None).first()


def choice_of(round: Round, *, without: Ruling | None = None) -> Choice:
    """Choose by the round's own rules, its ranking and the rulings in force. 3 SQL, 1 more for a
    ratio. `without` leaves one ruling out. Raises `Refused` before the seal."""
    if round.state != Round.State.SEALED or round.ranking is None:
        raise Refused("这一轮还没有封存，不能确定入围名单。")
    rules = rules_at(round.rulebook)
    rule = rule_of(rules, round.round_id)
    standings = {one["work"]: one for one in round.ranking["standings"]}
    works = tuple(
        row
        for row in RoundEntry.objects.filter(round=round)
        .select_related("entry__unit__parent")
        .order_by("number")
        if str(row.entry_id) in standings
    )
    rulings = tuple(
        row for row in Ruling.objects.filter(round=round, replaced_at=None) if row != without
    )
    aside = {
        str(row.entry_id): "已退出或不再符合参评条件"
        for row in works
        if row.entry.state != State.ACCEPTED
    }
    for row in rulings:
        if row.kind == Ruling.Kind.ASIDE:
            aside |= dict.fromkeys(row.entries, f"不予通过：{row.reason}（{row.minutes}）")
    advance = _advance(rules, rule)
    spots = placed(rules, [row.entry for row in works])
    counted = advance.get("of")
    within = [
        each
        for each in (population(round.contest, rules, counted) if counted in ("submitted", "accepted") else [])
        if each.within(tracks=rule.tracks, divisions=rule.divisions, regions=rule.regions)
    ]  # fmt: skip
    units = {str(each.entry.unit_id): each.entry.unit.name for each in (*spots, *within)}
    try:
        selection = select(
            advance,
            [_candidate(spot, standings[spot.work]) for spot in spots],
            population=[_candidate(spot, None) for spot in within] if counted in ("submitted", "accepted") else None,
            orders=[
                Order(tuple(row.entries), f"{rule.panel or '评审委员会'}（{row.minutes}）", row.reason)
                for row in rulings
                if row.kind == Ruling.Kind.ORDER
            ],
            aside=aside,
            names=names_of(rules) | units,
        )  # fmt: skip
    except SelectionError as error:
        raise Refused("不能确定入围名单：" + "".join(error.problems)) from None
    return Choice(round, rules, rule, works, rulings, selection)


def _advance(rules: Rules, rule: RoundRule) -> dict[str, Any]:
    """The rule as core reads it; where the notice says nothing, everybody goes on."""
    if rule.advance is None:
        return {"by": "all", "cite": rule.cite.model_dump(mode="json")}
    found: dict[str, Any] = rule.advance.model_dump(mode="json")
    headings = {each.id for each in rules.groups}
    for row in found["constraints"]:
        if row["of"] == "track" and row["ref"] in headings:
            row["of"] = "heading"
    return found


def _candidate(spot: Placed, standing: dict[str, Any] | None) -> Candidate:
    figure = standing["figure"] if standing else None
    return Candidate(
        work=spot.work,
        rank=standing["rank"] if standing else None,
        figure=None if figure is None else Decimal(figure),
        unit=str(spot.entry.unit_id),
        people=frozenset(mark for mark, _, _ in spot.people),
        belongs=spot.belongs,
    )
