"""The pages on look-alikes: groups, two works side by side, and a decision with its reason."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Q
from django.test import Client

from fengcai.apps.likeness.models import Likeness, PriorWork
from fengcai.apps.likeness.standing import forget
from fengcai.engines.jobs import run_pending
from tests.apps.likeness.test_likeness import copied, handed_in, original
from tests.factories.collecting import UNITS, Collecting, collecting

pytestmark = [pytest.mark.django_db, pytest.mark.clause("J10", "B4")]


@pytest.fixture
def made(settings: Any, tmp_path: Path) -> Collecting:
    settings.FENGCAI_DATA = tmp_path / "data"
    forget()
    made = collecting()
    handed_in(made, tmp_path, original(), UNITS[0])
    handed_in(made, tmp_path, copied(), UNITS[1], title="另一个题名", synopsis="另一段说明")
    return made


def test_an_organiser_looks_plays_both_and_decides(
    made: Collecting, signed_in: Callable[[object], Client]
) -> None:
    client = signed_in(made.organiser)
    groups = f"/c/{made.contest.slug}/office/likenesses/"
    shown = client.get(groups).content.decode()
    assert "1 组等待决定" in shown
    assert "《心跳的守护》与《另一个题名》" in shown
    pair = Likeness.objects.get()
    page = client.get(f"{groups}{pair.pk}/").content.decode()
    assert page.count("<video ") == 2
    assert "对方裁掉了左边约 20%" in page
    assert 'data-left="0.00"' in page
    deciding = f"{groups}{pair.pk}/decide/"
    refused = client.post(deciding, {"version": 1, "decision": "copy", "reason": ""})
    assert refused.status_code == 422
    assert "请填写理由" in refused.content.decode()
    given = {"version": 1, "decision": "copy", "reason": "画面逐段相同，只裁了左边"}
    assert client.post(deciding, given).status_code == 302
    stale = client.post(deciding, {**given, "decision": "allowed"})
    assert stale.status_code == 409
    after = client.get(groups).content.decode()
    assert "都已决定" in after
    assert "画面逐段相同，只裁了左边" in after


def test_a_reviewer_looks_and_cannot_decide(
    made: Collecting, signed_in: Callable[[object], Client]
) -> None:
    client = signed_in(made.reviewer)
    pair = Likeness.objects.get()
    address = f"/c/{made.contest.slug}/office/likenesses/{pair.pk}/"
    page = client.get(address).content.decode()
    assert "<fc-together>" in page
    assert "还没有决定" in page
    answer = client.post(f"{address}decide/", {"version": 1, "decision": "copy", "reason": "像"})
    assert answer.status_code == 403
    assert Likeness.objects.get().decision == ""


def test_entrants_have_no_way_in(made: Collecting, signed_in: Callable[[object], Client]) -> None:
    client = signed_in(made.contacts[UNITS[0]])
    pair = Likeness.objects.get()
    for address in ("", f"{pair.pk}/"):
        answer = client.get(f"/c/{made.contest.slug}/office/likenesses/{address}")
        assert answer.status_code == 403
        assert "另一个题名" not in answer.content.decode()


CSV = "作品名称,单位,年份,奖项,链接,作者\n另一个题名,儿科,2023,一等奖,https://example.org/a,张三\n,儿科,2023,,,\n"


def test_past_winners_are_previewed_taken_in_compared_and_removed(
    made: Collecting, signed_in: Callable[[object], Client]
) -> None:
    client = signed_in(made.organiser)
    register = f"/c/{made.contest.slug}/office/likenesses/priors/"
    assert "没有在这里办过的往届" in client.get(register).content.decode()
    shown = client.post(
        f"{register}preview/", {"file": SimpleUploadedFile("往届.csv", CSV.encode("gb18030"))}
    )
    page = shown.content.decode()
    assert "将登记的 1 件" in page
    assert "没有作品名称" in page
    assert "没有用到的列：作者" in page
    assert "张三" not in page
    assert PriorWork.objects.count() == 0
    parcel = shown.context["parcel"]
    assert client.post(f"{register}import/", {"parcel": parcel + "x"}).status_code == 422
    assert client.post(f"{register}import/", {"parcel": parcel}).status_code == 302
    run_pending(reraise=True)
    assert "登记了 1 件往届作品，其中 0 件有影片指纹" in client.get(register).content.decode()
    pair = Likeness.objects.get(Q(first=None) | Q(second=None))
    told = client.get(f"/c/{made.contest.slug}/office/likenesses/{pair.pk}/").content.decode()
    assert "题名相同" in told
    assert "2023 年一等奖" in told
    assert 'href="https://example.org/a" rel="noopener noreferrer nofollow"' in told
    assert "<fc-together>" not in told
    listed = client.get(f"/c/{made.contest.slug}/office/likenesses/").content.decode()
    assert "往届获奖作品，2023 年一等奖" in listed
    prior = PriorWork.objects.get()
    assert client.post(f"{register}{prior.pk}/remove/").status_code == 302
    assert not Likeness.objects.filter(Q(first=None) | Q(second=None)).exists()


@pytest.mark.parametrize(
    ("name", "data", "told"),
    [
        ("往届.csv", b"", "文件是空的"),
        ("往届.csv", "名字,日期\n甲,2023\n".encode(), "缺少这些列"),
        ("往届.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "旧版 .xls"),
    ],
)
def test_a_table_that_cannot_be_used_is_explained(
    made: Collecting, signed_in: Callable[[object], Client], name: str, data: bytes, told: str
) -> None:
    preview = f"/c/{made.contest.slug}/office/likenesses/priors/preview/"
    answer = signed_in(made.organiser).post(preview, {"file": SimpleUploadedFile(name, data)})
    assert told in answer.content.decode()
    assert PriorWork.objects.count() == 0


def test_reviewers_and_entrants_have_no_way_to_the_register(
    made: Collecting, signed_in: Callable[[object], Client]
) -> None:
    register = f"/c/{made.contest.slug}/office/likenesses/priors/"
    for user in (made.reviewer, made.contacts[UNITS[0]]):
        assert signed_in(user).get(register).status_code == 403


@pytest.mark.clause("J7")
def test_known_music_is_registered_and_its_file_asked_for(
    made: Collecting, signed_in: Callable[[object], Client]
) -> None:
    client = signed_in(made.organiser)
    register = f"/c/{made.contest.slug}/office/likenesses/priors/"
    refused = client.post(f"{register}material/", {"title": "清晨", "unit": "长" * 101})
    assert refused.status_code == 422
    body = refused.content.decode()
    assert 'value="清晨"' in body
    assert "最多 100 字" in body
    answer = client.post(f"{register}material/", {"title": "清晨", "unit": "某音乐库"})
    row = PriorWork.objects.get()
    assert answer.headers["Location"] == f"{register}{row.pk}/film/"
    page = client.get(answer.headers["Location"]).content.decode()
    assert "现在比对不到任何作品" in page
    assert f'grant-url="{register}{row.pk}/film/grant/"' in page
    granted = client.post(f"{register}{row.pk}/film/grant/", {"filename": "a.mp3", "size": 9})
    assert set(granted.json()) == {"grant", "expires_at", "max_size"}
    shown = client.get(register).content.decode()
    assert "登记了 1 件" in shown
    assert "某音乐库" in shown
    others = signed_in(made.reviewer)
    for url in ("film/", "film/part/"):
        assert others.get(f"{register}{row.pk}/{url}").status_code == 403
    assert others.post(f"{register}{row.pk}/film/grant/").status_code == 403
