"""Files that stay: durable, never overwritten, never lost between file and row."""

from __future__ import annotations

import errno
import hashlib
import re
from pathlib import Path

import pytest
from django.db import transaction

from fengcai.engines import storage
from fengcai.engines.storage import disk

KEY = re.compile(r"([0-9a-f]{2})/([0-9a-f]{2})/\1\2[0-9a-f]{28}\.mp4")

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def film(data: Path) -> Path:
    path = data / "film.part"
    path.write_bytes(b"film" * 1000)
    return path


def local_path(key: str) -> Path:
    """Where the disk store keeps a key."""
    path = storage.store().path_of(key)
    assert path is not None
    return path


def stored_files(data: Path) -> list[str]:
    root = data / "files"
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


def test_a_file_is_taken_over(film: Path, data: Path) -> None:
    inode = film.stat().st_ino
    stored = storage.adopt(film, suffix=".MP4")
    assert KEY.fullmatch(stored.key)
    assert stored.size == 4000
    assert stored.sha256 == hashlib.sha256(b"film" * 1000).hexdigest()
    with storage.readable(stored.key) as path:
        assert path == data / "files" / stored.key  # the file itself: nothing is copied
    assert path.stat().st_ino == inode  # not copied
    assert not film.exists()
    assert storage.verify(stored.key, stored.sha256)
    assert storage.verify(stored.key, stored.sha256.upper())


def test_a_known_digest_is_not_computed_again(film: Path) -> None:
    assert storage.adopt(film, suffix="", sha256="ab" * 32).sha256 == "ab" * 32


def test_a_rollback_leaves_the_file_where_it_was(film: Path, data: Path) -> None:
    def fail() -> None:
        with storage.provisional(), transaction.atomic():
            storage.adopt(film, suffix=".mp4")
            storage.write_bytes(b"certificate", suffix=".pdf")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert film.read_bytes() == b"film" * 1000
    assert stored_files(data) == []


def test_the_first_name_goes_only_with_the_commit(film: Path) -> None:
    with storage.provisional(), transaction.atomic():
        stored = storage.adopt(film, suffix=".mp4")
        assert film.exists()
    assert not film.exists()
    assert local_path(stored.key).exists()


def test_a_deletion_waits_for_the_commit() -> None:
    stored = storage.write_bytes(b"x", suffix=".txt")
    path = local_path(stored.key)

    def fail() -> None:
        with transaction.atomic():
            storage.delete(stored.key)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert path.exists()
    with transaction.atomic():
        storage.delete(stored.key)
        assert path.exists()
    assert not path.exists()
    storage.delete(stored.key)  # already gone: no error


def test_another_file_system_means_a_copy(
    film: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def link(source: object, target: object) -> None:
        raise OSError(errno.EXDEV, "cross-device")

    monkeypatch.setattr(disk.os, "link", link)
    stored = storage.adopt(film, suffix=".mp4")
    assert not film.exists()
    assert stored_files(data) == [stored.key]
    assert storage.verify(stored.key, hashlib.sha256(b"film" * 1000).hexdigest())


def test_a_disk_that_refuses_is_reported(film: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def link(source: object, target: object) -> None:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(disk.os, "link", link)
    with pytest.raises(OSError, match="full"):
        storage.adopt(film, suffix=".mp4")
    assert film.exists()


def test_bytes_are_kept(data: Path) -> None:
    stored = storage.write_bytes("证书".encode(), suffix=".pdf")
    assert (stored.size, stored.sha256) == (6, hashlib.sha256("证书".encode()).hexdigest())
    assert local_path(stored.key).read_bytes() == "证书".encode()
    assert stored_files(data) == [stored.key]


def test_keys_never_meet() -> None:
    keys = {storage.write_bytes(b"same", suffix=".txt").key for _ in range(50)}
    assert len(keys) == 50


@pytest.mark.parametrize(
    "suffix", ["mp4", "./x", ".mp4/..", ".视频", "." + "x" * 11, ".a b", "..", "."]
)
def test_endings_that_are_none(film: Path, suffix: str) -> None:
    with pytest.raises(ValueError, match="file ending"):
        storage.adopt(film, suffix=suffix)
    assert film.exists()


@pytest.mark.parametrize(
    "key",
    [
        "",
        "../../etc/passwd",
        "/etc/passwd",
        "ab/cd/../../../secret.key",
        "ab/cd/ef",
        "ab/cd/" + "0" * 32 + ".mp4",  # the folders do not belong to the name
        "00/00/" + "0" * 32 + ".mp4\n",
        "00/00/" + "0" * 32 + ".mp4\0",
        "00/00/" + "0" * 32 + "/x",
        "00/00/" + "A" * 32,
    ],
)
def test_only_our_keys_become_paths(key: str) -> None:
    def read(key: str) -> None:
        with storage.readable(key):
            pass

    for use in (read, storage.store().path_of, storage.delete, lambda k: storage.verify(k, "00")):
        with pytest.raises(storage.BadKey):
            use(key)


def test_damage_is_seen() -> None:
    stored = storage.write_bytes(b"film", suffix=".mp4")
    path = local_path(stored.key)
    path.write_bytes(b"fiLm")
    assert not storage.verify(stored.key, stored.sha256)
    path.unlink()
    assert not storage.verify(stored.key, stored.sha256)
