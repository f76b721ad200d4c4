"""Writing fingerprints and likenesses, and a person's decision on them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from fengcai.apps.assets.models import Asset
from fengcai.apps.audit.actions import record
from fengcai.apps.contests.models import Contest
from fengcai.apps.contests.roles import Role
from fengcai.apps.contests.rules import require_role
from fengcai.apps.entries.models import Entry
from fengcai.apps.likeness.models import Fingerprint, Likeness
from fengcai.apps.people.models import User
from fengcai.apps.refusals import NotFound, Refused, Stale
from fengcai.apps.texts import storable
from fengcai.engines.jobs import Priority, enqueue

LONGEST_REASON = 500


@transaction.atomic
def keep_fingerprint(
    *, entry: Entry, asset: Asset | None, data: bytes, at: datetime
) -> Fingerprint | None:
    """Write the fingerprint of a file, or of a work's text (`asset` None), and have it compared.

    The row and the job stand or fall together, so whoever is compared last sees the other. The same
    bytes again change nothing and are not compared again. Empty bytes take an old row away.
    """
    rows = Fingerprint.objects.select_for_update(no_key=True).filter(entry=entry, asset=asset)
    row = rows.first()
    if not data:
        if row is not None:
            row.delete()
        return None
    if row is not None and bytes(row.data) == data:
        return row
    if row is None:
        row, _ = Fingerprint.objects.get_or_create(
            entry=entry, asset=asset, defaults={"data": data, "made_at": at}
        )
    row.data, row.made_at = data, at
    row.save()
    order_comparison(row, priority=Priority.NORMAL)
    return row


def order_comparison(row: Fingerprint, *, priority: int) -> None:
    """Have a fingerprint compared with all others. One job at a time for each."""
    contest = row.entry.contest_id if row.entry else row.prior and row.prior.added_in_id
    enqueue(
        "likeness.compare",
        {"fingerprint_id": row.pk},
        dedupe_key=f"likeness:{row.pk}",
        subject=f"fingerprint:{row.pk}",
        scope=f"contest:{contest}",
        priority=priority,
        rerun=True,
    )


def keep_comparisons(
    *,
    row: Fingerprint,
    others: Mapping[int, Fingerprint],
    found: Mapping[int, Mapping[str, Any]],
    at: datetime,
) -> int:
    """Write what a fingerprint has in common with `others`, by their numbers; returns how many.

    `found` holds the evidence of those pairs that have something in common, in which a is the older
    row. Of the rest, what was found before and nobody decided on goes away.
    """
    for number, other in others.items():
        one, two = (row, other) if row.pk < number else (other, row)
        evidence = found.get(number)
        if evidence is None:
            Likeness.objects.filter(one=one, other=two, decision="").delete()
            continue
        Likeness.objects.update_or_create(
            one=one,
            other=two,
            defaults={
                "first": one.entry,
                "second": two.entry,
                "verdict": evidence["verdict"],
                "evidence": dict(evidence),
                "compared_at": at,
            },
        )
    return len(found)


@transaction.atomic
def compare_again(*, contest: Contest, by: User, at: datetime) -> None:
    """Have all works of a contest read and compared anew. Organisers may."""
    require_role(by, contest, Role.ORGANISER)
    enqueue(
        "likeness.contest",
        {"contest_id": contest.pk},
        dedupe_key=f"likeness:contest:{contest.pk}",
        subject=f"likeness:{contest.pk}",
        scope=f"contest:{contest.pk}",
    )
    record(
        contest.chain,
        actor=f"user:{by.pk}",
        action="likeness.compare",
        subject=f"contest:{contest.pk}",
        details={},
        at=at,
    )


@transaction.atomic
def decide_likeness(
    *,
    contest: Contest,
    pairs: Mapping[int, int],
    decision: str,
    reason: str,
    by: User,
    at: datetime,
) -> int:
    """A person's word on likenesses of a contest: `copy`, or `allowed` with its reason.

    `pairs` maps their numbers to the versions that the person saw; raises `Stale` when somebody else
    has decided since. An empty decision takes the former one back. Returns how many were decided.
    """
    require_role(by, contest, Role.ORGANISER)
    reason = storable(reason).strip()
    if decision not in ("", *Likeness.Decision.values):
        raise Refused("请选择“认定重复”或“允许”。", fields={"decision": "请选择"})
    if not reason:
        raise Refused("请写明理由：以后有人问起，这就是依据。", fields={"reason": "请填写理由"})
    if len(reason) > LONGEST_REASON:
        raise Refused(
            f"理由请写在 {LONGEST_REASON} 字以内。", fields={"reason": f"已有 {len(reason)} 字"}
        )
    rows = list(
        Likeness.objects.select_for_update(of=("self",), no_key=True)
        .select_related("one", "other")
        .defer("one__data", "other__data")
        .filter(Q(first__contest=contest) | Q(second__contest=contest), pk__in=list(pairs))
        .order_by("pk")
    )
    if not rows or len(rows) != len(pairs):
        raise NotFound("没有这组相似作品：可能已重新比对，请刷新页面。")
    for row in rows:
        if row.version != pairs[row.pk]:
            raise Stale(
                "您打开页面之后，另一位组织者已经作了决定。请刷新后再看；您写的理由仍在页面上。",
                version=row.version,
                current={},
            )
        row.decision, row.reason = decision, reason if decision else ""
        row.decided_in, row.decided_by, row.decided_at = contest, by, at
        row.version += 1
        row.save()
    record(
        contest.chain,
        actor=f"user:{by.pk}",
        action="likeness.decide",
        subject=f"likeness:{rows[0].pk}",
        details={
            "decision": decision or "open",
            "pairs": [[*_named(row), row.verdict] for row in rows],
        },
        personal={"reason": reason},
        at=at,
    )
    return len(rows)


def _named(row: Likeness) -> list[str]:
    """The two works by number; a past winner by its number in the register."""
    sides = ((row.first_id, row.one), (row.second_id, row.other))
    return [str(entry) if entry else f"prior:{print_.prior_id}" for entry, print_ in sides]


def forget_entries(entries: Collection[UUID]) -> None:
    """Take the fingerprints of works away, with all that was found by them."""
    Fingerprint.objects.filter(entry__in=list(entries)).delete()
