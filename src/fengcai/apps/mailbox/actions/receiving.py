"""A letter comes in: its bytes are kept and it is a case from then on, once."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path

from django.db import IntegrityError, transaction

from fengcai.apps.contests.models import Contest
from fengcai.apps.contests.upkeep import scope_of
from fengcai.apps.mailbox.actions.notes import note
from fengcai.apps.mailbox.models import Case, CaseFile
from fengcai.engines import storage
from fengcai.engines.jobs import enqueue

CUT = "邮箱服务器没有把这封信给全，只有前面一部分；请从网页邮箱里看原信。"


def keep_letter(
    *,
    contest: Contest,
    raw: Path,
    uidvalidity: int,
    uid: int,
    received_at: datetime,
    at: datetime,
    whole: bool = True,
) -> Case | None:
    """Make a case of the letter in the file `raw`, or give None where these bytes are one already.

    Case, kept bytes, audit record and the job that reads it stand or fall together. Who dies before
    the commit leaves nothing behind; who dies after it finds the case at the next try. `raw` is moved
    away; `whole` says whether all of it was got. Raises OSError and `storage.StorageTrouble` (disk full), with nothing kept.
    """
    with raw.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    known = Case.objects.filter(contest=contest, sha256=sha256)
    if known.exists():
        known.update(uidvalidity=uidvalidity, uid=uid)
        return None
    size = raw.stat().st_size
    try:
        with storage.provisional(), transaction.atomic():
            kept = storage.adopt(raw, suffix=".eml", sha256=sha256)
            case = Case.objects.create(
                contest=contest, sha256=sha256, key=kept.key, size=size,
                uidvalidity=uidvalidity, uid=uid, received_at=received_at, taken_up_at=at,
                problems=[] if whole else [CUT],
            )  # fmt: skip
            order_reading(case)
            note(
                case,
                "mailbox.receive",
                {
                    "sha256": sha256,
                    "size": size,
                    "uid": uid,
                    "received": received_at.astimezone(UTC).isoformat(),
                },
                at=at,
            )
    except IntegrityError:
        if known.exists():  # another worker was first with the same letter
            return None
        raise
    return case


def order_reading(case: Case) -> None:
    """Have the letter read, once."""
    enqueue(
        "mailbox.read",
        {"case": str(case.pk)},
        dedupe_key=f"mailbox.read:{case.pk}",
        subject=f"letter:{case.pk}",
        scope=scope_of(case.contest),
    )


def order_opening(case: Case, file: CaseFile) -> None:
    """Have an archive that came later looked into; what follows is ordered by that job."""
    enqueue(
        "mailbox.open",
        {"file": file.pk},
        dedupe_key=f"mailbox.open:{file.pk}",
        subject=f"letter:{case.pk}",
        scope=scope_of(case.contest),
    )


def order_taking(case: Case) -> None:
    """Have what came with the letter put into the unit's work."""
    enqueue(
        "mailbox.take",
        {"case": str(case.pk)},
        dedupe_key=f"mailbox.take:{case.pk}",
        subject=f"letter:{case.pk}",
        scope=scope_of(case.contest),
        rerun=True,
    )


def order_answer(case: Case) -> None:
    """Have the sender told, once, what came in."""
    enqueue(
        "mailbox.answer",
        {"case": str(case.pk)},
        dedupe_key=f"mailbox.answer:{case.pk}",
        subject=f"letter:{case.pk}",
        scope=scope_of(case.contest),
    )
