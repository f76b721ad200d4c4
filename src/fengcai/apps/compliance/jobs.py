"""Jobs: read a work's texts for doubtful wording, when it is handed in and when a file was inspected.

Both are enqueued by name, since those contexts stand below.
"""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone

from fengcai.apps.compliance.actions import keep_remarks
from fengcai.apps.compliance.finding import Found, remarks
from fengcai.apps.compliance.passages import captions, in_files, seen, track_of_entry, written
from fengcai.apps.compliance.queries import names_around
from fengcai.apps.entries.governing import rules_for
from fengcai.apps.entries.models import Entry
from fengcai.engines import storage
from fengcai.engines.jobs import JobContext, JobRetry, Lane, Priority, enqueue, handler


@handler("compliance.read", title="检查作品用语", lane=Lane.DEFAULT, max_attempts=5)
def read(job: JobContext, *, entry_id: str) -> None:
    """Read all texts of a work and write the remarks on them.

    If the machine dies in the middle nothing was written; a second time writes the same rows.
    """
    _read(job, entry_id=entry_id)


@handler("compliance.file", title="检查作品文件里的用语", lane=Lane.DEFAULT, max_attempts=5)
def read_file(job: JobContext, *, asset_id: str) -> None:
    """The same, for the work that an inspected file belongs to; nothing if it belongs to none now.

    If the machine dies in the middle nothing was written; a second time writes the same rows.
    """
    entry = Entry.objects.filter(files__asset=UUID(asset_id), files__current=True).first()
    _read(job, entry_id=str(entry.pk) if entry is not None else "")


@handler("compliance.contest", title="重新检查全部作品的用语", lane=Lane.DEFAULT)
def read_contest(job: JobContext, *, contest_id: int) -> None:
    """Order each work of a contest to be read anew.

    If the machine dies in the middle nothing was ordered; it starts over, and doubles nothing.
    """
    entries = list(Entry.objects.filter(contest=contest_id).values_list("pk", flat=True))
    with job.completing() as outcome:
        for number in entries:
            enqueue(
                "compliance.read",
                {"entry_id": str(number)},
                dedupe_key=f"compliance.read:{number}",
                subject=f"compliance:{number}",
                scope=f"contest:{contest_id}",
                priority=Priority.BULK,
                rerun=True,
            )
        outcome["ordered"] = len(entries)


def _read(job: JobContext, *, entry_id: str) -> None:
    rows = Entry.objects.select_related("contest__version", "rulebook", "unit")
    entry = rows.filter(pk=entry_id).first() if entry_id else None
    found = _found(entry) if entry is not None else []
    with job.completing() as outcome:
        if entry is not None:
            outcome["open"] = keep_remarks(entry=entry, found=found, at=timezone.now())


def _found(entry: Entry) -> list[Found]:
    rules = rules_for(entry)
    track = track_of_entry(entry, rules)
    files = list(
        entry.files.filter(current=True).select_related("asset").prefetch_related("asset__outputs")
    )
    try:
        passages = [
            *written(entry.title, entry.fields, track),
            *captions(files, track),
            *in_files(files, track),
        ]
    except storage.StorageTrouble as trouble:
        raise JobRetry(trouble.text) from trouble
    return remarks(passages, seen(files, track), names_around(entry, rules))
