"""The day on which a release of a work ends: marked, the work taken off the showcase, everybody told."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from fengcai.apps.audit.actions import record
from fengcai.apps.entries.governing import rules_for
from fengcai.apps.entries.models import Entry
from fengcai.apps.releases.actions.ending import hide_and_tell
from fengcai.apps.releases.models import Release
from fengcai.apps.releases.standing import write_standing
from fengcai.engines.jobs import JobContext, Lane, handler


@handler("releases.ended", title="出镜同意到期", lane=Lane.DEFAULT, max_attempts=5)
def ended(job: JobContext, *, entry_id: str, day: str) -> None:
    """Mark the releases of a work whose last day was `day` or before. The page does not wait for this:
    `ShownUntil` hides the work at the instant.

    If the machine dies in the middle nothing was written; a second time finds nothing left to mark.
    """
    at = timezone.now()
    with job.completing() as outcome:
        rows = Entry.objects.select_for_update(of=("self",), no_key=True)
        entry = rows.select_related("contest__version", "unit").get(pk=entry_id)
        today = at.astimezone(ZoneInfo(rules_for(entry).timezone)).date()
        over = list(
            Release.objects.select_related("appearance").filter(
                appearance__entry=entry,
                appearance__removed_at=None,
                replaced_at=None,
                state__in=("signed", "scanned", "kept"),
                until__lte=today - timedelta(days=1),
            )
        )
        for row in over:
            row.state, row.ended_at, row.ended_by = "expired", at, "term"
            row.save(update_fields=["state", "ended_at", "ended_by"])
        if over:
            write_standing(entry, at)
            for row in over:
                key = f"releases.expired:{row.pk}"
                hide_and_tell(entry, row.appearance.role, "已到期", key, at)
            record(
                entry.contest.chain,
                actor="system",
                action="releases.end",
                subject=f"entry:{entry.pk}",
                details={"releases": [str(row.pk) for row in over], "day": day},
                at=at,
            )
        outcome["ended"] = len(over)
