"""A person's own messages, and unsubscribing by one click without an account."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from fengcai.apps.messages import unsubscribing
from fengcai.apps.messages.actions import Recipient, post
from fengcai.apps.messages.models import Unsubscribed
from fengcai.apps.people.actions import create_account
from fengcai.apps.people.models import User

pytestmark = [pytest.mark.django_db, pytest.mark.intake]


def tell(user: User, title: str) -> None:
    post(template="messages.own", to=Recipient.of(user), context={"主题": title, "正文": "<b>好</b>"},
         channel="site", key=uuid4().hex, contest=None, at=timezone.now(), link="/me/")  # fmt: skip


def test_my_messages_are_mine_new_once_and_hold_no_secret():
    me, other = create_account(username="li", name="李"), create_account(username="w", name="王")
    client = Client()
    assert client.get("/me/messages/").status_code == 302
    client.force_login(me)
    assert "还没有消息" in client.get("/me/messages/").content.decode()
    tell(me, "给李的")
    tell(other, "给王的")
    post(template="people.link", to=Recipient.of(me), channel="site", key="k", contest=None,
         context={"姓名": "李", "活动": "大赛", "到期": "明天", "链接": "https://h/enter/secret/"},
         at=timezone.now())  # fmt: skip
    assert "消息：1 条新消息" in client.get("/me/").content.decode()
    page = client.get("/me/messages/").content.decode()
    assert "给李的" in page and "&lt;b&gt;好&lt;/b&gt;" in page and "新</span>" in page
    assert "给王的" not in page and "个人链接" not in page
    again = client.get("/me/messages/?page=99").content.decode()
    assert "给李的" in again and "新</span>" not in again
    assert "条新消息" not in client.get("/me/").content.decode()


def test_a_gateway_that_looks_refuses_nothing_and_one_click_does(settings: Any):
    settings.FENGCAI_PUBLIC_URL = "https://h.test"
    link = unsubscribing.link_for("li@clinic.test", 7).removeprefix("https://h.test")
    client = Client(enforce_csrf_checks=True)
    assert "退订邀请邮件" in client.get(link).content.decode()
    assert Unsubscribed.objects.count() == 0
    done = client.post(link, "List-Unsubscribe=One-Click", "application/x-www-form-urlencoded")
    assert done.status_code == 200 and "已退订" in done.content.decode()
    assert "li@clinic" not in str(Unsubscribed.objects.values())
    assert "恢复接收" in client.get(link).content.decode()
    assert "退订邀请邮件" in client.post(link, {"what": "again"}).content.decode()
    assert Unsubscribed.objects.count() == 0
    assert client.get("/unsubscribe/forged/").status_code == 404
    assert client.post("/unsubscribe/a:b/").status_code == 404
