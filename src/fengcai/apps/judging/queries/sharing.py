"""What the officer sees of works that are shared out: the plan before it is fixed, and what stands."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from fengcai.apps.contests.queries import rules_at
from fengcai.apps.contests.roles import Role
from fengcai.apps.contests.rules import require_role
from fengcai.apps.judging.manning import panels_of
from fengcai.apps.judging.models import Assignment, Round
from fengcai.apps.judging.panel import panel_of, per_entry, rule_of
from fengcai.apps.judging.sharing import Plan, plan_hash, plans_of
from fengcai.apps.people.models import User
from fengcai.core.rulebook import Citation


@dataclass(frozen=True)
class LoadRow:
    """A judge with the number of works that stand and that would come."""

    judge: str
    seat: int
    stands: int
    new: int


@dataclass(frozen=True)
class ShareRow:
    """A work with its judges; `new` are those who would get it now, `why` says how they came about."""

    name: str
    judges: tuple[str, ...]
    new: tuple[str, ...]
    why: str


@dataclass(frozen=True)
class PanelPlan:
    """One panel's works: by judge and by work."""

    name: str
    many: int
    cite: Citation
    loads: tuple[LoadRow, ...]
    works: tuple[ShareRow, ...]
    new: int
    short: tuple[str, ...]
    joined: bool
    seed: str


@dataclass(frozen=True)
class SharingPage:
    """How a round's works are shared out. `plan` names what would be fixed; `fixed_at` is when works
    were given out first, None before that."""

    plan: str
    fixed_at: datetime | None
    panels: tuple[PanelPlan, ...]

    @property
    def new(self) -> int:
        """How many pairs of judge and work would be given out now."""
        return sum(panel.new for panel in self.panels)


def sharing_page(*, round: Round, user: User) -> SharingPage | None:
    """The plan as it stands now; None where every judge marks everything. At most 8 SQL, 1 where no
    panel shares its works out."""
    require_role(user, round.contest, Role.ORGANISER)
    rules = rules_at(round.rulebook)
    rule = rule_of(rules, round.round_id)
    if not any(per_entry(round, rules, rule, each.id) for each in panels_of(rules, rule)):
        return None
    panel = panel_of(round)
    plans = plans_of(panel)
    if not plans:
        return None
    first = Assignment.objects.filter(round=round).order_by("at").values_list("at", flat=True)
    names = {str(row.entry_id): f"{row.number} 号《{row.entry}》" for row in panel.works}
    judges = {seat.label: (str(seat.judge), seat.number) for seat in panel.seats}
    return SharingPage(
        plan=plan_hash(plans),
        fixed_at=first.first(),
        panels=tuple(_panel(plan, names, judges) for plan in plans),
    )


def _panel(plan: Plan, names: dict[str, str], judges: dict[str, tuple[str, int]]) -> PanelPlan:
    coming = Counter(judge for judge, _ in plan.new)
    order = {work: at for at, work in enumerate(names)}
    return PanelPlan(
        name=plan.name,
        many=plan.many,
        cite=plan.cite,
        loads=tuple(
            LoadRow(*judges[label], stands=many - coming[label], new=coming[label])
            for label, many in sorted(plan.sharing.loads, key=lambda row: judges[row[0]][1])
        ),
        works=tuple(
            ShareRow(
                name=names[one.work],
                judges=tuple(judges[judge][0] for judge in one.judges),
                new=tuple(judges[judge][0] for judge in one.new),
                why=one.text,
            )
            for one in sorted(plan.sharing.shares, key=lambda one: order[one.work])
        ),
        new=len(plan.new),
        short=tuple(one.text for one in plan.sharing.short),
        joined=plan.sharing.joined,
        seed=plan.seed,
    )
