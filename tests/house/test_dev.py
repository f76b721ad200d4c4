"""`./dev` is standard library alone, and its stamps skip exactly what has not changed."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.tree import ROOT
from tooling import steps
from tooling.steps import Trouble, fingerprint, step

PAGES = [ROOT / "dev", *sorted((ROOT / "tooling").rglob("*.py"))]


def imported(source: str) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add((node.module or "").split(".")[0])
    return names


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_it_imports_the_standard_library_alone(page: Path):
    assert imported(page.read_text()) - sys.stdlib_module_names - {"tooling"} == set()


def test_it_can_be_executed():
    assert os.access(ROOT / "dev", os.X_OK)
    assert os.access(ROOT / ".ci/run", os.X_OK)


def test_an_older_python_is_told_what_is_needed():
    """The lines before the check must be readable by Python 3.8."""
    source = (ROOT / "dev").read_text()
    before = source[: source.index("import argparse")]
    ast.parse(before, feature_version=(3, 8))
    assert "需要 Python 3.11" in before


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A cache of its own, and a list of what was made."""
    monkeypatch.setattr(steps, "ROOT", tmp_path)
    monkeypatch.setattr(steps, "CACHE", tmp_path / ".cache")
    return []


def test_a_step_is_done_once_for_one_content(tmp_path: Path, made: list[str]):
    output = tmp_path / "output"

    def make() -> None:
        made.append("made")
        output.touch()

    assert step("s", "一步", "one", make, output) is True
    assert step("s", "一步", "one", make, output) is False
    assert step("s", "一步", "two", make, output) is True
    output.unlink()
    assert step("s", "一步", "two", make, output) is True
    assert made == ["made"] * 3


def test_a_step_that_failed_is_done_again(tmp_path: Path, made: list[str]):
    output = tmp_path / "output"
    output.touch()
    step("s", "一步", "one", lambda: None, output)

    def fail() -> None:
        raise Trouble("没有装上")

    with pytest.raises(Trouble, match="没有装上"):
        step("s", "一步", "two", fail, output)
    # Neither the old content nor the new one counts as made: the failure may have left half.
    assert step("s", "一步", "one", lambda: made.append("again"), output) is True
    assert made == ["again"]


def test_a_step_must_leave_what_it_promises(tmp_path: Path, made: list[str]):
    with pytest.raises(Trouble, match="没有生成 absent"):
        step("s", "一步", "one", lambda: None, tmp_path / "absent")


def test_a_fingerprint_changes_with_content_name_and_words_only(tmp_path: Path):
    folder = tmp_path / "folder"
    (folder / "node_modules").mkdir(parents=True)
    (folder / "a.ts").write_text("one")
    first = fingerprint([folder])
    assert fingerprint([folder]) == first
    (folder / "node_modules/b.js").write_text("installed")
    os.utime(folder / "a.ts", (1, 1))
    assert fingerprint([folder]) == first
    assert fingerprint([folder], "word") != first
    (folder / "a.ts").write_text("two")
    second = fingerprint([folder])
    assert second != first
    (folder / "a.ts").rename(folder / "b.ts")
    assert fingerprint([folder]) not in (first, second)


def test_a_failing_command_says_what_to_do_and_where_the_log_is(tmp_path: Path, made: list[str]):
    with pytest.raises(Trouble) as raised:
        steps.quietly(
            [sys.executable, "-c", "print('ERROR: no such package'); raise SystemExit(3)"],
            mend="检查网络",
            at=tmp_path,
        )
    said = str(raised.value)
    assert "退出码 3" in said
    assert "检查网络" in said
    assert "ERROR: no such package" in said
    assert ".cache/log/" in said


def test_unknown_words_are_refused_with_the_usage():
    said = subprocess.run(
        [sys.executable, str(ROOT / "dev"), "fly"], capture_output=True, text=True, check=False
    )
    assert said.returncode == 2
    assert "usage: ./dev" in said.stderr
