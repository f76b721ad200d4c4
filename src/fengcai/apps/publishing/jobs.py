"""Taking a work off the showcase when a context below says that a release of it is over."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone

from fengcai.apps.audit.actions import record
from fengcai.apps.publishing.models import Publication
from fengcai.engines.jobs import JobContext, Lane, handler


@handler("publishing.release_over", title="撤下展播", lane=Lane.DEFAULT, max_attempts=5)
def release_over(job: JobContext, *, entry_id: str, what: str) -> None:
    """Hide a published work; until the office shows it again it stays hidden.

    The public has not seen it since the release ended (`rules.shown` asks at every read). If the
    machine dies in the middle nothing was written; a second time finds it hidden.
    """
    at = timezone.now()
    with job.completing() as outcome:
        row = (
            Publication.objects.select_for_update(of=("self",), no_key=True)
            .filter(entry=UUID(entry_id), hidden_at=None)
            .select_related("contest")
            .first()
        )
        outcome["hidden"] = row is not None
        if row is not None:
            row.hidden_at, row.hidden_by = at, None
            row.hidden_reason = f"出镜同意{what}"
            row.save()
            record(
                row.contest.chain,
                actor="system",
                action="publishing.hide",
                subject=f"entry:{entry_id}",
                details={"number": row.number, "release": what},
                at=at,
            )
