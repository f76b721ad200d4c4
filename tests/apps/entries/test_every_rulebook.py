"""Every example rulebook: each of its tracks takes an entry that keeps its rules, and no empty one."""

from __future__ import annotations

import pytest

from fengcai.apps.entries import actions
from fengcai.apps.entries.models import Entry
from fengcai.apps.entries.promises import promises
from fengcai.apps.entries.queries import entry_page
from fengcai.apps.entries.scope import Scope, track_of
from fengcai.apps.refusals import Refused
from tests.factories.any_rulebook import BOOKS, Unresolved, office, rules_named

pytestmark = pytest.mark.django_db


@pytest.mark.clause("H3")
@pytest.mark.parametrize("book", BOOKS)
def test_every_track_takes_an_entry_that_keeps_the_rules(book: str) -> None:
    try:
        rules = rules_named(book)
    except Unresolved:
        pytest.skip("only its organiser can answer a question of this rulebook")
    made = office(rules)
    entering = [c.id for c in rules.unit_classes if c.may_enter]
    for n, track in enumerate(rules.tracks):
        unit = made.unit(f"第{n}单位", entering[n % len(entering)])
        empty = made.begin(unit, track.id)
        with pytest.raises(Refused) as refused:
            actions.submit_entry(
                entry_id=empty.pk, expected_version=1, declared=[], signed_name="",
                by=made.who(unit), at=made.when(empty),
            )  # fmt: skip
        scope = Scope(rules, track_of(rules, track.id))
        required = {f.id for f in track.fields if f.required and f.id != "themes"}
        assert required <= set(refused.value.fields)
        assert all(
            f"declaration-{each.id}" in refused.value.fields
            for each in promises(scope, "submit")
            if each.ticked
        )
        actions.withdraw_entry(entry_id=empty.pk, by=made.who(unit), at=made.when(empty))
        entry = made.handed_in(unit, track.id)
        assert entry.state == "confirmed"
        page = entry_page(entry_id=entry.pk, user=made.who(unit))
        assert page.owed == []
    assert Entry.objects.filter(state="confirmed").count() == len(rules.tracks)
