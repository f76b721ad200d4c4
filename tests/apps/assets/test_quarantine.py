"""Viruses: looked for before anything reads a file; what is infected reaches nobody, what could not be
looked at goes its way and says so."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from fengcai import media
from fengcai.apps.assets import jobs
from fengcai.apps.assets.models import Asset
from fengcai.apps.assets.quarantine import withheld
from fengcai.apps.assets.queries import checked
from fengcai.apps.audit.queries import records
from fengcai.apps.entries import actions
from fengcai.apps.publishing.queries import file_access, may_watch
from fengcai.apps.refusals import NotFound
from fengcai.engines.jobs import run_pending, status
from fengcai.engines.jobs.models import Job
from tests.engines.antivirus.fake import Fake, fake_clamd
from tests.factories.collecting import DAY, UNITS, Collecting, collecting
from tests.media.clips import make
from tooling.servers.clamd import SIGNATURE, Clamd, eicar, running

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.media]


@pytest.fixture(scope="module")
def clamd() -> Iterator[Clamd]:
    with tempfile.TemporaryDirectory(prefix="clamd-") as folder, running(Path(folder)) as server:
        yield server


@pytest.fixture
def fake() -> Iterator[Fake]:
    with fake_clamd() as made:
        yield made


@pytest.fixture
def made(settings: object, tmp_path: Path) -> Collecting:
    settings.FENGCAI_DATA = tmp_path / "data"  # type: ignore[attr-defined]
    return collecting()


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("clip") / "clip.mp4", size=(160, 90), frames=5)


def received(made: Collecting, content: bytes, unit: str = UNITS[0]) -> Asset:
    entry = made.draft(unit)
    with tempfile.NamedTemporaryFile(suffix=".mp4", delete=False) as file:
        file.write(content)
    actions.hand_over_file(
        entry_id=entry.pk,
        slot="main",
        path=Path(file.name),
        filename=f"{unit}+一科一风采视频大赛.mp4",
        by=made.contacts[unit],
        began_at=DAY,
        finished_at=DAY,
    )
    return Asset.objects.get(version__entry=entry, version__current=True)


def test_an_infected_film_is_read_by_nothing_and_reaches_nobody(
    made: Collecting, clip: Path, clamd: Clamd, settings: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.FENGCAI_CLAMD = clamd.address  # type: ignore[attr-defined]
    monkeypatch.setattr(media, "inspect_file", None)  # whoever calls it fails
    asset = received(made, clip.read_bytes() + eicar())
    assert run_pending(reraise=True) == 1
    asset.refresh_from_db()
    found = f"{SIGNATURE}.UNOFFICIAL"
    assert (asset.state, asset.scan, asset.scan_said) == ("unreadable", "infected", found)
    assert asset.facts["reason_code"] == "infected"
    assert asset.trouble == (
        f"查毒程序在文件里发现了病毒（{found}），文件已隔离，谁都不能播放或下载。"
        "请先给制作它的电脑查毒，重新导出后再上传。"
    )
    row = checked(asset)
    assert (row.state_name, row.scan) == ("有病毒，已隔离", f"有病毒，已隔离：{found}")
    assert (asset.poster_key, asset.findings.count(), asset.outputs.count()) == ("", 0, 0)
    for user in (made.contacts[UNITS[0]], made.reviewer, made.organiser):
        assert may_watch(user=user, asset_id=asset.pk, at=DAY) is None
        with pytest.raises(NotFound, match="查出了病毒"):
            file_access(user=user, asset_id=asset.pk, at=DAY)
    with pytest.raises(NotFound, match="没有这个文件"):
        file_access(user=made.contacts[UNITS[1]], asset_id=asset.pk, at=DAY)
    (event,) = [each for each in records(made.contest.chain) if each.action == "assets.quarantine"]
    assert event.details["signature"] == found


def test_a_clean_film_is_inspected_as_ever(
    made: Collecting, clip: Path, clamd: Clamd, settings: object
) -> None:
    settings.FENGCAI_CLAMD = clamd.address  # type: ignore[attr-defined]
    asset = received(made, clip.read_bytes())
    reviewer = made.reviewer
    assert withheld(asset)  # nobody looks at what nobody has looked through
    with pytest.raises(NotFound, match="还没有查完毒"):
        file_access(user=reviewer, asset_id=asset.pk, at=DAY)
    run_pending(reraise=True)
    asset.refresh_from_db()
    assert (asset.state, asset.scan, checked(asset).scan) == (
        "inspected", "clean", "没有发现病毒",
    )  # fmt: skip
    assert file_access(user=reviewer, asset_id=asset.pk, at=DAY)[0] == asset


def test_without_a_scanner_nothing_is_looked_at_and_nothing_said(
    made: Collecting, clip: Path
) -> None:
    asset = received(made, clip.read_bytes())
    assert not withheld(asset)
    run_pending(reraise=True)
    asset.refresh_from_db()
    assert (asset.state, asset.scan, checked(asset).scan) == ("inspected", "", "")


def test_a_scanner_that_is_away_stops_nothing_and_is_asked_again(
    made: Collecting, clip: Path, fake: Fake, settings: object
) -> None:
    settings.FENGCAI_CLAMD = "127.0.0.1:9"  # type: ignore[attr-defined]
    asset = received(made, clip.read_bytes())
    run_pending(reraise=True)
    asset.refresh_from_db()
    assert (asset.state, asset.scan) == ("inspected", "unscanned")
    assert checked(asset).scan.startswith("没有查毒：连不上查毒程序（127.0.0.1:9")
    assert not withheld(asset)
    again = status(subject=f"scan:{asset.pk}")
    assert again is not None
    assert again.run_at > timezone.now() + timedelta(minutes=9)
    settings.FENGCAI_CLAMD = fake.address  # type: ignore[attr-defined]
    fake.answer = b"stream: Late.Find FOUND\0"
    # The database's clock, by which jobs fall due, does not travel.
    Job.objects.filter(subject=f"scan:{asset.pk}").update(run_at=timezone.now())
    assert run_pending(reraise=True) == 1
    asset.refresh_from_db()
    assert (asset.state, asset.scan, asset.scan_said) == ("unreadable", "infected", "Late.Find")
    assert withheld(asset)


def test_a_film_over_the_limit_says_so_and_is_not_asked_about_again(
    made: Collecting, clip: Path, fake: Fake, settings: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.FENGCAI_CLAMD = fake.address  # type: ignore[attr-defined]
    fake.answer = b"INSTREAM size limit exceeded. ERROR\0"
    asset = received(made, clip.read_bytes())
    run_pending(reraise=True)
    asset.refresh_from_db()
    assert (asset.state, asset.scan) == ("inspected", "unscanned")
    assert asset.scan_said == "文件超过了查毒程序的上限（StreamMaxLength）"
    assert status(subject=f"scan:{asset.pk}") is None


def test_the_facts_of_a_quarantined_twin_are_nobody_elses(
    made: Collecting, fake: Fake, settings: object
) -> None:
    """A signature that was a false alarm and is withdrawn: the same bytes are measured anew."""
    settings.FENGCAI_CLAMD = fake.address  # type: ignore[attr-defined]
    fake.answer = b"stream: False.Alarm FOUND\0"
    text = "这不是影片".encode() * 200
    first = received(made, text)
    run_pending(reraise=True)
    fake.answer = b"stream: OK\0"
    second = received(made, text, UNITS[1])
    run_pending(reraise=True)
    for asset in (first, second):
        asset.refresh_from_db()
    assert (first.facts["reason_code"], second.facts["reason_code"]) == ("infected", "text")
    assert jobs._measured_before(second, {"unknown"}) is None
