"""`fengcai likeness add`: a folder of past winners becomes rows of the register with fingerprints."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from fengcai.apps.likeness.models import Fingerprint, PriorWork
from fengcai.cli import likeness
from fengcai.cli.errors import Failure
from tests.cli.test_compare import picture
from tests.factories.collecting import Collecting, collecting

pytestmark = [pytest.mark.django_db, pytest.mark.media, pytest.mark.clause("J10", "B4")]


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> Collecting:
    monkeypatch.setattr(likeness, "open_installation", lambda: None)
    monkeypatch.setattr(likeness, "require_database", lambda: None)
    return collecting()


def test_a_folder_is_planned_then_registered(made: Collecting, tmp_path: Path, capsys: Any) -> None:
    (tmp_path / "检验科").mkdir()
    picture(tmp_path / "检验科" / "清晨六点.png", 3)
    (tmp_path / "坏.mp4").write_bytes(b"")
    given = {"contest": made.contest.slug, "by": made.organiser.username, "year": 2023}
    assert likeness.add(tmp_path, dry_run=True, **given) == 0
    assert "新登记：2023 年《清晨六点》" in capsys.readouterr().out
    assert PriorWork.objects.count() == 0
    assert likeness.add(tmp_path, award="一等奖", **given) == 2
    out = capsys.readouterr().out
    assert "✓ 2023 年《清晨六点》（检验科）" in out
    assert "✗ 没有登记 坏.mp4：文件是空的" in out
    prior = PriorWork.objects.get()
    assert (prior.unit, prior.award, prior.film_name) == ("检验科", "一等奖", "清晨六点.png")
    assert Fingerprint.objects.filter(prior=prior, film=True).count() == 1
    with pytest.raises(Failure):
        likeness.add(tmp_path, **{**given, "by": "nobody"})
