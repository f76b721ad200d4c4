"""Files of a work: permission to send one, what happens when it has arrived, versions, sets in order."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction

from fengcai.apps.assets.actions import receive_file
from fengcai.apps.assets.models import Asset
from fengcai.apps.contests.queries import rules_of
from fengcai.apps.entries.actions.desk import (
    Through,
    may_act,
    note,
    own,
    void_confirmation,
    writing_window,
)
from fengcai.apps.entries.actions.later import asked_later
from fengcai.apps.entries.actions.mending import check_open
from fengcai.apps.entries.governing import in_time, window_of_slot
from fengcai.apps.entries.models import Entry, FileVersion, Item
from fengcai.apps.entries.scope import scope_of
from fengcai.apps.entries.states import FILE_WRITABLE, WRITABLE, State
from fengcai.apps.people.models import User
from fengcai.apps.refusals import NotFound, Refused
from fengcai.apps.texts import storable
from fengcai.core.rulebook import Rules, Slot
from fengcai.engines.uploads import CompletedUpload, UploadRefused, issue_grant

UPLOAD_PURPOSE = "entries.file"
GRANT_LIFE = timedelta(days=7)
LARGEST_FILE = 20 * 1024**3
EVIDENCE = (".png", ".jpg", ".jpeg", ".pdf")
"""What a screenshot of a link may be, where the rules do not say."""
LONGEST_CAPTION = 200
TO_JPEG = (
    "HEIC 是苹果手机的照片格式，请导出为 JPEG 再交：在手机“设置 › 相机 › 格式”里选“兼容性最佳”后拍摄；"
    "已经拍好的，用“照片”存到“文件”再传，或在电脑上打开后另存为 JPEG。只改后缀不行。"
)


@transaction.atomic
def ask_to_upload(
    *, entry_id: UUID, slot: str, by: User, at: datetime, place: int | None = None
) -> dict[str, Any]:
    """A signed grant with which the page may send one file into `slot`; the cookie is not needed
    afterwards. `place` names which file of a set is replaced (or which link a screenshot shows);
    None takes the next free one. Returns grant, expires_at, max_size."""
    entry = own(entry_id, by)
    rules = rules_of(entry.contest)
    there = _slot(rules, entry, slot)
    _file_in_time(rules, entry, there, at=at, began=None)
    check_open(entry, rules, [f"slot-{slot}"])
    _place(entry, there, place)
    expires_at = at + GRANT_LIFE
    max_size = there.max_bytes or LARGEST_FILE
    subject: dict[str, Any] = {"entry": str(entry.pk), "slot": slot, "user": by.pk}
    grant = issue_grant(
        purpose=UPLOAD_PURPOSE,
        subject=subject if place is None else {**subject, "place": place},
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
        .select_related("contest__version", "unit__parent")
        .filter(pk=entry_id)
        .first()
    )
    by = User.objects.filter(pk=upload.subject["user"]).first()
    through: Through | None = upload.subject.get("through")  # never in a grant that a page gets
    if entry is None or by is None or not may_act(by, entry, through):
        raise UploadRefused("这件作品已不存在，或您不再负责它。文件没有收下，请联系组织者。")
    try:
        rules = rules_of(entry.contest)
        there = _slot(rules, entry, slot)
        late = _file_in_time(rules, entry, there, at=upload.finished_at, began=upload.began_at)
        check_open(entry, rules, [f"slot-{slot}"])
        entry.late = entry.late or (late and entry.state not in WRITABLE)
        _check_file(there, upload.filename, upload.size)
        place = _place(entry, there, upload.subject.get("place"))
    except Refused as refusal:
        raise UploadRefused(refusal.message) from None
    asset = receive_file(contest=entry.contest, track=entry.track, slot=slot, upload=upload, at=at)
    add_file_version(
        entry=entry, slot=slot, asset=asset, by=by, at=at, place=place, through=through
    )


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
    place: int | None = None,
    through: Through | None = None,
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
        subject={"entry": str(entry_id), "slot": slot, "user": by.pk}
        | ({} if place is None else {"place": place})
        | ({} if through is None else {"through": dict(through)}),
        owner=f"user:{by.pk}",
    )
    try:
        take_upload(upload)
    except UploadRefused as refusal:
        raise Refused(refusal.text) from None


@transaction.atomic
def try_file(
    *,
    entry_id: UUID,
    slot: str,
    filename: str,
    size: int,
    by: User,
    at: datetime,
    through: Through | None = None,
) -> None:
    """Judge a file by its name, size and time as `hand_over_file` would, without its bytes, and let a
    row stand for it. Only for a trial whose transaction is taken back. Raises `Refused`."""
    entry = own(entry_id, by, through)
    rules = rules_of(entry.contest)
    there = _slot(rules, entry, slot)
    _file_in_time(rules, entry, there, at=at, began=at)
    check_open(entry, rules, [f"slot-{slot}"])
    _check_file(there, filename, size)
    place = _place(entry, there, None)
    asset = Asset.objects.create(
        contest=entry.contest, track=entry.track, slot=slot, filename=filename[:255],
        key=f"trial/{uuid4().hex}", size=size, sha256="", began_at=at, received_at=at,
    )  # fmt: skip
    add_file_version(entry=entry, slot=slot, asset=asset, by=by, at=at, place=place)


@transaction.atomic
def add_file_version(
    *,
    entry: Entry,
    slot: str,
    asset: Asset,
    by: User,
    at: datetime,
    place: int = 1,
    through: Through | None = None,
) -> FileVersion:
    """Make `asset` the current file at `place` of `slot`; an entry already submitted has to be
    confirmed again, because what was confirmed is no longer what stands there."""
    earlier = FileVersion.objects.filter(entry=entry, slot=slot)
    number = earlier.count() + 1
    standing = earlier.filter(current=True, place=place)
    caption = standing.values_list("caption", flat=True).first() or ""
    standing.update(current=False)
    version = FileVersion.objects.create(
        entry=entry, slot=slot, place=place, caption=caption, version=number, asset=asset, by=by,
        at=at,
    )  # fmt: skip
    _changed(entry, slot, by, at)
    details = {"slot": slot, "version": number, "asset": str(asset.pk), **(through or {})}
    note(entry, by, "entries.file", details | ({"place": place} if place > 1 else {}), at)
    return version


@transaction.atomic
def arrange_files(
    *,
    entry_id: UUID,
    slot: str,
    order: Sequence[UUID],
    captions: Mapping[UUID, str],
    by: User,
    at: datetime,
) -> Entry:
    """Put the files of a set into this order, with their captions; what `order` leaves out is taken
    out of the work (and kept on record). Raises `Refused` for a file that is not of the slot."""
    entry = own(entry_id, by)
    rules = rules_of(entry.contest)
    there = _slot(rules, entry, slot)
    _file_in_time(rules, entry, there, at=at, began=None)
    check_open(entry, rules, [f"slot-{slot}"])
    rows = {row.asset_id: row for row in entry.files.filter(slot=slot, current=True)}
    if len(set(order)) != len(order) or not set(order) <= set(rows):
        raise Refused("这组文件在别处有过改动，请刷新页面后再调整顺序。")
    entry.files.filter(slot=slot, current=True).update(current=False)
    for place, asset in enumerate(order, 1):
        row = rows[asset]
        row.place, row.current = place, True
        row.caption = storable(captions.get(asset, row.caption)).strip()[:LONGEST_CAPTION]
        row.save(update_fields=["place", "current", "caption"])
    _changed(entry, slot, by, at)
    note(entry, by, "entries.arrange", {"slot": slot, "order": [str(each) for each in order]}, at)
    return entry


def _changed(entry: Entry, slot: str, by: User, at: datetime) -> None:
    """What follows from another file: whoever looks at the submitted work looks at another one now."""
    rules = rules_of(entry.contest)
    if entry.state not in WRITABLE:
        entry.version += 1
    there = scope_of(entry, rules).slot(slot)
    later = there is not None and window_of_slot(rules, there) is not None
    if entry.state in (State.GATHERED, State.CONFIRMED) and not later and rules.head_confirmation:
        entry.state = State.SUBMITTED
        void_confirmation(entry, at)
    entry.updated_by, entry.updated_at = by, at
    entry.save()


def suffixes_of(slot: Slot) -> tuple[str, ...]:
    """The endings that files of a slot may have; empty where it takes no file at all."""
    if slot.kind == "link" and slot.evidence:
        return slot.accept or EVIDENCE
    return slot.accept


def _check_file(slot: Slot, filename: str, size: int) -> None:
    if not filename.lower().endswith(suffixes_of(slot)):
        wanted = "、".join(suffixes_of(slot))
        how = TO_JPEG if filename.lower().endswith((".heic", ".heif")) else ""
        raise Refused(f"“{filename}”不是{slot.name}要求的格式（{wanted}），没有收下。{how}")
    if slot.min_bytes is not None and size < slot.min_bytes:
        raise Refused(
            f"“{filename}”只有 {_size(size)}，{slot.name}不得小于 "
            f"{_size(slot.min_bytes)}（依据通知{slot.cite}），没有收下。"
        )
    # An upload's grant holds the limit too; a file that came by another road meets it here.
    if size > (most := slot.max_bytes or LARGEST_FILE):
        raise Refused(
            f"“{filename}”有 {_size(size)}，{slot.name}不得超过 {_size(most)}"
            f"（依据通知{slot.cite}），没有收下。"
        )


def _size(count: int) -> str:
    for unit, factor in (("GB", 1024**3), ("MB", 1024**2), ("KB", 1024)):
        if count >= factor:
            return f"{count / factor:.2f}".rstrip("0").rstrip(".") + f" {unit}"
    return f"{count} B"


def _place(entry: Entry, slot: Slot, wanted: int | None) -> int:
    """Where in the slot a file goes: the place asked for, the only one, or the next free one."""
    if slot.kind == "link":
        links = Item.objects.filter(entry=entry, slot=slot.id, removed_at=None)
        if wanted is None or not links.filter(place=wanted).exists():
            raise NotFound("请先填写并保存链接，再上传它的截图。")
        return wanted
    if slot.max <= 1:
        return 1
    taken = set(entry.files.filter(slot=slot.id, current=True).values_list("place", flat=True))
    if wanted is not None and wanted in taken:
        return wanted
    free = next((n for n in range(1, slot.max + 1) if n not in taken), None)
    if free is None:
        raise Refused(f"{slot.name}最多 {slot.max} 个，已经满了。请先移除一个，或替换其中一个。")
    return free


def _slot(rules: Rules, entry: Entry, slot: str) -> Slot:
    place = scope_of(entry, rules).slot(slot)
    if place is None or not suffixes_of(place):
        raise NotFound("规则中没有这一项文件。")
    return place


def _file_in_time(
    rules: Rules, entry: Entry, slot: Slot, *, at: datetime, began: datetime | None
) -> bool:
    """Whether it comes late and is let in all the same; raises `TooLate` where it is not."""
    own_window = window_of_slot(rules, slot)
    if asked_later(entry, rules, slot):
        return own_window is not None and in_time(rules, own_window, at, began)
    if entry.state not in FILE_WRITABLE:
        raise Refused(f"作品现在是“{entry.get_state_display()}”，不能更换文件。")
    if own_window is not None and entry.mend_until is None:
        return in_time(rules, own_window, at, began)
    return in_time(rules, writing_window(entry, rules), at, began)
