"""Forms of the organiser filled with works: kept, looked through, refused in words, all in one file."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import docx
import pytest
from openpyxl import load_workbook

from fengcai.apps.audit.queries import records
from fengcai.apps.contests.queries import rules_of
from fengcai.apps.exchange import fields, forms
from fengcai.apps.exchange.blanks import blank
from fengcai.apps.exchange.models import Filling, FormTemplate
from fengcai.apps.refusals import NotFound, NotPermitted, Refused
from fengcai.engines import storage
from fengcai.engines.documents.forms import show
from fengcai.engines.jobs import run_pending
from fengcai.engines.jobs.models import Job
from tests.factories.collecting import DAY, Collecting

pytestmark = [pytest.mark.intake, pytest.mark.clause("J21")]


def kept(stage: Collecting, data: bytes, purpose: str, name: str = "表") -> FormTemplate:
    return forms.keep_template(
        contest=stage.contest, name=name, purpose=purpose, filename="C:\\表\\模板.docx", data=data,
        by=stage.organiser, at=DAY,
    )  # fmt: skip


def filled(
    stage: Collecting, row: FormTemplate, *, together: bool = False, **chosen: Any
) -> Filling:
    ordered = forms.order_filling(
        contest=stage.contest, template=row.pk, chosen=chosen, together=together,
        by=stage.organiser, at=DAY,
    )  # fmt: skip
    Job.objects.exclude(kind="exchange.fill").delete()
    run_pending()
    return Filling.objects.get(pk=ordered.pk)


def content(filling: Filling) -> bytes:
    with storage.readable(filling.key, sha256=filling.sha256) as path:
        return path.read_bytes()


@pytest.fixture
def works(stage: Collecting, tmp_path: Path) -> Collecting:
    """A work of each unit, the first with a film."""
    stage.with_film(stage.draft("心病科", title="=心跳 & <守护>"), tmp_path)
    stage.draft("针灸科", title="一根银针")
    return stage


def test_the_forms_to_begin_from_ask_for_known_fields_only(works: Collecting) -> None:
    rules = rules_of(works.contest)
    for purpose in ("work", "unit", "list"):
        for kind in ("docx", "xlsx"):
            row = kept(works, blank(rules, purpose, kind), purpose, f"{purpose}.{kind}")
            assert (row.kind, row.unknown, row.filename) == (kind, [], "模板.docx")
            assert set(row.used) <= fields.paths(rules, purpose)
    assert "{{作品简介}}" in {
        f.mark for g in fields.groups(rules, "work") for f in g.fields
    } or any(g.title == "作品" for g in fields.groups(rules, "work"))


def test_each_work_has_its_form_in_a_zip(works: Collecting) -> None:
    row = kept(works, blank(rules_of(works.contest), "work", "docx"), "work", "作品登记表")
    done = filled(works, row)
    assert (done.state, done.count, done.filename) == ("ready", 2, "作品登记表.zip")
    with zipfile.ZipFile(io.BytesIO(content(done))) as archive:
        assert archive.namelist() == [
            "作品登记表 心病科 =心跳 & ＜守护＞.docx", "作品登记表 针灸科 一根银针.docx",
        ]  # fmt: skip
        rows = show(archive.read(archive.namelist()[0]), "x.docx")
    assert ["作品名称", "=心跳 & <守护>"] in rows and ["单位", "心病科"] in rows
    assert [r for r in rows if "编导甲" in r][-1][:3] == ["1", "编导甲", "编导"]
    assert "exchange.fill" in [each.action for each in records(works.contest.chain)]


def test_one_workbook_with_a_sheet_for_each_unit(works: Collecting) -> None:
    row = kept(works, blank(rules_of(works.contest), "unit", "xlsx"), "unit", "单位汇总表")
    done = filled(works, row, together=True)
    book = load_workbook(io.BytesIO(content(done)))
    assert book.sheetnames == ["心病科", "针灸科"] and done.filename == "单位汇总表.xlsx"
    values = [cell.value for line in book["心病科"].iter_rows() for cell in line]
    assert "=心跳 & <守护>" in values and "一根银针" not in values


def test_the_whole_list_is_one_file(works: Collecting) -> None:
    row = kept(works, blank(rules_of(works.contest), "list", "xlsx"), "list", "汇总表")
    done = filled(works, row, words="银针")
    assert done.filename == "汇总表.xlsx" and done.count == 1
    values = [c.value for line in load_workbook(io.BytesIO(content(done))).active.iter_rows()
              for c in line]  # fmt: skip
    assert "一根银针" in values and "=心跳 & <守护>" not in values


def test_unknown_fields_are_named_before_use(works: Collecting) -> None:
    paper, out = docx.Document(), io.BytesIO()
    paper.add_paragraph("{{ 作品名 }} {{ 编号 }} {{ 邮编 }}")
    paper.save(out)
    row = kept(works, out.getvalue(), "work")
    assert row.unknown == [["作品名", "作品名称"], ["邮编", ""]]
    with pytest.raises(Refused, match="2 个没人认识的字段（“作品名”、“邮编”）"):
        filled(works, row)
    with pytest.raises(Refused, match="没人认识"):
        forms.preview(contest=works.contest, template=row.pk, user=works.organiser, at=DAY)


def test_a_preview_is_one_filled_form(works: Collecting) -> None:
    row = kept(works, blank(rules_of(works.contest), "work", "docx"), "work", "登记表")
    shown = forms.preview(contest=works.contest, template=row.pk, user=works.organiser, at=DAY)
    assert shown.filename == "登记表 心病科 =心跳 & <守护>.docx"
    assert ["单位", "心病科"] in [list(each) for each in shown.rows]
    assert not Filling.objects.exists()


def test_a_preview_without_works_shows_each_field(stage: Collecting) -> None:
    row = kept(stage, blank(rules_of(stage.contest), "list", "docx"), "list", "汇总表")
    shown = forms.preview(contest=stage.contest, template=row.pk, user=stage.organiser, at=DAY)
    assert any("（作品名称2）" in cell for line in shown.rows for cell in line)


def test_a_form_of_the_same_name_replaces_the_former(works: Collecting) -> None:
    data = blank(rules_of(works.contest), "work", "docx")
    first, second = kept(works, data, "work"), kept(works, data, "work")
    assert [row.pk for row in forms.templates_of(works.contest, works.organiser)] == [second.pk]
    with pytest.raises(NotFound):
        forms.template_for(works.contest, first.pk)


@pytest.mark.parametrize(
    ("data", "said"), [(b"", "空的"), (b"%PDF-1.7 x", "不是 .docx"), (b"PK\x03\x04x", "损坏")]
)
def test_what_is_no_form_is_not_kept(stage: Collecting, data: bytes, said: str) -> None:
    with pytest.raises(Refused, match=said):
        kept(stage, data, "work")
    assert not FormTemplate.objects.exists()


def test_nothing_chosen_is_said(stage: Collecting) -> None:
    row = kept(stage, blank(rules_of(stage.contest), "work", "docx"), "work")
    done = filled(stage, row)
    assert (done.state, done.trouble) == ("failed", "选中的作品一件也没有，没有填写。")


def test_only_organisers(works: Collecting) -> None:
    row = kept(works, blank(rules_of(works.contest), "list", "xlsx"), "list")
    for who in (works.reviewer, works.contacts["心病科"]):
        with pytest.raises(NotPermitted):
            forms.templates_of(works.contest, who)
        with pytest.raises(NotPermitted):
            forms.preview(contest=works.contest, template=row.pk, user=who, at=DAY)
