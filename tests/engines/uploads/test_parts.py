"""The arriving file: one writer, a digest in step, a length that is the truth."""

from __future__ import annotations

import errno
import hashlib
import os
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fengcai.engines.uploads import digests, local
from fengcai.engines.uploads.buffers import reuse_buffers
from fengcai.engines.uploads.digests import Hash, forget_digest
from fengcai.engines.uploads.local import LocalPart as Part
from fengcai.engines.uploads.parts import Busy


@pytest.fixture(autouse=True)
def data(settings, tmp_path: Path) -> Path:
    settings.FENGCAI_DATA = tmp_path
    return tmp_path


def put(part: Part, *pieces: bytes, check: Hash | None = None) -> None:
    """Hash and write, as the receiver does (there, both at once)."""
    part.hash(pieces, part.length, check)
    part.write(pieces)


def test_one_writer_at_a_time() -> None:
    name = uuid4()
    with pytest.raises(FileNotFoundError):
        Part.take(name)
    first = Part.take(name, create=True)
    with pytest.raises(Busy):
        Part.take(name)
    first.close()
    first.close()
    second = Part.take(name)
    second.delete()
    second.close()
    with pytest.raises(FileNotFoundError):
        Part.take(name)


def test_a_file_deleted_while_we_waited_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """The lock was got on a file that no longer has its name: look again."""
    name = uuid4()
    Part.take(name, create=True).close()
    real = local.fcntl.flock
    calls = []

    def flock(descriptor: int, how: int) -> None:
        real(descriptor, how)
        if not calls:
            local.part_path(name).unlink()
        calls.append(descriptor)

    monkeypatch.setattr(local.fcntl, "flock", flock)
    part = Part.take(name, create=True)
    assert len(calls) == 2
    assert part.path.exists()
    part.close()


def test_more_pieces_than_one_system_call_takes() -> None:
    part = Part.take(uuid4(), create=True)
    pieces = [os.urandom(7) for _ in range(3000)] + [b""]
    put(part, *pieces)
    assert part.path.read_bytes() == b"".join(pieces)
    assert part.length == 21_000
    assert part.seal() == hashlib.sha256(b"".join(pieces)).hexdigest()
    part.close()


def test_writes_that_the_disk_takes_in_bits(monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.pwritev
    monkeypatch.setattr(
        local.os, "pwritev", lambda fd, pieces, at: real(fd, [b"".join(pieces)[:5]], at)
    )
    part = Part.take(uuid4(), create=True)
    check = hashlib.sha1()
    pieces = [b"ab", b"cdefghij", b"k", b"lmno"]
    put(part, *pieces, check=check)
    part.close()
    assert part.path.read_bytes() == b"abcdefghijklmno"
    assert check.digest() == hashlib.sha1(b"abcdefghijklmno").digest()


def test_a_batch_that_fits_only_in_part(monkeypatch: pytest.MonkeyPatch) -> None:
    """The digest has seen more than the disk took; it goes back and catches up."""
    part = Part.take(uuid4(), create=True)
    put(part, b"kept")
    real = os.pwritev
    room = [3]

    def pwritev(descriptor: int, pieces: list[bytes], at: int) -> int:
        if not room:
            raise OSError(errno.ENOSPC, "full")
        return real(descriptor, [b"".join(pieces)[: room.pop()]], at)

    monkeypatch.setattr(local.os, "pwritev", pwritev)
    with pytest.raises(OSError, match="full"):
        put(part, b"012345")
    part.mistrust()
    monkeypatch.undo()
    assert part.length == 7
    put(part, b"345")
    assert part.seal() == hashlib.sha256(b"kept012345").hexdigest()
    assert part.path.read_bytes() == b"kept012345"
    part.close()


def test_a_digest_that_starts_late_reads_what_it_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local, "BLOCK", 10)
    part = Part.take(uuid4(), create=True)
    part.write([b"x" * 100])
    put(part, b"y" * 10)  # four bytes of backlog for each that arrives
    assert part._digest.position == 40
    put(part, b"z" * 10)
    assert part._digest.position == 80
    put(part, b"w" * 10)
    assert part._digest.position == part.length == 130  # in step again
    put(part, b"v" * 10)
    assert part._digest.position == part.length == 140
    whole = b"x" * 100 + b"y" * 10 + b"z" * 10 + b"w" * 10 + b"v" * 10
    assert part.seal() == hashlib.sha256(whole).hexdigest()
    part.close()


def test_going_back_to_a_mark() -> None:
    part = Part.take(uuid4(), create=True)
    put(part, b"kept")
    mark = part.mark()
    put(part, b"thrown away")
    part.return_to(mark)
    put(part, b"more")
    assert part.path.read_bytes() == b"keptmore"
    assert part.seal() == hashlib.sha256(b"keptmore").hexdigest()
    part.close()


def test_cutting_below_the_digest_starts_it_again() -> None:
    part = Part.take(uuid4(), create=True)
    put(part, b"0123456789")
    part.cut(4)
    put(part, b"x")
    assert part.seal() == hashlib.sha256(b"0123x").hexdigest()
    part.close()


def test_a_digest_longer_than_its_file_is_not_believed() -> None:
    name = uuid4()
    part = Part.take(name, create=True)
    put(part, b"0123456789")
    part.close()
    os.truncate(part.path, 3)
    again = Part.take(name)
    assert again.seal() == hashlib.sha256(b"012").hexdigest()
    again.close()


def test_a_digest_that_meets_the_end_of_the_file_too_early() -> None:
    part = Part.take(uuid4(), create=True)
    put(part, b"0123")
    with pytest.raises(OSError, match="ends at 4"):
        part.catch_up(10)
    part.close()


def test_few_digests_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(digests, "_REMEMBERED", 3)
    names = [uuid4() for _ in range(5)]
    for name in names:
        part = Part.take(name, create=True)
        put(part, b"x")
        part.close()
    assert list(digests._digests) == names[2:]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(st.binary(max_size=300), st.sampled_from(["go on", "forget", "reopen", "undo"])),
        max_size=12,
    )
)
def test_the_digest_follows_the_file(steps: list[tuple[bytes, str]]) -> None:
    """Whatever is written, undone, forgotten or reopened, the hash is the file's."""
    name = uuid4()
    part = Part.take(name, create=True)
    expected = b""
    for piece, then in steps:
        mark = part.mark()
        put(part, piece)
        if then == "undo":
            part.return_to(mark)
        else:
            expected += piece
        if then in ("forget", "reopen"):
            part.close()
            if then == "forget":
                forget_digest(name)
            part = Part.take(name)
    assert part.length == len(expected)
    assert part.seal() == hashlib.sha256(expected).hexdigest()
    part.delete()
    part.close()


def test_buffers_are_kept_on_this_machine() -> None:
    assert reuse_buffers() is True
