"""What every test shares: hypothesis' profile, clause ids, and the notices beside the project."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests import databases, isolation
from tests.house.clauses import ids_of_mission

pytest_plugins = ["tests.engines.mailbox.boxes"]  # one Dovecot for whoever needs a mailbox

ROOT = Path(__file__).resolve().parent.parent
NOTICES = ROOT.parent / "shared" / "notices"

# Their tests run twice: on the embedded engines, and on PostgreSQL, a broker and S3.
BOTH = ("tests/apps", "tests/engines/jobs", "tests/engines/live", "tests/engines/storage",
        "tests/engines/uploads")  # fmt: skip
COUNTING = {"django_assert_num_queries", "django_assert_max_num_queries"}
# Whoever asks for one of these brings engines of its own, of every kind: once is enough.
OWN = {"servers", "station", "shared_station", "on_disk", "machines", "flaky"}
# Whole files go to whichever process is free. These take longest: first what mostly waits beside what
# mostly reckons, so that the cores are busy; and of the journeys, which end the pass, the longest first.
LONG = (
    "faults/test_short_drill", "media/fingerprints/test_pictures", "engines/jobs/test_brokers",
    "media/sound/test_noise", "engines/jobs/test_contract", "media/film/test_advice",
    "media/fingerprints/test_sound_and_text", "engines/uploads/test_cuts", "media/test_containment",
    "media/screen/test_choosing", "cli/test_move", "media/screen/test_reading",
    "journeys/test_moving", "journeys/test_whole_contest", "journeys/test_eight_faults",
    "journeys/test_sign_in", "journeys/test_live_progress", "journeys/test_rulebook",
    "journeys/test_before_and_beside", "journeys/test_bad_input",
)  # fmt: skip

# `./dev check` uses quick, everything else house.
for profile, examples in (("house", 100), ("quick", 20)):
    settings.register_profile(
        profile,
        max_examples=examples,
        deadline=None,  # two cores shared with a browser and encoders: time says nothing here
        derandomize=bool(os.environ.get("CI")),
        suppress_health_check=[HealthCheck.too_slow],
    )
settings.load_profile("house")


@pytest.fixture(autouse=True)
def _usual_numbers() -> Iterator[None]:
    """A session of a network leaves its thread counting tiny numbers as nothing (`media.networks`): right in
    a reader's own process, wrong for whatever is tested next in this one."""
    yield
    isolation.usual_numbers()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--clause", action="append", default=[], help="only tests that prove this clause id"
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark what runs on both kinds of engines; refuse a clause id that does not exist; keep only
    those asked for by --clause."""
    both = tuple(str(ROOT / folder) + os.sep for folder in BOTH)
    for item in items:
        fixtures = getattr(item, "fixturenames", ())
        if OWN.intersection(fixtures):
            continue
        if COUNTING.intersection(fixtures) or str(item.path).startswith(both):
            item.add_marker(pytest.mark.engines)
    items.sort(key=_turn)
    wanted = set(config.getoption("--clause"))
    known = ids_of_mission()
    kept = []
    for item in items:
        ids = {str(one) for mark in item.iter_markers("clause") for one in mark.args}
        if unknown := ids - known:
            raise pytest.UsageError(f"{item.nodeid}: no such clause id: {sorted(unknown)}")
        if not wanted or wanted & ids:
            kept.append(item)
    if wanted:
        config.hook.pytest_deselected(items=[item for item in items if item not in kept])
        items[:] = kept


def _turn(item: pytest.Item) -> tuple[bool, int]:
    """When an item's file has its turn. A browser leaves an event loop running in this thread: whoever
    needs none comes before it."""
    name = item.location[0].removeprefix("tests/").removesuffix(".py")
    return name.startswith("journeys/"), LONG.index(name) if name in LONG else len(LONG)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None,
) -> Iterator[None]:
    """The database of this process begins as a copy, and is emptied by what is in it."""
    from django.test import TransactionTestCase

    TransactionTestCase._fixture_teardown = databases.emptied
    with databases.begun_as_copies():
        yield


@pytest.fixture(scope="session")
def notice() -> object:
    """`notice("jiangxi-2026")` -> the notice's text; skips where the notices are not at hand."""

    def read(name: str) -> str:
        assert re.fullmatch(r"[a-z0-9-]+", name)
        file = NOTICES / f"{name}.txt"
        if not file.is_file():
            pytest.skip(f"the notice {name} is not beside this checkout")
        return file.read_text(encoding="utf-8")

    return read
