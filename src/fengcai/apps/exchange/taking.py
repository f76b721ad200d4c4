"""Rows of an import taken in, each by itself: what was done before a crash is not done again.

A work is made through the actions that its unit would use, by the organiser who imports and in his name:
every record says from which import and row it came. `trying` walks the same steps and takes them back.
"""

from __future__ import annotations

import errno
import hashlib
import secrets
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from django.db import IntegrityError, transaction
from django.utils import timezone

from fengcai.apps.audit.actions import record
from fengcai.apps.contests.actions import appoint
from fengcai.apps.contests.models import Membership
from fengcai.apps.contests.roles import Role
from fengcai.apps.entries import actions
from fengcai.apps.entries.models import Entry
from fengcai.apps.entries.promises import promises
from fengcai.apps.entries.scope import scope_of
from fengcai.apps.entries.states import WRITABLE
from fengcai.apps.exchange.models import Import, ImportRow, Origin, Source
from fengcai.apps.exchange.understanding import FilePlan, Reader, Understood
from fengcai.apps.people.actions import create_account
from fengcai.apps.refusals import Refused
from fengcai.engines import storage

Verdict = ImportRow.Verdict
LEFT, HANDED_IN = "留作草稿，由单位核对后提交", "已提交"
TAKEN = (Verdict.NEW, Verdict.MEND)
FileStep = Callable[[Reader, Entry, FilePlan, Understood], list[str]]
"""How a file of a row is taken in, or judged for a trial: what did not come off, in words."""
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)


def take_in(reader: Reader, kept: ImportRow, row: Understood) -> None:
    """Make the work of a row, hand its files over, keep its links, submit it where that is the rule.

    Each step is a transaction of its own and asks first whether it was done: after a crash the row
    goes on where it stopped. What did not come off stands in `outcome`.
    """
    if kept.done_at is not None:
        return
    try:
        entry = _entry(reader, row)
        if kept.verdict == Verdict.MEND:
            outcome = "；".join(["已补文件", *_mended(reader, entry, kept, row)])
        else:
            outcome = "；".join(["已导入", *filled(reader, entry, row, _file)])
    except Refused as refusal:
        outcome = f"没有导入：{said_of(refusal)}"
    kept.outcome, kept.done_at = outcome[:2000], timezone.now()
    kept.save(update_fields=["outcome", "done_at"])


def filled(reader: Reader, entry: Entry, row: Understood, file: FileStep) -> list[str]:
    """Everything of a row after its work was begun; what did not come off, in words."""
    if entry.state not in WRITABLE:
        return [f"作品已是“{entry.get_state_display()}”，没有再改"]
    said = list(row.remarks)
    for plan in row.files:
        said += file(reader, entry, plan, row)
    for slot, url in row.links:
        said += _link(reader, entry, slot, url, row)
    return said + submitted(reader, entry, row)


def lacking(entry: Entry, row: Understood) -> Sequence[FilePlan]:
    """Files that the row names, that are there now, and for whose place the work never had one. What
    a unit took out or replaced is not brought back."""
    if entry.state not in WRITABLE:
        return ()
    had = set(entry.files.values_list("slot", flat=True))
    return [plan for plan in row.files if plan.thing is not None and plan.slot not in had]


def begun(reader: Reader, row: Understood) -> Entry:
    """A draft of the row's values, begun by the organiser for the unit."""
    assert row.unit is not None
    assert row.track is not None
    at, by, through = instant(reader, row), reader.run.by, through_of(reader, row)
    _contact(reader, row)
    entry = actions.start_entry(
        contest=reader.contest, unit=row.unit, track=row.track.id, by=by, at=at, through=through
    )
    return actions.save_draft(
        entry_id=entry.pk, changes=row.changes, expected_version=entry.version, by=by, at=at,
        through=through,
    )  # fmt: skip


def instant(reader: Reader, row: Understood) -> datetime:
    """The instant that counts: now, or the one that the other system recorded."""
    if reader.source.honours_time and row.submitted_there is not None:
        return row.submitted_there
    return timezone.now()


def through_of(reader: Reader, row: Understood) -> actions.Through:
    """What stands in each record of the work: which import, which source, which row."""
    return {"import": str(reader.run.pk), "source": reader.source.pk, "line": row.line}


def submitted(reader: Reader, entry: Entry, row: Understood) -> list[str]:
    """Hand the work in where that is the rule; what became of it, in words."""
    if reader.source.rule != Source.Rule.SUBMIT:
        return [LEFT]
    name = row.told.get("signed_name", "")
    entry.refresh_from_db()
    wanted = promises(scope_of(entry, reader.rules), "submit")
    try:
        actions.submit_entry(
            entry_id=entry.pk,
            expected_version=entry.version,
            declared=[each.id for each in wanted if each.ticked] if name else [],
            signed_name=name,
            signers={each.id: name for each in wanted if each.own_name},
            by=reader.run.by,
            at=instant(reader, row),
            through=through_of(reader, row),
        )
    except Refused as refusal:
        lacks = list(dict.fromkeys(refusal.fields.values()))
        if lacks:
            return [f"留作草稿，还差 {len(refusal.fields)} 项：{'、'.join(lacks)}"]
        return [f"留作草稿：{refusal.message}"]
    return [HANDED_IN]


def said_of(refusal: Refused) -> str:
    """A refusal in one line, with what it says of single fields."""
    more = "、".join(dict.fromkeys(refusal.fields.values()))
    return f"{refusal.message}（{more}）" if more else refusal.message


def rows_to_take(run: Import) -> dict[int, ImportRow]:
    """The rows that are still to be taken in, by their line."""
    return {row.line: row for row in run.rows.filter(done_at=None, verdict__in=TAKEN)}


def _entry(reader: Reader, row: Understood) -> Entry:
    """The work of a row: the one that stands, or a new one with its origin, in one transaction."""
    try:
        with transaction.atomic():
            Source.objects.select_for_update(no_key=True).get(pk=reader.source.pk)
            known = Origin.objects.filter(source=reader.source, row_key=row.key).first()
            if known is None:
                entry = begun(reader, row)
                Origin.objects.create(
                    source=reader.source, row_key=row.key, entry=entry, run=reader.run,
                    line=row.line, submitted_there=row.submitted_there, at=timezone.now(),
                )  # fmt: skip
                record(
                    reader.contest.chain,
                    actor=f"user:{reader.run.by_id}",
                    action="exchange.import",
                    subject=f"entry:{entry.pk}",
                    details={**through_of(reader, row), "unit": entry.unit_id},
                    personal={"key": row.key},
                    at=timezone.now(),
                )
    except IntegrityError:  # another worker made it this moment
        pass
    return (
        Entry.objects.select_related("unit", "contest")
        .get(origin__source=reader.source, origin__row_key=row.key)
    )  # fmt: skip


def _mended(reader: Reader, entry: Entry, kept: ImportRow, row: Understood) -> list[str]:
    """Bring the files that the trial named. What the unit has sent into such a place meanwhile stays;
    what this import brought before it was stopped does not keep the others out."""
    named = {each["name"] for each in kept.files}
    theirs = set(entry.files.exclude(by=reader.run.by).values_list("slot", flat=True))
    if entry.state not in WRITABLE:
        return [f"作品已是“{entry.get_state_display()}”，没有再改"]
    said: list[str] = []
    for plan in row.files:
        if plan.thing is not None and plan.name in named and plan.slot not in theirs:
            said += _file(reader, entry, plan, row) or [f"收下“{plan.name}”"]
    return said


def _contact(reader: Reader, row: Understood) -> None:
    """Where nobody stands for the unit, the row's contact is appointed: the work is theirs to check."""
    assert row.unit is not None
    seats = Membership.objects.filter(unit=row.unit, role=Role.CONTACT, until=None)
    if seats.exists():
        return
    name, phone = row.told.get("contact", "")[:60], row.told.get("phone", "")[:40]
    person = create_account(username=f"u{secrets.token_hex(6)}", name=name, phone=phone)
    appoint(
        contest=reader.contest, user=person, role=Role.CONTACT, unit=row.unit, by=reader.run.by,
        at=timezone.now(),
    )  # fmt: skip


def _file(reader: Reader, entry: Entry, plan: FilePlan, row: Understood) -> list[str]:
    if plan.thing is None:
        return [plan.why]
    copy = storage.scratch_directory() / f"{uuid4().hex}.import"
    try:
        plan.thing.copy_to(copy)
        if entry.files.filter(slot=plan.slot, asset__sha256=_sha256(copy)).exists():
            return []
        at = instant(reader, row)
        actions.hand_over_file(
            entry_id=entry.pk, slot=plan.slot, path=copy, filename=plan.filename,
            by=reader.run.by, began_at=at, finished_at=at, through=through_of(reader, row),
        )  # fmt: skip
        return []
    except Refused as refusal:
        return [said_of(refusal)]
    except storage.StorageTrouble:
        raise  # nothing is wrong with the file: the job is tried again
    except OSError as error:
        if error.errno in _FULL:
            raise storage.StorageTrouble(
                "服务器的磁盘满了，导入停在这里，已导入的都在。腾出空间后会接着做。"
            ) from error
        return [f"“{plan.name}”从文件夹里读不出来，没有收下"]
    finally:
        copy.unlink(missing_ok=True)


def _link(reader: Reader, entry: Entry, slot: str, url: str, row: Understood) -> list[str]:
    if entry.items.filter(slot=slot, url=url, removed_at=None).exists():
        return []
    try:
        actions.save_item(
            entry_id=entry.pk, slot=slot, place=None, values={"url": url}, by=reader.run.by,
            at=instant(reader, row), through=through_of(reader, row),
        )  # fmt: skip
    except Refused as refusal:
        return [f"链接没有保存：{said_of(refusal)}"]
    return []


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
