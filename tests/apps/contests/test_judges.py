"""A table of judges: understood before anything is kept, taken in once, nobody doubled."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from fengcai.apps.audit.queries import records
from fengcai.apps.contests.actions import appoint
from fengcai.apps.contests.judges import import_judges, judges_listed
from fengcai.apps.contests.judges_reading import JudgesPreview, preview_judges
from fengcai.apps.contests.models import Membership
from fengcai.apps.contests.roles import Role
from fengcai.apps.people.actions import create_account
from fengcai.apps.people.erasing import erase_account
from fengcai.apps.people.models import User
from fengcai.apps.refusals import NotPermitted
from fengcai.core.rulebook.rules.judging import Panel, Seats
from tests.factories.judging import NOON, Stage, contest

pytestmark = [pytest.mark.django_db, pytest.mark.intake]
HEADERS = ["姓名", "工作单位", "职称", "手机号", "邮箱", "评审组别", "评委类型", "回避单位"]


def jury(rules: Any) -> Any:
    """The rules with two panels, one of which wants experts from outside."""
    cite = rules.rounds[0].cite
    seats = Seats(who="院外专家", min=1, cite=cite)
    panels = (
        Panel(id="craft", name="技术组", composition=(seats,), cite=cite),
        Panel(id="content", name="内容组", cite=cite),
    )
    return rules.model_copy(update={"panels": panels})


def shown(stage: Stage, *rows: list[str]) -> JudgesPreview:
    table = [(line, row) for line, row in enumerate(rows, start=2)]
    return preview_judges(contest=stage.contest, headers=HEADERS, rows=table, by=stage.organiser)


def taken(stage: Stage, *rows: list[str]) -> int:
    found = shown(stage, *rows)
    return import_judges(contest=stage.contest, preview=found, by=stage.organiser, at=NOON)


def seats(stage: Stage, name: str) -> list[str]:
    rows = Membership.objects.filter(
        contest=stage.contest, role=Role.JUDGE, until=None, user__name=name
    )
    return sorted(row.unit.name if row.unit else "" for row in rows)


@pytest.mark.clause("U1")
def test_a_whole_list_of_judges_comes_in_once() -> None:
    stage = contest(works=3, judges=0, change=jury)
    rows = [
        [
            "张教授",
            "第1科",
            "教授",
            "138 0000 0001",
            "zhang@example.cn",
            "技术组、内容组",
            "",
            "第2科",
        ],
        ["李老师", "江西某大学", "副教授", "１３８０００００００２", "", "内容组", "院外专家", ""],
        ["王主任", "", "", "", "", "", "", ""],
    ]
    assert [taken(stage, *rows), taken(stage, *rows)] == [3, 0]
    assert (seats(stage, "张教授"), seats(stage, "李老师")) == (["第1科", "第2科"], [""])
    told = [
        (one.name, one.workplace, one.title, one.phone, one.group, one.kinds, one.units)
        for one in judges_listed(stage.contest)
    ]
    assert told == [
        ("张教授", "第1科", "教授", "138 0000 0001", "技术组、内容组", (), ("第1科", "第2科")),
        ("李老师", "江西某大学", "副教授", "13800000002", "内容组", ("院外专家",), ()),
        ("王主任", "", "", "", "", (), ()),
    ]
    newest = records(stage.contest.chain, limit=1)[0]
    assert newest.action == "contests.import_judges"
    assert "138" not in str(newest) and "张" not in str(newest)


@pytest.mark.clause("U1")
def test_a_bad_row_says_why() -> None:
    stage = contest(works=2, judges=0, change=jury)
    found = shown(
        stage,
        ["", "第1科"],
        ["甲", "", "", "1380000"],
        ["甲甲", "", "", "1380000000"],
        ["乙", "", "", "无"],
        ["丙", "", "", "", "someone@"],
        ["丁", "", "", "", "", "灯光组"],
        ["戊", "", "", "", "", "技术组", "明星"],
        ["己", "", "", "", "", "", "", "没有的科"],
        ["庚", "第2科", "", "13800000009"],
        ["庚", "第2科"],
        ["辛", "", "", "13800000009"],
        ["字" * 61],
    )
    assert [(row.line, row.problem) for row in found.refused] == [
        (2, "没有姓名"),
        (4, "手机号“1380000000”不对，应为 11 位"),
        (5, "电话“无”不像电话号码"),
        (6, "邮箱“someone@”写得不完整"),
        (7, "规则中没有评委组“灯光组”，应为：技术组、内容组"),
        (8, "规则中没有评委类型“明星”，应为：院外专家"),
        (9, "回避单位“没有的科”不在单位名单中"),
        (11, "与第 10 行重复，只取前一行"),
        (12, "电话或邮箱与第 10 行的“庚”相同，姓名不同，请核对"),
        (13, "姓名超过 60 字"),
    ]
    assert [row.name for row in found.new] == ["甲", "庚"]
    assert shown_headers(stage, ["单位"]).missing_columns == ("姓名",)


def shown_headers(stage: Stage, headers: list[str]) -> JudgesPreview:
    return preview_judges(contest=stage.contest, headers=headers, rows=[], by=stage.organiser)


@pytest.mark.clause("U1")
def test_who_has_an_account_is_tied_and_keeps_what_it_says() -> None:
    stage = contest(works=2, judges=1)
    contact = create_account(username="c1", name="第1科联络员", phone="0791-1 / 13800000001")
    head = create_account(username="h1", name="赵主任", password="yikeyifengcai-2026")
    head.email = "zhao@example.cn"
    head.save()
    stranger = create_account(username="s1", name="钱教授", phone="13800000003")
    for user, role in ((contact, Role.CONTACT), (head, Role.HEAD)):
        appoint(
            contest=stage.contest, user=user, role=role, unit=stage.units[0],
            by=stage.organiser, at=NOON,
        )  # fmt: skip
    rows = [
        ["孙老师", "第1科", "", "+86 138-0000-0001"],
        ["赵主任", "第1科", "主任医师", "13800000002", "Zhao@example.cn"],
        ["钱教授", "", "", "13800000003"],
        ["评委1", "第2科", "", "13800000004"],
    ]
    found = shown(stage, *rows)
    assert [(row.name, row.account, row.known) for row in found.rows] == [
        ("孙老师", contact.pk, False),
        ("赵主任", head.pk, False),
        ("钱教授", None, False),
        ("评委1", stage.judges[0].pk, True),
    ]
    assert found.rows[0].notes == ("电话或邮箱与“第1科联络员”相同，按同一人办理",)
    before = User.objects.count()
    assert taken(stage, *rows) == 3
    assert User.objects.count() == before + 1  # only the stranger's name is new to this organiser
    head.refresh_from_db()
    assert (head.phone, stranger.memberships.count()) == ("", 0)
    assert seats(stage, "评委1") == ["第2科"]
    other = shown(stage, ["孙老师", "", "", "", "zhao@example.cn"])
    assert other.refused[0].problem == (
        "电话或邮箱与“赵主任”的相同，姓名不同。是同一人请改成这个姓名，不是请改电话"
    )


def test_only_an_organiser_and_with_as_many_statements_for_many_rows() -> None:
    stage = contest(works=1, judges=1)
    with pytest.raises(NotPermitted):
        preview_judges(contest=stage.contest, headers=HEADERS, rows=[], by=stage.judges[0])
    asked = []
    for many in (1, 30):
        with CaptureQueriesContext(connection) as counted:
            shown(stage, *([f"第{n}位"] for n in range(many)))
        asked.append(len(counted))
    assert asked == [3, 3]


def test_a_judges_data_go_with_the_account() -> None:
    stage = contest(works=1, judges=0)
    taken(stage, ["张教授", "江西某大学", "教授", "13800000001"])
    user = User.objects.get(name="张教授")
    assert erase_account(pk=user.pk, by=stage.organiser, at=NOON)["contests"] >= 2
    assert judges_listed(stage.contest) == []
    assert not user.judge_profiles.exists()
