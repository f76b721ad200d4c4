"""A returned work: only what the reviewer opened may be changed, to the day given, and what is owed."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from fengcai.apps.entries import actions
from fengcai.apps.entries.actions.mending import open_parts, parts_of
from fengcai.apps.entries.models import Entry, Revision
from fengcai.apps.entries.scope import scope_of
from fengcai.apps.intake.actions import return_entry
from fengcai.apps.refusals import Refused, TooLate
from tests.factories.collecting import CLOSES, DAY, UNITS, Collecting, collecting

pytestmark = [pytest.mark.django_db, pytest.mark.intake]
UNTIL = CLOSES + timedelta(days=3)


@pytest.fixture
def returned(settings: Any, tmp_path: Path) -> tuple[Collecting, Entry]:
    """A work that was returned for its synopsis and its film alone."""
    settings.FENGCAI_DATA = tmp_path / "data"
    made = collecting()
    entry = made.draft()
    made.with_film(entry, tmp_path)
    made.submit(entry)
    assert Revision.objects.count() == 0
    Entry.objects.filter(pk=entry.pk).update(state="confirmed")
    entry.refresh_from_db()
    back(made, entry, parts=["synopsis", "slot-main"])
    entry.refresh_from_db()
    return made, entry


def back(made: Collecting, entry: Entry, **more: Any) -> None:
    return_entry(
        entry_id=entry.pk, expected_version=entry.version, decided={}, notes={},
        reasons="简介有错字", mend_until=UNTIL, by=made.reviewer, at=DAY, **more,
    )  # fmt: skip


def save(made: Collecting, entry: Entry, **changes: Any) -> Entry:
    return actions.save_draft(
        entry_id=entry.pk, changes=changes, expected_version=entry.version,
        by=made.contacts[UNITS[0]], at=CLOSES + timedelta(days=2),
    )  # fmt: skip


def test_only_what_was_opened_may_be_changed(
    returned: tuple[Collecting, Entry], tmp_path: Path
) -> None:
    made, entry = returned
    assert open_parts(entry) == {"synopsis", "slot-main"}
    with pytest.raises(Refused) as refused:
        save(made, entry, title="另一个题目", synopsis="改过的简介")
    assert refused.value.fields == {"title": "这一项没有开放修改"}
    # A page sends the whole form: what it did not change is no change.
    save(made, entry, title=entry.title, synopsis="改过的简介")
    made.with_film(entry, tmp_path, at=CLOSES + timedelta(days=2))
    assert Entry.objects.get().fields["synopsis"] == "改过的简介"


def test_the_day_given_is_the_timetables(returned: tuple[Collecting, Entry]) -> None:
    made, entry = returned
    with pytest.raises(TooLate):
        actions.save_draft(
            entry_id=entry.pk, changes={"synopsis": "晚了"}, expected_version=entry.version,
            by=made.contacts[UNITS[0]], at=UNTIL + timedelta(minutes=1),
        )  # fmt: skip


def test_what_the_work_owes_may_always_be_made_good(returned: tuple[Collecting, Entry]) -> None:
    made, entry = returned
    entry.fields["contact"] = ""
    entry.save()
    save(made, entry, contact="心病科 0791-1")
    assert Entry.objects.get().fields["contact"] == "心病科 0791-1"


def test_a_part_that_there_is_not_and_a_return_of_everything(
    returned: tuple[Collecting, Entry],
) -> None:
    made, entry = returned
    Entry.objects.update(state="confirmed")
    with pytest.raises(Refused, match="作品没有“poem”这一项"):
        back(made, entry, parts=["poem"])
    back(made, entry)
    entry.refresh_from_db()
    assert open_parts(entry) is None
    save(made, entry, title="全部开放")


def test_the_parts_are_the_form_s(returned: tuple[Collecting, Entry]) -> None:
    from fengcai.apps.contests.queries import rules_of

    made, entry = returned
    names = [part for part, _ in parts_of(scope_of(entry, rules_of(made.contest)))]
    assert names[0] == "title"
    assert names[-1].startswith("slot-")
    assert "themes" in names


def test_a_work_is_withdrawn_with_its_reason(returned: tuple[Collecting, Entry]) -> None:
    made, entry = returned
    by = made.contacts[UNITS[0]]
    with pytest.raises(Refused, match="最多 500 字"):
        actions.withdraw_entry(entry_id=entry.pk, by=by, at=DAY, reason="长" * 501)
    actions.withdraw_entry(entry_id=entry.pk, by=by, at=DAY, reason="出镜人员不再同意")
    row = Entry.objects.get()
    assert (row.state, row.withdrawn_why) == ("withdrawn", "出镜人员不再同意")
