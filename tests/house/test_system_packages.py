"""What `./dev test` needs from Debian is installed by root, and only named to anyone else."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tooling import checking, steps
from tooling.steps import Trouble


@pytest.fixture
def debian(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine that has chromium and espeak-ng only; apt-get notes how it is called."""
    tools = tmp_path / "bin"
    tools.mkdir()
    scripts = {
        "dpkg-query": "printf 'chromium ii \\nespeak-ng ii \\nfonts-noto-cjk un \\n'",
        "apt-get": f'echo "$DEBIAN_FRONTEND $*" >> {tmp_path}/called',
    }
    for name, script in scripts.items():
        (tools / name).write_text(f"#!/bin/sh\n{script}\n")
        (tools / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tools}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setattr(steps, "ROOT", tmp_path)
    monkeypatch.setattr(steps, "CACHE", tmp_path / ".cache")
    return tmp_path


def test_root_gets_what_is_missing(debian: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    checking.debian_packages()
    assert (debian / "called").read_text().splitlines() == [
        "noninteractive update -q",
        "noninteractive install -q -y --no-install-recommends fonts-noto-cjk libseccomp2",
    ]


def test_anyone_else_is_told_what_to_install(debian: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(Trouble) as raised:
        checking.debian_packages()
    assert str(raised.value) == (
        "测试缺少 Debian 软件包；先运行：sudo apt-get install fonts-noto-cjk libseccomp2"
    )
    assert not (debian / "called").exists()
