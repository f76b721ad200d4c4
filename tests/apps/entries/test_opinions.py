"""An expert's opinion by a link: one work, one form, once; and what it fills and what it raises."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from fengcai.apps.entries.actions.opinions import ask_expert, give_opinion, void_opinion
from fengcai.apps.entries.doubts import doubts
from fengcai.apps.entries.models import Entry, Opinion
from fengcai.apps.entries.opinions import file_for_expert, invitation, opinions_of
from fengcai.apps.entries.owed import owed_by
from fengcai.apps.entries.scope import scope_of
from fengcai.apps.refusals import NotFound, Refused
from fengcai.core.rulebook import Rules
from fengcai.core.rulebook.rules import Slot
from tests.factories.any_rulebook import Office, filed, office, rules_named

pytestmark = [pytest.mark.django_db, pytest.mark.intake, pytest.mark.clause("H12")]
SAID = {
    "verdict": "pass",
    "science": "数值和出处都对",
    "appeal": "通俗有趣",
    "harm": "无",
    "name": "王教授",
    "post": "主任技师",
    "unit": "某大学医院",
}


@pytest.fixture
def stage() -> tuple[Office, Rules, Entry]:
    """A work of the speech contest whose rules want an expert's opinion."""
    rules = rules_named("speech-final-2026")
    track = rules.tracks[0]
    wanted = Slot(id="opinion", name="专家审核意见", kind="document", role="opinion", min=1, max=3,
                  accept=(".pdf",), cite=track.cite)  # fmt: skip
    track = track.model_copy(update={"slots": (*track.slots, wanted)})
    made = office(rules.model_copy(update={"tracks": (track, *rules.tracks[1:])}))
    entry = made.begin(made.unit("检验科"), track.id)
    return made, made.rules, entry


def asked(made: Office, entry: Entry, **more: Any) -> tuple[Opinion, str]:
    given = {"name": "王教授", "post": "", "unit": "", **more}
    return ask_expert(entry_id=entry.pk, by=made.who(entry.unit), at=made.when(entry), **given)


def owes(entry: Entry, rules: Rules) -> bool:
    return any(each.field == "slot-opinion" for each in owed_by(entry, rules))


def test_an_opinion_given_by_the_link_fills_the_slot(stage: tuple[Office, Rules, Entry]) -> None:
    made, rules, entry = stage
    at = made.when(entry)
    row, token = asked(made, entry)
    assert owes(entry, rules)
    assert token not in str(row.__dict__)
    page = invitation(token=token, at=at)
    assert (page.open, page.row.name, page.entry.pk) == (True, "王教授", entry.pk)
    give_opinion(token=token, at=at, **SAID)
    assert not owes(entry, rules)
    [told] = opinions_of(entry)
    assert (told.verdict_name, told.unit, told.outdated) == ("审核通过", "某大学医院", False)
    assert doubts(entry, scope_of(entry, rules), ()) == []
    # The link is spent: it shows what was said, and takes nothing more.
    assert not invitation(token=token, at=at).open
    with pytest.raises(NotFound):
        give_opinion(token=token, at=at, **SAID)


def test_other_files_since_and_a_bad_verdict_are_doubts(stage: tuple[Office, Rules, Entry]) -> None:
    made, rules, entry = stage
    at = made.when(entry)
    _, token = asked(made, entry)
    give_opinion(token=token, at=at, **SAID)
    filed(entry, rules.tracks[0].slots[0], made.who(entry.unit))
    _, second = asked(made, entry, name="李主任")
    give_opinion(token=second, at=at, **{**SAID, "name": "李主任", "verdict": "mend"})
    assert [each.text for each in doubts(entry, scope_of(entry, rules), ())] == [
        "专家审核意见：王教授审核之后，作品又换过文件",
        "专家审核意见：李主任的结论是“修改后再审”",
    ]
    assert not owes(entry, rules)


@pytest.mark.parametrize("left_out", ["verdict", "science", "appeal", "harm", "name", "unit"])
def test_each_thing_that_is_missing_is_named(
    stage: tuple[Office, Rules, Entry], left_out: str
) -> None:
    made, _, entry = stage
    _, token = asked(made, entry)
    with pytest.raises(Refused) as refused:
        give_opinion(token=token, at=made.when(entry), **{**SAID, left_out: " "})
    assert refused.value.fields.keys() == {left_out}
    assert Opinion.objects.get().given_at is None


def test_a_link_ends_with_its_time_its_recall_and_the_work(
    stage: tuple[Office, Rules, Entry],
) -> None:
    made, _, entry = stage
    at, by = made.when(entry), made.who(entry.unit)
    row, token = asked(made, entry)
    for wrong in ("", "x", "不是链接", "\ud800"):
        with pytest.raises(NotFound):
            invitation(token=wrong, at=at)
    with pytest.raises(NotFound):
        invitation(token=token, at=at + timedelta(days=15))
    Entry.objects.update(state="withdrawn")
    with pytest.raises(NotFound):
        invitation(token=token, at=at)
    Entry.objects.update(state="draft")
    void_opinion(entry_id=entry.pk, opinion=row.pk, by=by, at=at)
    with pytest.raises(NotFound):
        give_opinion(token=token, at=at, **SAID)


def test_the_expert_sees_the_works_current_files_and_nothing_else(
    stage: tuple[Office, Rules, Entry],
) -> None:
    made, rules, entry = stage
    at = made.when(entry)
    slot = rules.tracks[0].slots[0]
    asset = filed(entry, slot, made.who(entry.unit))
    _, token = asked(made, entry)
    found = file_for_expert(token=token, asset_id=asset.pk, slots=frozenset({slot.id}), at=at)
    assert found.pk == asset.pk
    other = made.begin(made.unit("另一科"), entry.track)
    strange = filed(other, slot, made.who(other.unit))
    for wanted, slots in ((strange.pk, {slot.id}), (asset.pk, {"papers"})):
        with pytest.raises(NotFound):
            file_for_expert(token=token, asset_id=wanted, slots=frozenset(slots), at=at)


def test_another_unit_and_a_contest_without_such_a_rule_ask_nobody(
    stage: tuple[Office, Rules, Entry],
) -> None:
    made, _, entry = stage
    stranger = made.who(made.unit("别科"))
    with pytest.raises(NotFound):
        ask_expert(entry_id=entry.pk, name="王", post="", unit="", by=stranger, at=made.when(entry))
    with pytest.raises(Refused):
        asked(made, entry, name=" ")
    for _ in range(10):
        asked(made, entry)
    with pytest.raises(Refused, match="已有 10 个审核链接"):
        asked(made, entry)
