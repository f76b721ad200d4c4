"""From a finished draft to the review: submit, confirm by the head, take back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from fengcai.apps.contests.queries import rules_of
from fengcai.apps.entries.actions.desk import (
    Through,
    locked,
    mending_window,
    note,
    own,
    send_on,
    void_confirmation,
)
from fengcai.apps.entries.actions.merging import standing_values
from fengcai.apps.entries.actions.signing import missing_signatures, sign
from fengcai.apps.entries.contributors import check_caps, write_contributors
from fengcai.apps.entries.demands import demanded_above
from fengcai.apps.entries.governing import confirming, in_time, rules_for
from fengcai.apps.entries.models import Entry
from fengcai.apps.entries.owed import owed_by
from fengcai.apps.entries.promises import promises
from fengcai.apps.entries.quotas import check_handing_in
from fengcai.apps.entries.rules import may_confirm
from fengcai.apps.entries.scope import scope_of
from fengcai.apps.entries.states import WRITABLE, State
from fengcai.apps.people.models import User
from fengcai.apps.refusals import NotPermitted, Refused, Stale
from fengcai.engines.jobs import enqueue


@transaction.atomic
def submit_entry(
    *,
    entry_id: UUID,
    expected_version: int,
    declared: Sequence[str],
    signed_name: str,
    by: User,
    at: datetime,
    signers: Mapping[str, str] | None = None,
    through: Through | None = None,
) -> Entry:
    """Hand the work in. Every owed field, file and declaration is named at once when missing.

    `signers` maps declarations that others sign to the names they typed. Quotas and bounds on
    people are counted here, under locks. The deadline is the server's: `at` is when the request
    arrived here.
    """
    entry = own(entry_id, by, through)
    if entry.state not in WRITABLE:
        raise Refused(f"作品现在是“{entry.get_state_display()}”，无需再次提交。")
    rules = rules_of(entry.contest)
    late = in_time(rules, mending_window(entry, rules), at)
    if entry.version != expected_version:
        raise Stale(
            "这份草稿在别处被改动过。请先看一看最新内容，再提交。",
            version=entry.version,
            current=standing_values(entry),
        )
    scope = scope_of(entry, rules)
    missing: dict[str, str] = {}
    for each in [*owed_by(entry, rules, later_too=False), *demanded_above(entry, rules)]:
        earlier = missing.get(each.field)
        missing[each.field] = f"{earlier}；{each.message}" if earlier else each.message
    wanted = promises(scope, "submit")
    missing |= missing_signatures(entry, wanted, declared, signed_name, signers)
    if missing:
        raise Refused(f"还差 {len(missing)} 项，补齐后再提交。已填内容都已保存。", fields=missing)
    check_handing_in(entry=entry, rules=rules, scope=scope)
    check_caps(entry, scope)
    sign(entry, wanted, signed_name, by, at, signers)
    write_contributors(entry, scope)
    entry.divisions = sorted(scope.division_ids)
    if rules.head_confirmation:
        entry.state = State.SUBMITTED
    else:
        send_on(entry, rules)
    entry.submitted_at = at
    entry.late = late
    entry.rulebook = entry.contest.version  # type: ignore[assignment]
    entry.version += 1
    entry.updated_by, entry.updated_at = by, at
    entry.save()
    # From here on there is one text; what it replaced on the way is nobody's business any more.
    entry.revisions.all().delete()
    details = {"version": entry.version, "declared": list(declared), **(through or {})}
    note(entry, by, "entries.submit", details, at)
    # Who compares works stands above: it reads the texts by a job of its own.
    enqueue(
        "likeness.text",
        {"entry_id": str(entry.pk)},
        dedupe_key=f"likeness.text:{entry.pk}",
        scope=f"contest:{entry.contest_id}",
        rerun=True,
    )
    # So does who looks at its wording.
    enqueue(
        "compliance.read",
        {"entry_id": str(entry.pk)},
        dedupe_key=f"compliance.read:{entry.pk}",
        subject=f"compliance:{entry.pk}",
        scope=f"contest:{entry.contest_id}",
        rerun=True,
    )
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
    signers: Mapping[str, str] | None = None,
) -> Entry:
    """The head of the department answers for the work that the page showed (`expected_version`);
    only then the office reviews it. Raises `Stale` when it has been changed since."""
    entry = locked(entry_id)
    if not may_confirm(by, entry):
        raise NotPermitted("只有本单位负责人可以确认作品。")
    if entry.state != State.SUBMITTED:
        raise Refused(f"作品现在是“{entry.get_state_display()}”，不需要确认。")
    if entry.version != expected_version:
        raise Stale(
            "您打开页面之后，作品又有改动。请看过最新的影片和内容，再确认。",
            version=entry.version,
            current={},
        )
    rules = rules_for(entry)
    window = confirming(rules, entry.unit, entry.track)
    if window is not None and entry.mend_until is None:
        entry.late = in_time(rules, window, at) or entry.late
    wanted = promises(scope_of(entry, rules), "confirm")
    missing = missing_signatures(entry, wanted, declared, signed_name, signers)
    if not signed_name.strip():
        missing["signed_name"] = "请填写负责人姓名"
    if missing:
        raise Refused("确认前还差几项。", fields=missing)
    sign(entry, wanted, signed_name, by, at, signers)
    send_on(entry, rules)
    entry.confirmed_by, entry.confirmed_at = by, at
    entry.updated_at = at
    entry.save()
    note(entry, by, "entries.confirm", {"declared": list(declared)}, at)
    return entry


@transaction.atomic
def recall_entry(*, entry_id: UUID, by: User, at: datetime) -> Entry:
    """Take a submitted work back to be changed, before the deadline and before it is reviewed."""
    entry = own(entry_id, by)
    if entry.state not in (State.SUBMITTED, State.GATHERED, State.CONFIRMED):
        raise Refused(f"作品现在是“{entry.get_state_display()}”，不能取回。")
    passed = entry.passages.filter(void_at=None).select_related("collector").first()
    if passed is not None and entry.mend_until is None:
        raise Refused(f"作品已由{passed.collector}汇总上报，不能自行取回，请联系该单位。")
    rules = rules_of(entry.contest)
    in_time(rules, mending_window(entry, rules), at)
    entry.state = State.RETURNED if entry.mend_until else State.DRAFT
    void_confirmation(entry, at)
    entry.version += 1
    entry.updated_by, entry.updated_at = by, at
    entry.save()
    note(entry, by, "entries.recall", {}, at)
    return entry
