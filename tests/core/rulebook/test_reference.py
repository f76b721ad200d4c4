"""The reference page: every clause of real notices has a construct, and its examples use it."""

from __future__ import annotations

import re

import pytest

from fengcai.core.rulebook.book import walk
from fengcai.core.rulebook.predicate import FACTS, facts_of, parse_predicate
from tests.core.rulebook.samples import EXAMPLES, example

PAGE = (EXAMPLES.parent / "docs/reference/rulebook.md").read_text("utf-8")
TABLE = PAGE[PAGE.index("## Which clause") : PAGE.index("## Commands")]
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in TABLE.splitlines()
    if line.startswith("| ") and "---" not in line and not line.startswith("| clauses")
]


def words_of(name: str) -> set[str]:
    """Keys, places of names, facts of predicates and values of an example."""
    found: set[str] = set()
    for path, value in walk(example(name).tree.value):
        found |= {step for step in path if isinstance(step, str)}
        if isinstance(value, str):
            found |= {value, value.partition(" ")[0], *re.findall(r"\{[a-z]+\}", value)}
            if path[-1] == "predicate":
                found |= set(facts_of(parse_predicate(value)))
    return found


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0][:40])
def test_the_examples_of_a_clause_use_its_constructs(row: list[str]) -> None:
    _, constructs, examples = row
    used = [words_of(name) for name in re.findall(r"`([^`]+)`", examples)]
    wanted = [
        piece
        for each in re.findall(r"`([^`]+)`", constructs)
        for piece in re.findall(r"\{[a-z]+\}|[a-z_]+", each.replace("*", ""))
        if piece not in {"of", "number", "formula"}
    ]
    assert used
    assert [piece for piece in wanted if not any(piece in words for words in used)] == []


def test_the_page_has_every_family_and_every_example() -> None:
    assert len(ROWS) >= 23
    named = set(re.findall(r"`([a-z-]+-20\d\d)`", TABLE))
    files = {file.stem for file in EXAMPLES.glob("rulebooks/*.yaml")} - {"hubei-2025"}
    assert files <= named


def test_the_page_names_every_fact() -> None:
    facts = PAGE[PAGE.index("| facts | names |") : PAGE.index("`long_edge`, `short_edge` and")]
    assert set(re.findall(r"`([a-z_]+)`", facts)) == set(FACTS)
