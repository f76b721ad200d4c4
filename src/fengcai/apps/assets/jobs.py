"""The inspection job: a received file is measured in a limited child process, then judged."""

from __future__ import annotations

import tempfile
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from django.utils import timezone

from fengcai import media
from fengcai.apps.assets.actions import (
    end_closer_look,
    judge_file_again,
    keep_inspection,
    look_closer,
)
from fengcai.apps.assets.governing import rules_of_file
from fengcai.apps.assets.judging import (
    ABOUT_THE_MACHINE,
    in_doubt,
    judge,
    mode_of,
    slot_of,
    tunings_of,
)
from fengcai.apps.assets.kinds import kinds_of
from fengcai.apps.assets.models import Asset, Output
from fengcai.apps.assets.outputs import Kept, kept_of, wanted
from fengcai.apps.assets.quarantine import keep_scan, look_for_viruses
from fengcai.apps.assets.transcripts import (
    endpoint,
    keep_transcript,
    kept_transcript,
    order_transcript,
    write_down,
)
from fengcai.engines import storage
from fengcai.engines.antivirus import Scan
from fengcai.engines.jobs import JobContext, JobRetry, Lane, handler
from fengcai.media.facts import Kind, Poster, Sprite
from fengcai.media.limits import Mode
from fengcai.media.processes import acceptable
from fengcai.media.verdicts import KINDS


@handler(
    "assets.inspect",
    title="检测作品文件",
    lane=Lane.MEDIA,
    lease=timedelta(seconds=60),
    max_attempts=3,
)
def inspect_asset(job: JobContext, *, asset_id: str) -> None:
    """Measure the file and judge the facts by the rules of its work. Where a swift look leaves open what
    a binding requirement needs, its result is shown and another job looks at every frame, once.

    If the machine dies in the middle nothing was written; the job is claimed again and starts
    over. Pictures stored by the attempt that died stay unused on the disk until the next clean-up.
    """
    asset = Asset.objects.select_related("contest__version").get(pk=asset_id)
    if _infected(asset, job):
        return
    rules = rules_of_file(asset)
    slot = slot_of(rules, asset.track, asset.slot)
    expected = kinds_of(slot)
    tunings = tunings_of(asset.contest_id)
    closer = asset.closer_since is not None
    measured = None if closer else _measured_before(asset, expected)
    if measured is None:
        mode: Mode = "thorough" if closer else "auto"
        measured = _measure(asset, job, expected=expected, mode=mode)
    facts = measured.facts
    if closer and asset.facts and facts.reason_code in ABOUT_THE_MACHINE:
        with job.completing():
            end_closer_look(asset=asset, why=facts.reason, at=timezone.now())
        return
    findings = judge(facts, asset, rules, tunings)
    doubtful = () if closer else in_doubt(facts, findings, tunings)
    with job.completing():
        outputs = (*measured.outputs, *kept_transcript(asset, measured.outputs))
        keep_inspection(
            asset=asset,
            facts=facts.model_dump(mode="json"),
            state=STATES[facts.verdict],
            trouble=facts.reason,
            findings=findings,
            poster_key=measured.poster_key,
            sprite_key=measured.sprite_key,
            fingerprint_key=measured.fingerprint_key,
            outputs=outputs,
            at=timezone.now(),
        )
        order_transcript(asset=asset, facts=facts, outputs=outputs)
        if doubtful:
            look_closer(asset_id=asset.pk, doubtful=doubtful, at=timezone.now())


@handler(
    "assets.scan",
    title="给作品文件查毒",
    lane=Lane.MEDIA,
    lease=timedelta(seconds=60),
    max_attempts=8,
    backoff=timedelta(minutes=10),
)
def scan_asset(job: JobContext, *, asset_id: str) -> None:
    """Look for viruses in a file that could not be looked at when it was inspected.

    If the machine dies in the middle nothing was written; the job is claimed again and starts over.
    """
    asset = Asset.objects.select_related("contest").get(pk=asset_id)
    if asset.state == Asset.State.RECEIVED:
        raise JobRetry("等文件检查完再查毒。")
    if asset.scan != Asset.Scan.UNSCANNED:
        return
    said = _looked_through(asset, job)
    if said is None:
        return
    if said.passing:
        raise JobRetry(f"还是没有查成毒：{said.why}。")
    with job.completing():
        keep_scan(asset=asset, scan=said, at=timezone.now())


def _infected(asset: Asset, job: JobContext) -> bool:
    """Look for viruses before anything reads the file; whether one was found, which ends the job."""
    said = _looked_through(asset, job)
    if said is None:
        return False
    if said.verdict != "infected":
        keep_scan(asset=asset, scan=said, at=timezone.now())
        return False
    with job.completing():
        keep_scan(asset=asset, scan=said, at=timezone.now())
    return True


def _looked_through(asset: Asset, job: JobContext) -> Scan | None:
    try:
        return look_for_viruses(asset, lambda share: job.progress(share * 0.02, "正在查毒"))
    except storage.StorageTrouble as trouble:
        raise JobRetry(trouble.text) from trouble


@handler(
    "assets.transcribe",
    title="把影片的讲话转成文字",
    lane=Lane.MEDIA,
    lease=timedelta(seconds=60),
    max_attempts=5,
    backoff=timedelta(minutes=2),
)
def transcribe_asset(job: JobContext, *, asset_id: str) -> None:
    """Have what is said in a film written down, by the service that is set.

    If the machine dies in the middle nothing was kept; it starts over, and the same sound is sent again.
    """
    asset = Asset.objects.select_related("contest").get(pk=asset_id)
    far = endpoint()
    if far is None or asset.scan == Asset.Scan.INFECTED:
        return
    key = write_down(asset, job, far)
    with job.completing():
        keep_transcript(asset=asset, key=key, model=far.model, at=timezone.now())


@handler(
    "assets.judge", title="按现行规则重新判断", lane=Lane.DEFAULT, lease=timedelta(seconds=120)
)
def judge_contest(job: JobContext, *, contest_id: int) -> None:
    """Judge every inspected file of a contest by what was measured on it before: after the rules were
    amended, or a limit was moved. Nothing is decoded.

    If the machine dies in the middle, the files judged so far stay judged; it starts over, and a file
    on which nothing changed is not written.
    """
    rows = Asset.objects.filter(contest=contest_id).exclude(facts=None).order_by("pk")
    known = list(rows.values_list("pk", flat=True))
    changed = 0
    for number, pk in enumerate(known, 1):
        changed += judge_file_again(asset_id=pk, at=timezone.now())
        job.progress(number / (len(known) + 1), f"已重新判断 {number} 个文件")
    with job.completing() as outcome:
        outcome["changed"] = changed


LOOKING_CLOSER = "正在逐帧仔细检测"


@dataclass(frozen=True)
class Measured:
    """Facts with the storage keys of what goes with them: pictures, fingerprint, evidence, text."""

    facts: media.Facts
    poster_key: str
    sprite_key: str
    fingerprint_key: str
    outputs: tuple[Kept, ...] = ()


MOST_TWINS = 5
"""Of so many files of the same bytes the best measured one is taken."""

STATES = {
    "readable": Asset.State.INSPECTED,
    "damaged": Asset.State.DAMAGED,
    "unreadable": Asset.State.UNREADABLE,
}


def _measured_before(asset: Asset, expected: Collection[Kind]) -> Measured | None:
    """The facts of the very same bytes, measured before by this version of the measuring.

    What was refused for its kind may be right in this place, and the other way round: such a twin
    does not count.
    """
    twins = (
        Asset.objects.filter(
            sha256=asset.sha256,
            size=asset.size,
            facts__version=media.FACTS_VERSION,
            facts__kind__in=list(expected),
        )
        .exclude(pk=asset.pk)
        .exclude(state=Asset.State.RECEIVED)
        .exclude(scan=Asset.Scan.INFECTED)
        .exclude(facts__reason_code__in=(*ABOUT_THE_MACHINE, *KINDS))
    )
    twin = max(twins[:MOST_TWINS], key=lambda row: mode_of(row.facts) == "thorough", default=None)
    if twin is None:
        return None
    facts = media.Facts.model_validate(twin.facts)
    outputs = kept_of(twin)
    if not outputs and any(each.kind == Output.Kind.EVIDENCE for each in wanted(facts)):
        return None  # measured before outputs were kept
    return Measured(facts, twin.poster_key, twin.sprite_key, twin.fingerprint_key, outputs)


def _measure(
    asset: Asset,
    job: JobContext,
    *,
    expected: Collection[Kind],
    mode: Mode = "auto",
) -> Measured:
    with tempfile.TemporaryDirectory(prefix="inspect-") as folder:
        outputs = Path(folder)
        try:
            with storage.readable(asset.key, sha256=asset.sha256) as path:
                facts = media.inspect_file(
                    path,
                    outputs=outputs,
                    limits=media.Limits(mode=mode),
                    progress=lambda share, said: job.progress(
                        share, LOOKING_CLOSER if mode == "thorough" else said
                    ),
                    filename=asset.filename,
                    expected=expected,
                )
        except storage.StorageTrouble as trouble:
            raise JobRetry(trouble.text) from trouble
        poster = _stored(outputs, facts.pictures.poster)
        sprite = _stored(outputs, facts.pictures.sprite)
        return Measured(facts, poster, sprite, _fingerprint(outputs, facts), _kept(outputs, facts))


def _kept(outputs: Path, facts: media.Facts) -> tuple[Kept, ...]:
    """The evidence and the text that the inspection left, each stored once."""
    kept = []
    for each in wanted(facts):
        file = outputs / each.name
        if file.exists():
            key = storage.write_bytes(file.read_bytes(), suffix=file.suffix).key
            kept.append(Kept(each.name, each.kind, each.private, key))
    return tuple(kept)


def _fingerprint(outputs: Path, facts: media.Facts) -> str:
    """Where what was made of pictures and sound on the way is kept as one; empty if nothing was."""
    from fengcai.media import fingerprints  # a runtime of numbers, which pages do without

    parts = {name: outputs / f"fingerprint-{name}.bin" for name in ("pictures", "still", "sound")}
    made = {name: file.read_bytes() for name, file in parts.items() if file.exists()}
    if not any(made.values()):
        return ""
    shots = facts.measures.get("shots")
    cuts = str(shots.values.get("cuts_s") or "").split() if shots is not None else []
    data = fingerprints.join(
        pictures=made.get("pictures", b""),
        still=made.get("still", b""),
        sound=made.get("sound", b""),
        cuts_s=tuple(float(each) for each in cuts),
    )
    return storage.write_bytes(data, suffix=".bin").key


def _stored(outputs: Path, picture: Poster | Sprite | None) -> str:
    # A reader of a stranger's file wrote this name: it must not lead out of its folder.
    if picture is None or not acceptable(picture.file):
        return ""
    file = outputs / picture.file
    return storage.write_bytes(file.read_bytes(), suffix=file.suffix).key
