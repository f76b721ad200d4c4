"""Packs: what is chosen is frozen, every stretch is a part of one zip, and only those may take it."""

from __future__ import annotations

import hashlib
import io
import random
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from fengcai.apps.assets.models import Asset
from fengcai.apps.audit.queries import records, verify_chain
from fengcai.apps.contests.models import Membership
from fengcai.apps.contests.roles import Role
from fengcai.apps.entries.models import Entry
from fengcai.apps.exchange import packs
from fengcai.apps.exchange.models import Checksum, Pack, Taking
from fengcai.apps.exchange.serving import stretch
from fengcai.apps.refusals import NotFound, NotPermitted, Refused
from fengcai.engines import storage
from fengcai.engines.documents.tables import read_table
from fengcai.engines.jobs import run_pending
from fengcai.engines.jobs.models import Job
from tests.factories.collecting import DAY, Collecting, collecting, inspected
from tests.factories.judging import person

pytestmark = [pytest.mark.intake, pytest.mark.clause("J12")]

NAME = "心病科+一科一风采视频大赛"


def ordered(stage: Collecting, **changes: object) -> Pack:
    """A pack that is ready."""
    asked = {"chosen": {}, "layout": "rule", "by": stage.organiser, "at": DAY, **changes}
    pack = packs.order_pack(contest=stage.contest, **asked)  # type: ignore[arg-type]
    Job.objects.exclude(kind="exchange.pack").delete()
    run_pending()
    return Pack.objects.get(pk=pack.pk)


def whole(pack: Pack) -> bytes:
    return b"".join(stretch(pack, 0, pack.size))


def opened(pack: Pack) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(whole(pack)))


def manifest(pack: Pack) -> list[dict[str, str]]:
    table = read_table(opened(pack).read("manifest.xlsx"), "manifest.xlsx")
    return [dict(zip(table.headers, row.cells, strict=True)) for row in table.rows]


@pytest.fixture
def two_films(stage: Collecting, tmp_path: Path) -> list[Asset]:
    """Two works of one unit, each with its film."""
    made = [
        inspected(stage.with_film(stage.draft(title=t, at=DAY + timedelta(minutes=n)), tmp_path))
        for n, t in enumerate(("甲", "乙"))
    ]
    return [Asset.objects.get(pk=each.pk) for each in made]


def test_a_pack_holds_the_files_by_the_rule_and_a_manifest(
    stage: Collecting, two_films: list[Asset]
) -> None:
    pack = ordered(stage)
    assert (pack.state, pack.works, pack.files, pack.left_out) == ("ready", 2, 2, 0)
    assert pack.size == len(whole(pack))
    with opened(pack) as read:
        assert read.testzip() is None
        assert read.namelist() == ["manifest.xlsx", f"{NAME}.mp4", f"{NAME}-2.mp4"]
        sums = [hashlib.sha256(read.read(name)).hexdigest() for name in read.namelist()[1:]]
    assert sums == [each.sha256 for each in two_films]
    rows = manifest(pack)
    assert [row["包内文件名"] for row in rows] == [f"{NAME}.mp4", f"{NAME}-2.mp4"]
    assert [row["SHA-256"] for row in rows] == sums
    assert {row["原名合规"] for row in rows} == {"是"}
    assert {row["单位"] for row in rows} == {"心病科"}
    assert [row["作品名称"] for row in rows] == ["甲", "乙"]


def test_any_stretch_is_a_part_of_the_whole(stage: Collecting, two_films: list[Asset]) -> None:
    pack = ordered(stage)
    full = whole(pack)
    dice = random.Random(6)
    cuts = [(0, 1), (pack.size - 1, pack.size), (pack.tail_at - 1, pack.tail_at + 1), (5, 5)]
    cuts += [tuple(sorted(dice.choices(range(pack.size + 1), k=2))) for _ in range(60)]  # type: ignore[misc]
    members = list(pack.members.all())
    cuts += [(m.offset, m.offset + 40) for m in members] + [(0, m.offset + 3) for m in members]
    for first, end in cuts:
        assert b"".join(stretch(pack, first, end)) == full[first:end], (first, end)


def test_a_pack_stays_as_it_was_whatever_becomes_of_the_works(
    stage: Collecting, two_films: list[Asset], tmp_path: Path
) -> None:
    pack = ordered(stage)
    before = whole(pack)
    entry = Entry.objects.order_by("created_at").first()
    assert entry is not None
    stage.with_film(entry, tmp_path)
    assert whole(Pack.objects.get(pk=pack.pk)) == before


def test_sums_are_counted_once(
    stage: Collecting, two_films: list[Asset], monkeypatch: pytest.MonkeyPatch
) -> None:
    ordered(stage)
    assert Checksum.objects.count() == 2
    monkeypatch.setattr(
        "fengcai.apps.exchange.zipping.zlib", None, raising=True
    )  # a second count would need it
    assert packing_crc(two_films[0]) == Checksum.objects.get(asset=two_films[0]).crc32


def packing_crc(asset: Asset) -> int | None:
    from fengcai.apps.exchange.packing import crc_of

    return crc_of(asset, lambda: None)


def test_what_is_gone_or_infected_is_left_out_and_named(
    stage: Collecting, two_films: list[Asset]
) -> None:
    storage.store().delete(two_films[0].key)
    Asset.objects.filter(pk=two_films[1].pk).update(scan="infected")
    pack = ordered(stage)
    assert (pack.state, pack.files, pack.left_out) == ("empty", 0, 2)
    assert [row["说明"] for row in manifest(pack)] == [
        "存储里找不到它或大小不对，没有收入",
        "有病毒，已隔离，没有收入",
    ]


def test_a_file_found_infected_afterwards_stops_the_download(
    stage: Collecting, two_films: list[Asset]
) -> None:
    pack = ordered(stage)
    Asset.objects.filter(pk=two_films[1].pk).update(scan="infected")
    with pytest.raises(Refused, match="查出病毒"):
        packs.pack_to_take(user=stage.organiser, contest=stage.contest, pack_id=pack.pk, at=DAY)


@pytest.mark.parametrize(
    ("layout", "names"),
    [
        ("unit", [f"心病科/{NAME}.mp4", "针灸科/针灸科+一科一风采视频大赛.mp4"]),
        ("flat", [f"{NAME}.mp4", "针灸科+一科一风采视频大赛.mp4"]),
        ("track", ["视频/" + f"{NAME}.mp4", "视频/针灸科+一科一风采视频大赛.mp4"]),
    ],
)
def test_folders(stage: Collecting, tmp_path: Path, layout: str, names: list[str]) -> None:
    for unit in stage.units:
        stage.with_film(stage.draft(unit), tmp_path)
    read = opened(ordered(stage, layout=layout)).namelist()[1:]
    track = read[0].split("/")[0]
    assert read == [name.replace("视频/", f"{track}/", 1) for name in names]


def test_only_ticked_works_and_slots(stage: Collecting, two_films: list[Asset]) -> None:
    second = Entry.objects.get(title="乙")
    assert ordered(stage, chosen={"ids": [str(second.pk)]}).files == 1
    pack = ordered(stage, chosen={"words": "甲"}, slots=["main"])
    assert pack.slots == ["main"] and [r["作品名称"] for r in manifest(pack)] == ["甲"]
    with pytest.raises(Refused, match="还没有勾选"):
        ordered(stage, chosen={"ids": []})


def test_works_without_files_stand_in_the_manifest(stage: Collecting) -> None:
    stage.draft()
    pack = ordered(stage)
    assert pack.state == "empty" and [r["说明"] for r in manifest(pack)] == ["没有文件"]


def test_who_may_take_it(stage: Collecting, two_films: list[Asset]) -> None:
    pack = ordered(stage, by=stage.reviewer)
    take = {"contest": stage.contest, "pack_id": pack.pk, "at": DAY}
    assert packs.pack_to_take(user=stage.reviewer, **take) == pack
    assert packs.pack_to_take(user=stage.organiser, **take) == pack
    other = person("另一位审核员")
    Membership.objects.create(contest=stage.contest, user=other, role=Role.REVIEWER)
    for nobody in (other, stage.contacts["心病科"]):
        with pytest.raises(NotFound):
            packs.pack_to_take(user=nobody, **take)
    with pytest.raises(NotPermitted):
        ordered(stage, by=stage.contacts["心病科"])
    Membership.objects.filter(user=stage.reviewer).update(until=DAY)
    with pytest.raises(NotFound):
        packs.pack_to_take(user=stage.reviewer, **take)


def test_each_download_is_on_record_once(stage: Collecting, two_films: list[Asset]) -> None:
    pack = ordered(stage)
    for minutes in (0, 5, 600):
        packs.note_taking(pack=pack, by=stage.organiser, at=DAY + timedelta(minutes=minutes))
    packs.note_taking(pack=pack, by=stage.organiser, at=DAY + timedelta(days=2))
    assert list(Taking.objects.values_list("requests", flat=True)) == [1, 3]
    actions = [row.action for row in records(stage.contest.chain)]
    assert actions.count("exchange.take") == 2 and actions.count("exchange.pack") == 1
    assert verify_chain(stage.contest.chain).ok


def test_a_pack_expires_and_leaves_nothing(
    stage: Collecting, two_films: list[Asset], django_capture_on_commit_callbacks: Any
) -> None:
    pack = ordered(stage)
    keys = [pack.tail_key, pack.manifest_key]
    with pytest.raises(NotFound, match="已过期"):
        packs.pack_to_take(
            user=stage.organiser, contest=stage.contest, pack_id=pack.pk, at=pack.expires_at
        )
    with django_capture_on_commit_callbacks(execute=True):
        packs.drop_pack(contest=stage.contest, pack_id=pack.pk, by=stage.organiser, at=DAY)
    pack.refresh_from_db()
    assert pack.state == "expired" and not pack.members.exists()
    assert [storage.store().found(key) for key in keys] == [None, None]
    assert all(storage.store().found(film.key) for film in two_films)


def test_statements_do_not_grow_with_the_works(tmp_path: Path, db: None) -> None:
    stage = collecting(tuple(f"科室{number}" for number in range(9)))

    def statements() -> int:
        pack = ordered(stage)
        with CaptureQueriesContext(connection) as seen:
            whole(pack)
            packs.packs_of(stage.contest, stage.organiser)
        return len(seen)

    stage.with_film(stage.draft("科室0"), tmp_path)
    one = statements()
    for number in range(1, 9):
        stage.with_film(stage.draft(f"科室{number}"), tmp_path)
    assert statements() == one
