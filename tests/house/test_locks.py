"""The locks pin content by hash and never say where it is fetched from."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import pytest

from tests.house.tree import ROOT, tracked

LOCKS = ["base", "dev", "node"]
# Spelled in halves so that this page does not itself name one.
REGISTRIES = [
    "pypi" + ".org", "python" + "hosted.org", "registry." + "npmjs", "npm" + "mirror.com",
    "tsinghua" + ".edu.cn", "mirrors." + "aliyun", "deb." + "debian.org", "registry." + "yarnpkg",
    "crates" + ".io", "docker" + ".io", "extra-index" + "-url =", "index" + "-url =",
]  # fmt: skip


def pinned(name: str) -> dict[str, list[str]]:
    """Package -> its hashes, from a requirements file."""
    text = (ROOT / f"requirements/{name}.txt").read_text()
    found: dict[str, list[str]] = {}
    for block in re.split(r"\n(?=\S)", text.replace("\\\n", " ")):
        if match := re.match(r"([a-z0-9._-]+)==", block):
            found.setdefault(match[1], []).extend(
                re.findall(r"--hash=sha256:([0-9a-f]{64})", block)
            )
    return found


def declared(*groups: str) -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    words = [] if groups == ("node",) else list(project["project"]["dependencies"])
    for group in groups:
        words += project["dependency-groups"][group]
    names = (re.split(r"[\[<>=!~; ]", word)[0] for word in words)
    return {re.sub(r"[-_.]+", "-", name).lower() for name in names}  # as PEP 503 spells a name


@pytest.mark.parametrize("name", LOCKS)
def test_every_pinned_package_has_a_hash_and_no_address(name: str):
    assert "://" not in (ROOT / f"requirements/{name}.txt").read_text()
    packages = pinned(name)
    assert packages
    assert [package for package, hashes in packages.items() if not hashes] == []


@pytest.mark.parametrize(("name", "groups"), [("base", ()), ("dev", ("dev",)), ("node", ("node",))])
def test_every_declared_package_is_locked(name: str, groups: tuple[str, ...]):
    assert declared(*groups) - set(pinned(name)) == set()


def test_what_runs_is_locked_alike_for_users_and_developers():
    def versions(name: str) -> set[str]:
        text = (ROOT / f"requirements/{name}.txt").read_text()
        return set(re.findall(r"^([a-z0-9._-]+==\S+)", text, re.MULTILINE))

    assert versions("base") - versions("dev") == set()


def test_no_npm_lock_says_where_a_package_comes_from():
    locks = [file for file in tracked() if file.name == "package-lock.json"]
    assert locks
    for file in locks:
        packages = json.loads(file.read_text())["packages"]
        assert [name for name, entry in packages.items() if "resolved" in entry] == []
        assert [
            name
            for name, entry in packages.items()
            if name and "integrity" not in entry and not entry.get("link") and not entry.get("inBundle")
        ] == []  # fmt: skip


def test_no_file_names_a_registry():
    found = [
        f"{file.relative_to(ROOT)}: {host}"
        for file in tracked()
        for host in REGISTRIES
        if host in text(file)
    ]
    assert found == []


def text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""
