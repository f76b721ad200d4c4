"""The import contracts hold, and what import-linter cannot say is asserted here."""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path

import grimp
import pytest
from importlinter.api import read_configuration
from importlinter.application.use_cases import SUCCESS, lint_imports

from tests.house.tree import ROOT

CORE = ROOT / "src/fengcai/core"
STOREYS = ("core", "media", "engines", "apps", "web", "api", "samples", "cli", "project")
# The one-file verifier is generated from these, so that it runs on a bare Python.
STANDARD_ALONE = ("ledger", "scoring", "allocation", "verification")


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph("fengcai", cache_dir=None)


def test_every_contract_of_pyproject_is_kept(capsys: pytest.CaptureFixture[str]):
    names = [
        c["name"][:2].strip()
        for c in read_configuration(str(ROOT / "pyproject.toml"))["contracts_options"]
    ]
    assert names == ["1", "2", "2b", "3", "4", "5", "5", "5", "5", "6", "7"]
    kept = lint_imports(config_filename=str(ROOT / "pyproject.toml"), cache_dir=None)
    assert kept == SUCCESS, capsys.readouterr().out


def test_annotations_look_down_only_too(graph: grimp.ImportGraph):
    """import-linter leaves TYPE_CHECKING imports out; here they count (web and api are beside)."""

    def storey(module: str) -> int:
        name = module.split(".")[1]
        return STOREYS.index("web" if name == "api" else name)

    upward = {
        f"{importer} -> {found}"
        for importer in graph.modules
        if importer.count(".")
        for found in graph.find_modules_directly_imported_by(importer)
        if found.count(".") and storey(found) > storey(importer)
    }
    assert upward == set()


@pytest.mark.parametrize("room", STANDARD_ALONE)
def test_what_the_verifier_needs_is_standard_library_alone(room: str):
    foreign = {
        f"{file.relative_to(CORE)}: {name}"
        for file in (CORE / room).rglob("*.py")
        for name in imported(file)
        if name.split(".")[0] not in sys.stdlib_module_names
        and not re.match(rf"fengcai\.core\.({'|'.join(STANDARD_ALONE)})(\.|$)", name)
    }
    assert foreign == set()


def test_ledger_is_known_to_verification_only(graph: grimp.ImportGraph):
    knowers = {
        importer
        for ledger in graph.modules
        if ledger.startswith("fengcai.core.ledger")
        for importer in graph.find_modules_that_directly_import(ledger)
        if importer.startswith("fengcai.core.")
    }
    assert {
        k for k in knowers if not re.match(r"fengcai\.core\.(ledger|verification)(\.|$)", k)
    } == set()


def test_an_engine_uses_another_port_by_its_interface_only(graph: grimp.ImportGraph):
    """Contract 5: between ports, only `fengcai.engines.<port>` itself is imported."""
    inner = {
        f"{importer} -> {imported_}"
        for importer in graph.modules
        if importer.startswith("fengcai.engines.")
        for imported_ in graph.find_modules_directly_imported_by(importer)
        if imported_.startswith("fengcai.engines.")
        and imported_.split(".")[2] != importer.split(".")[2]
        and imported_.count(".") > 2
    }
    assert inner == set()


def test_core_has_no_clock_and_opens_no_file():
    """Time comes in as an argument; what import-linter sees as a harmless import may still read."""
    found = []
    for file in CORE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                called = ast.unparse(node.func)
                if re.search(
                    r"\b(datetime|date)\.(now|today|utcnow)$|^(open|input|print)$", called
                ):
                    found.append(f"{file.relative_to(CORE)}:{node.lineno}: {called}")
    assert found == []


@pytest.mark.parametrize("room", ["scoring", "allocation"])
def test_marks_and_money_are_never_floats(room: str):
    found = [
        f"{file.relative_to(CORE)}:{node.lineno}"
        for file in (CORE / room).rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if (isinstance(node, ast.Constant) and isinstance(node.value, float))
        or (isinstance(node, ast.Call) and ast.unparse(node.func) == "float")
    ]
    assert found == []


def imported(file: Path) -> set[str]:
    """Absolute dotted names of what a module imports."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names.add(node.module)
    return names
