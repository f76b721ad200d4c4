"""The coverage board's figures lead to their lists; those who owe are reminded after a preview."""

from __future__ import annotations

import io
import re
from html import unescape

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from fengcai.apps.contests.models import Unit
from fengcai.apps.contests.units import exempt_unit
from fengcai.apps.entries.coverage import units_in
from fengcai.apps.intake.reminding import ReminderPlan
from fengcai.apps.messages.models import Message
from fengcai.apps.people.models import User
from fengcai.samples.stage import Stage

pytestmark = [pytest.mark.django_db, pytest.mark.intake]


def address(stage: Stage, name: str, *more: object) -> str:
    return reverse(name, args=[stage.contest.slug, *more])


@pytest.mark.clause("J1", "B7")
def test_each_figure_of_the_board_leads_to_a_list_of_as_many(collecting, signed_in):
    units = list(Unit.objects.filter(contest=collecting.contest))
    for unit in units[::2]:
        unit.district = "东院区"
        unit.save()
    exempt_unit(
        unit=units[0], reason="支援外地", by=collecting.organiser, at=collecting.contest.opened_at
    )
    client = signed_in(collecting.organiser)
    board = client.get(address(collecting, "office"))
    whole = board.context["whole"]
    assert [(f.view, f.count) for f in whole.figures] == [
        ("due", 18), ("done", 0), ("writing", 0), ("missing", 18), ("exempt", 1), ("extra", 0),
        ("free", 0),
    ]  # fmt: skip
    page = board.content.decode()
    assert "应报 <strong>18</strong> 个单位，已报 <strong>0</strong> 个" in page
    assert re.search(r'<svg class="cover-bar" role="img".*?<title>临床科室：应报', page)
    rows = [*board.context["classes"], *board.context["districts"]]
    assert {row.name for row in board.context["districts"]} == {"东院区", "未分片区"}
    for row in rows:
        for figure in row.figures:
            if figure.count:
                listed = client.get(f"{address(collecting, 'office')}?{figure.query}")
                assert listed.context["many"] == figure.count, (row.name, figure)
    shown = client.get(f"{address(collecting, 'office')}?show=exempt").content.decode()
    assert "支援" not in shown
    assert "正在看：免报，1 个单位" in shown
    odd = client.get(f"{address(collecting, 'office')}?show=x&class=nobody&district=' OR 1=1")
    assert (odd.status_code, odd.context["many"]) == (200, 0)


@pytest.mark.clause("B7")
def test_the_workbook_is_what_is_on_the_screen(collecting, signed_in):
    Unit.objects.filter(contest=collecting.contest, unit_class="medtech").update(district="东院区")
    client = signed_in(collecting.organiser)
    made = client.get(address(collecting, "office-coverage-xlsx") + "?show=missing&district=东院区")
    book = load_workbook(io.BytesIO(made.content))
    names = [row[0].value for row in book.worksheets[0].iter_rows(min_row=2)]
    part = [u.name for u in units_in(collecting.contest, "missing") if u.district == "东院区"]
    assert names == part
    assert book.sheetnames == ["报送情况", "各类单位", "各片区"]
    owed = client.get(address(collecting, "office-owed-xlsx"))
    sheet = load_workbook(io.BytesIO(owed.content)).active
    assert sheet.max_row == 1 + len(units_in(collecting.contest, "owed"))


@pytest.mark.clause("J1")
def test_a_bulk_reminder_is_previewed_and_goes_once_however_often_it_is_pressed(
    collecting, signed_in
):
    client = signed_in(collecting.organiser)
    units = list(Unit.objects.filter(contest=collecting.contest)[:3])
    contact = User.objects.get(memberships__unit=units[0], memberships__role="contact")
    contact.email = "a@example.cn"
    contact.save()
    listed = client.get(address(collecting, "office-owed")).content.decode()
    assert "没有催过" in listed
    sent = {
        "unit": [u.pk for u in units],
        "channels": ["mail"],
        "subject": "催",
        "text": "{单位}<b>",
    }
    url = address(collecting, "office-owed-preview")
    wrong = client.post(url, {**sent, "text": "{密码}"})
    assert wrong.status_code == 422
    assert "没有“{密码}”这一项" in unescape(wrong.content.decode())
    preview = client.post(url, sent)
    page = preview.content.decode()
    assert "将提醒 1 个单位" in page
    assert "2 个单位没有可用的联系方式" in page
    assert "&lt;b&gt;" in page
    assert Message.objects.count() == 0
    parcel = {"parcel": preview.context["parcel"]}
    for _ in range(2):
        assert client.post(address(collecting, "office-owed-send"), parcel).status_code == 302
    assert [(m.address, m.subject) for m in Message.objects.all()] == [("a@example.cn", "催")]
    forged = client.post(address(collecting, "office-owed-send"), {"parcel": "x:y:z"})
    assert forged.status_code == 422
    log = client.get(address(collecting, "office-reminders")).content.decode()
    assert "手动催报" in log
    assert "没有留邮箱，请打电话" in log
    unit = client.get(address(collecting, "office-unit", units[0].pk)).content.decode()
    assert "手动催报" in unit


def test_the_plan_is_saved_with_its_days_and_a_wrong_one_keeps_what_was_typed(
    collecting, signed_in
):
    client = signed_in(collecting.organiser)
    url = address(collecting, "office-reminders")
    told = {"on": "1", "days": "5、2，0", "hour": "8", "channels": ["mail", "robot"],
            "subject": "催", "text": "{单位}"}  # fmt: skip
    assert client.post(url, told).status_code == 302
    plan = ReminderPlan.objects.get()
    assert (plan.on, plan.days, plan.hour, plan.channels) == (True, [5, 2, 0], 8, ["mail", "robot"])
    wrong = client.post(url, {**told, "days": "三天"})
    assert wrong.status_code == 422
    assert 'value="三天"' in wrong.content.decode()
    stranger = signed_in(
        User.objects.get(memberships__unit__name="儿科", memberships__role="contact")
    )
    assert stranger.get(url).status_code == 403


@pytest.mark.parametrize("units", [0, 150])
def test_the_list_costs_the_same_at_any_length(
    collecting, signed_in, units, django_assert_max_num_queries
):
    Unit.objects.bulk_create(
        Unit(contest=collecting.contest, name=f"检验室{n}", unit_class="clinical", order=1000 + n)
        for n in range(units)
    )
    client = signed_in(collecting.organiser)
    client.get(address(collecting, "office-owed"))
    with django_assert_max_num_queries(12):
        client.get(address(collecting, "office-owed"))


def test_an_officer_changes_merges_and_closes_units_on_their_pages(collecting, signed_in):
    client = signed_in(collecting.organiser)
    made = client.post(
        address(collecting, "office-unit-new"),
        {"name": "儿内科", "unit_class": "clinical", "aliases": "小儿科"},
    )
    assert made.status_code == 302
    new = Unit.objects.get(name="儿内科")
    wrong = client.post(
        address(collecting, "office-unit-new"), {"name": "儿科", "unit_class": "clinical"}
    )
    assert (wrong.status_code, "名单中已有这个名称" in wrong.content.decode()) == (422, True)
    into = Unit.objects.get(contest=collecting.contest, name="儿科")
    merge = address(collecting, "office-unit-merge", new.pk)
    preview = client.post(merge, {"into": into.pk}).content.decode()
    assert "没有作品，也没有人员" in preview
    assert "两个单位的类别不同" not in preview
    other = Unit.objects.exclude(unit_class="clinical").filter(contest=collecting.contest)[0]
    unlike = client.post(merge, {"into": other.pk}).content.decode()
    assert "两个单位的类别不同" in unlike
    assert client.post(merge, {"into": into.pk, "sure": "1"}).status_code == 302
    into.refresh_from_db()
    assert into.aliases == ["儿内科", "小儿科"]
    assert client.post(merge, {"into": "x"}).status_code == 422
    exempt = address(collecting, "office-unit-exempt", into.pk)
    assert client.post(exempt, {"reason": ""}).status_code == 422
    assert client.post(exempt, {"reason": "<script>"}).status_code == 302
    page = client.get(address(collecting, "office-unit", into.pk)).content.decode()
    assert "&lt;script&gt;" in page
    assert client.post(address(collecting, "office-unit-owe", into.pk)).status_code == 302
    succeed = address(collecting, "office-unit-succeed", into.pk)
    assert client.post(succeed, {"name": "接任", "phone": "1", "email": "x"}).status_code == 422
    assert client.post(succeed, {"name": "接任", "phone": "1"}).status_code == 302
