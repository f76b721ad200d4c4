"""Files that are sent for a letter by its own page: permission for one, and what happens when it is here.

The page's address is all that is needed, and all that it gives: it signs nobody in and shows nothing of
the work.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import PurePath
from typing import Any

from django.db.models import Max

from fengcai.apps.mailbox.actions.notes import locked_case, note, tell
from fengcai.apps.mailbox.actions.receiving import order_opening, order_taking
from fengcai.apps.mailbox.models import Case, CaseFile, PendingFile
from fengcai.apps.mailbox.opening import MOST_FILES as ROOM
from fengcai.apps.mailbox.opening import is_archive
from fengcai.apps.mailbox.states import Origin, PendingState, State
from fengcai.apps.mailbox.texts import fit_for_keeping
from fengcai.apps.refusals import NotFound, Refused
from fengcai.engines import storage
from fengcai.engines.uploads import CompletedUpload, UploadRefused, issue_grant

UPLOAD_PURPOSE = "mailbox.file"
GRANT_LIFE = timedelta(days=7)
LARGEST_FILE = 20 * 1024**3
MOST_FILES = 60
"""Files that may be sent for one letter: its page is open to whoever has the address."""


def grant_for(*, case: Case, pending: int | None, at: datetime) -> dict[str, Any]:
    """A signed grant to send one file for a letter; `pending` is the linked file that it stands for,
    None for another one. Returns grant, expires_at, max_size."""
    if pending is not None and not case.pending.filter(pk=pending).exists():
        raise NotFound("这封信里没有这个大附件，请刷新页面。")
    if case.files.filter(origin=Origin.SENT).count() >= MOST_FILES:
        raise Refused(f"这封信已补传 {MOST_FILES} 个文件，不能再传。请另发一封邮件，或联系主办方。")
    expires_at = at + GRANT_LIFE
    grant = issue_grant(
        purpose=UPLOAD_PURPOSE,
        subject={"case": str(case.pk), "pending": pending},
        owner=f"letter:{case.pk}",
        max_size=LARGEST_FILE,
        expires_at=expires_at,
    )
    return {"grant": grant, "expires_at": expires_at.isoformat(), "max_size": LARGEST_FILE}


def take_sent(upload: CompletedUpload) -> None:
    """The last byte is here (in the engine's transaction): the file belongs to the letter, and goes
    on into the work like an attachment, judged by when it came. Raises `UploadRefused`."""
    try:
        case = locked_case(upload.subject["case"])
    except NotFound as gone:
        raise UploadRefused(f"{gone.message}文件没有收下。") from None
    if case.state == State.ASIDE:
        raise UploadRefused("工作人员已将这封来信搁置，文件没有收下。请联系主办方。")
    name = fit_for_keeping(PurePath(upload.filename).name, 300) or "未命名文件"
    ending = PurePath(name).suffix.lower()
    kept = storage.adopt(
        upload.received,
        suffix=ending if ending[1:].isascii() and ending[1:].isalnum() else "",
        sha256=upload.sha256,
    )
    add_file(
        case, Origin.SENT, name=name, size=upload.size, sha256=upload.sha256, key=kept.key,
        began_at=upload.began_at, arrived_at=upload.finished_at, pending=upload.subject["pending"],
    )  # fmt: skip


def add_file(
    case: Case,
    origin: Origin,
    *,
    name: str,
    size: int,
    sha256: str,
    key: str,
    began_at: datetime,
    arrived_at: datetime,
    pending: int | None,
) -> CaseFile:
    """A file that came later for a letter; the linked one that it stands for is awaited no more. Behind it
    is room for what lies in it, should it be an archive."""
    last = case.files.aggregate(last=Max("order"))["last"]
    row = CaseFile.objects.create(
        case=case, order=0 if last is None else last + ROOM, origin=origin, name=name, size=size,
        sha256=sha256, key=key, began_at=began_at, arrived_at=arrived_at,
    )  # fmt: skip
    if pending is not None:
        PendingFile.objects.filter(pk=pending, case=case).update(state=PendingState.ARRIVED)
    if case.state == State.TAKEN and case.unit_id is not None:
        case.state = State.MATCHED
    case.version += 1
    case.save(update_fields=["state", "version"])
    how = "补传" if origin == Origin.SENT else "取回"
    tell(case, f"{how}了“{name[:120]}”。", at=arrived_at)
    if is_archive(name):
        order_opening(case, row)
    elif case.state == State.MATCHED:
        order_taking(case)
    note(case, "mailbox.sent", {"sha256": sha256, "origin": str(origin)}, at=arrived_at)
    return row
