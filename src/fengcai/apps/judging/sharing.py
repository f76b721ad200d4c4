"""How a panel's works are shared out as they would be now: seats, recusals and what stands already,
put through `core.assignment`.

It computes and writes nothing, so that what the officer sees and what is fixed are the same.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from fengcai.apps.judging.models import HandIn
from fengcai.apps.judging.panel import Panel, panel_id, per_entry
from fengcai.apps.judging.seeds import derived
from fengcai.apps.refusals import Refused
from fengcai.core.assignment import Share, Sharing, share
from fengcai.core.ledger import canonical
from fengcai.core.rulebook import Citation

SHOWN = 5


@dataclass(frozen=True)
class Plan:
    """The sharing of one panel's works: `name` of the panel, `many` judges for each work."""

    panel: str
    name: str
    many: int
    cite: Citation
    seed: str
    sharing: Sharing

    @property
    def new(self) -> tuple[tuple[str, str], ...]:
        """(seat's label, work) of what would be given out now."""
        return self.sharing.new


def plans_of(panel: Panel) -> list[Plan]:
    """The sharing of each panel that shares its works out. 1 SQL where one does.

    A judge who has handed in gets more only where nobody else can.
    """
    found: dict[str, list[str]] = {}
    for seat in panel.seats:
        if per_entry(panel.round, panel.rules, panel.rule, panel_id(panel.rule, seat)):
            found.setdefault(panel_id(panel.rule, seat), []).append(seat.label)
    if not found:
        return []
    signed = set(
        HandIn.objects.filter(round=panel.round, reopened_at=None).values_list(
            "judge_id", flat=True
        )
    )
    finished = [seat.label for seat in panel.seats if seat.judge_id in signed]
    plans = []
    for id, labels in found.items():
        rule = panel.rules.panel(id)
        assert rule is not None  # it has a number
        assert rule.per_entry is not None
        seed = derived(panel.round.seed, f"assignment {id}")
        given = panel.given or {}
        plans.append(
            Plan(
                panel=id,
                name=rule.name,
                many=rule.per_entry,
                cite=rule.cite,
                seed=seed,
                sharing=share(
                    panel.matrix,
                    per_work=rule.per_entry,
                    seed=seed,
                    judges=labels,
                    kept=[(label, work) for label in labels for work in given.get(label, ())],
                    last=finished,
                ),
            )
        )
    return plans


def plan_hash(plans: list[Plan]) -> str:
    """SHA-256 (hex) of what would stand: seat → works, canonical; how a page names the plan."""
    pairs = sorted(
        (judge, one.work) for plan in plans for one in plan.sharing.shares for judge in one.judges
    )
    return hashlib.sha256(canonical([list(pair) for pair in pairs])).hexdigest()


def refuse_few(panel: Panel) -> None:
    """Refuse to open while a work has fewer eligible judges than its panel's number."""
    for plan in plans_of(panel):
        short = [one.text for one in plan.sharing.short]
        if short:
            more = f"（共 {len(short)} 件）" if len(short) > SHOWN else ""
            raise Refused(
                "".join(short[:SHOWN]) + f"{more}规则：{plan.cite}。请增聘与这些作品无关的评委。"
            )


def refuse_unshared(panel: Panel) -> None:
    """Refuse to seal while works wait to be shared out, or to get another judge for one lost."""
    owed = {work for plan in plans_of(panel) for _, work in plan.new}
    if owed:
        what = f"还有 {len(owed)} 件作品没有分足评委"
        raise Refused(f"{what}，请先在评审页确定分工，评完之后再封存。")


def shares_by_work(plans: list[Plan]) -> dict[str, list[Share]]:
    """Work → its share in each panel."""
    found: dict[str, list[Share]] = {}
    for plan in plans:
        for one in plan.sharing.shares:
            found.setdefault(one.work, []).append(one)
    return found
