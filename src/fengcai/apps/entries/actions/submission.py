"""From a finished draft to the review: submit, confirm by the head, take back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from fengcai.apps.contests.queries import rules_of
from fengcai.apps.entries.actions.desk import (
    in_time,
    locked,
    mending_window,
    note,
    own,
    void_confirmation,
)
from fengcai.apps.entries.models import Declaration, Entry
from fengcai.apps.entries.owed import owed_by
from fengcai.apps.entries.rules import may_confirm
from fengcai.apps.entries.states import WRITABLE, State
from fengcai.apps.people.models import User
from fengcai.apps.refusals import NotPermitted, Refused, Stale
from fengcai.apps.texts import storable
from fengcai.core.rulebook import Declaration as Promise


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
    entry = own(entry_id, by)
    if entry.state not in WRITABLE:
        raise Refused(f"作品现在是“{entry.get_state_display()}”，无需再次提交。")
    rules = rules_of(entry.contest)
    late = in_time(rules, mending_window(entry, rules), at)
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
    note(entry, by, "entries.submit", {"version": entry.version, "declared": list(declared)}, at)
    return entry


@transaction.atomic
def confirm_entry(
    *,
    entry_id: UUID,
    expected_version: int,
    declared: Sequence[str],
    signed_name: str,
    by: User,
    at: datetime,
) -> Entry:
    """The head of the department answers for the work that the page showed (`expected_version`);
    only then the office reviews it. Raises `Stale` when it has been changed since."""
    entry = locked(entry_id)
    if not may_confirm(by, entry):
        raise NotPermitted("只有本科室负责人可以确认作品。")
    if entry.state != State.SUBMITTED:
        raise Refused(f"作品现在是“{entry.get_state_display()}”，不需要确认。")
    if entry.version != expected_version:
        raise Stale(
            "您打开页面之后，作品又有改动。请看过最新的影片和内容，再确认。",
            version=entry.version,
            current={},
        )
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
    entry.updated_at = at
    entry.save()
    note(entry, by, "entries.confirm", {"declared": list(declared)}, at)
    return entry


@transaction.atomic
def recall_entry(*, entry_id: UUID, by: User, at: datetime) -> Entry:
    """Take a submitted work back to be changed, before the deadline and before it is reviewed."""
    entry = own(entry_id, by)
    if entry.state not in (State.SUBMITTED, State.CONFIRMED):
        raise Refused(f"作品现在是“{entry.get_state_display()}”，不能取回。")
    rules = rules_of(entry.contest)
    in_time(rules, mending_window(entry, rules), at)
    entry.state = State.RETURNED if entry.mend_until else State.DRAFT
    void_confirmation(entry, at)
    entry.version += 1
    entry.updated_by, entry.updated_at = by, at
    entry.save()
    note(entry, by, "entries.recall", {}, at)
    return entry


def _sign(
    entry: Entry, promises: Sequence[Promise], signed_name: str, by: User, at: datetime
) -> None:
    ids = [promise.id for promise in promises]
    entry.declarations.filter(declaration__in=ids, void_at=None).update(void_at=at)
    Declaration.objects.bulk_create(
        Declaration(
            entry=entry,
            declaration=promise.id,
            text=promise.text,
            signed_by=by,
            signed_name=storable(signed_name).strip()[:60],
            at=at,
        )
        for promise in promises
    )
