"""Arriving in S3: holds that are taken over, requests that land late, and what S3 refuses."""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from botocore.awsrequest import AWSResponse
from django.db.models.functions import Now
from django.utils import timezone

from fengcai.engines import storage
from fengcai.engines.storage import s3 as s3_engine
from fengcai.engines.storage.owners import owners
from fengcai.engines.storage.s3 import S3Store
from fengcai.engines.uploads import (
    completion,
    digests,
    holdings,
    multipart,
    purge_expired,
    register,
)
from fengcai.engines.uploads.lease import Fenced
from fengcai.engines.uploads.models import Upload
from fengcai.engines.uploads.multipart import S3Part, take
from fengcai.engines.uploads.parts import Busy
from tests.engines.uploads.conftest import bucket_at
from tests.engines.uploads.station import MIB, PART, Bucket
from tooling.servers import s3

pytestmark = [pytest.mark.engines, pytest.mark.django_db(transaction=True)]

kept: dict[Any, storage.Stored] = {}


def keep(upload: Any) -> None:
    kept[upload.id] = storage.adopt(upload.received, suffix=".mp4", sha256=upload.sha256)


register("test.multipart", keep)


@pytest.fixture
def bucket(s3_server: s3.S3, settings, tmp_path: Path, monkeypatch) -> Iterator[Bucket]:
    made = bucket_at(s3_server)
    settings.FENGCAI_DATA = tmp_path
    for name, value in made.variables.items():
        if name.startswith("FENGCAI_"):
            setattr(settings, name, value)
    monkeypatch.setattr(s3_engine, "PART", PART)
    holdings._known.clear()
    digests._digests.clear()
    yield made
    holdings._known.clear()


def begin(length: int, *, filename: str = "短片.mp4") -> Upload:
    now = timezone.now()
    return Upload.objects.create(
        purpose="test.multipart",
        owner="user:1",
        filename=filename,
        length=length,
        created_at=now,
        updated_at=now,
        expires_at=now + timedelta(days=7),
    )


def grow(part: S3Part, body: bytes) -> None:
    part.hash([body], part.length)
    part.write([body])


def run_out(row: Upload) -> None:
    """The lease is over, though its holder still runs."""
    Upload.objects.filter(pk=row.pk).update(held_until=Now() - timedelta(seconds=1))


def taken_over(row: Upload) -> S3Part:
    run_out(row)
    holdings._known.clear()
    return take(row.pk)


def finish(part: S3Part) -> bytes:
    """Complete as the receiver does; the stored bytes."""
    row = Upload.objects.get(pk=part.upload_id)
    completion.complete(part, row)
    part.close()
    assert row.state == "consumed"
    stored = kept[row.pk]
    body = b"".join(storage.store().get(stored.key))
    assert (stored.size, stored.sha256) == (len(body), hashlib.sha256(body).hexdigest())
    assert not list(multipart._where().pieces(f"{row.pk}/"))
    return body


def test_parts_and_a_tail_become_one_object_under_its_first_key(bucket: Bucket) -> None:
    body = os.urandom(2 * PART + 12_345)
    row = begin(len(body))
    part = take(row.pk)
    for at in range(0, len(body), MIB):
        grow(part, body[at : at + MIB])
    part.flush()
    row.refresh_from_db()
    assert bucket.size_of(str(row.pk), row.key, row.multipart) == len(body)
    assert finish(part) == body
    assert kept[row.pk].key == row.key
    assert row.key.endswith(".mp4")
    assert list(bucket.arriving.begun()) == []


def test_one_holder_at_a_time_and_the_next_after_it_lets_go(bucket: Bucket) -> None:
    row = begin(10)
    first = take(row.pk)
    with pytest.raises(Busy):
        take(row.pk)
    grow(first, b"half")
    first.flush()
    first.close()
    second = take(row.pk)
    assert second.length == 4
    assert not second._lease.forced
    second.close()
    with pytest.raises(FileNotFoundError):
        take(uuid4())


def test_the_next_process_knows_only_what_s3_says(bucket: Bucket) -> None:
    body = os.urandom(PART + 1000)
    row = begin(len(body) + 5)
    part = take(row.pk)
    grow(part, body)
    part.flush()
    part.close()
    holdings._known.clear()
    digests._digests.clear()
    part = take(row.pk)
    assert part.length == len(body)
    grow(part, b"12345")
    assert finish(part) == body + b"12345"  # and its SHA-256, read back


def test_a_holder_thought_dead_writes_nothing_after_another_took_over(bucket: Bucket) -> None:
    row = begin(2 * PART)
    slow = take(row.pk)
    grow(slow, b"a" * 100)
    slow.flush()
    heir = taken_over(row)
    assert heir.length == 100
    slow._lease._renewed -= 60  # it wakes up a minute later
    for attempt in (
        lambda: slow.write([b"x"]),
        lambda: (slow._waiting.write(b"y"), slow._s3.put_tail(0, slow._waiting, 101)),
        lambda: slow.cut(50),
        slow._assemble,
    ):
        with pytest.raises(Fenced):
            attempt()
    slow.close()
    grow(heir, b"b" * (2 * PART - 100))
    assert finish(heir) == b"a" * 100 + b"b" * (2 * PART - 100)


@pytest.mark.parametrize("whole_parts", [0, 1])
def test_what_took_so_long_that_another_took_over_is_not_acknowledged(
    bucket: Bucket, monkeypatch: pytest.MonkeyPatch, whole_parts: int
) -> None:
    row = begin(2 * PART)
    slow = take(row.pk)
    sent = type(slow._where).add if whole_parts else type(slow._where).put_piece
    heirs = []

    def slowly(*arguments: Any) -> Any:
        monkeypatch.undo()
        slow._lease._renewed -= 60  # the request takes a minute …
        heirs.append(taken_over(row))  # … in which another device goes on
        return sent(*arguments)

    monkeypatch.setattr(type(slow._where), sent.__name__, slowly)
    with pytest.raises(Fenced):
        grow(slow, b"a" * (PART if whole_parts else 100))
        slow.flush()
    slow.close()
    (heir,) = heirs
    assert heir.length == 0
    grow(heir, b"b" * (2 * PART))
    assert finish(heir) == b"b" * (2 * PART)


def test_a_part_that_lands_late_never_counts(bucket: Bucket) -> None:
    row = begin(2 * PART + 7)
    slow = take(row.pk)
    grow(slow, b"a" * PART)
    row.refresh_from_db()
    heir = taken_over(row)
    assert heir.length == PART
    late = slow._next_number()  # what it had under way when it was thought dead
    bucket.arriving.add(row.key, row.multipart, late, io.BytesIO(b"z" * PART))
    grow(heir, b"b" * PART)
    bucket.arriving.add(row.key, row.multipart, late, io.BytesIO(b"z" * PART))
    heir.flush()
    heir.close()
    holdings._known.clear()
    third = take(row.pk)
    assert third.length == 2 * PART
    grow(third, b"c" * 7)
    assert finish(third) == b"a" * PART + b"b" * PART + b"c" * 7


def test_a_tail_that_lands_late_never_counts(bucket: Bucket) -> None:
    row = begin(100)
    slow = take(row.pk)
    grow(slow, b"a" * 10)
    slow.flush()
    heir = taken_over(row)
    assert heir.length == 10
    name = holdings.Tail(0, slow._s3._serial(), 20).name(row.pk)
    heir.close()
    bucket.arriving.put_piece(name, io.BytesIO(b"a" * 10 + b"z" * 10))
    holdings._known.clear()
    third = take(row.pk)
    assert third.length == 10
    grow(third, b"c" * 90)
    assert finish(third) == b"a" * 10 + b"c" * 90


def test_both_complete_and_the_file_is_handed_over_once(bucket: Bucket) -> None:
    body = os.urandom(PART + 9)
    row = begin(len(body))
    slow = take(row.pk)
    grow(slow, body)
    slow.flush()
    row.refresh_from_db()
    number = slow._next_number()
    tag = bucket.arriving.add(row.key, row.multipart, number, io.BytesIO(body[PART:]))
    heir = taken_over(row)
    assert heir.length == len(body)
    bucket.arriving.complete(row.key, row.multipart, [*slow._held.parts, (number, tag)])
    assert finish(heir) == body
    slow.delete()  # what it would do last: the file is somebody's now
    slow.close()
    assert storage.verify(kept[row.pk].key, hashlib.sha256(body).hexdigest())


def test_the_process_dies_between_complete_and_the_row(bucket: Bucket) -> None:
    body = os.urandom(PART + 9)
    row = begin(len(body))
    part = take(row.pk)
    grow(part, body)
    part.seal()
    heir = taken_over(row)
    assert heir.length == len(body)
    heir.close()
    run_out(row)
    assert completion.finish_pending() == 1
    row.refresh_from_db()
    assert (row.state, row.sha256) == ("consumed", hashlib.sha256(body).hexdigest())
    assert completion.finish_pending() == 0


def test_an_unproved_chunk_is_thrown_away_whole(bucket: Bucket) -> None:
    row = begin(3 * PART)
    part = take(row.pk)
    grow(part, b"a" * 1000)
    part.flush()
    part.close()
    for died in (False, True):
        part = take(row.pk) if not died else taken_over(row)
        if died:
            assert part.length == 1000
        Upload.objects.filter(pk=row.pk).update(unverified=True, offset=1000)
        mark = part.mark()
        grow(part, b"z" * (2 * PART))
        part.flush()
        if not died:
            part.return_to(mark)
            Upload.objects.filter(pk=row.pk).update(unverified=False)
            part.close()
    heir = taken_over(row)  # the second one died with two false parts and a false tail in S3
    assert heir.length == 1000
    Upload.objects.filter(pk=row.pk).update(unverified=False)
    grow(heir, b"b" * (3 * PART - 1000))
    assert finish(heir) == b"a" * 1000 + b"b" * (3 * PART - 1000)


def test_cut_to_nothing_and_to_a_shorter_tail(bucket: Bucket) -> None:
    row = begin(100)
    part = take(row.pk)
    grow(part, b"0123456789")
    part.flush()
    part.cut(4)
    holdings._known.clear()
    part.close()
    holdings._known.clear()
    part = take(row.pk)
    assert part.length == 4
    part.cut(0)
    part.close()
    holdings._known.clear()
    part = take(row.pk)
    assert part.length == 0
    grow(part, b"x" * 100)
    assert finish(part) == b"x" * 100


def test_parts_aborted_behind_our_back_begin_again_at_zero(bucket: Bucket) -> None:
    row = begin(2 * PART)
    part = take(row.pk)
    grow(part, b"a" * (PART + 10))
    part.flush()
    part.close()
    holdings._known.clear()
    row.refresh_from_db()
    bucket.arriving.abort(row.key, row.multipart)
    part = take(row.pk)
    assert part.length == 0
    grow(part, b"b" * 2 * PART)
    assert finish(part) == b"b" * 2 * PART


def test_a_completion_answered_200_with_an_error_inside(bucket: Bucket) -> None:
    body = b"a" * (PART + 1)
    row = begin(len(body))
    part = take(row.pk)
    grow(part, body)
    store = storage.store()
    assert isinstance(store, S3Store)
    said = (
        b"""<?xml version="1.0"?><Error><Code>InternalError</Code><Message>no</Message></Error>"""
    )
    asked = []

    def lie(request: Any, **_: Any) -> AWSResponse:
        asked.append(request.url)
        raw = io.BytesIO(said)
        raw.stream = lambda *_: iter([said])  # type: ignore[attr-defined]
        return AWSResponse(request.url, 200, {"Content-Type": "application/xml"}, raw)

    event = "before-send.s3.CompleteMultipartUpload"
    store.client.meta.events.register(event, lie)
    try:
        with pytest.raises(storage.StorageTrouble) as refused:
            part.seal()
    finally:
        store.client.meta.events.unregister(event, lie)
    assert refused.value.busy
    assert asked
    part.close()
    heir = take(row.pk)
    assert heir._lease.forced  # how the last request ended was not known
    assert heir.length == len(body)
    assert finish(heir) == body


def test_what_is_over_is_removed_and_orphans_go_after_a_day(bucket: Bucket) -> None:
    row = begin(2 * PART)
    part = take(row.pk)
    grow(part, b"a" * (PART + 5))
    part.flush()
    part.close()
    stray = bucket.arriving.begin(storage.fresh_key(".mp4"))
    bucket.arriving.put_piece(f"{uuid4()}/00000-1", io.BytesIO(b"left"))
    bucket.arriving.put_piece("not-ours/00000-1", io.BytesIO(b"a stranger's"))
    now = datetime.now(UTC)
    names = {piece.name for piece in bucket.arriving.pieces()}
    assert purge_expired(now) == 0
    assert {piece.name for piece in bucket.arriving.pieces()} == names
    assert purge_expired(now + timedelta(days=6)) == 0  # the stray ones are old by then
    assert stray not in {begun for _, begun, _ in bucket.arriving.begun()}
    row.refresh_from_db()
    assert {begun for _, begun, _ in bucket.arriving.begun()} == {row.multipart}
    names = [piece.name for piece in bucket.arriving.pieces()]
    assert sorted({name.partition("/")[0] for name in names}) == sorted(["not-ours", str(row.pk)])
    assert purge_expired(now + timedelta(days=8)) == 1
    assert list(bucket.arriving.begun()) == []
    assert [piece.name for piece in bucket.arriving.pieces()] == ["not-ours/00000-1"]
    assert Upload.objects.get(pk=row.pk).key == ""


def test_a_digest_of_bytes_that_another_replaced_is_not_believed(bucket: Bucket) -> None:
    row = begin(200)
    slow = take(row.pk)
    grow(slow, b"a" * 100)
    slow.flush()
    grow(slow, b"z" * 50)  # never durable
    heir = taken_over(row)
    grow(heir, b"b" * 50)
    heir.flush()
    slow.close()
    heir.close()
    last = take(row.pk)
    grow(last, b"c" * 50)
    assert finish(last) == b"a" * 100 + b"b" * 50 + b"c" * 50


def test_few_parts_for_the_largest_file() -> None:
    assert s3_engine.part_size(1) == 8 * MIB
    for size in (20 * 1024**3, 40 * 1024**3, 5 * 1024**4):
        assert -(-size // s3_engine.part_size(size, at_most=5000)) <= 5000


def test_a_whole_file_that_waits_for_its_purpose_is_no_stranger_to_the_scrub() -> None:
    keys = [storage.fresh_key(".mp4") for _ in range(4)]
    for key, state in zip(keys, ("receiving", "finished", "consumed", "refused"), strict=True):
        Upload.objects.filter(pk=begin(1).pk).update(key=key, state=state)
    (owner,) = [one for one in owners() if one.name == "正在接收的文件"]
    assert owner.holds([*keys, storage.fresh_key(".mp4")]) == set(keys[:2])
    assert owner.after("", 10) == ()
