"""Letters that no person wrote: told apart, because none of them is ever answered."""

from __future__ import annotations

import pytest

from fengcai.engines.mailbox import read
from tests.engines.mailbox.writing import mail, text_part

pytestmark = [pytest.mark.intake, pytest.mark.clause("J12")]


@pytest.mark.parametrize(
    ("subject", "sender", "more"),
    [
        ("自动回复：投稿", "a@b.cn", ""),
        ("自动回复: 投稿", "a@b.cn", ""),
        ("Automatic reply: 投稿", "a@b.cn", ""),
        ("Out of Office: 投稿", "a@b.cn", ""),
        ("已读: 投稿", "a@b.cn", ""),
        ("投稿", "a@b.cn", "Auto-Submitted: auto-replied\r\n"),
        ("投稿", "a@b.cn", "Auto-Submitted: auto-generated; owner-email=x\r\n"),
        ("投稿", "a@b.cn", "Precedence: bulk\r\n"),
        ("投稿", "a@b.cn", "Precedence: Auto_Reply\r\n"),
        ("投稿", "a@b.cn", "X-Autoreply: yes\r\n"),
        ("投稿", "a@b.cn", "X-Autorespond: x\r\n"),
        ("投稿", "a@b.cn", "X-Auto-Response-Suppress: All\r\n"),
        ("投稿", "a@b.cn", "List-Id: <news.b.cn>\r\n"),
        ("投稿", "a@b.cn", "List-Unsubscribe: <mailto:x@b.cn>\r\n"),
        ("投稿", "a@b.cn", "Return-Path: <>\r\n"),
        ("投稿", "noreply@b.cn", ""),
        ("投稿", "no-reply+1@b.cn", ""),
        ("投稿", "Postmaster@b.cn", ""),
    ],
)
def test_written_by_a_machine(subject: str, sender: str, more: str) -> None:
    with read(mail(subject=subject, sender=sender, more=more)) as letter:
        assert letter.automatic
        assert not letter.bounce


@pytest.mark.parametrize(
    ("subject", "sender", "more"),
    [
        ("投稿", "a@b.cn", ""),
        ("回复: 自动回复的处理", "a@b.cn", ""),
        ("Re: 投稿", "a@b.cn", "Auto-Submitted: no\r\n"),
        ("投稿", "a@b.cn", "Precedence: first-class\r\n"),
        ("投稿", "a@b.cn", "X-Auto-Response-Suppress: DR, OOF\r\n"),
        ("投稿", "a@b.cn", "Return-Path: <a@b.cn>\r\n"),
        ("投稿", "noreplyhospital@b.cn", ""),
        ("投稿", "office@b.cn", "X-QQ-mid: webmail1\r\nX-Mailer: QQMail 2.x\r\n"),
    ],
)
def test_written_by_a_person(subject: str, sender: str, more: str) -> None:
    with read(mail(subject=subject, sender=sender, more=more)) as letter:
        assert not letter.automatic
        assert not letter.bounce


def test_a_bounce_of_rfc_3464() -> None:
    report = (
        b"Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.b.cn\r\n\r\n"
        b"Original-Recipient: rfc822;li@b.cn\r\nFinal-Recipient: rfc822; li@b.cn\r\nAction: failed\r\n"
        b"\r\nFinal-Recipient: rfc822; <wang@b.cn>\r\nAction: failed\r\n"
    )
    inner = b"Content-Type: message/rfc822\r\n\r\n" + mail(subject="收到投稿", sender="us@c.cn")
    raw = mail(
        text_part("没有送到"), report, inner, subject="Undelivered Mail", sender="MAILER-DAEMON@b.cn",
        kind="report; report-type=delivery-status",
    )  # fmt: skip
    with read(raw) as letter:
        assert (letter.bounce, letter.automatic) == (True, True)
        assert letter.failed == ("li@b.cn", "wang@b.cn")
        assert [one.subject for one in letter.nested] == ["收到投稿"]
        assert letter.attachments == ()


@pytest.mark.parametrize(
    ("subject", "sender", "more"),
    [
        ("系统退信/Systems bounce", "Postmaster@163.com", ""),
        ("退信通知", "QQMail <10000@qq.com>", ""),
        ("Undeliverable: 收到投稿", "postmaster@hospital.cn", ""),
        ("x", "mx@b.cn", "X-Failed-Recipients: li@b.cn\r\n"),
    ],
)
def test_bounces_in_the_words_of_others(subject: str, sender: str, more: str) -> None:
    with read(mail(subject=subject, sender=sender, more=more)) as letter:
        assert (letter.bounce, letter.automatic) == (True, True)


def test_a_read_receipt_is_automatic_and_no_bounce() -> None:
    raw = mail(
        text_part("已读"), b"Content-Type: message/disposition-notification\r\n\r\nDisposition: x\r\n",
        kind="report; report-type=disposition-notification",
    )  # fmt: skip
    with read(raw) as letter:
        assert (letter.bounce, letter.automatic) == (False, True)


def test_the_thread_of_an_answer() -> None:
    more = "In-Reply-To: <a@us>\r\nReferences: <b@us>\r\n <a@us>\r\nReply-To: other@b.cn\r\n"
    with read(mail(more=more)) as letter:
        assert letter.in_reply_to == ("a@us", "b@us", "a@us")
        assert letter.reply_to == "other@b.cn"


def test_a_mail_inside_a_mail_keeps_its_own_signs() -> None:
    inner = b"Content-Type: message/rfc822\r\n\r\n" + mail(subject="自动回复：x")
    with read(mail(text_part("转发"), inner)) as letter:
        assert [one.automatic for one in letter.letters()] == [False, True]
