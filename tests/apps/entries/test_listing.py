"""A contest's works a page at a time: which, in which order, how many, by how many statements."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from fengcai.apps.contests.feeds import Standing
from fengcai.apps.contests.queries import rules_of
from fengcai.apps.contests.roles import Role
from fengcai.apps.entries.feeds import Sought, entries_in
from fengcai.apps.entries.listing import SORTS, Asked, counts, every, listing
from fengcai.apps.entries.models import Entry
from fengcai.apps.entries.states import State
from fengcai.core.rulebook import Rules
from fengcai.core.rulebook.rules import Division
from tests.factories import judging as make
from tests.factories.collecting import inspected
from tests.factories.judging import NOON, Stage

pytestmark = pytest.mark.django_db


def crowd(works: int) -> Stage:
    """Accepted works, and one of every other state besides; each changed a minute after the last."""
    stage = make.contest(works=works, judges=0)
    for state in State:
        if state not in (State.ACCEPTED, State.GATHERED):
            make.accepted(stage, stage.units[0], 900, state=state)
    for minute, entry in enumerate(Entry.objects.order_by("created_at", "pk")):
        Entry.objects.filter(pk=entry.pk).update(updated_at=NOON + timedelta(minutes=minute))
    return stage


def titles(stage: Stage, **asked: object) -> list[str]:
    return [row.title for row in listing(stage.contest, Asked(**asked)).rows]  # type: ignore[arg-type]


def test_the_latest_change_comes_first_and_states_are_counted() -> None:
    stage = crowd(3)
    found = listing(stage.contest, Asked())
    assert found.counts == {
        **dict.fromkeys(set(State.values) - {"gathered"}, 1), "accepted": 3,
    }  # fmt: skip
    assert counts(stage.contest) == found.counts
    assert (found.total, found.whole, found.number, found.pages) == (8, 8, 1, 1)
    assert [row.updated_at for row in found.rows] == sorted(
        (row.updated_at for row in found.rows), reverse=True
    )
    row = next(row for row in found.rows if row.number == "001")
    assert (row.title, row.unit, row.themes, row.state_name) == (
        *("仁心故事之1", "第1科"), ("医疗服务类",), "审核通过",
    )  # fmt: skip
    assert (str(row.duration), row.has_poster, row.broken, row.running) == ("367/2", True, 0, False)


def test_a_state_is_chosen_and_the_others_are_still_counted() -> None:
    stage = crowd(3)
    found = listing(stage.contest, Asked(state="accepted", sort="number"))
    assert [row.number for row in found.rows] == ["001", "002", "003"]
    assert (found.total, found.whole) == (3, 8)


def test_by_number_works_without_one_come_last() -> None:
    stage = crowd(2)
    numbers = [row.number for row in listing(stage.contest, Asked(sort="number")).rows]
    assert numbers == ["002", "001", "", "", "", "", ""]


def test_words_are_looked_for_in_titles_numbers_and_units() -> None:
    stage = crowd(12)
    assert titles(stage, words="之12") == ["仁心故事之12"]
    assert titles(stage, words="012") == ["仁心故事之12"]
    assert titles(stage, words="第12科 仁心") == ["仁心故事之12"]
    assert titles(stage, words="第12科 没有") == []
    assert titles(stage, words="%") == []
    found = listing(stage.contest, Asked(words="第1科", state="draft"))
    assert (found.total, found.whole) == (1, 6)


def test_one_unit_alone() -> None:
    stage = crowd(3)
    assert titles(stage, unit=stage.units[1].pk) == ["仁心故事之2"]
    assert titles(stage, unit=987_654) == []


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("words", ["", "仁心"])
def test_pages_from_both_ends_are_the_whole_in_its_order(sort: str, words: str) -> None:
    stage = crowd(6)
    whole = [row.id for row in listing(stage.contest, Asked(sort=sort, words=words)).rows]
    asked = [Asked(sort=sort, words=words, page=n, per_page=4) for n in (1, 2, 3)]
    assert [row.id for one in asked for row in listing(stage.contest, one).rows] == whole
    assert len(whole) == 11
    if not words:
        assert [row.id for row in every(stage.contest, Asked(sort=sort))] == whole


@pytest.mark.parametrize(("page", "number"), [(0, 1), (-3, 1), (2, 2), (999_999, 2)])
def test_a_page_that_does_not_exist_is_the_nearest(page: int, number: int) -> None:
    stage = crowd(1)
    found = listing(stage.contest, Asked(page=page, per_page=4))
    assert (found.number, found.pages, len(found.rows)) == (number, 2, 4 if number == 1 else 2)


def test_an_empty_contest_has_one_empty_page() -> None:
    stage = make.contest(works=0, judges=0)
    found = listing(stage.contest, Asked())
    assert (found.rows, found.total, found.number, found.pages) == ([], 0, 1, 1)


@pytest.mark.parametrize("works", [1, 50])
def test_statements_do_not_grow_with_the_works(works: int) -> None:
    stage = crowd(works)
    seen = {}
    for name, asked in {
        "all": Asked(),
        "state": Asked(state="accepted", sort="submitted"),
        "words": Asked(words="仁心 第1"),
        "last": Asked(page=99, per_page=3),
    }.items():
        with CaptureQueriesContext(connection) as captured:
            listing(stage.contest, asked)
        seen[name] = len(captured)
    with CaptureQueriesContext(connection) as captured:
        counts(stage.contest)
    assert {**seen, "counts": len(captured)} == {
        "all": 5, "state": 5, "words": 6, "last": 5, "counts": 1,
    }  # fmt: skip


@pytest.mark.skipif(connection.vendor != "sqlite", reason="reads SQLite's plan")
@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("state", ["", "accepted"])
def test_a_page_is_found_on_an_index(sort: str, state: str) -> None:
    stage = crowd(2)
    with CaptureQueriesContext(connection) as captured:
        listing(stage.contest, Asked(sort=sort, state=state))
    counted, keys = (one["sql"] for one in captured.captured_queries[:2])
    assert re.search(r"COUNT\(", counted)
    for sql in (counted, keys):
        plan = _plan(sql)
        assert "SCAN" not in plan
        assert "COVERING INDEX entry_" in plan
    assert "TEMP B-TREE" not in _plan(keys)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="reads SQLite's plan")
def test_words_are_looked_for_in_an_index_of_their_own() -> None:
    stage = crowd(2)
    with CaptureQueriesContext(connection) as captured:
        listing(stage.contest, Asked(words="仁心"))
    assert "COVERING INDEX entry_search" in _plan(captured.captured_queries[1]["sql"])


def _plan(sql: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}".replace("%", "%%"))
        return "\n".join(row[3] for row in cursor.fetchall())


def grouped(rules: Rules) -> Rules:
    """The example with two divisions, of which one alone is bound by the demand for resolution."""
    video = rules.tracks[0]
    cite = video.cite
    divisions = tuple(
        Division(id=id, name=name, axis="组别", cite=cite)
        for id, name in (("staff", "教工组"), ("student", "学生组"))
    )
    slot = video.slots[0]
    bound = tuple(
        each.model_copy(update={"divisions": ("staff",)}) if each.id == "resolution" else each
        for each in slot.requirements
    )
    slots = (slot.model_copy(update={"requirements": bound}), *video.slots[1:])
    tracks = (video.model_copy(update={"slots": slots}), *rules.tracks[1:])
    return rules.model_copy(update={"language": "2", "divisions": divisions, "tracks": tracks})


def test_what_binds_another_division_is_no_breach() -> None:
    stage = make.contest(works=2, judges=0, change=grouped)
    for entry, division in zip(stage.entries, ("staff", "student"), strict=True):
        Entry.objects.filter(pk=entry.pk).update(divisions=[division])
        inspected(entry.files.get().asset, resolution="fail", framing="fail")
    found = {row.number: row.broken for row in listing(stage.contest, Asked()).rows}
    other = {each.id for each in rules_of(stage.contest).tracks[0].slots[0].requirements}
    assert {"resolution", "framing"} <= other
    assert found == {"001": 2, "002": 1}
    standing = Standing(stage.contest, frozenset({Role.ORGANISER}), frozenset())
    told = entries_in(standing, Sought(), after=None, most=9)
    assert [len(row.current_files[0].asset.broken) for row in told] == [2, 1]  # type: ignore[attr-defined]
