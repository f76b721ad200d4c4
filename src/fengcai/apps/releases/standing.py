"""Until when a work may be shown and watched, written anew at every change of its register or releases."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from fengcai.apps.entries.governing import rules_for
from fengcai.apps.entries.models import Entry
from fengcai.apps.prepared import Given
from fengcai.apps.releases.models import ShownUntil
from fengcai.apps.releases.registering import demands_on, registers_of, today
from fengcai.core.consent import Showing, showing, watching
from fengcai.engines.jobs import enqueue


def write_standing(entry: Entry, at: datetime) -> Showing:
    """Write `ShownUntil` of a work, and have its end looked at on the day. 4 SQL and a job.

    Call it in the transaction of the change, with the entry locked.
    """
    rules = rules_for(entry)
    demands = demands_on(rules, entry.track)
    register, zone = registers_of([entry])[entry.pk], ZoneInfo(rules.timezone)
    found = showing(demands, register, on=today(rules, at))
    ends_at = _end(found, zone, at)
    watched_until = _end(watching(demands, register, on=today(rules, at)), zone, at)
    ShownUntil.objects.update_or_create(
        entry=entry,
        defaults={
            "contest_id": entry.contest_id, "ends_at": ends_at, "why": found.why,
            "watched_until": watched_until,
        },
    )  # fmt: skip
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


def _end(found: Showing, zone: ZoneInfo, at: datetime) -> datetime | None:
    """The first instant at which it is over; None without end."""
    if found.barred:
        return at
    if found.until is None:
        return None
    return datetime.combine(found.until + timedelta(days=1), time(), tzinfo=zone)


STOPPED = (
    "有出镜人员不同意、撤回了同意或期限已到，这件作品暂停观看，由活动组织者处理。"
    "已保存的评分和意见都在，请先看别的作品。"
)
"""What judges and experts read in the place of such a work."""


def unwatchable(at: datetime | Given) -> QuerySet[ShownUntil]:
    """The works that judges and experts may not watch at `at`."""
    return ShownUntil.objects.filter(watched_until__lte=at)


def may_be_watched(entry: UUID, at: datetime) -> bool:
    """Whether judges and experts may watch a work now. 1 SQL."""
    return not unwatchable(at).filter(entry=entry).exists()
