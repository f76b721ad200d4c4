"""Rows of an import tried and taken in, each by itself: what was done before a crash is not done again.

A work is made through the actions that its unit's contact would use, in the contact's name, with a note
of where it came from; the organiser who imported stands in the audit record.
"""

from __future__ import annotations

import hashlib
import secrets
from collections import Counter
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
from fengcai.apps.entries.quotas import works_of
from fengcai.apps.entries.scope import exempt, scope_of
from fengcai.apps.entries.states import WRITABLE
from fengcai.apps.exchange.models import Import, ImportRow, Origin, Source
from fengcai.apps.exchange.understanding import FilePlan, Reader, Understood
from fengcai.apps.people.actions import create_account
from fengcai.apps.people.models import User
from fengcai.apps.refusals import Refused
from fengcai.engines import storage

Verdict = ImportRow.Verdict


class _TriedOnly(Exception):
    pass


def tried(reader: Reader, row: Understood, planned: Counter[int]) -> ImportRow:
    """What would become of a row: the work is begun and filled in, and taken back at once.

    `planned` counts works that earlier rows would make, by unit: quotas are counted with them.
    """
    made = ImportRow(
        run=reader.run, line=row.line, row_key=row.key, title=row.title,
        unit=row.unit.name if row.unit else row.told.get("unit", "")[:100],
        files=[each.told() for each in row.files], verdict=Verdict.NEW, why=row.why,
    )  # fmt: skip
    if row.why:
        made.verdict = Verdict.REFUSED
        return made
    if row.known:
        made.verdict, made.why = Verdict.KNOWN, "这一行以前导入过，不再新建"
        return made
    if row.key in reader.begun:
        made.why = "上次没有做完，接着做"
        return made
    assert row.unit is not None
    quota = reader.rules.quota_of(row.unit.unit_class).max
    counted = quota is not None and not exempt(reader.rules, row.unit, "quota")
    if counted and len(works_of(row.unit)) + planned[row.unit.pk] >= (quota or 0):
        made.verdict = Verdict.REFUSED
        made.why = f"{row.unit.name}连同前面各行已有 {quota} 件，每个单位最多 {quota} 件"
        return made
    try:
        with transaction.atomic():
            _begun(reader, row, reader.run.by)
            raise _TriedOnly
    except _TriedOnly:
        planned[row.unit.pk] += 1
    except Refused as refusal:
        made.verdict, made.why = Verdict.REFUSED, _said(refusal)
    lacking = [each.why for each in row.files if each.why]
    if lacking and made.verdict == Verdict.NEW:
        made.why = "；".join(lacking)
    return made


def take_in(reader: Reader, kept: ImportRow, row: Understood) -> None:
    """Make the work of a row, hand its files over, keep its links, submit it where that is the rule.

    Each step is a transaction of its own and asks first whether it was done: after a crash the row
    goes on where it stopped. What did not come off stands in `outcome`.
    """
    if kept.done_at is not None:
        return
    said: list[str] = []
    try:
        entry = _entry(reader, row)
        by = entry.created_by
        if entry.state in WRITABLE:
            for plan in row.files:
                said += _file(reader, entry, plan, by, row)
            for slot, url in row.links:
                said += _link(reader, entry, slot, url, by, row)
            said += _submit(reader, entry, by, row)
        else:
            said.append(f"作品已是“{entry.get_state_display()}”，没有再改")
        outcome = "；".join(["已导入", *said])
    except Refused as refusal:
        outcome = f"没有导入：{_said(refusal)}"
    kept.outcome, kept.done_at = outcome[:2000], timezone.now()
    kept.save(update_fields=["outcome", "done_at"])


def _instant(reader: Reader, row: Understood) -> datetime:
    """The instant that counts: now, or the one that the other system recorded."""
    if reader.source.honours_time and row.submitted_there is not None:
        return row.submitted_there
    return timezone.now()


def _entry(reader: Reader, row: Understood) -> Entry:
    """The work of a row: the one that stands, or a new one with its origin, in one transaction."""
    try:
        with transaction.atomic():
            Source.objects.select_for_update(no_key=True).get(pk=reader.source.pk)
            known = Origin.objects.filter(source=reader.source, row_key=row.key).first()
            if known is None:
                entry = _begun(reader, row, reader.run.by)
                Origin.objects.create(
                    source=reader.source, row_key=row.key, entry=entry, run=reader.run,
                    line=row.line, submitted_there=row.submitted_there, at=timezone.now(),
                )  # fmt: skip
                record(
                    reader.contest.chain,
                    actor=f"user:{reader.run.by_id}",
                    action="exchange.import",
                    subject=f"entry:{entry.pk}",
                    details={
                        "import": str(reader.run.pk), "line": row.line,
                        "source": reader.source.pk, "for": f"user:{entry.created_by_id}",
                    },
                    personal={"key": row.key},
                    at=timezone.now(),
                )  # fmt: skip
    except IntegrityError:  # another worker made it this moment
        pass
    return (
        Entry.objects.select_related("created_by", "unit", "contest")
        .get(origin__source=reader.source, origin__row_key=row.key)
    )  # fmt: skip


def _begun(reader: Reader, row: Understood, organiser: User) -> Entry:
    """A draft of the row's values, begun in the name of the unit's contact."""
    assert row.unit is not None
    assert row.track is not None
    at = _instant(reader, row)
    by = _contact(reader, row, organiser)
    entry = actions.start_entry(
        contest=reader.contest, unit=row.unit, track=row.track.id, by=by, at=at
    )
    return actions.save_draft(
        entry_id=entry.pk, changes=row.changes, expected_version=entry.version, by=by, at=at
    )


def _contact(reader: Reader, row: Understood, organiser: User) -> User:
    """Who stands for the unit; where nobody does, the row's contact is appointed."""
    assert row.unit is not None
    seats = Membership.objects.filter(unit=row.unit, role=Role.CONTACT, until=None)
    seat = seats.select_related("user").order_by("pk").first()
    if seat is not None:
        return seat.user
    name, phone = row.told.get("contact", "")[:60], row.told.get("phone", "")[:40]
    person = create_account(username=f"u{secrets.token_hex(6)}", name=name, phone=phone)
    appoint(
        contest=reader.contest, user=person, role=Role.CONTACT, unit=row.unit, by=organiser,
        at=timezone.now(),
    )  # fmt: skip
    return person


def _file(reader: Reader, entry: Entry, plan: FilePlan, by: User, row: Understood) -> list[str]:
    if plan.thing is None:
        return [plan.why]
    copy = storage.scratch_directory() / f"{uuid4().hex}.import"
    try:
        plan.thing.copy_to(copy)
        if entry.files.filter(slot=plan.slot, asset__sha256=_sha256(copy)).exists():
            return []
        at = _instant(reader, row)
        actions.hand_over_file(
            entry_id=entry.pk, slot=plan.slot, path=copy,
            filename=plan.thing.name.rsplit("/", 1)[-1], by=by, began_at=at, finished_at=at,
        )  # fmt: skip
        return []
    except Refused as refusal:
        return [_said(refusal)]
    except OSError as error:
        return [f"“{plan.name}”没有收下：{error.strerror or '读不出来'}"]
    finally:
        copy.unlink(missing_ok=True)


def _link(
    reader: Reader, entry: Entry, slot: str, url: str, by: User, row: Understood
) -> list[str]:
    if entry.items.filter(slot=slot, url=url, removed_at=None).exists():
        return []
    try:
        actions.save_item(
            entry_id=entry.pk, slot=slot, place=None, values={"url": url}, by=by,
            at=_instant(reader, row),
        )  # fmt: skip
    except Refused as refusal:
        return [f"链接没有保存：{_said(refusal)}"]
    return []


def _submit(reader: Reader, entry: Entry, by: User, row: Understood) -> list[str]:
    if reader.source.rule != Source.Rule.SUBMIT:
        return ["留作草稿，由单位核对后提交"]
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
            by=by,
            at=_instant(reader, row),
        )
    except Refused as refusal:
        return [f"留作草稿：{_said(refusal)}"]
    return ["已提交"]


def _said(refusal: Refused) -> str:
    more = "、".join(dict.fromkeys(refusal.fields.values()))
    return f"{refusal.message}（{more}）" if more else refusal.message


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def rows_to_take(run: Import) -> dict[int, ImportRow]:
    """The rows that are still to be taken in, by their line."""
    return {row.line: row for row in run.rows.filter(done_at=None, verdict=Verdict.NEW)}
