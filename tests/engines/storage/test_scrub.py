"""Every stored file is looked at again, and what is wrong with it is known."""

from __future__ import annotations

import os
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from fengcai.engines import storage
from fengcai.engines.jobs import run_pending
from fengcai.engines.storage import owners, scrubbing
from fengcai.engines.storage.jobs import order_scrub
from fengcai.engines.storage.models import Verification
from fengcai.engines.storage.owners import Owned

pytestmark = pytest.mark.django_db(transaction=True)


class Shelf:
    """A context that owns files."""

    def __init__(self) -> None:
        self.rows: dict[str, str] = {}

    def keep(self, body: bytes, *, noted: bool = True) -> str:
        stored = storage.write_bytes(body, suffix=".mp4")
        self.rows[stored.key] = stored.sha256 if noted else ""
        return stored.key

    def after(self, key: str, limit: int) -> list[Owned]:
        return [Owned(k, v) for k, v in sorted(self.rows.items()) if k > key][:limit]

    def holds(self, keys) -> set[str]:
        return set(keys) & set(self.rows)


@pytest.fixture
def shelf(monkeypatch: pytest.MonkeyPatch) -> Shelf:
    monkeypatch.setattr(owners, "_owners", {})
    made = Shelf()
    storage.register_owner("作品文件", after=made.after, holds=made.holds)
    return made


def place(key: str) -> Path:
    path = storage.store().path_of(key)
    assert path is not None
    return path


def everything() -> list[str]:
    return [found for _, found in storage.scrub(seconds=60)]


def test_missing_changed_and_unknown_files_are_found(shelf: Shelf) -> None:
    good, changed, missing = (shelf.keep(body) for body in (b"good", b"chan", b"gone"))
    poster = shelf.keep(b"poster", noted=False)
    lost_poster = shelf.keep(b"poster", noted=False)
    young, old = (storage.write_bytes(b"?", suffix="").key for _ in range(2))
    place(changed).write_bytes(b"chaN")
    place(missing).unlink()
    place(lost_poster).unlink()
    os.utime(place(old), (time.time() - 90_000,) * 2)
    everything()
    report = storage.report()
    assert (report.good, report.missing, report.changed, report.unknown) == (2, 2, 1, 1)
    assert not report.whole
    assert {(key, state) for key, _, state in report.examples} == {
        (changed, "内容变了"),
        (missing, "缺失"),
        (lost_poster, "缺失"),
        (old, "没有登记"),
    }
    assert report.newest is not None
    assert timezone.now() - report.newest < timedelta(minutes=1)
    assert place(young).exists()
    assert place(old).exists()  # nothing is ever deleted
    assert Verification.objects.get(key=good).owner == "作品文件"
    # Mended, and let go of: the next round says so.
    place(changed).write_bytes(b"chan")
    for key in (missing, lost_poster):
        del shelf.rows[key]
    place(old).unlink()
    time.sleep(0.01)
    everything()
    assert storage.report().whole
    assert set(Verification.objects.values_list("key", "state")) == {
        (key, "good") for key in (good, changed, poster)
    }


def test_a_round_in_slices_looks_at_each_file_once(shelf: Shelf, monkeypatch) -> None:
    keys = {shelf.keep(b"x" * number) for number in range(7)}
    looked: list[str] = []
    real = scrubbing.look_at
    monkeypatch.setattr(
        scrubbing, "look_at", lambda owned, owner: looked.append(owned.key) or real(owned, owner)
    )
    at, rounds = None, 0
    while rounds == 0 or (at is not None and at.owner):
        *_, (at, _) = storage.scrub(at, seconds=0)
        rounds += 1
    assert sorted(looked) == sorted(keys)
    assert rounds > 7
    assert storage.report().good == 7


def test_a_file_let_go_of_while_we_looked_is_not_missing(shelf: Shelf) -> None:
    key = shelf.keep(b"gone")
    (owner,) = owners.owners()
    (owned,) = shelf.after("", 1)
    place(key).unlink()
    del shelf.rows[key]
    assert scrubbing.look_at(owned, owner) == "good"
    assert not Verification.objects.exists()


def test_the_job_goes_on_slice_by_slice_and_once_a_week(shelf: Shelf, monkeypatch) -> None:
    order_scrub()
    assert run_pending(reraise=True) == 0  # nothing is stored: nothing to do
    for number in range(3):
        shelf.keep(b"y" * number)
    monkeypatch.setattr(scrubbing.scrub, "__kwdefaults__", {"seconds": 0.0})
    order_scrub()
    order_scrub()
    assert run_pending(reraise=True) >= 4
    assert storage.report().good == 3
    order_scrub()
    assert run_pending(reraise=True) == 0
    Verification.objects.update(checked_at=timezone.now() - timedelta(days=8))
    order_scrub()
    assert run_pending(reraise=True) >= 4


def test_counts_do_not_grow_with_the_files(shelf: Shelf, django_assert_num_queries) -> None:
    for _ in range(30):
        shelf.keep(b"z")
    everything()
    with django_assert_num_queries(3):
        storage.report()
