"""The pages of what goes out and comes in: forms put up and filled, an export mapped, tried, taken in."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import load_workbook

from fengcai.apps.contests.queries import rules_of
from fengcai.apps.entries.models import Entry
from fengcai.apps.exchange.blanks import blank
from fengcai.apps.exchange.models import Filling, FormTemplate, Import
from fengcai.apps.people.models import User
from fengcai.engines.jobs import run_pending
from fengcai.engines.jobs.models import Job
from tests.factories.collecting import Collecting, collecting
from tests.web.entrant.conftest import clock, come_in, front_end

__all__ = ["clock", "come_in", "front_end"]

ComeIn = Callable[[User], Client]

pytestmark = [pytest.mark.intake, pytest.mark.usefixtures("clock", "front_end")]


@pytest.fixture
def stage(db: None) -> Collecting:
    return collecting()


def work_off() -> None:
    Job.objects.exclude(kind__startswith="exchange.").delete()
    run_pending()


@pytest.mark.clause("J21")
def test_a_form_is_put_up_shown_filled_and_taken(
    stage: Collecting, come_in: ComeIn, tmp_path: Path
) -> None:
    stage.with_film(stage.draft(title="<b>心跳</b>"), tmp_path)
    desk, base = come_in(stage.organiser), f"/c/{stage.contest.slug}/office/exchange/"
    assert "从样例改起最快" in desk.get(base).content.decode()
    sample = desk.get(base + "forms/blank/work.docx")
    assert sample["Content-Disposition"].startswith("attachment")
    file = SimpleUploadedFile("登记表.docx", sample.content)
    sent = desk.post(base + "forms/new/", {"name": "登记表", "purpose": "work", "file": file})
    row = FormTemplate.objects.get()
    assert sent.status_code == 302 and sent["Location"].endswith(f"/forms/{row.pk}/")
    page = desk.get(sent["Location"]).content.decode()
    assert "填好一份是这样" in page and "&lt;b&gt;心跳&lt;/b&gt;" in page
    assert desk.post(sent["Location"], {"state": "all"}).status_code == 302
    work_off()
    done = Filling.objects.get()
    listed = desk.get(base).content.decode()
    assert f"/filled/{done.pk}/" in listed and "登记表" in listed
    answer = desk.get(base + f"filled/{done.pk}/")
    assert b"".join(answer.streaming_content)[:2] == b"PK"  # type: ignore[attr-defined]
    assert desk.post(base + f"forms/{row.pk}/drop/").status_code == 302
    assert desk.get(base + f"forms/{row.pk}/").status_code == 404


def test_a_form_with_unknown_fields_says_which(stage: Collecting, come_in: ComeIn) -> None:
    desk, base = come_in(stage.organiser), f"/c/{stage.contest.slug}/office/exchange/"
    data = blank(rules_of(stage.contest), "list", "xlsx")
    file = SimpleUploadedFile("汇总表.xlsx", data)
    desk.post(base + "forms/new/", {"name": "汇总表", "purpose": "work", "file": file})
    row = FormTemplate.objects.get()
    page = desk.get(base + f"forms/{row.pk}/").content.decode()
    assert "没人认识的字段" in page and "作品.编号" in page and "填写并打包" not in page
    assert desk.post(base + f"forms/{row.pk}/", {"state": "all"}).status_code == 422
    bad = desk.post(
        base + "forms/new/",
        {"name": "坏", "purpose": "work", "file": SimpleUploadedFile("x.docx", b"MZ")},
    )
    assert bad.status_code == 422 and 'value="坏"' in bad.content.decode()
    assert desk.post(base + "forms/new/", {"name": "x", "purpose": "work"}).status_code == 422
    fields = desk.get(base + "forms/fields/unit/").content.decode()
    assert "{{作品.编号}}" in fields
    assert desk.get(base + "forms/fields/none/").status_code == 404


@pytest.mark.clause("H6")
def test_an_export_is_mapped_tried_and_taken_in(stage: Collecting, come_in: ComeIn) -> None:
    desk, base = come_in(stage.organiser), f"/c/{stage.contest.slug}/office/exchange/"
    table = "报名编号,单位,作品名称\n1,心病科,<i>心跳</i>\n2,心内,血压\n".encode("gb18030")
    sent = desk.post(
        base + "imports/new/",
        {"source": "公众号", "file": SimpleUploadedFile("导出.csv", table)},
    )
    assert sent.status_code == 302
    run, page = Import.objects.get(), sent["Location"]
    shown = desk.get(page).content.decode()
    assert "有 2 行" in shown and '<option value="报名编号" selected>' in shown
    columns = {"column-key": "报名编号", "column-unit": "单位", "column-title": "作品名称"}
    wrong = desk.post(page, {**columns, "column-title": "", "track": "video", "rule": "draft"})
    assert wrong.status_code == 422 and "还没有说明哪一列是作品名称" in wrong.content.decode()
    asked = {**columns, "track": "video", "rule": "draft", "unit_names": "心内 ＝ 针灸科\n坏行"}
    assert desk.post(page, asked).status_code == 302
    work_off()
    tried = desk.get(page).content.decode()
    assert (
        "导入这 2 件" in tried and "&lt;i&gt;心跳&lt;/i&gt;" in tried and "心内 = 针灸科" in tried
    )
    assert not Entry.objects.exists()
    assert desk.post(page + "start/").status_code == 302
    work_off()
    assert sorted(Entry.objects.values_list("title", "unit__name")) == [
        ("<i>心跳</i>", "心病科"), ("血压", "针灸科"),
    ]  # fmt: skip
    assert "导入报告" in desk.get(page).content.decode()
    entry = Entry.objects.get(unit__name="心病科")
    said = f"由{stage.organiser}从“公众号”导入（原编号 1，表格“导出.csv”第 2 行），不是本单位填写的"
    own = come_in(stage.contacts["心病科"]).get(f"/works/{entry.pk}/").content.decode()
    assert said in own and "建立草稿" not in own
    assert said in come_in(stage.reviewer).get(f"/review/{entry.pk}/").content.decode()
    report = load_workbook(BytesIO(desk.get(page + "report.xlsx").content)).active
    assert report.cell(2, 8).value == "已导入；留作草稿，由单位核对后提交"
    assert desk.post(page + "start/").status_code == 422
    assert desk.post(page + "grant/").json()["grant"]
    assert run.source.name == "公众号"


@pytest.mark.clause("H6")
def test_an_import_that_stopped_says_why_and_goes_on(stage: Collecting, come_in: ComeIn) -> None:
    desk, base = come_in(stage.organiser), f"/c/{stage.contest.slug}/office/exchange/"
    table = "报名编号,单位,作品名称\n1,心病科,心跳\n".encode("gb18030")
    asked = {"source": "公众号", "file": SimpleUploadedFile("导出.csv", table)}
    page = desk.post(base + "imports/new/", asked)["Location"]
    columns = {"column-key": "报名编号", "column-unit": "单位", "column-title": "作品名称"}
    desk.post(page, {**columns, "track": "video", "rule": "draft"})
    work_off()
    Import.objects.update(folder="/gone")
    desk.post(page + "start/")
    work_off()
    stopped = desk.get(page).content.decode()
    assert "服务器上没有文件夹“gone”" in stopped and "接着导入" in stopped
    assert "停下了" in desk.get(base).content.decode()
    Import.objects.update(folder="")
    assert desk.post(page + "start/").status_code == 302
    work_off()
    assert Import.objects.get().state == "done" and Entry.objects.count() == 1


def test_only_organisers_come_in(stage: Collecting, come_in: ComeIn) -> None:
    base = f"/c/{stage.contest.slug}/office/exchange/"
    for who in (stage.reviewer, stage.contacts["心病科"]):
        assert come_in(who).get(base).status_code == 403
        assert come_in(who).post(base + "imports/new/").status_code == 403
