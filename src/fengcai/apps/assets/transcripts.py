"""What is said in a film, written down by a service that the installation has set; off without one.

The text is kept like the other outputs of an inspection, with its times and with personal numbers
masked, and is read for wording. The sound leaves this machine where the service stands elsewhere.
"""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction

from fengcai import media
from fengcai.apps.assets.models import Asset, Output
from fengcai.apps.assets.outputs import SPEECH_TEXT, Kept
from fengcai.apps.audit.actions import record
from fengcai.engines import storage
from fengcai.engines.jobs import JobContext, JobFailed, JobRetry, Priority, enqueue
from fengcai.media.screen.personal import masked

if TYPE_CHECKING:
    from fengcai.engines.speech import Endpoint, Segment
    from fengcai.media.voice import Piece

PATIENCE_S = 60.0
"""A service that asks to be left alone for no longer is waited for, not begun with anew."""
_TRIES = 3
_TAKING = 0.1
_MOST_BYTES = 900_000


def endpoint() -> Endpoint | None:
    """Who writes speech down; None where nobody is set."""
    if not settings.FENGCAI_SPEECH_URL:
        return None
    from fengcai.engines.speech import Endpoint  # an HTTP client, which pages do without

    return Endpoint(
        settings.FENGCAI_SPEECH_URL, settings.FENGCAI_SPEECH_MODEL, settings.FENGCAI_SPEECH_KEY
    )


def kept_transcript(asset: Asset, others: Sequence[Kept]) -> tuple[Kept, ...]:
    """What was written down before of the very same bytes, unless it is among the others. 1 SQL."""
    if any(each.name == SPEECH_TEXT for each in others):
        return ()
    same = Output.objects.filter(
        asset__sha256=asset.sha256, asset__size=asset.size, name=SPEECH_TEXT
    )
    return tuple(Kept(each.name, each.kind, each.private, each.key) for each in same[:1])


def order_transcript(*, asset: Asset, facts: media.Facts, outputs: Sequence[Kept]) -> None:
    """Have the speech written down, where somebody speaks and nobody has done it. Inside the
    inspection's transaction."""
    said = facts.measures.get("speech")
    silent = facts.audio is None or (said is not None and said.answer == "clear")
    done = any(each.name == SPEECH_TEXT for each in outputs)
    if silent or done or endpoint() is None or facts.verdict == "unreadable":
        return
    enqueue(
        "assets.transcribe",
        {"asset_id": str(asset.pk)},
        dedupe_key=f"transcribe:{asset.pk}",
        subject=f"transcribe:{asset.pk}",
        scope=f"contest:{asset.contest_id}",
        priority=Priority.BULK,
    )


def write_down(asset: Asset, job: JobContext, far: Endpoint) -> str:
    """The key of the transcript, stored: a list of {from_s, to_s, text, box}, times in seconds, in the
    form of the text on screen. Raises JobFailed, JobRetry."""
    from fengcai.engines.speech import SpeechFailed
    from fengcai.media import voice  # a runtime of numbers

    try:
        with (
            storage.readable(asset.key, sha256=asset.sha256) as path,
            tempfile.TemporaryFile(prefix="voice-") as spool,
        ):
            taken = voice.take_voice(
                path, spool, progress=lambda share, text: job.progress(share * _TAKING, text)
            )
            rows = list(_rows(voice.pieces(spool), taken.seconds, far, job))
    except storage.StorageTrouble as trouble:
        raise JobRetry(trouble.text) from trouble
    except SpeechFailed as failed:
        if not failed.passing:
            raise JobFailed(f"讲话没有转成文字：{failed}") from failed
        after = None if failed.after_s is None else timedelta(seconds=failed.after_s)
        raise JobRetry(f"讲话还没有转成文字：{failed}", after=after) from failed
    told = b"[" + b",\n".join(rows) + b"]"
    return storage.write_bytes(told, suffix=".json").key


@transaction.atomic
def keep_transcript(*, asset: Asset, key: str, model: str, at: datetime) -> None:
    """Keep the transcript with the file, in the place of an earlier one, and have it read for wording."""
    Output.objects.update_or_create(
        asset=asset,
        name=SPEECH_TEXT,
        defaults={"kind": Output.Kind.TEXT, "private": False, "key": key},
    )
    enqueue(
        "compliance.file",
        {"asset_id": str(asset.pk)},
        dedupe_key=f"compliance.file:{asset.pk}",
        subject=f"compliance:{asset.pk}",
        scope=f"contest:{asset.contest_id}",
        priority=Priority.BULK,
        rerun=True,
    )
    record(
        asset.contest.chain,
        actor="system:inspection",
        action="assets.transcribe",
        subject=f"asset:{asset.pk}",
        details={"model": model},
        at=at,
    )


def _rows(
    pieces: Iterator[Piece], length: float, far: Endpoint, job: JobContext
) -> Iterator[bytes]:
    """The segments as lines of JSON, at most 900 kB of them."""
    size = 2
    for piece in pieces:
        share = _TAKING + (1 - _TAKING) * piece.from_s / max(length, 1.0)
        job.progress(min(1.0, share), "正在把讲话转成文字")
        for each in () if piece.silent else _patiently(far, piece.samples, job):
            row = json.dumps(
                {
                    "from_s": round(piece.from_s + each.from_s, 3),
                    "to_s": round(piece.from_s + each.to_s, 3),
                    "text": masked(each.text),
                    "box": None,
                },
                ensure_ascii=False,
            ).encode()
            size += len(row) + 2
            if size > _MOST_BYTES:
                return
            yield row


def _patiently(far: Endpoint, samples: bytes, job: JobContext) -> tuple[Segment, ...]:
    """One piece; a short refusal is waited for here, so that what was done is not done again."""
    from fengcai.engines import speech

    for left in reversed(range(_TRIES)):
        try:
            return speech.transcribe(far, samples)
        except speech.SpeechFailed as failed:
            wait = failed.after_s
            if not left or not failed.passing or wait is None or wait > PATIENCE_S:
                raise
            until = time.monotonic() + wait
            while time.monotonic() < until:
                job.check()
                time.sleep(min(1.0, max(0.0, until - time.monotonic())))
    raise AssertionError("the last try returns or raises")
