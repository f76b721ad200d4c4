"""Jobs: take a fingerprint in, compare it with all others, read a contest's works anew.

`likeness.take` is enqueued by name where a file was inspected, since that context stands below.
"""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from fengcai.apps.assets.judging import slot_of
from fengcai.apps.assets.models import Asset
from fengcai.apps.contests.queries import rules_of
from fengcai.apps.entries.models import Entry
from fengcai.apps.entries.owed import track_of
from fengcai.apps.likeness.actions import keep_comparisons, keep_fingerprint, order_comparison
from fengcai.apps.likeness.films import keep_film
from fengcai.apps.likeness.meeting import (
    as_material,
    may_meet,
    of_material,
    same_titles,
    with_title,
)
from fengcai.apps.likeness.models import Fingerprint, Likeness, PriorWork
from fengcai.apps.likeness.obvious import keep_twins
from fengcai.apps.likeness.standing import candidates, compared, read_rows
from fengcai.engines import storage
from fengcai.engines.jobs import JobContext, JobFailed, JobRetry, Lane, Priority, handler

_MOST_BYTES = 1024**2
_WORKS = ("video", "audio", "image")
"""Slots whose files are the work itself. Forms and scans look alike because they are one form."""


@handler("likeness.take", title="登记作品指纹", lane=Lane.DEFAULT, max_attempts=5)
def take(job: JobContext, *, asset_id: str, fingerprint_key: str) -> None:
    """Take in what the inspection left in storage under `fingerprint_key`, and the work's text.

    If the machine dies in the middle nothing was written; a second time writes the same rows.
    """
    asset = Asset.objects.select_related("contest__version").get(pk=asset_id)
    entry = Entry.objects.filter(files__asset=asset).select_related("contest__version").first()
    if entry is None:
        raise JobFailed("这个文件不属于任何作品，没有登记指纹。")
    data = _stored(fingerprint_key) if fingerprint_key and _is_work(asset, entry) else b""
    text = _text_of(entry)
    with job.completing():
        keep_fingerprint(entry=entry, asset=asset, data=data, at=timezone.now())
        keep_fingerprint(entry=entry, asset=None, data=text, at=timezone.now())


@handler("likeness.compare", title="比对相似作品", lane=Lane.DEFAULT, lease=timedelta(seconds=120))
def compare(job: JobContext, *, fingerprint_id: int) -> None:
    """Compare one fingerprint with those of all other works.

    If the machine dies in the middle nothing was written; the next attempt finds the same pairs, and
    a pair that is there already is written over, never twice.
    """
    from fengcai.media.likeness import compare as compared_with

    mine = next(iter(read_rows([fingerprint_id])), None)
    if mine is None:
        return
    row, print_ = mine
    former = Likeness.objects.filter(one=row).values_list("other", flat=True)
    earlier = Likeness.objects.filter(other=row).values_list("one", flat=True)
    namesakes = same_titles(row)
    asked = dict.fromkeys([*candidates(print_), *namesakes, *former, *earlier])
    others, found = {}, {}
    for number, (other, its_print) in enumerate(read_rows(asked), 1):
        if not may_meet(row, other):
            continue
        older = row.pk < other.pk
        result = compared_with(*((print_, its_print) if older else (its_print, print_)))
        others[other.pk] = other
        evidence = with_title(result.as_json(), same=other.pk in namesakes)
        if as_material(row, other):
            evidence = of_material(evidence)
        if evidence["verdict"] != "no":
            found[other.pk] = evidence
        job.progress(number / (len(asked) + 1), "正在比对")
    with job.completing() as outcome:
        # Gone since: nothing to hold on to.
        if Fingerprint.objects.filter(pk=row.pk).exists():
            still = Fingerprint.objects.filter(pk__in=others).values_list("pk", flat=True)
            others = {number: others[number] for number in still}
            found = {number: found[number] for number in others if number in found}
            outcome["found"] = keep_comparisons(
                row=row, others=others, found=found, at=timezone.now()
            )


@handler("likeness.text", title="登记作品文字指纹", lane=Lane.DEFAULT)
def read_text(job: JobContext, *, entry_id: str) -> None:
    """Take a work's title and texts in, and have them compared.

    If the machine dies in the middle nothing was written; a second time writes the same row.
    """
    entry = Entry.objects.filter(pk=entry_id).select_related("contest__version").first()
    text = _text_of(entry) if entry is not None else b""
    with job.completing():
        if entry is not None:
            keep_fingerprint(entry=entry, asset=None, data=text, at=timezone.now())
            keep_twins(entry=entry, at=timezone.now())


@handler(
    "likeness.contest", title="重新比对全部作品", lane=Lane.DEFAULT, lease=timedelta(seconds=120)
)
def read_contest(job: JobContext, *, contest_id: int) -> None:
    """Read the texts of a contest's works anew and have everything compared again.

    If the machine dies in the middle nothing was ordered; it starts over. The comparisons are jobs
    of their own, one for each fingerprint, and those that wait already are not doubled.
    """
    entries = Entry.objects.filter(contest=contest_id).select_related("contest__version")
    texts = [(entry, _text_of(entry)) for entry in entries]
    job.progress(0.5, "正在安排比对")
    with job.completing() as outcome:
        for entry, text in texts:
            keep_fingerprint(entry=entry, asset=None, data=text, at=timezone.now())
        rows = Fingerprint.objects.filter(compared(), entry__contest=contest_id)
        ordered = list(rows.select_related("entry"))
        for row in ordered:
            order_comparison(row, priority=Priority.BULK)
        outcome["ordered"] = len(ordered)


@handler("likeness.film", title="登记往届作品和已知素材的影片、声音", lane=Lane.MEDIA,
         lease=timedelta(minutes=12))  # fmt: skip
def read_film(job: JobContext, *, prior_id: int) -> None:
    """Read the file that arrived for a row of the register, keep its fingerprint, drop the file.

    If the machine dies in the middle the file is still there and is read again.
    """
    from fengcai.media.fingerprints.making import REASONS, fingerprint_file

    row = PriorWork.objects.filter(pk=prior_id).exclude(arrived_key="").first()
    if row is None:
        return
    job.progress(0.1, "正在读取")
    try:
        with storage.readable(row.arrived_key, sha256=row.arrived_sha256) as path:
            made = fingerprint_file(path)
    except storage.StorageTrouble as trouble:
        raise JobRetry(trouble.text) from trouble
    with job.completing() as outcome:
        outcome["kept"] = keep_film(
            prior=row.pk, key=row.arrived_key, data=made.data,
            trouble=REASONS.get(made.trouble, ""), at=timezone.now(),
        )  # fmt: skip


def _is_work(asset: Asset, entry: Entry) -> bool:
    """Whether the file is of the work itself. In a slot that the rules do not know any more, it is."""
    try:
        return slot_of(rules_of(entry.contest), asset.track, asset.slot).kind in _WORKS
    except StopIteration:
        return True


def _stored(key: str) -> bytes:
    try:
        with storage.readable(key) as path, path.open("rb") as file:
            data = file.read(_MOST_BYTES + 1)
    except storage.StorageTrouble as trouble:
        raise JobRetry(trouble.text) from trouble
    from fengcai.media import fingerprints as made

    try:
        made.read(data)
    except made.NoFingerprint:
        raise JobFailed("作品的指纹读不出来。请在审核页重新检测这个文件。") from None
    return data


def _text_of(entry: Entry) -> bytes:
    """The fingerprint of what the unit wrote for readers: title and long texts, no names."""
    from fengcai.media.fingerprints import join, text_fingerprint

    written = [entry.title]
    written += [
        str(entry.fields[field.id])
        for field in track_of(rules_of(entry.contest), entry.track).fields
        if field.kind == "longtext" and entry.fields.get(field.id)
    ]
    # Also where the text is too short to compare: its title is held against past winners'.
    if not any(written):
        return b""
    return join(text=text_fingerprint("\n".join(written)), title=entry.title)
