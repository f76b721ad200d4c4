"""Writing remarks on a work's wording, and a person's decision on them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from fengcai.apps.audit.actions import record
from fengcai.apps.compliance.finding import Found
from fengcai.apps.compliance.models import Remark
from fengcai.apps.compliance.rules import require_deciding
from fengcai.apps.contests.models import Contest
from fengcai.apps.contests.roles import Role
from fengcai.apps.contests.rules import require_role
from fengcai.apps.entries.models import Entry
from fengcai.apps.people.models import User
from fengcai.apps.refusals import NotFound, Refused, Stale
from fengcai.apps.texts import storable
from fengcai.engines.jobs import enqueue

LONGEST_REASON = 500
MOST_AT_ONCE = 200


@transaction.atomic
def keep_remarks(*, entry: Entry, found: Sequence[Found], at: datetime) -> int:
    """Write what was found in a work's texts; returns how many wait for a person.

    A sentence that was read before keeps its row and what was decided on it. What is no longer there
    goes; a decided row stays as history, and counts again should the sentence come back.
    """
    # One reader of a work at a time: two would both make the rows.
    Entry.objects.select_for_update(of=("self",), no_key=True).get(pk=entry.pk)
    rows = {row.key: row for row in Remark.objects.filter(entry=entry)}
    open_ones = 0
    for one in found:
        row = rows.pop(one.key, None) or Remark(entry=entry, key=one.key, found_at=at)
        row.place, row.place_name, row.asset_id = one.place, one.place_name, one.asset
        row.before, row.words, row.behind = one.before, one.words, one.behind
        row.alike, row.times, row.moments = one.alike, one.times, one.moments_s
        row.bases, row.law = one.bases, one.terms[0].source.id
        row.weight, row.current = one.terms[0].weight, True
        row.save()
        open_ones += not row.decision
    gone = [row.pk for row in rows.values()]
    Remark.objects.filter(pk__in=gone, decision="").delete()
    Remark.objects.filter(pk__in=gone, current=True).update(current=False)
    return open_ones


@transaction.atomic
def decide_remarks(
    *,
    contest: Contest,
    remarks: Mapping[int, int],
    decision: str,
    reason: str,
    by: User,
    at: datetime,
) -> int:
    """A person's word on remarks of one contest: keep, change, or unrelated, with its reason.

    `remarks` maps their numbers to the versions that the person saw; raises `Stale` when somebody else
    has decided since. An empty decision takes the former one back. The work itself is not touched:
    whoever reviews it returns it or does not. Returns how many were decided.
    """
    require_deciding(by, contest)
    reason = storable(reason).strip()
    if decision not in ("", *Remark.Decision.values):
        raise Refused("请选择怎样处理。", fields={"decision": "请选择一项"})
    if not reason:
        raise Refused("请写明理由：以后有人问起，这就是依据。", fields={"reason": "请填写理由"})
    if len(reason) > LONGEST_REASON:
        raise Refused(
            f"理由请写在 {LONGEST_REASON} 字以内。", fields={"reason": f"已有 {len(reason)} 字"}
        )
    if not 0 < len(remarks) <= MOST_AT_ONCE:
        raise Refused(f"请选择 1 到 {MOST_AT_ONCE} 处用语。")
    rows = list(
        Remark.objects.select_for_update(of=("self",), no_key=True)
        .filter(entry__contest=contest, current=True, pk__in=list(remarks))
        .order_by("pk")
    )
    if len(rows) != len(remarks):
        raise NotFound("没有这处用语：作品可能已经改过，请刷新页面。")
    for row in rows:
        if row.version != remarks[row.pk]:
            raise Stale(
                "您打开页面之后，另一位同事已经作了决定。请刷新后再看；您写的理由仍在页面上。",
                version=row.version,
                current={},
            )
        row.decision, row.reason = decision, reason if decision else ""
        row.decided_by, row.decided_at = (by, at) if decision else (None, None)
        row.version += 1
        row.save()
    record(
        contest.chain,
        actor=f"user:{by.pk}",
        action="compliance.decide",
        subject=f"entry:{rows[0].entry_id}",
        details={
            "decision": decision or "open",
            "remarks": [[row.pk, str(row.entry_id), row.bases[0]["key"]] for row in rows],
        },
        personal={"reason": reason},
        at=at,
    )
    return len(rows)


@transaction.atomic
def read_again(*, contest: Contest, by: User, at: datetime) -> None:
    """Have the texts of all works read anew, after the lexicons changed. Organisers may."""
    require_role(by, contest, Role.ORGANISER)
    enqueue(
        "compliance.contest",
        {"contest_id": contest.pk},
        dedupe_key=f"compliance.contest:{contest.pk}",
        subject=f"compliance:{contest.pk}",
        scope=f"contest:{contest.pk}",
    )
    record(
        contest.chain,
        actor=f"user:{by.pk}",
        action="compliance.read",
        subject=f"contest:{contest.pk}",
        details={},
        at=at,
    )
