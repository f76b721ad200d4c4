"""The roster: whatever an officer uploads is previewed, explained, and only then taken in."""

from __future__ import annotations

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import Workbook

from fengcai.apps.contests.models import Unit
from fengcai.engines.documents.tables import read_table
from fengcai.web.organiser.pages import parcels

pytestmark = pytest.mark.django_db

CSV = "科室名称,科室类别,联络员,联系电话\n心内科,临床科室,心内科联络员,0791-1\n检验科,医技科室,,\n"


def upload(client, stage, data, name="名单.csv"):
    url = reverse("office-units-preview", args=[stage.contest.slug])
    return client.post(url, {"file": SimpleUploadedFile(name, data)})


def confirm(client, stage, preview):
    url = reverse("office-units-import", args=[stage.contest.slug])
    return client.post(url, {"parcel": preview.context["parcel"]})


def names(stage):
    return list(Unit.objects.filter(contest=stage.contest).values_list("name", flat=True))


def test_columns_that_are_left_behind_are_named(draft, signed_in):
    table = "科室,类别,分管院长,备注\n心内科,临床科室,张三,\n,,,\n"
    client = signed_in(draft.organiser)
    preview = upload(client, draft, table.encode())
    assert "没有用到的列：分管院长、备注" in preview.content.decode()
    url = reverse("office-units-preview", args=[draft.contest.slug])
    mended = client.post(url, {"parcel": preview.context["parcel"]})
    assert "没有用到的列：分管院长、备注" in mended.content.decode()


def test_a_gbk_table_is_previewed_then_imported(draft, signed_in):
    client = signed_in(draft.organiser)
    preview = upload(client, draft, CSV.encode("gb18030"))
    assert preview.status_code == 200
    page = preview.content.decode()
    assert "将新增的 2 个单位" in page
    assert "心内科联络员" in page
    assert names(draft) == []
    assert confirm(client, draft, preview).status_code == 302
    assert names(draft) == ["心内科", "检验科"]
    again = upload(client, draft, CSV.encode("gb18030"))
    assert len(again.context["preview"].known) == 2
    assert confirm(client, draft, again).status_code == 302
    assert names(draft) == ["心内科", "检验科"]


def test_merged_cells_give_their_value_to_each_row(draft, signed_in):
    book = Workbook()
    page = book.active
    page.append(["××医院科室名单", None, None])
    page.merge_cells("A1:C1")
    page.append(["科室名称", "科室类别", "联络员"])
    page.append(["心内科", "临床科室", "甲"])
    page.append(["儿科", None, "乙"])
    page.merge_cells("B3:B4")
    out = io.BytesIO()
    book.save(out)
    client = signed_in(draft.organiser)
    preview = upload(client, draft, out.getvalue(), "名单.xlsx")
    found = preview.context["preview"]
    assert [(row.line, row.unit, row.class_name) for row in found.new] == [
        (3, "心内科", "临床科室"),
        (4, "儿科", "临床科室"),
    ]
    assert confirm(client, draft, preview).status_code == 302
    assert names(draft) == ["心内科", "儿科"]


def test_bad_rows_are_named_with_their_line_and_the_others_taken(draft, signed_in):
    table = "科室名称,科室类别\n心内科,临床科室\n心内科,临床科室\n食堂,餐饮\n,临床科室\n"
    client = signed_in(draft.organiser)
    preview = upload(client, draft, table.encode())
    page = preview.content.decode()
    assert "与第 2 行重复，只取前一行" in page
    assert "类别“餐饮”不在规则中" in page
    assert "没有单位名称" in page
    assert [row.line for row in preview.context["preview"].refused] == [3, 4, 5]
    assert confirm(client, draft, preview).status_code == 302
    assert names(draft) == ["心内科"]


def test_missing_columns_are_named_and_nothing_can_be_confirmed(draft, signed_in):
    preview = upload(signed_in(draft.organiser), draft, "部门,人数\n心内科,3\n".encode())
    page = preview.content.decode()
    assert "缺少单位名称或类别" in page
    assert "人数（如：3）" in page
    assert confirm(signed_in(draft.organiser), draft, preview).status_code == 422
    assert names(draft) == []


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("空.xlsx", b"", "0 字节"),
        ("名单.xls", bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600, "旧版 .xls"),
        ("照片.xlsx", b"\x89PNG\r\n\x1a\n" + b"\0" * 64, "这不是表格文件"),
    ],
)
def test_what_is_no_table_is_refused_in_words(name, data, says, draft, signed_in):
    answer = upload(signed_in(draft.organiser), draft, data, name)
    page = answer.content.decode()
    # Django drops a file of no bytes' content, not the file.
    assert answer.status_code == 422
    assert says in page
    assert "没有导入" in page


def test_a_text_named_xlsx_is_read_for_what_it_is(draft, signed_in):
    preview = upload(signed_in(draft.organiser), draft, CSV.encode(), "名单.xlsx")
    assert preview.status_code == 200
    assert len(preview.context["preview"].new) == 2
    prose = upload(
        signed_in(draft.organiser), draft, "这只是一段话。\n没有表格。".encode(), "a.xlsx"
    )
    assert [chosen for _, _, _, chosen in prose.context["questions"]] == [""] * 12


def test_no_file_and_too_many_rows(draft, signed_in, monkeypatch):
    client = signed_in(draft.organiser)
    url = reverse("office-units-preview", args=[draft.contest.slug])
    empty = client.post(url)
    assert empty.status_code == 422
    assert "请先选择单位名单文件" in empty.content.decode()
    monkeypatch.setattr(parcels, "MOST_ROWS", 1)
    assert "一次最多导入 1 个单位" in upload(client, draft, CSV.encode()).content.decode()
    monkeypatch.setattr(parcels, "MAX_BYTES", 10)
    assert upload(client, draft, CSV.encode()).status_code == 422


def test_what_comes_back_must_be_what_was_shown(draft, collecting, signed_in, monkeypatch):
    client = signed_in(draft.organiser)
    preview = upload(client, draft, CSV.encode())
    parcel = preview.context["parcel"]
    url = reverse("office-units-import", args=[draft.contest.slug])
    forged = client.post(url, {"parcel": parcel[:-2] + "AA"})
    assert forged.status_code == 422
    assert "预览的内容不完整" in forged.content.decode()
    elsewhere = reverse("office-units-import", args=[collecting.contest.slug])
    assert "属于别的活动" in client.post(elsewhere, {"parcel": parcel}).content.decode()
    monkeypatch.setattr(parcels, "PREVIEW_LIFE_S", -1)
    assert "预览已超过两小时" in client.post(url, {"parcel": parcel}).content.decode()
    assert names(draft) == []


def test_the_roster_comes_back_as_it_went_out(collecting, signed_in):
    client = signed_in(collecting.organiser)
    answer = client.get(reverse("office-units-xlsx", args=[collecting.contest.slug]))
    assert "filename*=utf-8''" in answer["Content-Disposition"]
    table = read_table(answer.content, "名单.xlsx")
    assert [row.cells[0] for row in table.rows] == names(collecting)
    preview = upload(client, collecting, answer.content, "名单.xlsx")
    assert len(preview.context["preview"].known) == len(names(collecting))
    assert preview.context["preview"].refused == []
    empty = client.get(reverse("office-units-template", args=[collecting.contest.slug]))
    assert empty.content.startswith(b"PK")


@pytest.mark.intake
@pytest.mark.clause("J1")
def test_columns_named_by_hand_are_remembered_for_the_next_table(draft, signed_in):
    client = signed_in(draft.organiser)
    table = "序号,部门\u200b全名,性质,老师\n1,心内科,临床科室,甲\n2,检验科,医技科室,乙\n".encode()
    asked = upload(client, draft, table)
    url = reverse("office-units-columns", args=[draft.contest.slug])
    said = {"parcel": asked.context["parcel"], "column-unit": "2", "column-unit_class": "3"}
    twice = client.post(url, {**said, "column-contact": "3"})
    assert twice.status_code == 422
    assert "同一列不能当作两项内容" in twice.content.decode()
    assert client.post(url, {"parcel": "x"}).status_code == 422
    preview = client.post(url, {**said, "column-contact": "4"})
    assert [row.contact for row in preview.context["preview"].new] == ["甲", "乙"]
    again = upload(client, draft, table)
    assert [row.unit for row in again.context["preview"].new] == ["心内科", "检验科"]
    assert confirm(client, draft, again).status_code == 302
    assert names(draft) == ["心内科", "检验科"]


@pytest.mark.intake
@pytest.mark.clause("J1")
def test_a_refused_row_is_mended_in_the_preview_and_taken_in(draft, signed_in):
    client = signed_in(draft.organiser)
    table = "科室名称,科室类别,邮箱\n食堂,餐饮,\n心内科,临床科室,abc@\n,临床科室,\n"
    preview = upload(client, draft, table.encode())
    assert len(preview.context["preview"].refused) == 3
    url = reverse("office-units-preview", args=[draft.contest.slug])
    mended = client.post(
        url,
        {
            "parcel": preview.context["parcel"],
            "fix-2-unit_class": "行政职能部门",
            "fix-3-contact_email": "abc@example.cn",
            "fix-3-unit": "心内科\u202e\u200b",
            "fix-999999-unit": "没有这一行",
            "fix-2-password": "x",
        },
    )
    found = mended.context["preview"]
    assert [(r.line, r.problem) for r in found.refused] == [(4, "没有单位名称")]
    assert confirm(client, draft, mended).status_code == 302
    assert names(draft) == ["食堂", "心内科"]
