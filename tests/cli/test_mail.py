"""`fengcai mail` and what the doctor says of messages."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from fengcai.apps.messages.actions import Recipient, post
from fengcai.apps.messages.models import Message, State
from fengcai.cli import main
from fengcai.cli.doctor import messages
from fengcai.engines.delivery import mail, sms
from tests.engines.delivery.scripted import scripted
from tooling.servers.ports import free_port

pytestmark = [pytest.mark.django_db, pytest.mark.intake]


@pytest.fixture(autouse=True)
def nothing_set(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.FENGCAI_MAIL = settings.FENGCAI_SMS = None
    settings.FENGCAI_PUBLIC_URL = "https://h.test"
    # The command looks whether the database file is there and up to date; the tests' is in memory.
    monkeypatch.setattr("fengcai.cli.mail.require_database", lambda: None)


def say(**more: Any) -> None:
    row = post(template="messages.test", to=Recipient(None, "", "a@clinic.test"), key=uuid4().hex,
               context={"时间": timezone.now()}, contest=None, at=timezone.now())  # fmt: skip
    Message.objects.filter(pk=row.pk).update(**more)


def said(check: Any) -> list[tuple[str, str]]:
    return [(each.state, each.text) for each in check(Path())]


def test_a_test_mail_says_what_to_do(settings: Any, capsys: pytest.CaptureFixture[str]):
    assert main(["mail", "test", "it@clinic.test"]) == 1
    assert "FENGCAI_MAIL_URL" in capsys.readouterr().out
    with scripted() as server:
        settings.FENGCAI_MAIL = mail.Server("127.0.0.1", server.port, mail.PLAIN, "a@b.cn")
        assert main(["mail", "test", "it@clinic.test"]) == 0
        assert "邮件服务器已收下测试邮件" in capsys.readouterr().out
        assert main(["mail", "test", "张三"]) == 1
    assert "邮箱地址写得不对" in capsys.readouterr().err


def test_status_and_release(capsys: pytest.CaptureFixture[str]):
    assert main(["mail", "status"]) == 0
    assert capsys.readouterr().out == "发件箱是空的。\n"
    say(state=State.HELD, cause="还没有设置。")
    say(state=State.SENT)
    say(due_at=timezone.now() - timedelta(hours=1))
    assert main(["mail", "status"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "邮件：等待发送 1，已发出 1，待处理 1"
    assert lines[1].startswith("到点还没发出的，最早一条应在 ")
    assert lines[2] == "  邮件 1 条：还没有设置。"
    assert main(["mail", "release"]) == 0
    assert capsys.readouterr().out == "1 条消息已排队，陆续发出。\n"
    assert main(["mail", "release"]) == 0
    assert capsys.readouterr().out == "没有可以一并发出的消息。\n"


def test_the_doctor_looks_at_mail_text_messages_and_what_is_stuck(settings: Any):
    ((state, text),) = said(messages.mail)
    assert state == "warning" and text.startswith("没有设置发信服务器")
    with scripted() as server:
        settings.FENGCAI_MAIL = mail.Server("127.0.0.1", server.port, mail.PLAIN, "a@b.cn")
        settings.FENGCAI_PUBLIC_URL = ""
        assert [state for state, _ in said(messages.mail)] == ["good", "warning"]
        assert not any(line.startswith(b"MAIL") for line in server.heard)
    settings.FENGCAI_MAIL = mail.Server("127.0.0.1", free_port(), mail.PLAIN, "a@b.cn")
    assert said(messages.mail)[0][0] == "bad"
    assert said(messages.sms) == [("good", "没有开通，不发短信（见 docs/operate/mail.md）")]
    settings.FENGCAI_SMS = sms.Provider("aliyun", "k", "s", "某某医院", {})
    good, wanting = said(messages.sms)
    assert good == ("good", "阿里云短信，签名“某某医院”")
    assert wanting[0] == "warning" and "account.code" in wanting[1]
    assert said(messages.outbox)[0][0] == "good"
    say(state=State.HELD, cause="x")
    say(due_at=timezone.now() - timedelta(hours=1))
    assert [state for state, _ in said(messages.outbox)] == ["bad", "warning"]
