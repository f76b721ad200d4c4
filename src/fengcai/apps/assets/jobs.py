"""The inspection job: a received file is measured in a limited child process, then judged."""

from __future__ import annotations

import tempfile
from datetime import timedelta
from pathlib import Path

from django.utils import timezone

from fengcai import media
from fengcai.apps.assets.actions import keep_inspection
from fengcai.apps.assets.models import Asset
from fengcai.apps.contests.queries import rules_of
from fengcai.core.inspection import evaluate
from fengcai.core.rulebook import Requirement, Rules
from fengcai.engines import storage
from fengcai.engines.jobs import JobContext, handler


@handler("assets.inspect", lease=timedelta(seconds=60), max_attempts=3)
def inspect_asset(job: JobContext, *, asset_id: str) -> None:
    """Measure the file and judge the facts by the rules in force.

    If the machine dies in the middle nothing was written; the job is claimed again and starts
    over. Pictures stored by the attempt that died stay unused on the disk until the next clean-up.
    """
    asset = Asset.objects.select_related("contest__version").get(pk=asset_id)
    rules = rules_of(asset.contest)
    requirements = requirements_of(rules, asset.track, asset.slot)
    with tempfile.TemporaryDirectory(prefix="inspect-") as folder:
        outputs = Path(folder)
        facts = media.inspect_file(
            storage.local_path(asset.key), outputs=outputs, progress=job.progress
        )
        flat = {**facts.flat(), "filename": asset.filename}
        found = evaluate(requirements, flat) if not facts.trouble else ()
        poster, sprite = (_stored(outputs / name) for name in ("poster.jpg", "sprite.jpg"))
    with job.completing():
        keep_inspection(
            asset=asset,
            facts=facts.model_dump(mode="json"),
            trouble=facts.trouble,
            findings=found,
            poster_key=poster,
            sprite_key=sprite,
            at=timezone.now(),
        )


def requirements_of(rules: Rules, track: str, slot: str) -> tuple[Requirement, ...]:
    """What the rules demand of a file in this slot of this track."""
    return next(
        (s.requirements for t in rules.tracks if t.id == track for s in t.slots if s.id == slot),
        (),
    )


def _stored(picture: Path) -> str:
    if not picture.exists():
        return ""
    return storage.write_bytes(picture.read_bytes(), suffix=picture.suffix).key
