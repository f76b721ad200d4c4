"""What a unit does with its work: start, write, send files, submit, confirm, take back, withdraw."""

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
from fengcai.apps.audit.actions import record
from fengcai.apps.contests.models import Contest, Unit
from fengcai.apps.contests.queries import rules_of
from fengcai.apps.contests.rules import acts_for
from fengcai.apps.entries.models import Declaration, Entry, FileVersion
from fengcai.apps.entries.owed import Owed, owed, track_of
from fengcai.apps.entries.rules import may_confirm, may_write
from fengcai.apps.entries.states import FILE_WRITABLE, WRITABLE, State
from fengcai.apps.people.models import User
from fengcai.apps.refusals import NotFound, NotPermitted, Refused, Stale, TooLate
from fengcai.core.rulebook import Rules, Window
from fengcai.core.timetable import admit
from fengcai.engines.uploads import CompletedUpload, UploadRefused, issue_grant

UPLOAD_PURPOSE = "entries.file"
GRANT_LIFE = timedelta(days=7)
LARGEST_FILE = 20 * 1024**3
LONGEST_DRAFT_TEXT = 20_000


@transaction.atomic
def start_entry(*, contest: Contest, unit: Unit, track: str, by: User, at: datetime) -> Entry:
    """Begin a draft for `unit`. Refused outside the window or beyond the unit's quota."""
    if unit.contest_id != contest.pk or not acts_for(by, unit):
        raise NotPermitted("您不是这个科室的联络员或负责人，不能为它报送作品。")
    rules = rules_of(contest)
    if track not in {each.id for each in rules.tracks}:
        raise NotFound("没有这个作品类别。")
    _in_time(rules, rules.window, at)
    unit_class = next((c for c in rules.unit_classes if c.id == unit.unit_class), None)
    if unit_class is None or not unit_class.may_enter:
        raise Refused(f"{unit.name}所属的单位类别不在本活动的参赛范围内。")
    Unit.objects.select_for_update().get(pk=unit.pk)
    standing = Entry.objects.filter(contest=contest, unit=unit).exclude(state=State.WITHDRAWN)
    limit = rules.entry_max_per_unit
    if limit is not None and standing.count() >= limit:
        raise Refused(f"{unit.name}已有 {standing.count()} 件作品，每个科室最多 {limit} 件。")
    assert contest.version is not None
    entry = Entry.objects.create(
        contest=contest,
        rulebook=contest.version,
        unit=unit,
        track=track,
        created_by=by,
        updated_by=by,
        created_at=at,
        updated_at=at,
    )
    _note(entry, by, "entries.start", {"unit": unit.pk, "track": track}, at)
    return entry


@transaction.atomic
def save_draft(
    *, entry_id: UUID, changes: Mapping[str, Any], expected_version: int, by: User, at: datetime
) -> Entry:
    """Keep what was typed; it may be unfinished. `changes` maps field ids (and `themes`) to values.

    Raises `Stale` with what stands now when another tab or person saved first.
    """
    entry = _own(entry_id, by)
    if entry.state not in WRITABLE:
        raise Refused(f"作品现在是“{entry.get_state_display()}”，不能修改。可先取回修改。")
    rules = rules_of(entry.contest)
    _in_time(rules, _mending_window(entry, rules), at)
    if entry.version != expected_version:
        raise Stale(
            f"{entry.updated_by or '另一位同事'}刚刚保存过这份草稿。您的文字还在页面上，请选择保留哪一份。",
            version=entry.version,
            current={"title": entry.title, "themes": entry.themes, **entry.fields},
        )
    track = track_of(rules, entry.track)
    known = {field.id: field for field in track.fields}
    problems: dict[str, str] = {}
    for name, value in changes.items():
        if name == "themes":
            entry.themes = [str(theme) for theme in value][:20]
        elif name not in known:
            problems[name] = "规则中没有这一栏"
        elif len(str(value)) > LONGEST_DRAFT_TEXT:
            problems[name] = f"超过 {LONGEST_DRAFT_TEXT} 字，无法保存"
        elif name == "title":
            entry.title = " ".join(str(value).split())[:200]
        else:
            entry.fields[name] = value
    if problems:
        raise Refused("有的内容没有保存，请看各栏说明；其余内容仍在页面上。", fields=problems)
    entry.version += 1
    entry.updated_by, entry.updated_at = by, at
    entry.save()
    return entry


@transaction.atomic
def ask_to_upload(*, entry_id: UUID, slot: str, by: User, at: datetime) -> dict[str, Any]:
    """A signed grant with which the page may send one file into `slot`; the cookie is not needed
    afterwards. Returns grant, expires_at, max_size."""
    entry = _own(entry_id, by)
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
        Entry.objects.select_for_update(of=("self",))
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
        path=path,
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
    if entry.state == State.CONFIRMED:
        entry.state = State.SUBMITTED
        _void_confirmation(entry, at)
    entry.updated_by, entry.updated_at = by, at
    entry.save()
    _note(entry, by, "entries.file", {"slot": slot, "version": number, "asset": str(asset.pk)}, at)
    return version


@transaction.atomic
def submit_entry(
    *,
    entry_id: UUID,
    expected_version: int,
    declared: Sequence[str],
    signed_name: str,
    by: User,
    at: datetime,
) -> Entry:
    """Hand the work in. Every owed field, file and declaration is named at once when missing.

    The deadline is the server's: `at` is when the request arrived here.
    """
    entry = _own(entry_id, by)
    if entry.state not in WRITABLE:
        raise Refused(f"作品现在是“{entry.get_state_display()}”，无需再次提交。")
    rules = rules_of(entry.contest)
    late = _in_time(rules, _mending_window(entry, rules), at)
    if entry.version != expected_version:
        raise Stale(
            "这份草稿在别处被改动过。请先看一看最新内容，再提交。",
            version=entry.version,
            current={"title": entry.title, "themes": entry.themes, **entry.fields},
        )
    missing = {each.field: each.message for each in owed_by(entry, rules)}
    promises = [d for d in rules.declarations if d.when == "submit"]
    for promise in promises:
        if promise.id not in declared:
            missing[f"declaration-{promise.id}"] = "请阅读并勾选这一项承诺"
    if promises and not signed_name.strip():
        missing["signed_name"] = "请填写承诺人姓名"
    if missing:
        raise Refused(f"还差 {len(missing)} 项，补齐后再提交。已填内容都已保存。", fields=missing)
    _sign(entry, promises, signed_name, by, at)
    entry.state = State.SUBMITTED if rules.head_confirmation else State.CONFIRMED
    entry.submitted_at = at
    entry.late = late
    entry.rulebook = entry.contest.version  # type: ignore[assignment]
    entry.version += 1
    entry.updated_by, entry.updated_at = by, at
    entry.save()
    _note(entry, by, "entries.submit", {"version": entry.version, "declared": list(declared)}, at)
    return entry


@transaction.atomic
def confirm_entry(
    *, entry_id: UUID, declared: Sequence[str], signed_name: str, by: User, at: datetime
) -> Entry:
    """The head of the department answers for the work; only then the office reviews it."""
    entry = _locked(entry_id)
    if not may_confirm(by, entry):
        raise NotPermitted("只有本科室负责人可以确认作品。")
    if entry.state != State.SUBMITTED:
        raise Refused(f"作品现在是“{entry.get_state_display()}”，不需要确认。")
    promises = [d for d in rules_of(entry.contest).declarations if d.when == "confirm"]
    missing = {
        f"declaration-{p.id}": "请阅读并勾选这一项" for p in promises if p.id not in declared
    }
    if not signed_name.strip():
        missing["signed_name"] = "请填写负责人姓名"
    if missing:
        raise Refused("确认前还差几项。", fields=missing)
    _sign(entry, promises, signed_name, by, at)
    entry.state = State.CONFIRMED
    entry.confirmed_by, entry.confirmed_at = by, at
    entry.save()
    _note(entry, by, "entries.confirm", {"declared": list(declared)}, at)
    return entry


@transaction.atomic
def recall_entry(*, entry_id: UUID, by: User, at: datetime) -> Entry:
    """Take a submitted work back to be changed, before the deadline and before it is reviewed."""
    entry = _own(entry_id, by)
    if entry.state not in (State.SUBMITTED, State.CONFIRMED):
        raise Refused(f"作品现在是“{entry.get_state_display()}”，不能取回。")
    rules = rules_of(entry.contest)
    _in_time(rules, _mending_window(entry, rules), at)
    entry.state = State.RETURNED if entry.mend_until else State.DRAFT
    _void_confirmation(entry, at)
    entry.version += 1
    entry.save()
    _note(entry, by, "entries.recall", {}, at)
    return entry


@transaction.atomic
def withdraw_entry(*, entry_id: UUID, by: User, at: datetime) -> Entry:
    """Take the work out of the contest. Its files and history stay on record."""
    entry = _own(entry_id, by)
    if entry.state in (State.WITHDRAWN, State.ACCEPTED):
        raise Refused(f"作品现在是“{entry.get_state_display()}”，不能自行撤回，请联系组织者。")
    entry.state = State.WITHDRAWN
    entry.version += 1
    entry.save()
    _note(entry, by, "entries.withdraw", {}, at)
    return entry


def owed_by(entry: Entry, rules: Rules) -> list[Owed]:
    """What `entry` still owes before submission. 1 SQL."""
    current = [f for f in entry.files.select_related("asset").all() if f.current]
    return owed(
        track_of(rules, entry.track),
        title=entry.title,
        themes=entry.themes,
        fields=entry.fields,
        files={f.slot: 1 for f in current},
        unreadable={f.slot: f.asset.trouble for f in current if f.asset.trouble},
    )


def _own(entry_id: UUID, by: User) -> Entry:
    entry = _locked(entry_id)
    if not may_write(by, entry):
        # Another unit's work by its address: it looks as if there were none.
        raise NotFound("没有这件作品，或它不属于您的科室。")
    return entry


def _locked(entry_id: UUID) -> Entry:
    entry = (
        Entry.objects.select_for_update(of=("self",))
        .select_related("contest__version", "unit", "updated_by")
        .filter(pk=entry_id)
        .first()
    )
    if entry is None:
        raise NotFound("没有这件作品，或它不属于您的科室。")
    return entry


def _slot(rules: Rules, entry: Entry, slot: str) -> Any:
    place = next((s for s in track_of(rules, entry.track).slots if s.id == slot), None)
    if place is None:
        raise NotFound("规则中没有这一项文件。")
    return place


def _mending_window(entry: Entry, rules: Rules) -> Window:
    """The submission window; for a returned work its closing instant is the day given to mend."""
    if entry.mend_until is None:
        return rules.window
    closes = max(entry.mend_until, rules.window.closes)
    return rules.window.model_copy(update={"closes": closes, "original": "退回修改的期限"})


def _in_time(rules: Rules, window: Window, at: datetime, began: datetime | None = None) -> bool:
    admission = admit(window, arrived=at, began=began)
    if not admission.accepted:
        raise TooLate(f"{admission.reason} 已保存的内容都在，请联系组织者。")
    return admission.late


def _file_in_time(rules: Rules, entry: Entry, *, at: datetime, began: datetime | None) -> None:
    if entry.state not in FILE_WRITABLE:
        raise Refused(f"作品现在是“{entry.get_state_display()}”，不能更换文件。")
    _in_time(rules, _mending_window(entry, rules), at, began)


def _void_confirmation(entry: Entry, at: datetime) -> None:
    entry.confirmed_by, entry.confirmed_at = None, None
    entry.declarations.filter(void_at=None).exclude(
        declaration__in=[d.id for d in rules_of(entry.contest).declarations if d.when == "submit"]
    ).update(void_at=at)


def _sign(entry: Entry, promises: Sequence[Any], signed_name: str, by: User, at: datetime) -> None:
    ids = [promise.id for promise in promises]
    entry.declarations.filter(declaration__in=ids, void_at=None).update(void_at=at)
    Declaration.objects.bulk_create(
        Declaration(
            entry=entry,
            declaration=promise.id,
            text=promise.text,
            signed_by=by,
            signed_name=signed_name.strip()[:60],
            at=at,
        )
        for promise in promises
    )


def _note(entry: Entry, by: User, action: str, details: dict[str, Any], at: datetime) -> None:
    record(
        entry.contest.chain,
        actor=f"user:{by.pk}",
        action=action,
        subject=f"entry:{entry.pk}",
        details=details,
        at=at,
    )


__all__ = [
    "UPLOAD_PURPOSE", "add_file_version", "ask_to_upload", "confirm_entry", "hand_over_file",
    "owed_by", "recall_entry", "save_draft", "start_entry", "submit_entry", "take_upload",
    "withdraw_entry",
]  # fmt: skip
