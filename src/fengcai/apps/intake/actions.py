"""The review desk (审核): accept a work, or return it with reasons and a day to mend it by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from uuid import UUID

from django.db import transaction

from fengcai.apps.assets.actions import look_closer
from fengcai.apps.assets.queries import jobs_of
from fengcai.apps.audit.actions import record
from fengcai.apps.contests.roles import Role
from fengcai.apps.contests.rules import require_role
from fengcai.apps.entries.actions.mending import parts_of
from fengcai.apps.entries.governing import rules_for, rules_handed_in_under
from fengcai.apps.entries.models import Entry
from fengcai.apps.entries.owed import owed_by
from fengcai.apps.entries.queries import not_arrived
from fengcai.apps.entries.scope import scope_of
from fengcai.apps.entries.states import State
from fengcai.apps.intake.checklist import DECISIONS, Point, checklist, overrules
from fengcai.apps.intake.models import Review, Ruling
from fengcai.apps.people.models import User
from fengcai.apps.refusals import NotFound, Refused, Stale
from fengcai.apps.texts import storable
from fengcai.engines import jobs


@transaction.atomic
def accept_entry(
    *,
    entry_id: UUID,
    expected_version: int,
    decided: Mapping[str, str],
    notes: Mapping[str, str],
    by: User,
    at: datetime,
) -> Review:
    """Let the work into the contest and give it its number.

    `decided` maps requirement ids to ok | broken as the reviewer judged. Every binding point has
    to be ok; one that the machine measured as broken needs a note that says why it is let through.
    """
    entry = _under_review(entry_id, expected_version, by)
    if any(f.current and f.asset.state == "received" for f in entry.files.select_related("asset")):
        raise Refused("作品文件还在检查中，检查结束后才能通过；要退回，现在就可以。")
    if missing := owed_by(entry, rules_for(entry)):
        raise Refused(f"还不能通过：{'；'.join(each.message for each in missing)}。可以退回修改。")
    if awaited := not_arrived(entry):
        raise Refused(f"还不能通过：{'；'.join(awaited)}。收到后请先在本页登记收件。")
    points = _decided(checklist(entry), decided, notes)
    problems: dict[str, str] = {}
    for point in points:
        if point.severity != "must":
            continue
        if point.decision == "":
            problems[point.requirement] = "请判断这一项"
        elif point.decision == "broken":
            problems[point.requirement] = "这是强制要求：不符合时应退回，不能通过"
        elif point.machine == "fail" and not point.note.strip():
            problems[point.requirement] = "机器测得不符合；要放行，须写明理由"
    if problems:
        raise Refused(
            f"有 {len(problems)} 项强制要求还不能放行。您的判断都保留着。", fields=problems
        )
    entry.state = State.ACCEPTED
    entry.number = entry.number or _next_number(entry)
    entry.mend_until, entry.mend_parts = None, []
    entry.updated_at = at
    entry.save()
    _keep_rulings(entry, points, decided, by, at)
    return _keep(entry, Review.Decision.ACCEPT, points, "", None, by, at)


@transaction.atomic
def return_entry(
    *,
    entry_id: UUID,
    expected_version: int,
    decided: Mapping[str, str],
    notes: Mapping[str, str],
    reasons: str,
    mend_until: datetime,
    by: User,
    at: datetime,
    parts: Sequence[str] = (),
) -> Review:
    """Give the work back to its unit with reasons; it may be changed until `mend_until`.

    `parts` are the fields (`themes`, `divisions` and `slot-<id>` among them) that may be changed,
    empty for all; what the work owes may be made good in any case.
    """
    entry = _under_review(entry_id, expected_version, by)
    if not reasons.strip():
        raise Refused(
            "请写明退回的原因，让单位知道要改什么。", fields={"reasons": "请填写退回原因"}
        )
    if mend_until <= at:
        raise Refused("修改期限须在现在之后。", fields={"mend_until": "请选择以后的时间"})
    points = _decided(checklist(entry), decided, notes)
    entry.state = State.RETURNED
    entry.mend_until, entry.mend_parts = mend_until, _parts(entry, parts)
    entry.confirmed_by, entry.confirmed_at = None, None
    entry.version += 1
    entry.updated_at = at
    entry.save()
    _keep_rulings(entry, points, decided, by, at)
    return _keep(
        entry, Review.Decision.RETURN, points, storable(reasons).strip(), mend_until, by, at
    )


def _parts(entry: Entry, parts: Sequence[str]) -> list[str]:
    """The parts named, once each. Raises `Refused` for one that the work does not have."""
    known = {part for part, _ in parts_of(scope_of(entry, rules_for(entry)))}
    if strange := sorted(set(parts) - known):
        raise Refused(f"作品没有“{strange[0]}”这一项，没有退回。请刷新页面后再选。")
    return list(dict.fromkeys(parts))


@transaction.atomic
def decide_point(
    *,
    entry_id: UUID,
    requirement: str,
    says: str,
    reason: str,
    seen: str,
    by: User,
    at: datetime,
) -> Ruling | None:
    """A reviewer's word on one requirement of a work, beside the machine's: `ok`, `broken`, or "" to
    take the former word back.

    `seen` is the machine's verdict that he saw; raises `Stale` if it is another by now. Contradicting
    the machine needs a reason. What reviewers said is asked again whenever the work is decided on.
    """
    entry = (
        Entry.objects.select_for_update(of=("self",), no_key=True)
        .select_related("contest__version", "unit")
        .filter(pk=entry_id)
        .first()
    )
    if entry is None:
        raise NotFound("没有这件作品。")
    require_role(by, entry.contest, Role.REVIEWER)
    if entry.state not in (State.CONFIRMED, State.ACCEPTED):
        raise Refused(f"作品现在是“{entry.get_state_display()}”，不能记判断；送审后再记。")
    point = next((p for p in checklist(entry) if p.requirement == requirement and p.assets), None)
    if point is None:
        raise NotFound("这件作品没有这一项检测结果：文件可能已经更换，请刷新页面。")
    if point.machine != seen:
        raise Stale(
            "您打开页面之后，机器对这一项的结果变了。请刷新后再看；您写的内容仍在页面上。",
            version=0,
            current={"machine": point.machine},
        )
    if says not in ("", *DECISIONS):
        raise Refused("请选择“符合”或“不符合”。", fields={requirement: "请选择"})
    reason = storable(reason).strip()[:500]
    if overrules(point.machine, says) and not reason:
        raise Refused(
            "您的判断与机器不同，请写明理由。", fields={requirement: "与机器不同，须写明理由"}
        )
    return _rule(entry, point, says, reason, by, at)


def _rule(
    entry: Entry, point: Point, says: str, reason: str, by: User, at: datetime
) -> Ruling | None:
    """Write a word on a point, unless it stands there already."""
    said = point.ruling
    if said is not None and (said.says, said.reason, said.machine) == (says, reason, point.machine):
        return None
    standing = Ruling.objects.filter(
        entry=entry, requirement=point.requirement, replaced_at=None
    ).update(replaced_at=at)
    if not says and not standing:
        return None
    row = None
    if says:
        row = Ruling.objects.create(
            contest=entry.contest,
            entry=entry,
            requirement=point.requirement,
            says=says,
            reason=reason,
            machine=point.machine,
            measured=point.measured[:200],
            assets=list(point.assets),
            checks=list(point.checks),
            by=by,
            at=at,
        )
    record(
        entry.contest.chain,
        actor=f"user:{by.pk}",
        action="intake.decide",
        subject=f"entry:{entry.pk}",
        details={
            "requirement": point.requirement,
            "machine": point.machine,
            "says": says or "open",
            "files": list(point.assets),
        },
        personal={"reason": reason} if reason else {},
        at=at,
    )
    return row


@transaction.atomic
def inspect_again(*, entry_id: UUID, by: User, at: datetime) -> int:
    """Have a work's current files looked at again: inspections that were given up are queued once more,
    and what a swift look left open is looked at frame by frame. Returns how many files are.

    Reviewers may, and organisers. What goes on, or waits already, stays as it is.
    """
    entry = Entry.objects.select_related("contest", "unit").filter(pk=entry_id).first()
    if entry is None:
        raise NotFound("没有这件作品。")
    require_role(by, entry.contest, Role.REVIEWER, Role.ORGANISER)
    files = [row.asset for row in entry.files.filter(current=True).select_related("asset")]
    under_way = jobs_of(files)
    gone = []
    for job in under_way.values():
        if job.given_up:
            with suppress(jobs.RetryRefused):
                gone.append(jobs.retry(job.id).pk)
    if gone:
        record(
            entry.contest.chain,
            actor=f"user:{by.pk}",
            action="jobs.retry",
            subject=f"entry:{entry.pk}",
            details={"kind": "assets.inspect", "jobs": gone},
            at=at,
        )
    closer = [look_closer(asset_id=f.pk, by=by, at=at) for f in files if f.pk not in under_way]
    return len(gone) + sum(closer)


def _under_review(entry_id: UUID, expected_version: int, by: User) -> Entry:
    entry = (
        Entry.objects.select_for_update(of=("self",), no_key=True)
        .select_related("contest__version", "unit")
        .filter(pk=entry_id)
        .first()
    )
    if entry is None:
        raise NotFound("没有这件作品。")
    require_role(by, entry.contest, Role.REVIEWER)
    if entry.state != State.CONFIRMED:
        raise Refused(f"作品现在是“{entry.get_state_display()}”，不在待审核之列。")
    if entry.version != expected_version:
        raise Stale(
            "您打开页面之后，单位又改动了这件作品。请重新查看后再决定；您的判断仍在页面上。",
            version=entry.version,
            current={},
        )
    return entry


def _decided(
    points: Sequence[Point], decided: Mapping[str, str], notes: Mapping[str, str]
) -> list[Point]:
    return [
        point.with_decision(
            decided.get(point.requirement, ""), storable(notes.get(point.requirement, ""))
        )
        for point in points
    ]


def _keep_rulings(
    entry: Entry, points: Sequence[Point], decided: Mapping[str, str], by: User, at: datetime
) -> None:
    """What the reviewer said of measured points while deciding on the work. A contradiction without a
    reason (possible for a recommendation) counts for this review only."""
    for point in points:
        given = decided.get(point.requirement, "") in DECISIONS
        if given and point.assets and (point.note or not overrules(point.machine, point.decision)):
            _rule(entry, point, point.decision, point.note, by, at)


def _next_number(entry: Entry) -> str:
    # The contest's row serialises acceptances, so that no two works get one number.
    type(entry.contest).objects.select_for_update(no_key=True).get(pk=entry.contest_id)
    taken = Entry.objects.filter(contest=entry.contest).exclude(number="").count()
    return f"{taken + 1:03d}"


def _keep(
    entry: Entry,
    decision: str,
    points: Sequence[Point],
    reasons: str,
    mend_until: datetime | None,
    by: User,
    at: datetime,
) -> Review:
    current = entry.files.filter(current=True).first()
    review = Review.objects.create(
        entry=entry,
        entry_version=entry.version,
        asset=current.asset if current else None,
        reviewer=by,
        decision=decision,
        checklist=[point.as_json() for point in points],
        reasons=reasons,
        mend_until=mend_until,
        at=at,
    )
    jobs.enqueue(
        "entries.tell",
        {
            "entry_id": str(entry.pk),
            "event": "accepted" if decision == Review.Decision.ACCEPT else "returned",
            "stamp": str(review.pk),
            "reasons": reasons[:5_000],
            "until": mend_until.isoformat() if mend_until else "",
        },
        scope=entry.contest.chain,
    )
    record(
        entry.contest.chain,
        actor=f"user:{by.pk}",
        action=f"intake.{decision}",
        subject=f"entry:{entry.pk}",
        details={
            "review": review.pk,
            "number": entry.number,
            "decided": {p.requirement: p.decision for p in points if p.decision},
            "rules": rules_handed_in_under(entry).hash,
        },
        personal={"reasons": reasons} if reasons else {},
        at=at,
    )
    return review
