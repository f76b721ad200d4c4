"""Every clause that the list calls built has a test that carries its id."""

from __future__ import annotations

import importlib.util

from tests.house.clauses import LIST, ROOT, Built, built, ids_of_mission, marked, marked_in_tree


def test_the_list_is_read_row_by_row():
    text = (
        "| id | page | action | test |\n|---|---|---|---|\n"
        "| J3 | `/entries/<id>/` | `fengcai.core.inspection.evaluate` | "
        "`tests/a/test_b.py::test_c`, `tests/a/test_b.py::test_d` |\n"
    )
    assert built(text) == (
        Built(
            "J3",
            "/entries/<id>/",
            "fengcai.core.inspection.evaluate",
            ("tests/a/test_b.py::test_c", "tests/a/test_b.py::test_d"),
        ),
    )


def test_marks_are_found_on_functions_classes_and_modules():
    source = (
        "import pytest\n"
        "pytestmark = [pytest.mark.django_db, pytest.mark.clause('U1')]\n"
        "@pytest.mark.clause('J3', 'J5')\n"
        "def test_one(): ...\n"
        "@pytest.mark.clause('J15')\n"
        "class TestTwo:\n"
        "    @pytest.mark.clause('J16')\n"
        "    def test_three(self): ...\n"
        "def helper(): ...\n"
    )
    assert marked(source) == {
        "test_one": frozenset({"U1", "J3", "J5"}),
        "TestTwo::test_three": frozenset({"U1", "J15", "J16"}),
    }


def test_the_mission_has_72_ids():
    assert len(ids_of_mission()) == 24 + 23 + 7 + 18


def test_every_listed_clause_is_proved_by_tests_that_carry_its_id():
    rows, marks = built(LIST.read_text(encoding="utf-8")), marked_in_tree()
    ids = [row.id for row in rows]
    assert ids == sorted(set(ids), key=lambda i: ("JHUB".index(i[0]), int(i[1:])))
    assert set(ids) <= ids_of_mission()
    unproved = [
        f"{row.id}: {test or 'names no test'}"
        for row in rows
        for test in row.tests or ("",)
        if row.id not in marks.get(test, frozenset())
    ]
    assert unproved == []


def test_every_listed_action_exists():
    missing = []
    for row in built(LIST.read_text(encoding="utf-8")):
        for action in (word.strip().strip("`") for word in row.action.split(",")):
            module, _, name = action.rpartition(".")
            spec = importlib.util.find_spec(module) if module else None
            source = spec and spec.origin and open(spec.origin, encoding="utf-8").read()  # noqa: SIM115
            if not source or name not in source:
                missing.append(f"{row.id}: {action}")
    assert missing == []


def test_the_list_stands_where_readers_are_told():
    assert LIST.relative_to(ROOT).as_posix() == "docs/reference/clauses.md"
