"""The roster of units: an officer's table, understood before anything is kept."""

from __future__ import annotations

import pytest

from fengcai.apps.contests import roster
from fengcai.apps.contests.models import Membership, Unit
from fengcai.apps.people.models import User
from fengcai.apps.refusals import Refused
from tests.factories.collecting import DAY, collecting

pytestmark = pytest.mark.django_db
HEADERS = ["科室名称 *", "科室类别", "上级单位", "联络员", "联系电话", "负责人"]


def preview(rows: list[list[str]], headers: list[str] = HEADERS) -> roster.RosterPreview:
    made = collecting()
    return roster.preview_units(
        contest=made.contest, headers=headers, rows=list(enumerate(rows, start=2))
    )


@pytest.mark.clause("U1")
def test_a_preview_says_what_each_row_would_do() -> None:
    found = preview(
        [
            ["检验科", "医技科室", "", "检验科联络员", "0791-1", "检验科主任"],
            ["心病科", "临床科室"],
            ["检验科", "医技科室"],
            ["食堂", "后勤"],
            ["", "临床科室"],
            ["病理室", "医技科室", "没有的院区"],
            ["字" * 101, "临床科室"],
        ]
    )
    assert [row.unit for row in found.new] == ["检验科"]
    assert [row.unit for row in found.known] == ["心病科"]
    assert [(row.line, row.problem) for row in found.refused] == [
        (4, "与第 2 行重复，只取前一行"),
        (5, "类别“后勤”不在规则中，应为：临床科室、医技科室、支部、行政职能部门"),
        (6, "没有单位名称"),
        (7, "名单中没有上级单位“没有的院区”"),
        (8, "单位名称超过 100 字"),
    ]


def test_a_class_in_short_is_the_only_one_that_has_it_in_its_name() -> None:
    found = preview(
        [
            ["检验科", "医技"],
            ["肺病科", "临 床"],
            ["宣传科", "职能部门"],
            ["护理部", "科室"],
            ["病案室", ""],
        ]
    )
    wanted = "应为：临床科室、医技科室、支部、行政职能部门"
    assert [(row.unit, row.class_name) for row in found.new] == [
        ("检验科", "医技科室"),
        ("肺病科", "临床科室"),
        ("宣传科", "行政职能部门"),
    ]
    assert [row.problem for row in found.refused] == [
        f"类别“科室”不在规则中，{wanted}",
        f"没有写类别，{wanted}",
    ]


def test_a_number_is_dialled_in_plain_digits_and_a_short_one_is_pointed_out() -> None:
    found = preview(
        [
            ["检验科", "医技科室", "", "联络员", "１３８００１３８００５"],
            ["肺病科", "临床科室", "", "联络员", "1380013800"],
            ["病案室", "医技科室", "", "联络员", "0791-86361234"],
        ]
    )
    assert [(row.phone, row.note) for row in found.new] == [
        ("13800138005", ""),
        ("1380013800", "电话“1380013800”不是 11 位，请核对"),
        ("0791-86361234", ""),
    ]


def test_a_table_without_its_columns_says_which() -> None:
    found = preview([["检验科"]], headers=["名字"])
    assert (found.missing_columns, found.rows) == (("单位名称", "单位类别"), ())


@pytest.mark.clause("J13")
def test_an_import_makes_units_and_their_people_once() -> None:
    made = collecting()
    rows = [
        (2, ["医技院区", "行政职能部门", "", "", "", ""]),
        (3, ["检验科", "医技科室", "医技院区", "检验科联络员", "0791-1", "检验科主任"]),
    ]
    for added in (2, 0):
        found = roster.preview_units(contest=made.contest, headers=HEADERS, rows=rows)
        assert (
            roster.import_units(contest=made.contest, preview=found, by=made.organiser, at=DAY)
            == added
        )
    unit = Unit.objects.get(name="检验科")
    assert unit.parent is not None
    assert unit.parent.name == "医技院区"
    seats = Membership.objects.filter(unit=unit).order_by("role")
    assert [(s.role, s.user.name, s.user.phone) for s in seats] == [
        ("contact", "检验科联络员", "0791-1"),
        ("head", "检验科主任", ""),
    ]
    assert not User.objects.get(name="检验科主任").has_usable_password()


def test_an_import_of_a_table_without_its_columns_is_refused() -> None:
    made = collecting()
    with pytest.raises(Refused, match="缺少这些列：科室名称"):
        roster.import_units(
            contest=made.contest,
            preview=roster.RosterPreview((), ("科室名称",)),
            by=made.organiser,
            at=DAY,
        )


def test_a_row_under_a_refused_row_is_refused_too() -> None:
    found = preview(
        [
            ["检验科", "医技科室", "医技院区"],
            ["医技院区", "行政职能部门", "没有的总院"],
        ]
    )
    assert [(row.unit, row.problem) for row in found.refused] == [
        ("检验科", "名单中没有上级单位“医技院区”"),
        ("医技院区", "名单中没有上级单位“没有的总院”"),
    ]
