"""A contest, half judged on SQLite, moves to PostgreSQL, S3 and Celery and gives the same awards."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import databases
from tests.journeys.premises import Premises
from tooling.servers.together import running

pytestmark = [pytest.mark.journey, pytest.mark.timeout(600)]

SLUG = "moving"
MODULE = "tests.journeys.moving_stage"


@pytest.fixture
def engines() -> Iterator[dict[str, str]]:
    with running(("postgresql", "redis", "s3")) as settings:
        # `tests/cli/test_move.py` moves into a database where no table lies yet.
        databases.furnish_postgresql(settings["FENGCAI_DATABASE_URL"])
        yield settings


def played(place: Premises, command: str, **arguments: object) -> dict[str, Any]:
    return place.stage(command, module=MODULE, slug=SLUG, **arguments)


def test_half_judged_here_and_finished_there_gives_the_same_awards(
    tmp_path: Path, films: dict[str, Path], engines: dict[str, str]
):
    here = Premises(tmp_path / "here")
    try:
        here.open()
        begun = played(here, "begin", film=films["own"], address=here.address)
        played(here, "judge-half")
    finally:
        here.close()

    # The control: a copy that goes on where it was, on SQLite and the local disk.
    shutil.copytree(here.folder / "data", tmp_path / "control" / "data")
    control = Premises(tmp_path / "control")
    try:
        control.open()
        stayed = played(control, "finish", address=control.address, out=tmp_path / "stayed.json")
    finally:
        control.close()

    store = {name: value for name, value in engines.items() if name.startswith("FENGCAI_S3_")}
    mover = Premises(here.folder, **store)
    moved = mover.command(
        "move", "--to", engines["FENGCAI_DATABASE_URL"], engines["FENGCAI_STORAGE"]
    )
    assert (moved.returncode, moved.stderr) == (0, "")
    assert "没有传完的上传：1 个" in moved.stdout

    # Another machine: nothing of the old data directory but the key that signs addresses.
    key = (here.folder / "data" / "secret.key").read_text().strip()
    there = Premises(tmp_path / "there", **engines, FENGCAI_SECRET_KEY=key)
    try:
        there.open()
        assert played(there, "files") == {"films": 10, "good": 10}
        resumed = played(
            there, "resume", film=films["own"], address=there.address,
            upload=begun["upload"], entry=begun["entry"],
        )  # fmt: skip
        finished = played(there, "finish", address=there.address, out=tmp_path / "moved.json")
    finally:
        there.close()

    film = films["own"].read_bytes()
    assert resumed.pop("offset") >= len(film) // 2
    assert resumed == {
        "size": len(film), "sha256": hashlib.sha256(film).hexdigest(), "state": "inspected",
    }  # fmt: skip
    assert finished == stayed
    assert finished["pdfs"] == finished["certificates"] > 0
    assert finished["chain"] is True
    assert (tmp_path / "moved.json").read_bytes() == (tmp_path / "stayed.json").read_bytes()
