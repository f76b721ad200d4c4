"""What judging means to a 补充通知: once a round is opened, its rules are no longer to be changed.

A round keeps the version that it was opened under, so that nothing changes under the judges' hands;
a change that would only seem to reach it is refused in words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from fengcai.apps.contests.amending import Amended
from fengcai.apps.judging.manning import panels_of
from fengcai.apps.judging.models import Round
from fengcai.core.rulebook.difference import difference

FED_BY_TIME = frozenset({"window"})
"""Rules that decide which works come: fixed once works have come before judges."""

AWARDED = ("awards", "stacking", "money_total", "money_recipient")


class Judging:
    """Watches amendments for the rounds that were opened."""

    def objections(self, amended: Amended) -> Sequence[str]:
        """Rounds that are open or sealed, the deadline before them, the awards after them."""
        opened = {row.round_id: row for row in Round.objects.filter(contest=amended.contest)}
        if not opened:
            return []
        names = {each.id: each.name for each in amended.before.rounds}
        panels = {
            panel.id: panel.name
            for each in amended.before.rounds
            if each.id in opened
            for panel in panels_of(amended.before, each)
        }
        found = []
        for change in difference(amended.before, amended.after):
            parts = change.path.split(".")
            if parts[0] == "rounds" and len(parts) > 1 and parts[1] in opened:
                name = names.get(parts[1], parts[1])
                found.append(f"“{name}”已经开始评审，它的规则（{change.what}）不能再改。")
            elif parts[0] == "panels" and len(parts) > 1 and parts[1] in panels:
                found.append(f"“{panels[parts[1]]}”已经在评审，它的规则（{change.what}）不能再改。")
            elif parts[0] in FED_BY_TIME:
                found.append("评审已经开始，报送的时间不能再改。")
            elif parts[0] == "tracks" and "requirements" not in parts:
                found.append(f"评审已经开始，作品类别（{change.what}）不能再改。")
            elif parts[0] in AWARDED and any(row.sealed_at for row in opened.values()):
                found.append(f"评审已经封存，奖项（{change.what}）不能再改。")
        return list(dict.fromkeys(found))

    def follow(self, amended: Amended) -> Mapping[str, int]:
        """Nothing: rounds keep their version."""
        return {}
