"""Until when a work may be shown, written anew at every change of its register or releases."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from fengcai.apps.entries.governing import rules_for
from fengcai.apps.entries.models import Entry
from fengcai.apps.releases.models import ShownUntil
from fengcai.apps.releases.registering import demands_on, registers_of, today
from fengcai.core.consent import Showing, showing
from fengcai.engines.jobs import enqueue


def write_standing(entry: Entry, at: datetime) -> Showing:
    """Write `ShownUntil` of a work, and have its end looked at on the day. 4 SQL and a job.

    Call it in the transaction of the change, with the entry locked.
    """
    rules = rules_for(entry)
    demands = demands_on(rules, entry.track)
    found = showing(demands, registers_of([entry])[entry.pk], on=today(rules, at))
    ends_at = at if found.barred else None
    if found.until is not None:
        zone = ZoneInfo(rules.timezone)
        ends_at = datetime.combine(found.until + timedelta(days=1), time(), tzinfo=zone)
    ShownUntil.objects.update_or_create(
        entry=entry,
        defaults={"contest_id": entry.contest_id, "ends_at": ends_at, "why": found.why},
    )
    if found.until is not None and ends_at is not None:
        enqueue(
            "releases.ended",
            {"entry_id": str(entry.pk), "day": found.until.isoformat()},
            dedupe_key=f"releases.ended:{entry.pk}:{found.until}",
            subject=f"releases:{entry.pk}",
            scope=f"contest:{entry.contest_id}",
            run_at=ends_at,
        )
    return found
