"""From the seal to the public result: decisions, money, files, certificates, publication, record."""

from __future__ import annotations

import csv
import io
import json

import pytest
from django.urls import reverse

from fengcai.apps.audit.models import AuditRecord
from fengcai.apps.awards.models import Certificate, Result
from fengcai.apps.publishing.models import Publication, ResultsPublication
from fengcai.engines.documents.tables import read_table
from fengcai.engines.jobs import run_pending
from tests.factories import judging as factory


def at(stage, name, *rest):
    return reverse(name, args=[stage.contest.slug, *rest])


def decide(client, stage, award, index, **typed):
    return client.post(
        at(stage, "office-awards-decide", award),
        {
            "entries": stage.entries[index].pk,
            "reason": "立意突出",
            "minutes": "纪要〔2026〕1号",
            **typed,
        },
    )


def test_awards_wait_for_the_seal(accepted, signed_in):
    client = signed_in(accepted.organiser)
    assert "评审还没有封存" in client.get(at(accepted, "office-awards")).content.decode()
    refused = client.post(at(accepted, "office-awards-compute"))
    assert refused.status_code == 422
    export = client.get(at(accepted, "office-awards-export", "awards.xlsx"))
    assert export.status_code == 422


def test_the_whole_way_from_the_seal_to_the_public(sealed, signed_in, plain_pictures):
    client = signed_in(sealed.organiser)
    plain_pictures()
    assert client.post(at(sealed, "office-awards-compute")).status_code == 302
    page = client.get(at(sealed, "office-awards")).content.decode()
    assert "还有 3 处须由评审委员会决定" in page
    assert page.count("button primary") == 1
    early = client.post(at(sealed, "office-awards-approve"))
    assert early.status_code == 422
    assert "还有 3 处须由人决定" in early.content.decode()

    kept = decide(client, sealed, "best_creative", 0, minutes="", reason="画面克制")
    assert kept.status_code == 422
    assert "画面克制" in kept.content.decode()
    nobody = decide(client, sealed, "best_creative", 0, entries="")
    assert nobody.status_code == 422
    assert "请选择获奖者" in nobody.content.decode()
    wrong = decide(client, sealed, "best_creative", 0, entries="not-an-id")
    assert wrong.status_code == 422
    for award, index in zip(factory.SPECIAL, (0, 4, 10), strict=True):
        assert decide(client, sealed, award, index).status_code == 302
    page = client.get(at(sealed, "office-awards"))
    assert page.context["result"].approvable
    assert "17,100 元" in page.content.decode()

    draft = client.get(at(sealed, "office-awards-export", "awards.xlsx"))
    assert "%EF%BC%88%E6%9C%AA%E6%A0%B8%E5%AE%9A%EF%BC%89" in draft["Content-Disposition"]
    assert client.post(at(sealed, "office-awards-approve")).status_code == 302
    assert decide(client, sealed, "best_creative", 1).status_code == 422

    assert client.post(at(sealed, "office-certificates-issue")).status_code == 302
    assert Certificate.objects.count() == 13
    fragment = client.get(at(sealed, "office-certificates-progress")).content.decode()
    assert '<fc-progress channel="job:' in fragment
    assert 'refresh-target="#certificate-list"' in fragment
    one = Certificate.objects.order_by("serial").first()
    assert one.data["verify_url"].startswith("http://testserver/verify/")
    revoke = at(sealed, "office-certificate-revoke", one.pk)
    assert client.post(revoke, {"reason": ""}).status_code == 422
    assert client.post(revoke, {"reason": "姓名写错"}).status_code == 302
    page = client.get(at(sealed, "office-awards")).content.decode()
    assert "姓名写错" in page
    assert "制作 1 张证书" in page

    assert client.post(at(sealed, "office-publish-results")).status_code == 302
    assert ResultsPublication.objects.count() == 1
    assert "结果已经公布" in client.get(at(sealed, "office")).content.decode()


def test_certificates_are_drawn_and_the_fragment_stops_asking(sealed, signed_in):
    factory.decided(sealed)
    client = signed_in(sealed.organiser)
    client.post(at(sealed, "office-awards-compute"))
    client.post(at(sealed, "office-awards-approve"))
    client.post(at(sealed, "office-certificates-issue"))
    run_pending(3)
    fragment = client.get(at(sealed, "office-certificates-progress")).content.decode()
    assert "有效 13 张，其中 13 张可以下载" in fragment
    assert "hx-trigger" not in fragment


@pytest.fixture
def approved(sealed):
    from fengcai.apps.awards.actions import allocate, approve_result

    factory.decided(sealed)
    allocate(contest=sealed.contest, by=sealed.organiser, at=factory.NOON)
    approve_result(contest=sealed.contest, by=sealed.organiser, at=factory.NOON)
    return sealed


def test_every_file_reads_back(approved, signed_in):
    client = signed_in(approved.organiser)
    got = {
        name: client.get(at(approved, "office-awards-export", name))
        for name in ("awards.xlsx", "payment.xlsx", "ranking.csv", "result.json", "list.pdf")
    }
    for answer in got.values():
        assert answer.status_code == 200
        assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''%")
    awards = read_table(got["awards.xlsx"].content, "a.xlsx")
    assert len(awards.rows) == 14
    assert awards.values(awards.rows[-1])["奖金（元）"] == "17100"
    payment = read_table(got["payment.xlsx"].content, "p.xlsx")
    assert payment.values(payment.rows[-1])["金额（元）"] == "17100"
    text = got["ranking.csv"].content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert [row["名次"] for row in rows] == [str(n) for n in range(1, 13)]
    result = json.loads(got["result.json"].content)
    assert result["hash"] == Result.objects.get(current=True).hash
    assert got["list.pdf"].content.startswith(b"%PDF-")
    assert client.get(at(approved, "office-awards-export", "x.exe")).status_code == 404


def test_a_title_like_a_formula_stays_a_title(accepted, signed_in):
    entry = accepted.entries[0]
    entry.title = "=HYPERLINK(1)"
    entry.save()
    factory.sealed(factory.judged(factory.opened(accepted)))
    client = signed_in(accepted.organiser)
    client.post(at(accepted, "office-awards-compute"))
    answer = client.get(at(accepted, "office-awards-export", "ranking.csv"))
    assert "'=HYPERLINK(1)" in answer.content.decode("utf-8-sig")


def test_works_are_shown_and_hidden(approved, signed_in, plain_pictures):
    plain_pictures()
    client = signed_in(approved.organiser)
    chosen = [str(entry.pk) for entry in approved.entries[:3]]
    assert client.post(at(approved, "office-publish-works")).status_code == 422
    sent = client.post(at(approved, "office-publish-works"), {"entries": chosen})
    assert sent.status_code == 302
    assert Publication.objects.count() == 3
    hide = at(approved, "office-publication-hide", chosen[0])
    refused = client.post(hide, {"reason": " "})
    assert refused.status_code == 422
    assert client.post(hide, {"reason": "出镜者撤回同意"}).status_code == 302
    page = client.get(at(approved, "office-publication"))
    assert page.context["shown_count"] == 2


def test_results_are_not_public_before_the_approval(sealed, signed_in, plain_pictures):
    plain_pictures()
    refused = signed_in(sealed.organiser).post(at(sealed, "office-publish-results"))
    assert refused.status_code == 422
    assert "还没有核定，不能公布" in refused.content.decode()


def test_a_tie_is_put_in_order_by_the_committee(signed_in, db):
    stage = factory.contest(works=12, judges=5)
    factory.judged(factory.opened(stage), totals=lambda w, j: 90 if w in (0, 1) else 80 - w)
    factory.sealed(stage)
    client = signed_in(stage.organiser)
    client.post(at(stage, "office-awards-compute"))
    page = client.get(at(stage, "office-awards"))
    [tie] = page.context["ties"]
    ids = [work.entry_id for work, _ in tie.works]
    written = {"reason": "现场票决", "minutes": "纪要〔2026〕2号"}
    url = at(stage, "office-awards-tie", 1)
    double = client.post(url, {f"place-{ids[0]}": "1", f"place-{ids[1]}": "1", **written})
    assert double.status_code == 422
    assert "现场票决" in double.content.decode()
    assert (
        client.post(url, {f"place-{ids[0]}": "2", f"place-{ids[1]}": "1", **written}).status_code
        == 302
    )
    ranking = client.get(at(stage, "office-awards")).context["result"].ranking
    assert [row.work.entry_id for row in ranking[:2]] == [ids[1], ids[0]]


def test_the_record_is_paged_and_a_break_is_told(approved, signed_in):
    client = signed_in(approved.organiser)
    page = client.get(at(approved, "office-audit"))
    assert page.context["chain"].ok
    assert page.context["chain"].head in page.content.decode()
    assert "核定评奖结果" in page.content.decode()
    older = page.context["older"]
    if older is not None:
        assert client.get(at(approved, "office-audit"), {"before": older}).status_code == 200
    assert client.get(at(approved, "office-audit"), {"before": "x"}).status_code == 200
    row = AuditRecord.objects.filter(chain=approved.contest.chain).order_by("sequence")[2]
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("UPDATE audit_auditrecord SET actor = 'user:0' WHERE id = %s", [row.pk])
    broken = client.get(at(approved, "office-audit")).content.decode()
    assert f"记录链在第 {row.sequence} 条断开" in broken
