"""The compliance desk: filters, decisions with reasons, and who has no way in."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from fengcai.apps.compliance.models import Remark
from fengcai.apps.contests.models import Membership
from fengcai.apps.contests.roles import Role
from fengcai.apps.entries.models import Entry
from tests.apps.compliance.test_compliance import handed_in
from tests.factories.collecting import UNITS, Collecting, collecting
from tests.factories.judging import person

pytestmark = [pytest.mark.django_db, pytest.mark.clause("J9", "B6")]

SignedIn = Callable[[object], Client]


@pytest.fixture
def made(settings: Any, tmp_path: Path) -> Collecting:
    settings.FENGCAI_DATA = tmp_path / "data"
    made = collecting()
    handed_in(made, tmp_path, synopsis="我院技术国内领先。保证根治，<b>绝对安全</b>。")
    return made


def test_an_organiser_filters_and_decides_the_same_words_at_once(
    made: Collecting, signed_in: SignedIn
) -> None:
    client = signed_in(made.organiser)
    desk = f"/c/{made.contest.slug}/office/compliance/"
    page = client.get(desk).content.decode()
    assert "本活动要求：符合医疗广告管理办法及医院宣传相关规定" in page
    assert "一针<mark>根治</mark>颈椎病" in page
    assert (
        "<strong>广告法第十六条第（一）项</strong>：不得含有表示功效、安全性的断言或者保证" in page
    )
    assert "<strong>医疗广告管理办法第七条第（二）项</strong>" in page
    assert "&lt;b&gt;<mark>绝对安全</mark>" in page
    narrowed = client.get(f"{desk}?law=advertising-law-9").content.decode()
    assert narrowed.count('<li class="remark"') == 1
    both = Remark.objects.filter(words="根治").order_by("pk")
    first, second = both
    given = {
        "remark": f"{first.pk}:1", "alike": f"{second.pk}:1", "decision": "change",
        "reason": "改为“缓解”", "law": "advertising-law-16", "state": "open", "page": "1",
    }  # fmt: skip
    assert f'value="{given["alike"]}"' in page
    refused = client.post(f"{desk}decide/", {**given, "reason": " "})
    assert refused.status_code == 422
    assert "请填写理由" in refused.content.decode()
    done = client.post(f"{desk}decide/", given)
    assert (done.status_code, done["Location"]) == (302, f"{desk}?law=advertising-law-16")
    assert [row.decision for row in both.all()] == ["change", "change"]
    assert client.post(f"{desk}decide/", given).status_code == 409
    assert "没有等待判断的用语" not in client.get(desk).content.decode()
    changed = client.get(f"{desk}?state=change").content.decode()
    assert changed.count('<li class="remark"') == 2
    assert "改为“缓解”" in changed
    assert client.post(f"{desk}again/").status_code == 302


def test_a_reviewer_comes_from_the_work_and_decides(made: Collecting, signed_in: SignedIn) -> None:
    client = signed_in(made.reviewer)
    entry = Entry.objects.get()
    sheet = client.get(f"/review/{entry.pk}/").content.decode()
    link = re.search(r'href="(/c/[^"]+/office/compliance/[^"]+)">判断这 4 处用语', sheet)
    assert link is not None
    page = client.get(link[1].replace("&amp;", "&")).content.decode()
    assert page.count('<li class="remark"') == 4
    assert "只看《一针根治颈椎病》" in page
    assert "/office/awards/" not in page
    row = Remark.objects.get(words="国内领先")
    desk = f"/c/{made.contest.slug}/office/compliance/"
    sent = {"remark": f"{row.pk}:1", "decision": "keep", "reason": "有查新报告"}
    assert client.post(f"{desk}decide/", sent).status_code == 302
    assert "可以保留" in client.get(f"/review/{entry.pk}/").content.decode()
    assert client.post(f"{desk}again/").status_code == 403


def test_units_judges_and_strangers_have_no_way_in(made: Collecting, signed_in: SignedIn) -> None:
    judge = person("评委")
    Membership.objects.create(contest=made.contest, user=judge, role=Role.JUDGE)
    desk = f"/c/{made.contest.slug}/office/compliance/"
    row = Remark.objects.first()
    assert row is not None
    sent = {"remark": f"{row.pk}:1", "decision": "keep", "reason": "看过"}
    for who in (made.contacts[UNITS[0]], made.contacts[UNITS[1]], judge):
        client = signed_in(who)
        answer = client.get(desk)
        assert answer.status_code == 403
        assert "根治" not in answer.content.decode()
        assert client.post(f"{desk}decide/", sent).status_code == 403
    assert Client().get(desk).status_code == 302
    assert Remark.objects.exclude(decision="").count() == 0


def test_the_unit_is_told_plainly_and_another_unit_nothing(
    made: Collecting, signed_in: SignedIn
) -> None:
    entry = Entry.objects.get()
    page = signed_in(made.contacts[UNITS[0]]).get(f"/works/{entry.pk}/").content.decode()
    assert "标题里的“根治”容易被看成疗效保证（广告法第十六条第（一）项）" in page
    assert "只是提醒，不影响提交" in page
    other = signed_in(made.contacts[UNITS[1]]).get(f"/works/{entry.pk}/")
    assert other.status_code == 404
    assert "根治" not in other.content.decode()


@pytest.mark.parametrize(
    "query",
    [
        "?work=x&law=y&state=z&page=-3",
        "?page=99999999999999999999",
        "?state=keep",
        "?law=%00&work=%00",
    ],
)
def test_an_address_that_makes_no_sense_shows_the_desk(
    made: Collecting, signed_in: SignedIn, query: str
) -> None:
    answer = signed_in(made.organiser).get(f"/c/{made.contest.slug}/office/compliance/{query}")
    assert answer.status_code in (200, 400)


@pytest.mark.parametrize("remark", ["", "x", "1", "1:x", "1:1 2", "²:1"])
def test_a_form_that_names_no_remark_is_refused(
    made: Collecting, signed_in: SignedIn, remark: str
) -> None:
    sent = {"remark": remark, "decision": "keep", "reason": "看过"}
    answer = signed_in(made.organiser).post(
        f"/c/{made.contest.slug}/office/compliance/decide/", sent
    )
    assert answer.status_code in (404, 422)


def test_the_desk_asks_the_same_whatever_the_number(made: Collecting, signed_in: SignedIn) -> None:
    client = signed_in(made.organiser)
    desk = f"/c/{made.contest.slug}/office/compliance/"
    client.get(desk)
    with CaptureQueriesContext(connection) as few:
        client.get(desk)
    entry = Entry.objects.get()
    like = Remark.objects.first()
    assert like is not None
    for number in range(45):
        like.pk, like.key = None, f"k{number}"
        like.entry = entry
        like.save()
    with CaptureQueriesContext(connection) as many:
        page = client.get(desk).content.decode()
    assert page.count('<li class="remark"') == 40
    assert len(many) == len(few)
