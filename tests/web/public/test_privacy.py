"""The privacy pages: shown to all, asked once, never ticked beforehand, copied by the owner only."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.test import Client

from fengcai.apps.people.actions import create_account
from fengcai.apps.people.models import Consent, DataRequest, User
from fengcai.apps.people.privacy.actions import write_notice

pytestmark = [pytest.mark.django_db, pytest.mark.intake]


@pytest.fixture
def person() -> User:
    return create_account(username="u1", name="心内科联络员", phone="13800001234")


@pytest.fixture
def member(client: Client, person: User) -> Client:
    client.force_login(person)
    return client


@pytest.mark.clause("U7")
def test_each_consent_is_asked_apart_and_none_is_ticked_beforehand(
    member: Client, person: User
) -> None:
    assert "看一遍，逐项选择" in member.get("/me/").content.decode()
    page = member.get("/me/privacy/asked/").content.decode()
    boxes = re.findall(r'<input[^>]+type="checkbox"[^>]*>', page)
    assert len(boxes) == 3
    assert not any("checked" in box or "required" in box for box in boxes)
    done = member.post("/me/privacy/asked/", {"version": "0", "next": "//evil.example/"})
    assert done["Location"] == "/me/"
    assert Consent.objects.count() == 0
    assert "看一遍，逐项选择" not in member.get("/me/").content.decode()
    member.post("/me/privacy/asked/", {"version": "0", "agree": ["publish", "nonsense"]})
    assert list(Consent.objects.values_list("purpose", flat=True)) == ["publish"]


def test_a_new_version_is_asked_again_and_an_old_form_is_refused(
    member: Client, person: User
) -> None:
    from django.utils import timezone

    write_notice(by=person, at=timezone.now(), controller="示例医院", contact="宣传科")
    stale = member.post("/me/privacy/asked/", {"version": "0", "agree": "publish"})
    assert stale.status_code == 422
    assert Consent.objects.count() == 0
    for version in ("", "x", "9" * 30, "-1"):
        assert member.post("/me/privacy/asked/", {"version": version}).status_code == 422


@pytest.mark.clause("U7")
def test_one_withdraws_asks_and_takes_a_copy(member: Client, person: User) -> None:
    member.post("/me/privacy/consents/publish/")
    member.post("/me/privacy/consents/publish/", {"withdraw": "1"})
    page = member.get("/me/privacy/").content.decode()
    assert "撤回了单独同意：公开我的姓名" in page
    assert member.post("/me/privacy/consents/nonsense/").status_code == 404
    refused = member.post("/me/privacy/requests/", {"kind": "", "text": "请改电话"})
    assert (refused.status_code, "请改电话" in refused.content.decode()) == (422, True)
    member.post("/me/privacy/requests/", {"kind": "correct", "text": "请改电话"})
    assert DataRequest.objects.filter(kind="correct").count() == 1
    copy = member.get("/me/privacy/data.json")
    assert copy["Content-Disposition"].startswith("attachment")
    told = json.loads(copy.content)
    assert told["账号"]["账号名"] == "u1"
    assert next(row["内容"] for row in told["请求"]) == "请改电话"
    assert "sessionid" not in copy.content.decode()


def test_the_notice_is_open_to_all_and_the_rest_to_its_owner(client: Client) -> None:
    page = client.get("/privacy/").content.decode()
    assert "谁在处理" in page
    assert "个人信息保护法第十七条" in page
    for path in ("/me/privacy/", "/me/privacy/asked/", "/me/privacy/data.json"):
        assert client.get(path)["Location"].startswith("/accounts/login/")
    assert client.get("/c/nothing/privacy/").status_code == 404
    assert '<a href="/privacy/">' in client.get("/accounts/login/").content.decode()


def test_the_page_costs_the_same_however_much_was_asked(
    member: Client, person: User, django_assert_max_num_queries: Any
) -> None:
    from django.utils import timezone

    for _ in range(30):
        DataRequest.objects.create(user=person, kind="other", text="x", made_at=timezone.now())
    member.get("/me/privacy/")
    with django_assert_max_num_queries(10):
        member.get("/me/privacy/")
