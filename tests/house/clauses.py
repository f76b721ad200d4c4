"""The list of built clauses (docs/reference/clauses.md) and the tests that are marked with them."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
LIST = ROOT / "docs" / "reference" / "clauses.md"
RANGES = {"J": 24, "H": 23, "U": 7, "B": 18}


@dataclass(frozen=True)
class Built:
    """One row of the list: the id, where it is seen, what does it, and the tests that prove it."""

    id: str
    page: str
    action: str
    tests: tuple[str, ...]


@cache
def ids_of_mission() -> frozenset[str]:
    """Every id that a notice's clause or an expectation has been given."""
    return frozenset(f"{letter}{n}" for letter, last in RANGES.items() for n in range(1, last + 1))


def built(text: str) -> tuple[Built, ...]:
    """Read the table: `| J3 | page | action | tests/a/test_b.py::test_c, … |`."""
    rows = []
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if line.startswith("|") and re.fullmatch(r"[JHUB]\d+", cells[0]):
            page, action, tests = cells[1:4]
            named = tuple(t.strip().strip("`") for t in tests.split(",") if t.strip())
            rows.append(Built(cells[0], page.strip("`"), action.strip("`"), named))
    return tuple(rows)


def marked(source: str) -> dict[str, frozenset[str]]:
    """Test name -> clause ids, from `@pytest.mark.clause("J3", …)` on functions and classes,
    and from the module's `pytestmark`. A method is named `Class::method`."""
    tree = ast.parse(source)
    whole = frozenset[str]()
    for node in tree.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "pytestmark":
            whole |= _ids(node.value)
    found: dict[str, frozenset[str]] = {}

    def visit(body: list[ast.stmt], inherited: frozenset[str], prefix: str) -> None:
        for node in body:
            if isinstance(node, ast.ClassDef):
                own = inherited.union(*(_ids(d) for d in node.decorator_list))
                visit(node.body, own, f"{prefix}{node.name}::")
            elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith(
                "test"
            ):
                own = inherited.union(*(_ids(d) for d in node.decorator_list))
                found[f"{prefix}{node.name}"] = own

    visit(tree.body, whole, "")
    return found


def _ids(node: ast.AST) -> frozenset[str]:
    """The ids of every `….clause(…)` call inside a decorator or an assigned list."""
    return frozenset(
        argument.value
        for call in ast.walk(node)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr == "clause"
        for argument in call.args
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    )


def marked_in_tree() -> dict[str, frozenset[str]]:
    """`tests/a/test_b.py::test_c` -> clause ids, over the whole of tests/."""
    return {
        f"{file.relative_to(ROOT).as_posix()}::{name}": ids
        for file in sorted((ROOT / "tests").rglob("test_*.py"))
        for name, ids in marked(file.read_text(encoding="utf-8")).items()
    }
