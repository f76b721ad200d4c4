"""What works say to making two rows of one unit one (`contests.units.merge_units`)."""

from __future__ import annotations

from collections.abc import Sequence

from fengcai.apps.contests.models import Unit
from fengcai.apps.contests.queries import rules_of
from fengcai.apps.entries.models import Entry
from fengcai.apps.entries.states import State


def accepted_works(source: Unit, target: Unit) -> Sequence[str]:
    """Accepted works have a number and may lie before judges: their unit stays. And no unit comes to
    more works than it may have."""
    works = Entry.objects.filter(unit=source).exclude(state=State.WITHDRAWN)
    states = list(works.values_list("state", flat=True))
    found = []
    if State.ACCEPTED in states:
        found.append(f"{source.name}已有审核通过的作品，请反过来把{target.name}并入它")
    if states and target.contest.is_open:
        most = rules_of(target.contest).quota_of(target.unit_class).max
        there = Entry.objects.filter(unit=target).exclude(state=State.WITHDRAWN).count()
        if most is not None and len(states) + there > most:
            found.append(f"合并后有 {len(states) + there} 件作品，超过每单位最多 {most} 件")
    return found
