"""What files mean to a 补充通知: they forbid none, and are judged again by what was measured on them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from fengcai.apps.assets.actions import order_judging
from fengcai.apps.assets.models import Asset
from fengcai.apps.contests.amending import Amended


class Files:
    """Watches amendments for the files that were inspected."""

    def objections(self, amended: Amended) -> Sequence[str]:
        """None: whatever is demanded, files can be judged by it."""
        return ()

    def follow(self, amended: Amended) -> Mapping[str, int]:
        """Drafts and returned works are judged by the new rules in a job; works that were handed in
        keep theirs (`governing`)."""
        if Asset.objects.filter(contest=amended.contest).exclude(facts=None).exists():
            order_judging(contest=amended.contest)
        return {}
