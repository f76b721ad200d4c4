"""Whether a round's panels are manned as the rules say: how many, of which kinds, from how many units."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from fengcai.apps.contests.models import Unit
from fengcai.apps.judging.models import Seat
from fengcai.apps.judging.panel import panel_id, panels_in
from fengcai.core.rulebook import Round as RoundRule
from fengcai.core.rulebook import Rules
from fengcai.core.rulebook.rules import Panel


@dataclass(frozen=True)
class Seating:
    """Where a judge is put at the opening: the panel's id, and what the judge is (院外专家 …)."""

    panel: str = ""
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True)
class Manning:
    """How a round's panels are manned. `lacking` and `crowded` are against the rules; `differs` says
    where a panel has another number of judges than the rules give it."""

    lacking: tuple[str, ...]
    crowded: tuple[str, ...]
    differs: tuple[str, ...]
    sizes: Mapping[str, tuple[int, int]]
    """Panel's id → judges seated and judges wanted, where they differ."""


def panels_of(rules: Rules, rule: RoundRule) -> tuple[Panel, ...]:
    """The panels that the rulebook describes of those that sit in a round, the round's own first."""
    ids = dict.fromkeys([*([rule.panel_id] if rule.panel_id else []), *panels_in(rules, rule)])
    found = [rules.panel(id) for id in ids]
    return tuple(panel for panel in found if panel is not None)


def kinds_in(panels: Iterable[Panel]) -> tuple[str, ...]:
    """The kinds of judges that panels must have, in the order of the rules."""
    return tuple(dict.fromkeys(seats.who for panel in panels for seats in panel.composition))


def manning_of(
    rules: Rules,
    rule: RoundRule,
    seats: Collection[Seat],
    units: Mapping[int, Collection[Unit]],
) -> Manning:
    """Look at every panel of the round; `units` are each judge's own. No SQL."""
    lacking: list[str] = []
    crowded: list[str] = []
    differs: list[str] = []
    sizes: dict[str, tuple[int, int]] = {}
    for panel in panels_of(rules, rule) if rule.scheme.criteria else ():
        own = [seat for seat in seats if panel_id(rule, seat) == panel.id]
        for wanted in panel.composition:
            many = sum(wanted.who in seat.kinds for seat in own)
            if many < wanted.min:
                lacking.append(
                    f"“{panel.name}”还缺{wanted.who} {wanted.min - many} 位：规则至少"
                    f" {wanted.min} 位，现有 {many} 位（{wanted.cite}）。"
                )
        if panel.judges is not None and len(own) != panel.judges:
            sizes[panel.id] = (len(own), panel.judges)
            differs.append(
                f"“{panel.name}”现有 {len(own)} 位评委，规则写明 {panel.judges} 位（{panel.cite}）。"
            )
        most = panel.max_per_unit
        count = Counter(unit.name for seat in own for unit in units.get(seat.judge_id, ()))
        over = [f"{name} {n} 位" for name, n in count.items() if most is not None and n > most]
        if over:
            crowded.append(
                f"“{panel.name}”每个单位最多 {most} 位评委（{panel.cite}），现有{'、'.join(over)}。"
            )
    return Manning(tuple(lacking), tuple(crowded), tuple(differs), sizes)
