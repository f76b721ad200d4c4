"""What takes files in and keeps what was measured on them. Who may send a file is `entries`' rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from fengcai.apps.assets.models import Asset, Finding, Output
from fengcai.apps.assets.outputs import Kept
from fengcai.apps.audit.actions import record
from fengcai.apps.contests.models import Contest
from fengcai.core.inspection import Finding as Found
from fengcai.engines import storage
from fengcai.engines.jobs import Priority, enqueue
from fengcai.engines.uploads import CompletedUpload


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


def order_inspection(*, asset: Asset) -> None:
    """Have the file measured and judged (again). One job at a time for each asset."""
    enqueue(
        "assets.inspect",
        {"asset_id": str(asset.pk)},
        dedupe_key=f"inspect:{asset.pk}",
        subject=f"asset:{asset.pk}",
        scope=f"contest:{asset.contest_id}",
        priority=Priority.WAITED_FOR,
    )


def keep_inspection(
    *,
    asset: Asset,
    facts: Mapping[str, Any],
    state: str,
    trouble: str,
    findings: Sequence[tuple[str, Found]],
    poster_key: str,
    sprite_key: str,
    at: datetime,
    fingerprint_key: str = "",
    outputs: Sequence[Kept] = (),
) -> None:
    """Write what was measured and found, replacing an earlier inspection. Inside the job's
    transaction, so that it happens once. `findings` come with the words of their requirement."""
    asset.facts = dict(facts)
    asset.trouble = trouble
    asset.state = state
    asset.poster_key, asset.sprite_key = poster_key, sprite_key
    asset.fingerprint_key = fingerprint_key
    asset.inspected_at = at
    asset.save()
    asset.findings.all().delete()
    Finding.objects.bulk_create(
        Finding(
            asset=asset,
            order=order,
            requirement=found.requirement,
            severity=found.severity,
            verdict=found.verdict,
            measured=found.measured[:200],
            required=found.required[:200],
            text=text,
            section=found.cite.section,
            words=found.cite.words,
        )
        for order, (text, found) in enumerate(findings)
    )
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
    record(
        asset.contest.chain,
        actor="system:inspection",
        action="assets.inspect",
        subject=f"asset:{asset.pk}",
        details={
            "state": asset.state,
            "verdicts": {found.requirement: found.verdict for _, found in findings},
        },
        at=at,
    )
