"""Looking for viruses before anything else reads a file, and keeping away what is infected.

Who looks is a clamd that the installation has set (`engines.antivirus`); without one nothing is looked
at and nothing is said. A file that could not be looked at goes its way, and it is said that it was not.
An infected file stays where it is stored and is sent to nobody.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from fengcai import media
from fengcai.apps.assets.actions import keep_inspection
from fengcai.apps.assets.models import Asset
from fengcai.apps.audit.actions import record
from fengcai.engines import antivirus, storage
from fengcai.engines.antivirus import Place, Scan
from fengcai.engines.jobs import Priority, enqueue

LOOK_AGAIN_AFTER = timedelta(minutes=10)
_REASON = (
    "查毒程序在文件里发现了病毒（{signature}），文件已隔离，谁都不能播放或下载。"
    "请先给制作它的电脑查毒，重新导出后再上传。"
)


def scanner() -> Place | None:
    """Where the virus scanner listens; None where none is set."""
    if not settings.FENGCAI_CLAMD:
        return None
    most = settings.FENGCAI_CLAMD_MAX_MB * antivirus.MEBIBYTE
    return antivirus.place_of(settings.FENGCAI_CLAMD, most_bytes=most)


def look_for_viruses(asset: Asset, tell: Callable[[float], None]) -> Scan | None:
    """What the scanner says of the file; None where none is set. Raises StorageTrouble, OSError."""
    place = scanner()
    if place is None:
        return None
    with storage.readable(asset.key, sha256=asset.sha256) as path, path.open("rb") as file:
        return antivirus.scan(file, os.fstat(file.fileno()).st_size, place, tell=tell)


@transaction.atomic
def keep_scan(*, asset: Asset, scan: Scan, at: datetime) -> None:
    """Write down what was said of the file. One that is infected gets nothing but the verdict
    "unreadable" and its reason; one that could not be looked at is looked at again later."""
    asset.scan = scan.verdict
    asset.scan_said = (scan.signature or scan.why)[:200]
    asset.scanned_at = at
    asset.save(update_fields=["scan", "scan_said", "scanned_at"])
    if scan.passing:
        enqueue(
            "assets.scan",
            {"asset_id": str(asset.pk)},
            dedupe_key=f"scan:{asset.pk}",
            subject=f"scan:{asset.pk}",
            scope=f"contest:{asset.contest_id}",
            priority=Priority.BULK,
            run_at=at + LOOK_AGAIN_AFTER,
        )
    if scan.verdict != "infected":
        return
    reason = _REASON.format(signature=scan.signature)
    facts = media.Facts(
        filename=asset.filename,
        size_bytes=asset.size,
        sha256=asset.sha256,
        kind="unknown",
        verdict="unreadable",
        reason=reason,
        reason_code="infected",
    )
    keep_inspection(
        asset=asset,
        facts=facts.model_dump(mode="json"),
        state=Asset.State.UNREADABLE,
        trouble=reason,
        findings=[],
        poster_key="",
        sprite_key="",
        at=at,
    )
    record(
        asset.contest.chain,
        actor="system:inspection",
        action="assets.quarantine",
        subject=f"asset:{asset.pk}",
        details={"signature": asset.scan_said, "sha256": asset.sha256},
        at=at,
    )


def withheld(asset: Asset) -> bool:
    """Whether nobody may have the file's bytes: it is infected, or nobody has looked yet."""
    if asset.scan == Asset.Scan.INFECTED:
        return True
    waiting = not asset.scan and asset.state == Asset.State.RECEIVED
    return waiting and scanner() is not None


def left_unscanned() -> int:
    """How many files the scanner could not look at. 1 SQL."""
    return Asset.objects.filter(scan=Asset.Scan.UNSCANNED).count()


def said_of(asset: Asset) -> str:
    """The scan in one line, for those who look after the contest; "" where none was asked for."""
    if not asset.scan:
        return ""
    line = str(Asset.Scan(asset.scan).label)
    return f"{line}：{asset.scan_said}" if asset.scan_said else line
