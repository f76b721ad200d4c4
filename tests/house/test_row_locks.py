"""A lock on a row never blocks a new row that names it: two people would wait for each other."""

from __future__ import annotations

import ast

from tests.house.tree import ROOT, tracked


def test_locks_let_others_name_the_row():
    """PostgreSQL checks a foreign key under FOR KEY SHARE, which a plain FOR UPDATE keeps waiting."""
    strict = [
        f"{file.relative_to(ROOT)}:{node.lineno}"
        for file in tracked()
        if file.suffix == ".py" and file.is_relative_to(ROOT / "src")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and getattr(node.func, "attr", "") == "select_for_update"
        and not {word.arg for word in node.keywords} & {"no_key", "skip_locked"}
    ]
    assert strict == []
