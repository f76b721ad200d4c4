"""Downloads as a browser sees them: ordered on the page, taken in stretches, resumed safely."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client

from fengcai.apps.exchange.models import Pack, Taking
from fengcai.apps.people.models import User
from fengcai.engines.jobs import run_pending
from fengcai.engines.jobs.models import Job
from tests.factories.collecting import Collecting

ComeIn = Callable[[User], Client]

pytestmark = [pytest.mark.intake, pytest.mark.clause("J12")]


@pytest.fixture
def pack(stage: Collecting, come_in: ComeIn, tmp_path: Path) -> Pack:
    """A pack that an organiser ordered on the page, ready."""
    stage.with_film(stage.draft(title="<b>心跳</b>"), tmp_path)
    page = f"/c/{stage.contest.slug}/packs/"
    desk = come_in(stage.organiser)
    shown = desk.get(page).content.decode()
    assert "筛选出 <strong" in shown and "&lt;b&gt;心跳" in shown
    answer = desk.post(page, {"which": "all", "layout": "rule", "title": "全部"})
    assert answer.status_code == 302
    Job.objects.exclude(kind="exchange.pack").delete()
    assert "下载包的进度" in desk.get(page + "list/").content.decode()
    run_pending()
    assert "可以下载" in desk.get(page).content.decode()
    return Pack.objects.get()


def taken(answer: object) -> bytes:
    return b"".join(answer.streaming_content)  # type: ignore[attr-defined]


def test_it_is_taken_whole_resumed_and_never_mixed(
    stage: Collecting, come_in: ComeIn, pack: Pack
) -> None:
    desk, url = come_in(stage.organiser), f"/c/{stage.contest.slug}/packs/{pack.pk}/file.zip"
    answer = desk.get(url)
    full = taken(answer)
    assert (answer.status_code, answer["Accept-Ranges"]) == (200, "bytes")
    assert int(answer["Content-Length"]) == len(full) == pack.size
    assert answer["Content-Disposition"].startswith("attachment;")
    assert zipfile.ZipFile(io.BytesIO(full)).testzip() is None
    etag, half = answer["ETag"], pack.size // 2
    rest = desk.get(url, headers={"Range": f"bytes={half}-", "If-Range": etag})
    assert (rest.status_code, taken(rest)) == (206, full[half:])
    assert rest["Content-Range"] == f"bytes {half}-{pack.size - 1}/{pack.size}"
    other = desk.get(url, headers={"Range": f"bytes={half}-", "If-Range": '"another"'})
    assert (other.status_code, taken(other)) == (200, full)
    last = desk.get(url, headers={"Range": "bytes=-22"})
    assert taken(last) == full[-22:]
    assert desk.get(url, headers={"Range": f"bytes={pack.size}-"}).status_code == 416
    assert desk.get(url, headers={"If-None-Match": etag}).status_code == 304
    head = desk.head(url)
    assert int(head["Content-Length"]) == pack.size and head["ETag"] == etag
    assert Taking.objects.get().by == stage.organiser


def test_a_stranger_gets_nothing(stage: Collecting, come_in: ComeIn, pack: Pack) -> None:
    url = f"/c/{stage.contest.slug}/packs/{pack.pk}/file.zip"
    assert Client().get(url).status_code == 302
    contact = come_in(stage.contacts["心病科"])
    assert contact.get(url).status_code == 404
    assert contact.get(f"/c/{stage.contest.slug}/packs/").status_code == 403
    assert contact.post(f"/c/{stage.contest.slug}/packs/{pack.pk}/drop/").status_code == 404
    assert not Taking.objects.exists() and Pack.objects.get().state == "ready"


def test_what_is_asked_in_vain_is_said(stage: Collecting, come_in: ComeIn) -> None:
    stage.draft()
    desk, page = come_in(stage.organiser), f"/c/{stage.contest.slug}/packs/"
    answer = desk.post(page, {"which": "ticked", "layout": "flat", "title": "十件"})
    assert answer.status_code == 422
    assert "还没有勾选作品" in answer.content.decode() and 'value="十件"' in answer.content.decode()
    assert desk.post(page, {"which": "all", "layout": "../x"}).status_code == 422
    assert not Pack.objects.exists()


def test_in_wechat_the_way_out_is_shown(stage: Collecting, come_in: ComeIn, pack: Pack) -> None:
    desk, page = come_in(stage.organiser), f"/c/{stage.contest.slug}/packs/"
    wechat = {"User-Agent": "Mozilla/5.0 (iPhone) MicroMessenger/8.0.49"}
    assert "在浏览器打开" in desk.get(page, headers=wechat).content.decode()
    assert "在浏览器打开" not in desk.get(page).content.decode()
