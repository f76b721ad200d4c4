"""Starting and writing drafts: who may, in which time, how many, and two tabs at once."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from fengcai.apps.entries import actions
from fengcai.apps.entries.models import Entry
from fengcai.apps.refusals import NotFound, NotPermitted, Refused, Stale, TooLate
from tests.factories.collecting import CLOSES, DAY, UNITS, collecting

pytestmark = pytest.mark.django_db


def test_a_draft_keeps_what_was_typed() -> None:
    made = collecting()
    entry = made.draft(title="  心跳的  守护 ")
    row = Entry.objects.get(pk=entry.pk)
    assert (row.title, row.state, row.version) == ("心跳的 守护", "draft", 2)
    assert row.themes == ["service"]
    assert row.fields["authors"] == [{"name": "编导甲", "role": "编导"}]


def test_a_title_is_kept_without_what_nobody_sees() -> None:
    """A sign that turns the direction would turn every line that the title stands in."""
    assert collecting().draft(title="\u202e心跳\u200b的\n守护").title == "心跳的 守护"


def test_two_tabs_cannot_overwrite_each_other_unseen() -> None:
    made = collecting()
    entry = made.draft()
    by = made.contacts[UNITS[0]]
    save = {"entry_id": entry.pk, "expected_version": 2, "by": by, "at": DAY}
    actions.save_draft(changes={"title": "甲标签页"}, **save)
    with pytest.raises(Stale) as refused:
        actions.save_draft(changes={"title": "乙标签页"}, **save)
    assert refused.value.version == 3
    assert refused.value.current["title"] == "甲标签页"
    assert Entry.objects.get(pk=entry.pk).title == "甲标签页"


@pytest.mark.clause("J1")
def test_another_units_entry_looks_as_if_there_were_none() -> None:
    made = collecting()
    entry = made.draft()
    stranger = made.contacts[UNITS[1]]
    with pytest.raises(NotFound) as theirs:
        actions.save_draft(
            entry_id=entry.pk, changes={"title": "x"}, expected_version=2, by=stranger, at=DAY
        )
    with pytest.raises(NotFound) as nobodys:
        actions.save_draft(
            entry_id=uuid4(), changes={"title": "x"}, expected_version=2, by=stranger, at=DAY
        )
    assert theirs.value.message == nobodys.value.message


def test_nobody_starts_a_work_for_a_unit_that_is_not_his() -> None:
    made = collecting()
    with pytest.raises(NotPermitted):
        actions.start_entry(
            contest=made.contest,
            unit=made.units[UNITS[1]],
            track="video",
            by=made.contacts[UNITS[0]],
            at=DAY,
        )
    assert Entry.objects.count() == 0


def test_the_quota_counts_what_is_not_withdrawn() -> None:
    made = collecting()
    first, _ = made.draft(), made.draft()
    with pytest.raises(Refused, match="每个单位最多 2 件"):
        made.draft()
    by = made.contacts[UNITS[0]]
    actions.withdraw_entry(entry_id=first.pk, by=by, at=DAY)
    made.draft()
    assert Entry.objects.exclude(state="withdrawn").count() == 2


@pytest.mark.clause("J11")
@pytest.mark.parametrize(
    ("late", "taken"), [(timedelta(seconds=-1), True), (timedelta(0), True), (timedelta(1), False)]
)
def test_the_deadline_is_the_servers(late: timedelta, taken: bool) -> None:
    made = collecting()
    if taken:
        assert made.draft(at=CLOSES + late).state == "draft"
    else:
        with pytest.raises(TooLate, match="联系组织者"):
            made.draft(at=CLOSES + late)


def test_fields_that_the_rulebook_does_not_know_are_refused_by_name() -> None:
    made = collecting()
    with pytest.raises(Refused) as refused:
        made.draft(colour="red", synopsis="字" * 20_001)
    assert refused.value.fields == {
        "colour": "规则中没有这一栏",
        "synopsis": "超过 20000 字，无法保存",
    }


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("authors", "编导甲", "应为人员列表，每人有姓名和分工"),
        ("authors", ["编导甲"], "应为人员列表，每人有姓名和分工"),
        ("authors", [{"name": 7}], "应为人员列表，每人有姓名和分工"),
        ("authors", [{"name": "甲", "phone": "1"}], "应为人员列表，每人有姓名和分工"),
        ("authors", {"name": "甲"}, "应为人员列表，每人有姓名和分工"),
        ("authors", [{"name": "甲" * 61}], "姓名最多 60 字，分工最多 40 字"),
        ("authors", [{"name": "甲"}] * 201, "最多 200 人"),
        ("title", ["心跳"], "应为文字"),
        ("synopsis", [{"name": "甲"}], "应为文字"),
        ("synopsis", None, "应为文字"),
        ("synopsis", "长" * 20_001, "超过 20000 字，无法保存"),
        ("themes", "service", "应为创作方向的列表"),
        ("themes", [7], "应为创作方向的列表"),
        ("unheard", "x", "规则中没有这一栏"),
    ],
)
def test_a_value_of_another_kind_is_refused_beside_its_field(
    name: str, value: object, said: str
) -> None:
    made = collecting()
    entry = made.draft()
    with pytest.raises(Refused) as refused:
        actions.save_draft(
            entry_id=entry.pk,
            changes={"contact": "另一个人", name: value},
            expected_version=2,
            by=made.contacts[UNITS[0]],
            at=DAY,
        )
    assert refused.value.fields == {name: said}
    row = Entry.objects.get(pk=entry.pk)
    assert (row.version, row.fields["contact"]) == (2, "心病科联络员 0791-0000000")


def test_what_a_command_or_a_program_writes_is_kept_without_nul() -> None:
    row = Entry.objects.get(
        pk=collecting()
        .draft(
            title="心跳\0的守护",
            synopsis="一\0",
            authors=[{"name": "甲\0", "role": "编\0导"}],
            themes=["service\0"],
        )
        .pk
    )
    assert (row.title, row.fields["synopsis"], row.themes) == ("心跳的守护", "一", ["service"])
    assert row.fields["authors"] == [{"name": "甲", "role": "编导"}]
