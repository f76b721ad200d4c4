"""Habits that a reader relies on: decisions are numbered, rooms are named, pages stay short."""

from __future__ import annotations

import ast
import re

import pytest

from tests.house.tree import ROOT, tracked

ADR = ROOT / "docs/adr"
HEADINGS = ["Context", "Choice", "Runner-up", "Why", "What would change our mind"]


@pytest.mark.parametrize("page", sorted(ADR.glob("[0-9]*.md")), ids=lambda page: page.name)
def test_a_decision_has_its_number_and_its_five_parts(page):
    text = page.read_text(encoding="utf-8")
    assert re.fullmatch(r"\d{4}-[a-z0-9-]+\.md", page.name)
    assert text.startswith((f"# {int(page.name[:4])}. ", f"# {page.name[:4]}"))
    headings = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert [heading for heading in headings if heading in HEADINGS] == HEADINGS


def test_no_number_is_given_to_two_decisions():
    numbers = [page.name[:4] for page in ADR.glob("[0-9]*.md")]
    assert numbers
    assert sorted(numbers) == sorted(set(numbers))


def test_no_room_is_called_after_nothing():
    nameless = {"utils", "util", "helpers", "common", "misc", "tools"}
    found = [
        str(file.relative_to(ROOT))
        for file in tracked()
        if file.is_relative_to(ROOT / "src")
        and nameless.intersection([*file.relative_to(ROOT).parts[:-1], file.stem])
    ]
    assert found == []


def test_every_module_says_what_it_is_for():
    silent = []
    for file in tracked():
        if (
            file.suffix == ".py"
            and file.is_relative_to(ROOT / "src")
            and "migrations" not in file.parts
        ):
            source = file.read_text(encoding="utf-8")
            if source.strip() and not ast.get_docstring(ast.parse(source)):
                silent.append(str(file.relative_to(ROOT)))
    assert silent == []


def test_the_project_does_not_point_outside_itself():
    """Notices and design notes lie beside the project for its makers, not for its readers."""
    outside = ["/wo" + "rk/", "shared/" + "design/", "shared/" + "notices/"]
    found = [
        f"{file.relative_to(ROOT)}: {word}"
        for file in tracked()
        if file.suffix
        in {".py", ".md", ".yaml", ".toml", ".html", ".ts", ".css", ".json", ".sh", ""}
        for word in outside
        if word in file.read_text(encoding="utf-8", errors="replace")
    ]
    assert found == []
