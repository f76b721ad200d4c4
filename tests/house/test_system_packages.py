"""What `./dev test` needs from Debian is installed by root, and only named to anyone else."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tooling import debian as packages
from tooling import steps
from tooling.steps import Trouble


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with some packages only; apt-get notes how it is called and may start services."""
    tools = tmp_path / "bin"
    tools.mkdir()
    there = [p for p in packages.PACKAGES if p not in ("fonts-noto-cjk", "redis-server")]
    states = "".join(f"{package} ii \\n" for package in there) + "fonts-noto-cjk un \\n"
    scripts = {
        "dpkg-query": f"printf '{states}'",
        "apt-get": f'echo "$DEBIAN_FRONTEND $*" >> {tmp_path}/called\n'
        f"{tmp_path}/policy-rc.d redis-server start; echo may start: $? >> {tmp_path}/called",
    }
    for name, script in scripts.items():
        (tools / name).write_text(f"#!/bin/sh\n{script}\n")
        (tools / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tools}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setattr(steps, "ROOT", tmp_path)
    monkeypatch.setattr(steps, "CACHE", tmp_path / ".cache")
    monkeypatch.setattr(packages, "POLICY", tmp_path / "policy-rc.d")
    return tmp_path


def test_root_gets_what_is_missing_and_nothing_starts(
    machine: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    packages.ready()
    assert (machine / "called").read_text().splitlines() == [
        "noninteractive update -q",
        "may start: 127",
        "noninteractive install -q -y --no-install-recommends fonts-noto-cjk redis-server",
        "may start: 101",
    ]
    assert not (machine / "policy-rc.d").exists()


def test_the_machines_own_rule_stands_again_even_after_a_failure(machine: Path):
    rule = machine / "policy-rc.d"
    rule.write_text("#!/bin/sh\nexit 104\n")
    rule.chmod(0o755)

    def may_start() -> int:
        return subprocess.run([rule, "redis-server", "start"], check=False).returncode

    with pytest.raises(RuntimeError), packages.nothing_starts():
        assert may_start() == 101
        raise RuntimeError
    assert may_start() == 104
    assert [file.name for file in machine.glob("policy-rc.d*")] == ["policy-rc.d"]


def test_anyone_else_is_told_what_to_install(machine: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(Trouble) as raised:
        packages.ready()
    assert str(raised.value) == (
        "测试缺少 Debian 软件包；先运行：sudo apt-get install fonts-noto-cjk redis-server"
    )
    assert not (machine / "called").exists()
