"""Jobs: tell a unit what became of its work. Enqueued by name, also by the review above."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils import timezone

from fengcai.apps.entries.models import Entry
from fengcai.apps.entries.telling import tell
from fengcai.engines.jobs import JobContext, handler


@handler("entries.tell", title="告知作品的进展", atomic=True)
def progress(
    job: JobContext, *, entry_id: str, event: str, stamp: str, reasons: str = "", until: str = ""
) -> dict[str, int]:
    """Post an event of a work to its unit. If the machine dies in the middle nothing was posted; a
    second time posts nothing, since each message has its key."""
    entry = Entry.objects.select_related("contest", "unit").get(pk=UUID(entry_id))
    end = datetime.fromisoformat(until) if until else None
    told = tell(entry, event, stamp=stamp, reasons=reasons, until=end, at=timezone.now())
    return {"told": told}
