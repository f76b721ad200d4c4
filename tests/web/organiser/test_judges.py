"""The judges' page: a table in, mended, taken in; then links and cards as for contacts."""

from __future__ import annotations

import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import Workbook, load_workbook

from fengcai.apps.contests.queries import people_in
from fengcai.apps.contests.roles import Role
from fengcai.apps.people.models import PersonalLink
from fengcai.engines.documents.tables import read_table
from tests.apps.contests.test_judges import jury
from tests.apps.judging.test_panels import mixed
from tests.factories import judging as factory

pytestmark = [pytest.mark.django_db, pytest.mark.intake]


def upload(client, stage, data, name="评委.csv"):
    url = reverse("office-judges-preview", args=[stage.contest.slug])
    return client.post(url, {"file": SimpleUploadedFile(name, data)})


def confirm(client, stage, preview):
    url = reverse("office-judges-import", args=[stage.contest.slug])
    return client.post(url, {"parcel": preview.context["parcel"]}, follow=True)


def names(stage):
    return sorted({str(seat.user) for seat in people_in(stage.contest, Role.JUDGE)})


def workbook() -> bytes:
    """What an office sends: a hidden sheet first, a title across, one unit for two people."""
    book = Workbook()
    book.active.title = "旧表"
    book.active.append(["姓名"])
    book.active.append(["去年的评委"])
    book.active.sheet_state = "hidden"
    page = book.create_sheet("评委")
    page.append(["拟聘评委一览表", None, None, None])
    page.merge_cells("A1:D1")
    page.append(["姓名", "工作单位", "职称", "手机号"])
    page.append(["张教授", "第1科", "教授", 13800000001])
    page.append(["李老师", None, "副教授", "13800000002"])
    page.merge_cells("B3:B4")
    book.active = 1
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.clause("U1")
def test_an_offices_table_becomes_judges_with_their_cards(signed_in) -> None:
    stage = factory.contest(works=2, judges=0)
    client = signed_in(stage.organiser)
    page = reverse("office-judges", args=[stage.contest.slug])
    assert "还没有评委" in client.get(page).content.decode()
    preview = upload(client, stage, workbook(), "评委.xlsx")
    assert [row.unit_names for row in preview.context["preview"].new] == ["第1科", "第1科"]
    assert names(stage) == []
    done = confirm(client, stage, preview).content.decode()
    assert "已聘任 2 位评委" in done
    assert names(stage) == ["张教授", "李老师"]
    again = upload(client, stage, workbook(), "评委.xlsx")
    assert "已是评委的 2 位" in again.content.decode()
    confirm(client, stage, again)
    assert names(stage) == ["张教授", "李老师"]
    sheet = client.post(
        reverse("office-people-sheet", args=[stage.contest.slug]), {"role": "judge"}
    )
    assert sheet["Content-Type"] == "application/pdf"
    assert PersonalLink.objects.filter(revoked_at=None).count() == 2
    taken = client.get(reverse("office-judges-xlsx", args=[stage.contest.slug])).content
    table = read_table(taken, "x.xlsx")
    assert [row.cells[:5] for row in table.rows] == [
        ("张教授", "第1科", "教授", "", "13800000001"),
        ("李老师", "第1科", "副教授", "", "13800000002"),
    ]


@pytest.mark.clause("U1")
def test_a_gbk_table_with_strange_headers_is_mapped_and_its_bad_row_mended(signed_in) -> None:
    stage = factory.contest(works=1, judges=0)
    client = signed_in(stage.organiser)
    table = "称呼,电话号\n张教授,1380000000\n李老师,13800000002\n".encode("gb18030")
    asked = upload(client, stage, table)
    assert "缺少姓名。请指明一次" in asked.content.decode()
    preview = client.post(
        reverse("office-judges-columns", args=[stage.contest.slug]),
        {"parcel": asked.context["parcel"], "column-name": "1", "column-phone": "2"},
    )
    assert [row.problem for row in preview.context["preview"].refused] == [
        "手机号“1380000000”不对，应为 11 位"
    ]
    mended = client.post(
        reverse("office-judges-preview", args=[stage.contest.slug]),
        {"parcel": preview.context["parcel"], "fix-2-phone": "13800000001"},
    )
    assert mended.context["preview"].refused == []
    confirm(client, stage, mended)
    assert names(stage) == ["张教授", "李老师"]
    assert "缺少" not in upload(client, stage, table).content.decode()  # remembered


def test_nobody_else_and_no_other_parcel(signed_in) -> None:
    stage = factory.contest(works=1, judges=1)
    url = reverse("office-judges", args=[stage.contest.slug])
    assert signed_in(stage.judges[0]).get(url).status_code == 403
    client = signed_in(stage.organiser)
    sent = client.post(reverse("office-judges-import", args=[stage.contest.slug]), {"parcel": "x"})
    assert (sent.status_code, "没有导入" in sent.content.decode()) == (422, True)
    template = client.get(reverse("office-judges-template", args=[stage.contest.slug]))
    [first, *_] = load_workbook(io.BytesIO(template.content)).worksheets
    assert [cell.value for cell in first[1]][:3] == ["姓名", "单位", "职称"]


@pytest.mark.clause("U1")
def test_a_judge_of_two_units_is_one_choice_and_sits_as_the_list_says(signed_in) -> None:
    stage = factory.contest(works=3, judges=0, change=jury)
    client = signed_in(stage.organiser)
    table = "姓名,单位,评委组,回避单位\n张教授,第1科,技术组,第2科\n".encode()
    confirm(client, stage, upload(client, stage, table))
    page = client.get(reverse("office-round", args=[stage.contest.slug]))
    assert page.context["judges"] == [
        (people_in(stage.contest, Role.JUDGE)[0].user_id, "张教授", "第1科、第2科")
    ]
    assert re.search(r"已聘评委.*?<span class=\"stat-value\">1<", page.content.decode(), re.DOTALL)


@pytest.mark.clause("U1")
def test_a_round_proposes_the_panel_that_the_list_named(signed_in) -> None:
    stage = factory.contest(works=3, judges=0, change=mixed("experts"))
    client = signed_in(stage.organiser)
    table = "姓名,单位,评委组\n张教授,第1科,大众评审\n李老师,,\n".encode()
    confirm(client, stage, upload(client, stage, table))
    page = client.get(reverse("office-round", args=[stage.contest.slug]))
    [row] = page.context["rounds"]
    assert sorted((one.name, one.panel, one.chosen) for one in row.choices) == [
        ("张教授", "audience", True),
        ("李老师", "experts", True),
    ]
