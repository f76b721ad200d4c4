"""Gallery, works, results and certificate checks as anybody sees them."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from fengcai.apps.assets.models import Asset
from fengcai.apps.awards.actions import issue_certificates, revoke_certificate
from fengcai.apps.awards.models import Certificate
from fengcai.apps.entries.models import FileVersion
from fengcai.apps.people.models import User
from fengcai.apps.publishing.actions import hide_work, publish_works
from fengcai.engines import storage
from tests.factories import judging as make
from tests.web.public.conftest import FACTS

pytestmark = pytest.mark.django_db
CONTEST = "/c/yikeyifengcai/"


def text_of(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status
    return re.sub(r"\s+", " ", answer.content.decode())


def film_of(entry: object) -> Asset:
    return FileVersion.objects.select_related("asset").get(entry=entry, current=True).asset


def test_nothing_is_public_before_it_is_published(client: Client) -> None:
    stage = make.contest(works=2, judges=5)
    gallery = text_of(client, f"{CONTEST}gallery/")
    assert "还没有作品展播" in gallery and "仁心故事" not in gallery
    assert "结果尚未公布" in text_of(client, f"{CONTEST}results/")
    missing = text_of(client, f"{CONTEST}gallery/001/", 404)
    assert "它目前不在展播" in missing and "仁心故事" not in missing
    assert client.get(f"/files/{film_of(stage.entries[0]).pk}/film").status_code == 404


@pytest.mark.clause("J19")
def test_the_gallery_leads_with_posters_and_awards(shown: make.Stage, client: Client) -> None:
    text = text_of(client, f"{CONTEST}gallery/")
    assert text.count('class="work"') == 12
    assert f'src="/files/{film_of(shown.entries[0]).pk}/poster"' in text
    assert '<span class="work-award">一等奖</span>' in text
    assert "医疗服务类 <span" in text


@pytest.mark.clause("J19")
def test_a_theme_and_a_page_are_chosen_by_address(client: Client) -> None:
    stage = make.contest(works=27, judges=5)
    Asset.objects.update(facts=FACTS)
    stage.entries[0].themes = ["spirit"]
    rules = stage.contest.version.resolved
    themes = [t["id"] for t in rules["tracks"][0]["themes"]["options"]]
    other = next(id for id in themes if id != "service")
    stage.entries[0].themes = [other]
    stage.entries[0].save()
    publish_works(
        contest=stage.contest,
        entries=[entry.pk for entry in stage.entries],
        by=stage.organiser,
        at=make.NOON,
    )
    first = text_of(client, f"{CONTEST}gallery/")
    assert first.count('class="work"') == 24 and "第 1 页，共 2 页、27 件" in first
    assert 'href="?page=2" rel="next"' in first
    last = text_of(client, f"{CONTEST}gallery/?page=2")
    assert last.count('class="work"') == 3
    assert f'href="{CONTEST}gallery/" rel="prev"' in last
    one = text_of(client, f"{CONTEST}gallery/?theme={other}")
    assert one.count('class="work"') == 1 and "仁心故事之1<" in one
    wrong = text_of(client, f"{CONTEST}gallery/?theme=nothing&page=ninety")
    assert wrong.count('class="work"') == 24


@pytest.mark.clause("J19")
def test_a_work_plays_with_its_texts_and_neighbours(shown: make.Stage, client: Client) -> None:
    text = text_of(client, f"{CONTEST}gallery/002/")
    assert f'src="/files/{film_of(shown.entries[1]).pk}/film"' in text
    assert "<fc-player" in text and "记录一个普通工作日。" in text and "张青禾、李望2" in text
    assert "0791-00000000" not in text
    assert f'href="{CONTEST}gallery/001/" rel="prev"' in text
    assert f'href="{CONTEST}gallery/003/" rel="next"' in text


@pytest.mark.clause("J19")
def test_the_film_is_sent_by_byte_ranges(shown: make.Stage, client: Client) -> None:
    asset = film_of(shown.entries[0])
    file = storage.store().path_of(asset.key)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(bytes(range(200)))
    address = f"/files/{asset.pk}/film"
    try:
        whole = client.get(address)
        assert (whole.status_code, whole["Accept-Ranges"]) == (200, "bytes")
        assert b"".join(whole.streaming_content) == bytes(range(200))
        part = client.get(address, headers={"Range": "bytes=10-19"})
        assert (part.status_code, part["Content-Range"]) == (206, "bytes 10-19/200")
        assert b"".join(part.streaming_content) == bytes(range(10, 20))
        tail = client.get(address, headers={"Range": "bytes=-5"})
        assert (tail.status_code, tail["Content-Range"]) == (206, "bytes 195-199/200")
        beyond = client.get(address, headers={"Range": "bytes=200-"})
        assert (beyond.status_code, beyond["Content-Range"]) == (416, "bytes */200")
    finally:
        file.unlink()


@pytest.mark.clause("J19")
def test_a_hidden_work_is_gone_with_its_file(shown: make.Stage, client: Client) -> None:
    entry = shown.entries[0]
    hide_work(
        contest=shown.contest,
        entry_id=entry.pk,
        reason="申诉核实",
        by=shown.organiser,
        at=make.NOON,
    )
    gallery = text_of(client, f"{CONTEST}gallery/")
    assert gallery.count('class="work"') == 11 and "仁心故事之1<" not in gallery
    assert "申诉核实" not in text_of(client, f"{CONTEST}gallery/001/", 404)
    for part in ("film", "poster", "sprite"):
        assert client.get(f"/files/{film_of(entry).pk}/{part}").status_code == 404
    results = text_of(client, f"{CONTEST}results/")
    assert "仁心故事之1" in results and f'href="{CONTEST}gallery/001/"' not in results
    assert str(film_of(entry).pk) not in results


@pytest.mark.clause("J16")
def test_every_award_says_why(shown: make.Stage, client: Client) -> None:
    text = text_of(client, f"{CONTEST}results/")
    assert text.count('class="work"') == 13
    assert "13 个奖项，奖金合计 17,100 元" in text
    assert "综合得分 95.00" in text
    assert text.count("立意与手法突出") >= 3 and "评审委员会会议纪要〔2026〕1号" in text
    ranking = text[text.index('id="h-ranking"') : text.index('id="h-money"')]
    assert ranking.count("<tr>") == 13
    assert ranking.count('scope="col" class="number">评委 ') == 5
    assert ranking.count("（去掉的最高分）") == 12 and ranking.count("（去掉的最低分）") == 12
    for judge in User.objects.filter(name__regex=r"^评委\d$"):
        assert judge.name not in text


def test_certificates_are_verified_by_anybody(shown: make.Stage, client: Client) -> None:
    issue_certificates(
        contest=shown.contest, by=shown.organiser, at=make.NOON, site="https://contest.example"
    )
    row = Certificate.objects.order_by("serial").first()
    assert row is not None
    text = text_of(client, f"/verify/{row.pk}")
    assert 'data-status="valid"' in text and "证书真实有效" in text and "演示" not in text
    assert row.number in text and "《仁心故事之1》" in text
    assert "张**" in text and "张青禾" not in text
    revoke_certificate(
        certificate_id=row.pk,
        reason="获奖名单更正",
        by=shown.organiser,
        at=make.NOON,
    )
    gone = text_of(client, f"/verify/{row.pk}")
    assert 'data-status="revoked"' in gone and "这张证书已经撤销" in gone
    assert "获奖名单更正" in gone and "证书真实有效" not in gone


def test_a_certificate_of_a_demo_says_so(client: Client) -> None:
    stage = make.contest(works=12, judges=5, demo=True)
    make.approved(stage)
    issue_certificates(
        contest=stage.contest, by=stage.organiser, at=make.NOON, site="https://contest.example"
    )
    row = Certificate.objects.first()
    assert row is not None
    text = text_of(client, f"/verify/{row.pk}")
    assert "演示证书" in text and "证书真实有效" not in text


def test_a_certificate_never_issued_is_not_found_and_says_what_to_do(client: Client) -> None:
    asked = uuid4()
    text = text_of(client, f"/verify/{asked}", 404)
    assert 'data-status="unknown"' in text and "没有颁发过这张证书" in text
    assert str(asked) in text and "重新扫描证书上的二维码" in text


def test_public_pages_cost_few_sql(shown: make.Stage, client: Client) -> None:
    counts = {}
    for path in ("gallery/", "gallery/001/", "results/"):
        client.get(CONTEST + path)
        with CaptureQueriesContext(connection) as seen:
            client.get(CONTEST + path)
        counts[path] = len(seen)
    assert max(counts.values()) <= 16, counts
