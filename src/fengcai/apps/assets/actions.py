"""What takes files in and keeps what was measured on them. Who may send a file is `entries`' rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any
from uuid import UUID

from django.db import transaction

from fengcai.apps.assets.judging import (
    Judged,
    as_row,
    judge_again,
    may_look_closer,
    mode_of,
    tunings_of,
)
from fengcai.apps.assets.models import Asset, Finding, Output, Tuning
from fengcai.apps.assets.outputs import Kept
from fengcai.apps.audit.actions import record
from fengcai.apps.contests.models import Contest
from fengcai.apps.contests.roles import Role
from fengcai.apps.contests.rules import require_role
from fengcai.apps.people.models import User
from fengcai.apps.refusals import NotFound, Refused, Stale
from fengcai.apps.texts import storable
from fengcai.core.inspection import LEAST, MOST, SCALES
from fengcai.engines import storage
from fengcai.engines.jobs import Priority, enqueue
from fengcai.engines.uploads import CompletedUpload
from fengcai.media.remarks import NAMES

LONGEST_REASON = 500


@transaction.atomic
def receive_file(
    *, contest: Contest, track: str, slot: str, upload: CompletedUpload, at: datetime
) -> Asset:
    """Move a finished upload into storage and have it inspected. Runs in the upload's transaction."""
    suffix = storage.ending_of(upload.filename)
    stored = storage.adopt(upload.received, suffix=suffix, sha256=upload.sha256)
    asset = Asset.objects.create(
        contest=contest,
        track=track,
        slot=slot,
        filename=upload.filename[:255],
        key=stored.key,
        size=stored.size,
        sha256=stored.sha256,
        began_at=upload.began_at,
        received_at=upload.finished_at,
    )
    order_inspection(asset=asset)
    record(
        contest.chain,
        actor=upload.owner,
        action="assets.receive",
        subject=f"asset:{asset.pk}",
        details={"sha256": asset.sha256, "size": asset.size, "upload": str(upload.id)},
        personal={"filename": asset.filename},
        at=at,
    )
    return asset


def order_inspection(*, asset: Asset, priority: int = Priority.WAITED_FOR) -> None:
    """Have the file measured and judged (again). One job at a time for each asset, and one for a
    closer look, which may be asked for while the first is just ending."""
    kind = "inspect" if asset.closer_since is None else "closer"
    enqueue(
        "assets.inspect",
        {"asset_id": str(asset.pk)},
        dedupe_key=f"{kind}:{asset.pk}",
        subject=f"asset:{asset.pk}",
        scope=f"contest:{asset.contest_id}",
        priority=priority,
    )


def keep_inspection(
    *,
    asset: Asset,
    facts: Mapping[str, Any],
    state: str,
    trouble: str,
    findings: Sequence[Judged],
    poster_key: str,
    sprite_key: str,
    at: datetime,
    fingerprint_key: str = "",
    outputs: Sequence[Kept] = (),
) -> None:
    """Write what was measured and found, replacing an earlier inspection. Inside the job's
    transaction, so that it happens once."""
    asset.facts = dict(facts)
    asset.trouble = trouble
    asset.state = state
    asset.poster_key, asset.sprite_key = poster_key, sprite_key
    asset.fingerprint_key = fingerprint_key
    asset.inspected_at = at
    asset.closer_since = None
    asset.save()
    write_findings(asset, findings)
    asset.outputs.all().delete()
    Output.objects.bulk_create(
        Output(asset=asset, name=each.name, kind=each.kind, private=each.private, key=each.key)
        for each in outputs
    )
    # Who compares works stands above: it takes the fingerprint in by a job of its own.
    if fingerprint_key:
        enqueue(
            "likeness.take",
            {"asset_id": str(asset.pk), "fingerprint_key": fingerprint_key},
            dedupe_key=f"likeness.take:{asset.pk}",
            subject=f"likeness:{asset.pk}",
            scope=f"contest:{asset.contest_id}",
            rerun=True,
        )
    # Who looks at the wording stands above too: it reads what stood on screen or in the paper.
    if outputs or asset.facts.get("measures"):
        enqueue(
            "compliance.file",
            {"asset_id": str(asset.pk)},
            dedupe_key=f"compliance.file:{asset.pk}",
            subject=f"compliance:{asset.pk}",
            scope=f"contest:{asset.contest_id}",
            rerun=True,
        )
    record(
        asset.contest.chain,
        actor="system:inspection",
        action="assets.inspect",
        subject=f"asset:{asset.pk}",
        details={
            "state": asset.state,
            "verdicts": {each.requirement: each.verdict for each in findings},
            **({"mode": mode} if (mode := mode_of(facts)) else {}),
        },
        at=at,
    )


@transaction.atomic
def judge_file_again(*, asset_id: UUID, at: datetime) -> bool:
    """Judge a file by its stored facts; whether any finding changed. What a person decided stays."""
    asset = (
        Asset.objects.select_for_update(of=("self",), no_key=True)
        .select_related("contest__version")
        .get(pk=asset_id)
    )
    if asset.facts is None or asset.state == Asset.State.RECEIVED:
        return False
    found = judge_again(asset, tunings_of(asset.contest_id))
    former = {row.requirement: row for row in asset.findings.all()}
    same = len(former) == len(found) and all(
        each.requirement in former
        and all(getattr(former[each.requirement], n) == v for n, v in as_row(each).items())
        for each in found
    )
    if same:
        return False
    write_findings(asset, found)
    verdicts = {
        each.requirement: each.verdict
        for each in found
        if each.requirement not in former or former[each.requirement].verdict != each.verdict
    }
    gone = sorted(former.keys() - {each.requirement for each in found})
    record(
        asset.contest.chain,
        actor="system:inspection",
        action="assets.judge",
        subject=f"asset:{asset.pk}",
        details={"verdicts": verdicts, **({"gone": gone} if gone else {})},
        at=at,
    )
    return True


def order_judging(*, contest: Contest) -> None:
    """Have all inspected files of a contest judged again by their stored facts."""
    enqueue(
        "assets.judge",
        {"contest_id": contest.pk},
        dedupe_key=f"assets.judge:{contest.pk}",
        subject=f"contest:{contest.pk}",
        scope=f"contest:{contest.pk}",
        rerun=True,
    )


@transaction.atomic
def tune_check(
    *,
    contest: Contest,
    check: str,
    stance: str,
    factor: str,
    reason: str,
    expected: int | None,
    by: User,
    at: datetime,
) -> Tuning:
    """How a contest has one check judge from now on; every inspected file is judged again by it.

    `factor` makes the limit wider (over 1) or stricter, where the check has one. `expected` is the
    number of the setting that the person saw (None: there was none); raises `Stale` if it is another
    by now. Organisers may; the reason goes on the record.
    """
    require_role(by, contest, Role.ORGANISER)
    wanted = _asked_for(check, stance, factor)
    reason = storable(reason).strip()
    if not reason:
        raise Refused("请写明理由：以后有人问起，这就是依据。", fields={"reason": "请填写理由"})
    if len(reason) > LONGEST_REASON:
        raise Refused(
            f"理由请写在 {LONGEST_REASON} 字以内。", fields={"reason": f"已有 {len(reason)} 字"}
        )
    # The contest's row serialises settings, so that two organisers do not both replace one.
    Contest.objects.select_for_update(no_key=True).get(pk=contest.pk)
    former = Tuning.objects.filter(contest=contest, check_name=check, replaced_at=None).first()
    if (former.pk if former else None) != expected:
        raise Stale(
            "您打开页面之后，另一位组织者改过这一项的设定。请刷新后再看；您写的理由仍在页面上。",
            version=former.pk if former else 0,
            current={},
        )
    if former is not None:
        former.replaced_at = at
        former.save(update_fields=["replaced_at"])
    row = Tuning.objects.create(
        contest=contest, check_name=check, reason=reason, by=by, at=at, **wanted
    )
    order_judging(contest=contest)
    record(
        contest.chain,
        actor=f"user:{by.pk}",
        action="assets.tune",
        subject=f"check:{check}",
        details={"stance": row.stance, "factor": str(row.factor)},
        personal={"reason": reason},
        at=at,
    )
    return row


def _asked_for(check: str, stance: str, factor: str) -> dict[str, Any]:
    if check not in NAMES:
        raise NotFound("没有这项检查。")
    if stance not in Tuning.Stance.values:
        raise Refused("请选择这项检查怎样起作用。", fields={"stance": "请选择"})
    try:
        wanted = Decimal(factor.strip()[:20] or "1")
        if not wanted.is_finite():
            raise InvalidOperation
        wanted = wanted.quantize(Decimal("0.01"))
    except InvalidOperation:
        raise Refused("界限的倍数应是数字，如 1.2。", fields={"factor": "应是数字"}) from None
    if wanted != 1 and check not in SCALES:
        raise Refused(
            "这项检查没有可以单独移动的界限；可以改为“只提示”或“不用机器判断”。",
            fields={"factor": "这项检查不能移动界限"},
        )
    if not LEAST <= Fraction(wanted) <= MOST:
        said = f"倍数应在 {float(LEAST):g} 到 {float(MOST):g} 之间。"
        raise Refused(said, fields={"factor": said})
    return {"stance": stance, "factor": wanted}


@transaction.atomic
def look_closer(
    *, asset_id: UUID, at: datetime, doubtful: Sequence[str] = (), by: User | None = None
) -> bool:
    """Have a file looked at once more, frame by frame; False where that would tell nothing new, or is
    under way. For `doubtful` requirements, or because a person (`by`) asks; whether they may is
    `intake`'s rule. First looks at other files go before, unless a person waits."""
    asset = (
        Asset.objects.select_for_update(of=("self",), no_key=True)
        .select_related("contest")
        .get(pk=asset_id)
    )
    if asset.closer_since is not None or not may_look_closer(asset):
        return False
    asset.closer_since = at
    asset.save(update_fields=["closer_since"])
    order_inspection(asset=asset, priority=Priority.WAITED_FOR if by else Priority.BULK)
    record(
        asset.contest.chain,
        actor=f"user:{by.pk}" if by else "system:inspection",
        action="assets.look_closer",
        subject=f"asset:{asset.pk}",
        details={"doubtful": list(doubtful)} if doubtful else {},
        at=at,
    )
    return True


def end_closer_look(*, asset: Asset, why: str, at: datetime) -> None:
    """The closer look came to nothing for the machine's sake: what was known before stands."""
    asset.closer_since = None
    asset.save(update_fields=["closer_since"])
    record(
        asset.contest.chain,
        actor="system:inspection",
        action="assets.closer_failed",
        subject=f"asset:{asset.pk}",
        details={"why": why[:200]},
        at=at,
    )


def write_findings(asset: Asset, findings: Sequence[Judged]) -> None:
    """The findings on a file, in place of those it had. Inside the caller's transaction."""
    asset.findings.all().delete()
    Finding.objects.bulk_create(
        Finding(
            asset=asset,
            order=order,
            requirement=each.requirement,
            severity=each.severity,
            verdict=each.verdict,
            measured=each.measured[:200],
            required=each.required[:200],
            text=each.text,
            section=each.section,
            words=each.words,
            names=list(each.names),
            note=each.note[:200],
        )
        for order, each in enumerate(findings)
    )
