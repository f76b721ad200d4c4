"""`fengcai storage check`: does the store work, and is every file what was received?"""

from __future__ import annotations

from pathlib import Path

import pytest

from fengcai.cli import main
from fengcai.engines import storage
from fengcai.engines.storage import owners
from fengcai.engines.storage.owners import Owned

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def kept(settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> storage.Stored:
    settings.FENGCAI_DATA, settings.FENGCAI_STORAGE = tmp_path, ""
    monkeypatch.setattr(owners, "_owners", {})
    stored = storage.write_bytes(b"film", suffix=".mp4")
    storage.register_owner(
        "作品文件",
        after=lambda key, limit: [Owned(stored.key, stored.sha256)] if key < stored.key else [],
        holds=lambda keys: set(keys) & {stored.key},
    )
    return stored


def test_a_store_in_order(kept: storage.Stored, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["storage", "check"]) == 0
    said = capsys.readouterr().out
    assert "可以写入、读出和删除" in said
    assert "还没有核对过文件" in said
    assert main(["storage", "check", "--all"]) == 0
    assert "1 个文件完好" in capsys.readouterr().out


def test_a_changed_file(kept: storage.Stored, capsys: pytest.CaptureFixture[str]) -> None:
    path = storage.store().path_of(kept.key)
    assert path is not None
    path.write_bytes(b"fiLm")
    assert main(["storage", "check", "--all"]) == 1
    said = capsys.readouterr().out
    assert f"✗ 内容变了：{kept.key}（作品文件）" in said
    assert "从备份恢复" in said


def test_a_store_that_cannot_be_written(
    settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("in the way")
    settings.FENGCAI_STORAGE = str(tmp_path / "file" / "store")
    assert main(["storage", "check"]) == 1
    said = capsys.readouterr().err
    assert "不能用" in said
    assert said.count("\n") == 1
