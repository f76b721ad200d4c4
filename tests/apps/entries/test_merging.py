"""Two people on one draft: different fields are merged, the same field is shown with both texts."""

from __future__ import annotations

from typing import Any

import pytest

from fengcai.apps.contests.models import Membership
from fengcai.apps.entries import actions
from fengcai.apps.entries.actions.merging import changed_since, writing_now
from fengcai.apps.entries.models import Entry, Revision
from fengcai.apps.people.models import User
from fengcai.apps.refusals import Stale
from tests.factories.collecting import DAY, UNITS, Collecting, collecting
from tests.factories.judging import person

pytestmark = [pytest.mark.django_db, pytest.mark.intake]


def two() -> tuple[Collecting, Entry, User, User]:
    """A draft at version 2 with two people of its unit."""
    made = collecting()
    entry = made.draft()
    other = person("副联络员")
    Membership.objects.create(
        contest=made.contest, user=other, role="contact", unit=made.units[UNITS[0]]
    )
    return made, entry, made.contacts[UNITS[0]], other


def save(entry: Entry, by: User, version: int, **changes: Any) -> Entry:
    return actions.save_draft(
        entry_id=entry.pk, changes=changes, expected_version=version, by=by, at=DAY
    )


def test_different_fields_of_two_people_both_stand() -> None:
    _, entry, first, second = two()
    save(entry, first, 2, title="甲的题目")
    done = save(entry, second, 2, synopsis="乙的简介")
    assert done.version == 4
    row = Entry.objects.get()
    assert (row.title, row.fields["synopsis"]) == ("甲的题目", "乙的简介")
    assert changed_since(row, 2, {"synopsis": ""}) == {"title": "甲的题目"}


def test_a_whole_form_sent_by_a_page_without_script_takes_nothing_back() -> None:
    _, entry, first, second = two()
    page = {"title": "心跳的守护", "synopsis": "从一张心电图开始。", "themes": ["service"]}
    save(entry, first, 2, title="甲的题目")
    save(entry, second, 2, **{**page, "synopsis": "乙的简介"})
    row = Entry.objects.get()
    assert (row.title, row.fields["synopsis"]) == ("甲的题目", "乙的简介")


def test_one_field_of_two_people_is_a_conflict_and_the_rest_is_kept() -> None:
    _, entry, first, second = two()
    save(entry, first, 2, synopsis="甲的简介", contact="甲 0791-1")
    with pytest.raises(Stale) as refused:
        save(entry, second, 2, synopsis="乙的简介", title="乙的题目")
    assert refused.value.current == {"synopsis": "甲的简介"}
    assert refused.value.version == 4
    assert "心病科联络员刚刚也改了" in refused.value.message
    row = Entry.objects.get()
    assert (row.title, row.fields["synopsis"]) == ("乙的题目", "甲的简介")
    # Whoever has seen both and keeps his own writes on the version that he was told.
    save(entry, second, 4, synopsis="乙的简介")
    assert Entry.objects.get().fields["synopsis"] == "乙的简介"


def test_the_same_words_twice_are_no_conflict_and_no_new_version() -> None:
    _, entry, first, second = two()
    save(entry, first, 2, synopsis="同一句话")
    assert save(entry, second, 2, synopsis="同一句话").version == 3


def test_a_page_older_than_what_is_remembered_meets_every_difference() -> None:
    _, entry, first, second = two()
    save(entry, first, 2, title="甲的题目")
    Revision.objects.all().delete()
    with pytest.raises(Stale) as refused:
        save(entry, second, 2, title="心跳的守护", contact="乙 0791-2")
    assert refused.value.current.keys() == {"title", "contact"}


def test_who_else_writes_is_known_for_some_minutes() -> None:
    from datetime import timedelta

    _, entry, first, second = two()
    save(entry, second, 2, title="乙的题目")
    assert [each.name for each in writing_now(entry, first, DAY)] == ["副联络员"]
    assert [each.name for each in writing_now(entry, second, DAY)] == ["心病科联络员"]
    assert writing_now(entry, first, DAY + timedelta(minutes=11)) == []


def test_rows_and_people_are_merged_as_a_whole_field() -> None:
    _, entry, first, second = two()
    save(
        entry,
        first,
        2,
        authors=[{"name": "编导甲", "role": "编导"}, {"name": "乙", "role": "编导"}],
    )
    with pytest.raises(Stale) as refused:
        save(entry, second, 2, authors=[{"name": "丙", "role": "编导"}])
    assert [row["name"] for row in refused.value.current["authors"]] == ["编导甲", "乙"]  # type: ignore[attr-defined]
