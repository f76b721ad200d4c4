"""One unit: corrected, closed, exempted, merged, its contact handed over; all on record."""

from __future__ import annotations

from datetime import timedelta

import pytest

from fengcai.apps.audit.queries import verify_chain
from fengcai.apps.contests import roster
from fengcai.apps.contests.duties import UnitExemption
from fengcai.apps.contests.handover import hand_over, offer_handover, offered, take_handover
from fengcai.apps.contests.life import life_of
from fengcai.apps.contests.models import Membership, Unit
from fengcai.apps.contests.rules import acts_for
from fengcai.apps.contests.units import (
    UnitText,
    add_unit,
    change_unit,
    close_unit,
    exempt_unit,
    merge_units,
    preview_merge,
    reopen_unit,
)
from fengcai.apps.entries import actions
from fengcai.apps.entries.models import Entry
from fengcai.apps.people.actions import issue_personal_link, redeem_personal_link
from fengcai.apps.refusals import NotPermitted, Refused
from tests.factories.collecting import DAY, Collecting, collecting

pytestmark = [pytest.mark.django_db, pytest.mark.intake]
HEADERS = [
    "科室名称",
    "科室类别",
    "院区",
    "别名",
    "联络员",
    "联系电话",
    "邮箱",
    "负责人",
    "负责人电话",
]


def taken_in(made: Collecting, *rows: list[str]) -> roster.RosterPreview:
    found = roster.preview_units(
        contest=made.contest, headers=HEADERS, rows=list(enumerate(rows, start=2))
    )
    roster.import_units(contest=made.contest, preview=found, by=made.organiser, at=DAY)
    return found


def text(unit: Unit, **changes: str) -> UnitText:
    return UnitText(**{"name": unit.name, "unit_class": unit.unit_class, **changes})


@pytest.mark.clause("J1")
def test_two_units_of_one_name_are_told_apart_by_their_district() -> None:
    made = collecting()
    table = (
        ["检验科", "医技科室", "本部", "化验室", "甲", "1381", "a@example.cn", "主任", "1399"],
        ["检验科", "医技科室", "东院区"],
        ["检验科", "医技科室", "东院区"],
        ["检验科", "医技科室"],
    )
    found = taken_in(made, *table)
    assert [(r.line, r.unit) for r in found.new] == [(2, "检验科"), (3, "检验科（东院区）")]
    assert [(r.line, r.problem) for r in found.refused] == [
        (4, "与第 3 行重复，只取前一行"),
        (5, "与第 2 行重复，只取前一行"),
    ]
    east = Unit.objects.get(name="检验科（东院区）")
    assert (east.district, east.aliases) == ("东院区", ["检验科"])
    again = taken_in(made, *table[:2], ["化验室", "医技科室"])
    assert [(r.unit, r.known) for r in again.rows if not r.problem] == [
        ("检验科", True), ("检验科（东院区）", True),
    ]  # fmt: skip
    assert again.refused[0].problem == "与第 2 行重复，只取前一行"
    seats = Membership.objects.filter(unit__name="检验科").order_by("role")
    assert [(s.user.name, s.user.phone, s.user.email) for s in seats] == [
        ("甲", "1381", "a@example.cn"), ("主任", "1399", ""),
    ]  # fmt: skip


def test_one_person_of_two_units_gets_one_account_and_bad_addresses_are_refused() -> None:
    made = collecting()
    found = taken_in(
        made,
        ["超声科", "医技科室", "", "", "张三", "1381"],
        ["病理科", "医技科室", "", "", "张三", "1381"],
        ["核医学科", "医技科室", "", "", "李四", "1382", "li@"],
        ["放射\u202e科\u200b", "医技科室", "", "心病科", "", "", "", "", ""],
    )
    assert [r.problem for r in found.refused] == [
        "邮箱“li@”写得不完整", "别名“心病科”已是另一个单位的名称",
    ]  # fmt: skip
    assert found.refused[1].unit == "放射科"
    users = set(Membership.objects.filter(user__name="张三").values_list("user", flat=True))
    assert len(users) == 1


def test_a_changed_name_stays_as_another_name() -> None:
    made = collecting()
    unit = made.units["心病科"]
    with pytest.raises(Refused) as refused:
        change_unit(unit=unit, text=text(unit, name="针灸科", unit_class="x", email="y", aliases="针灸科"),
                    by=made.organiser, at=DAY)  # fmt: skip
    assert set(refused.value.fields) == {"name", "unit_class", "email"}
    change_unit(unit=unit, text=text(unit, name="心血管内科", aliases="心内科、心内"),
                by=made.organiser, at=DAY)  # fmt: skip
    unit.refresh_from_db()
    assert (unit.name, unit.aliases) == ("心血管内科", ["心内科", "心内", "心病科"])
    with pytest.raises(NotPermitted):
        add_unit(contest=made.contest, text=text(unit, name="新科"), by=made.reviewer, at=DAY)
    below = add_unit(
        contest=made.contest,
        text=text(unit, name="新科", parent=str(unit.pk)),
        by=made.organiser,
        at=DAY,
    )
    with pytest.raises(Refused) as refused:
        change_unit(unit=unit, text=text(unit, parent=str(below.pk)), by=made.organiser, at=DAY)
    assert refused.value.fields == {"parent": "它是本单位的下级，不能又做上级"}


def test_a_closed_unit_begins_nothing_and_comes_back() -> None:
    made = collecting()
    unit = made.units["心病科"]
    with pytest.raises(Refused, match="请写明原因"):
        close_unit(unit=unit, reason=" ", by=made.organiser, at=DAY)
    close_unit(unit=unit, reason="并科", by=made.organiser, at=DAY)
    with pytest.raises(Refused, match="已经停用"):
        made.draft("心病科")
    reopen_unit(unit=unit, by=made.organiser, at=DAY)
    assert made.draft("心病科").unit == unit
    assert verify_chain(made.contest.chain).ok


def test_two_rows_of_one_unit_become_one_with_all_that_they_had() -> None:
    made = collecting(("心病科", "心血管内科"))
    draft = made.draft("心病科")
    exempt_unit(unit=made.units["心病科"], reason="误录", by=made.organiser, at=DAY)
    ids = {"source": made.units["心病科"].pk, "target": made.units["心血管内科"].pk}
    found = preview_merge(contest=made.contest, by=made.organiser, **ids)
    assert dict(found.moves) == {"联络员、负责人等身份": 2, "作品": 1}
    assert found.objections == ()
    merge_units(contest=made.contest, by=made.organiser, at=DAY, **ids)
    draft.refresh_from_db()
    kept = Unit.objects.get(pk=ids["target"])
    gone = Unit.objects.get(pk=ids["source"])
    assert (draft.unit, kept.aliases, gone.merged_into) == (kept, ["心病科"], kept)
    assert acts_for(made.contacts["心病科"], kept)
    assert not UnitExemption.objects.filter(ended_at=None).exists()
    with pytest.raises(Refused, match="已停用的单位不能合并"):
        merge_units(contest=made.contest, by=made.organiser, at=DAY, **ids)


def test_a_unit_with_accepted_works_is_not_merged_away() -> None:
    made = collecting(("心病科", "心血管内科"))
    draft = made.draft("心病科")
    Entry.objects.filter(pk=draft.pk).update(state="accepted", number="001")
    ids = {"source": made.units["心病科"].pk, "target": made.units["心血管内科"].pk}
    with pytest.raises(Refused, match="已有审核通过的作品"):
        merge_units(contest=made.contest, by=made.organiser, at=DAY, **ids)
    assert Unit.objects.filter(closed_at=None, pk=ids["source"]).exists()
    back = preview_merge(
        contest=made.contest, source=ids["target"], target=ids["source"], by=made.organiser
    )
    assert back.objections == ()


@pytest.mark.clause("J13")
def test_the_contact_hands_over_by_a_link_that_opens_once() -> None:
    made = collecting()
    unit, leaving = made.units["心病科"], made.contacts["心病科"]
    draft = made.draft("心病科")
    old = issue_personal_link(user=leaving, by=made.organiser, at=DAY)
    stale = offer_handover(contest=made.contest, unit=unit, by=leaving, at=DAY)
    token = offer_handover(contest=made.contest, unit=unit, by=leaving, at=DAY)
    assert offered(stale, at=DAY) is None
    assert offered(token, at=DAY + timedelta(days=8)) is None
    with pytest.raises(NotPermitted):
        offer_handover(contest=made.contest, unit=unit, by=made.contacts["针灸科"], at=DAY)
    with pytest.raises(Refused) as refused:
        take_handover(token=token, name="接任人", phone="", email="", user=None, at=DAY)
    assert "phone" in refused.value.fields
    with pytest.raises(Refused, match="您就是现任联络员"):
        take_handover(token=token, name="", phone="", email="", user=leaving, at=DAY)
    new = take_handover(token=token, name="接任人", phone="1380", email="", user=None, at=DAY)
    assert not acts_for(leaving, unit)
    saved = actions.save_draft(
        entry_id=draft.pk, changes={"title": "新题"}, expected_version=draft.version, by=new, at=DAY
    )
    assert saved.title == "新题"
    with pytest.raises(Refused):
        redeem_personal_link(token=old, at=DAY)
    with pytest.raises(Refused, match="已经用过"):
        take_handover(token=token, name="又一个", phone="1381", email="", user=None, at=DAY)
    life = life_of(unit, at=DAY)
    assert [seat.user for seat in life.contacts] == [new]
    assert [seat.user for seat in life.former] == [leaving]
    assert verify_chain(made.contest.chain).ok


@pytest.mark.clause("J13")
def test_the_officer_hands_over_and_a_link_of_another_unit_stays_alive() -> None:
    made = collecting()
    unit, leaving = made.units["心病科"], made.contacts["心病科"]
    Membership.objects.create(
        contest=made.contest, user=leaving, role="contact", unit=made.units["针灸科"]
    )
    old = issue_personal_link(user=leaving, by=made.organiser, at=DAY)
    told = {"contest": made.contest, "unit": unit, "leaving": leaving, "phone": "1", "email": ""}
    seat = hand_over(name="新联络员", by=made.organiser, at=DAY, **told)
    assert (seat.user.name, acts_for(leaving, unit)) == ("新联络员", False)
    assert redeem_personal_link(token=old, at=DAY) == leaving
    with pytest.raises(Refused, match="已不是本单位的联络员"):
        hand_over(name="又一个", by=made.organiser, at=DAY, **told)
    with pytest.raises(NotPermitted):
        hand_over(name="又一个", by=leaving, at=DAY, **told)
