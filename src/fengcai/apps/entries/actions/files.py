"""Files of a work: permission to send one, what happens when it has arrived, its versions."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction

from fengcai.apps.assets.actions import receive_file
from fengcai.apps.assets.models import Asset
from fengcai.apps.contests.queries import rules_of
from fengcai.apps.entries.actions.desk import (
    in_time,
    mending_window,
    note,
    own,
    void_confirmation,
)
from fengcai.apps.entries.models import Entry, FileVersion
from fengcai.apps.entries.owed import track_of
from fengcai.apps.entries.rules import may_write
from fengcai.apps.entries.states import FILE_WRITABLE, WRITABLE, State
from fengcai.apps.people.models import User
from fengcai.apps.refusals import NotFound, Refused
from fengcai.core.rulebook import Rules, Slot
from fengcai.engines.uploads import CompletedUpload, UploadRefused, issue_grant

UPLOAD_PURPOSE = "entries.file"
GRANT_LIFE = timedelta(days=7)
LARGEST_FILE = 20 * 1024**3


@transaction.atomic
def ask_to_upload(*, entry_id: UUID, slot: str, by: User, at: datetime) -> dict[str, Any]:
    """A signed grant with which the page may send one file into `slot`; the cookie is not needed
    afterwards. Returns grant, expires_at, max_size."""
    entry = own(entry_id, by)
    rules = rules_of(entry.contest)
    place = _slot(rules, entry, slot)
    _file_in_time(rules, entry, at=at, began=None)
    expires_at = at + GRANT_LIFE
    max_size = place.max_bytes or LARGEST_FILE
    grant = issue_grant(
        purpose=UPLOAD_PURPOSE,
        subject={"entry": str(entry.pk), "slot": slot, "user": by.pk},
        owner=f"user:{by.pk}",
        max_size=max_size,
        expires_at=expires_at,
    )
    return {"grant": grant, "expires_at": expires_at.isoformat(), "max_size": max_size}


def take_upload(upload: CompletedUpload) -> None:
    """What happens when the last byte of an entry's file has arrived (in the engine's transaction).

    The file becomes the slot's newest version; earlier versions stay. Raises `UploadRefused`.
    """
    at = upload.finished_at
    entry_id, slot = upload.subject["entry"], upload.subject["slot"]
    entry = (
        Entry.objects.select_for_update(of=("self",), no_key=True)
        .select_related("contest__version", "unit")
        .filter(pk=entry_id)
        .first()
    )
    by = User.objects.filter(pk=upload.subject["user"]).first()
    if entry is None or by is None or not may_write(by, entry):
        raise UploadRefused("这件作品已不存在，或您不再负责它。文件没有收下，请联系组织者。")
    try:
        rules = rules_of(entry.contest)
        place = _slot(rules, entry, slot)
        _file_in_time(rules, entry, at=upload.finished_at, began=upload.began_at)
        if not upload.filename.lower().endswith(tuple(place.accept)):
            wanted = "、".join(place.accept)
            raise Refused(f"“{upload.filename}”不是{place.name}要求的格式（{wanted}），没有收下。")
    except Refused as refusal:
        raise UploadRefused(refusal.message) from None
    asset = receive_file(contest=entry.contest, track=entry.track, slot=slot, upload=upload, at=at)
    add_file_version(entry=entry, slot=slot, asset=asset, by=by, at=at)


@transaction.atomic
def hand_over_file(
    *,
    entry_id: UUID,
    slot: str,
    path: Path,
    filename: str,
    by: User,
    began_at: datetime,
    finished_at: datetime,
) -> None:
    """Take in a file that reached this machine by another road than the page (a stick, a mail).

    It is judged by the same rules as an upload, by the instants given. The file is moved into
    storage: `path` is gone when the surrounding transaction has committed. Raises `Refused`.
    """
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    upload = CompletedUpload(
        id=uuid4(),
        purpose=UPLOAD_PURPOSE,
        received=path,
        size=path.stat().st_size,
        sha256=sha256,
        filename=filename,
        began_at=began_at,
        finished_at=finished_at,
        subject={"entry": str(entry_id), "slot": slot, "user": by.pk},
        owner=f"user:{by.pk}",
    )
    try:
        take_upload(upload)
    except UploadRefused as refusal:
        raise Refused(refusal.text) from None


@transaction.atomic
def add_file_version(
    *, entry: Entry, slot: str, asset: Asset, by: User, at: datetime
) -> FileVersion:
    """Make `asset` the current file of `slot`; an entry already submitted has to be confirmed
    again, because what was confirmed is no longer what stands there."""
    earlier = FileVersion.objects.filter(entry=entry, slot=slot)
    number = earlier.count() + 1
    earlier.filter(current=True).update(current=False)
    version = FileVersion.objects.create(
        entry=entry, slot=slot, version=number, asset=asset, by=by, at=at
    )
    if entry.state not in WRITABLE:
        # Whoever looks at the submitted work (the head, the reviewer) looks at another one now.
        entry.version += 1
    if entry.state == State.CONFIRMED:
        entry.state = State.SUBMITTED
        void_confirmation(entry, at)
    entry.updated_by, entry.updated_at = by, at
    entry.save()
    note(entry, by, "entries.file", {"slot": slot, "version": number, "asset": str(asset.pk)}, at)
    return version


def _slot(rules: Rules, entry: Entry, slot: str) -> Slot:
    place = next((s for s in track_of(rules, entry.track).slots if s.id == slot), None)
    if place is None:
        raise NotFound("规则中没有这一项文件。")
    return place


def _file_in_time(rules: Rules, entry: Entry, *, at: datetime, began: datetime | None) -> None:
    if entry.state not in FILE_WRITABLE:
        raise Refused(f"作品现在是“{entry.get_state_display()}”，不能更换文件。")
    in_time(rules, mending_window(entry, rules), at, began)
