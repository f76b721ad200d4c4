"""What pages may ask about an upload."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from fengcai.engines.uploads.grants import sign_address
from fengcai.engines.uploads.models import Upload
from fengcai.engines.uploads.parts import engine


@dataclass(frozen=True, slots=True)
class UploadRow:
    """An upload as a page shows it; `offset` and `length` are in bytes."""

    id: UUID
    purpose: str
    subject: dict[str, Any]
    owner: str
    filename: str
    length: int
    offset: int
    state: str
    state_text: str
    refusal: str
    sha256: str
    began_at: datetime
    updated_at: datetime
    finished_at: datetime | None
    expires_at: datetime


def describe(upload_id: UUID | str) -> UploadRow | None:
    """The upload, or None. One SQL statement. While it arrives the offset comes from the file,
    or in S3 from the row's note."""
    row = Upload.objects.filter(pk=upload_id).first()
    if row is None:
        return None
    offset = engine().arrived(row) if row.state == Upload.State.RECEIVING else row.offset
    return UploadRow(
        id=row.pk,
        purpose=row.purpose,
        subject=row.subject,
        owner=row.owner,
        filename=row.filename,
        length=row.length,
        offset=offset,
        state=row.state,
        state_text=row.get_state_display(),
        refusal=row.refusal,
        sha256=row.sha256,
        began_at=row.created_at,
        updated_at=row.updated_at,
        finished_at=row.finished_at,
        expires_at=row.expires_at,
    )


@dataclass(frozen=True, slots=True)
class PendingUpload:
    """An upload that can be gone on with: where, which file, how much has arrived (bytes)."""

    url: str
    filename: str
    size: int
    offset: int


def receiving(purpose: str, *, owner: str, **subject: Any) -> tuple[PendingUpload, ...]:
    """The owner's unfinished uploads for this very subject, newest last. One SQL statement."""
    rows = Upload.objects.filter(
        purpose=purpose,
        owner=owner,
        state=Upload.State.RECEIVING,
        **{f"subject__{name}": value for name, value in subject.items()},
    ).order_by("updated_at")
    return tuple(
        PendingUpload(
            url=f"/uploads/{sign_address(row.pk)}",
            filename=row.filename,
            size=row.length,
            offset=engine().arrived(row),
        )
        for row in rows
    )
