"""What every page of a judge's round tells first: the round, its rules, the seat as it stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from fengcai.apps.contests.models import Contest
from fengcai.apps.judging.models import Round
from fengcai.apps.judging.panel import panel_id, promise_text
from fengcai.apps.judging.reach import Reach
from fengcai.core.rulebook import Citation, Window
from fengcai.core.scoring import exact, show


@dataclass(frozen=True)
class CriterionRow:
    """One line of the score sheet as the page shows it; numbers are plain decimals in text."""

    id: str
    name: str
    description: str
    min: str
    max: str
    step: str
    weight: str
    cite: Citation


@dataclass(frozen=True)
class Head:
    """A round on a judge's desk. Before `promised` nothing of any work is told."""

    round: Round
    contest: Contest
    name: str
    cite: Citation
    window: Window | None
    criteria: tuple[CriterionRow, ...]
    full: str
    panel: str
    """The panel that the judge sits on, where the round tells several apart."""
    waits: str
    """Why the judge has nothing to mark yet; empty where there is something."""
    promise: str
    promised: bool
    handed_in_at: datetime | None
    sealed: bool

    @property
    def locked(self) -> bool:
        """Whether marks can no longer be changed here."""
        return self.sealed or self.handed_in_at is not None


def head_of(reach: Reach) -> dict[str, Any]:
    """The fields of a `Head`. No SQL."""
    rules, rule = reach.rules, reach.rule
    return {
        "round": reach.round,
        "contest": reach.round.contest,
        "name": rule.name,
        "cite": rule.cite,
        "window": rules.windows.get(rule.window) if rule.window else None,
        "criteria": _criteria(reach),
        "panel": reach.panel_name,
        "waits": reach.waits,
        "full": show(reach.scheme.total),
        "promise": promise_text(rules),
        "promised": reach.promised,
        "handed_in_at": reach.handed_in_at,
        "sealed": reach.round.state == Round.State.SEALED,
    }


def _criteria(reach: Reach) -> tuple[CriterionRow, ...]:
    """The lines of the judge's own sheet, ready to show."""
    key = (reach.rules.hash, reach.round.round_id, panel_id(reach.rule, reach.seat))
    if key not in _known:
        if len(_known) >= 256:
            _known.clear()
        _known[key] = _rows(reach)
    return _known[key]


_known: dict[tuple[str, str, str], tuple[CriterionRow, ...]] = {}
"""By the hash of the rules, the round and the panel: what the rules say alone."""


def _rows(reach: Reach) -> tuple[CriterionRow, ...]:
    mine = {one.id for one in reach.scheme.criteria}
    return tuple(
        CriterionRow(
            id=one.id,
            name=one.name,
            description=one.description or "",
            min=_plain(one.min),
            max=_plain(one.max),
            step=_plain(one.step),
            weight=_plain(one.weight),
            cite=one.cite,
        )
        for one in reach.rule.scheme.criteria
        if one.id in mine
    )


def _plain(value: Decimal) -> str:
    number = exact(value)
    assert number is not None
    return show(number)
