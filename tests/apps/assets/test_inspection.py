"""The inspection job on real files: measured in the child, judged by the rulebook, once."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from fengcai.apps.assets.models import Asset
from fengcai.apps.assets.outputs import kept_of
from fengcai.apps.assets.queries import checked
from fengcai.apps.entries import actions
from fengcai.apps.entries.models import Entry
from fengcai.engines import storage
from fengcai.engines.jobs import run_pending, status
from fengcai.engines.jobs.models import Job
from tests.factories.collecting import DAY, UNITS, Collecting, collecting
from tests.media.clips import make

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def made(settings: object, tmp_path: Path) -> Collecting:
    settings.FENGCAI_DATA = tmp_path / "data"  # type: ignore[attr-defined]
    return collecting()


def received(made: Collecting, file: Path, unit: str = UNITS[0]) -> Asset:
    entry: Entry = made.draft(unit)
    copy = Path(shutil.copy(file, file.with_name(f"sent-{entry.pk}.mp4")))
    actions.hand_over_file(
        entry_id=entry.pk,
        slot="main",
        path=copy,
        filename=f"{unit}+一科一风采视频大赛.mp4",
        by=made.contacts[unit],
        began_at=DAY,
        finished_at=DAY,
    )
    return Asset.objects.get(version__entry=entry, version__current=True)


def inspected(asset: Asset) -> Asset:
    """The inspection, once, then what later contexts do with what it left."""
    assert run_pending(reraise=True) >= 1
    assert Job.objects.filter(subject=f"asset:{asset.pk}", state="done").count() == 1
    asset.refresh_from_db()
    return asset


@pytest.mark.clause("J3")
@pytest.mark.clause("B2")
def test_a_portrait_film_is_measured_and_cited(made: Collecting, tmp_path: Path) -> None:
    clip = make(tmp_path / "portrait.mp4", size=(360, 640), rate=24, frames=24)
    asset = inspected(received(made, clip))
    row = checked(asset)
    assert row.state == "inspected"
    assert [(f.requirement, f.verdict) for f in row.findings if f.verdict != "person"] == [
        ("container", "pass"),
        ("orientation", "fail"),
        ("true_orientation", "fail"),
        ("resolution", "fail"),
        ("true_resolution", "undetermined"),
        ("fps", "fail"),
        ("true_fps", "undetermined"),
        ("sound", "fail"),
        ("steady", "undetermined"),
        ("audio_clean", "undetermined"),
        ("no_watermark", "undetermined"),
        ("duration", "pass"),
        ("subtitles", "fail"),
        ("deidentified", "pass"),
    ]
    orientation = row.broken[0]
    assert (orientation.section, orientation.words) == ("四（一）", "统一为横版")
    assert "360" in orientation.measured
    assert "640" in orientation.measured
    with storage.readable(asset.poster_key) as poster:
        assert poster.read_bytes().startswith(b"\xff\xd8")


def test_a_text_file_named_mp4_is_unreadable_and_says_so(made: Collecting, tmp_path: Path) -> None:
    text = tmp_path / "text.mp4"
    text.write_text("这不是影片" * 200, "utf-8")
    asset = inspected(received(made, text))
    assert (asset.state, asset.findings.count()) == ("unreadable", 0)
    assert asset.trouble


def test_the_same_bytes_are_not_decoded_twice(made: Collecting, tmp_path: Path) -> None:
    clip = make(tmp_path / "clip.mp4", size=(640, 360))
    first = inspected(received(made, clip))
    second = inspected(received(made, clip, UNITS[1]))
    assert (second.poster_key, second.facts["cost"]) == (first.poster_key, first.facts["cost"])
    assert "screen-text.json" in {each.name for each in kept_of(first)}
    assert kept_of(second) == kept_of(first)
    assert status(subject=f"asset:{second.pk}").state == "done"  # type: ignore[union-attr]
