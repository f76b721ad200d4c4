"""Fetching from Debian's Dovecot: encrypted, in pieces, by position, waiting, and what goes wrong there."""

from __future__ import annotations

import random
import re
import threading
import time
from pathlib import Path

import pytest

from fengcai.engines.mailbox import (
    Account,
    Fetched,
    Mailbox,
    MailboxTrouble,
    Position,
    Renumbered,
    read,
    usual_host,
)
from tests.engines.mailbox.boxes import Inbox
from tests.engines.mailbox.writing import file_part, mail, named, text_part

pytestmark = [pytest.mark.intake, pytest.mark.clause("J12")]

CHINESE = "&YpV6Pw-"  # 投稿, in modified UTF-7


def taken(mailbox: Mailbox, after: Position | None, into: Path) -> list[tuple[Fetched, bytes]]:
    return [(one, one.path.read_bytes()) for one in mailbox.messages(after, into=into)]


@pytest.mark.parametrize("security", ["tls", "starttls", "none"])
def test_a_mailbox_that_works_is_told_in_plain_sentences(inbox: Inbox, security: str) -> None:
    inbox.deliver(mail(), mail())
    port = inbox.server.tls_port if security == "tls" else inbox.server.port
    account = inbox.account(security=security, port=port)
    assert Mailbox(account).check() == [
        f"已连上 localhost:{port}"
        + ("（不加密，仅限本机）。" if security == "none" else "（加密）。"),
        f"已登录 {inbox.user}。",
        "文件夹“INBOX”里有 2 封邮件。",
        "服务器会主动通知新邮件。",
    ]


def test_mails_come_whole_in_their_order_and_only_after_the_position(
    inbox: Inbox, tmp_path: Path
) -> None:
    mails = [mail(text_part("科" * size), subject=str(size)) for size in (1, 2_000, 3)]
    inbox.deliver(*mails)
    with Mailbox(inbox.account()) as mailbox:
        first = taken(mailbox, None, tmp_path)
        assert [raw for _, raw in first] == mails
        assert [(one.uid, one.size, one.whole) for one, _ in first] == [
            (n, len(raw), True) for n, raw in enumerate(mails, start=1)
        ]
        assert all(abs(one.received_at.timestamp() - time.time()) < 60 for one, _ in first)  # type: ignore[union-attr]
        last = first[-1][0].position
        assert taken(mailbox, last, tmp_path) == []
        inbox.deliver(mail(subject="4"))
        assert [one.uid for one, _ in taken(mailbox, last, tmp_path)] == [4]
    assert list(tmp_path.iterdir()) == []


def test_a_mail_of_many_pieces_arrives_byte_by_byte(inbox: Inbox, tmp_path: Path) -> None:
    data = random.Random(6).randbytes(3 * 1024**2)
    raw = mail(text_part("正文"), file_part(data, named("作品.mp4")))
    inbox.deliver(raw)
    told: list[int] = []
    with Mailbox(inbox.account()) as mailbox:
        for one in mailbox.messages(None, into=tmp_path, tell=lambda: told.append(1)):
            assert one.path.read_bytes() == raw
            with read(one.path) as letter, letter.attachments[0].open() as file:
                assert file.read() == data
    assert len(told) == len(raw) // 1024**2 + 1


def test_a_mail_over_the_limit_is_taken_in_part(inbox: Inbox, tmp_path: Path) -> None:
    inbox.deliver(mail(text_part("正文"), file_part(bytes(3 * 1024**2), named("a.mp4"))), mail())
    with Mailbox(inbox.account(), most_bytes=1024**2) as mailbox:
        got = [(one.uid, one.whole, one.size) for one, _ in taken(mailbox, None, tmp_path)]
    assert got == [(1, False, 1024**2), (2, True, len(mail()))]


def test_nothing_is_marked_as_read_and_nothing_is_moved(inbox: Inbox, tmp_path: Path) -> None:
    inbox.deliver(mail())
    with Mailbox(inbox.account()) as mailbox:
        assert len(taken(mailbox, None, tmp_path)) == 1
    place = inbox.server.maildir(inbox.user)
    flags = [path.name.rpartition(":2,")[2] for path in (place / "cur").iterdir()]
    assert flags + [path.name for path in (place / "new").iterdir() if "S" in path.name] in (
        [""],
        [],
    )


def test_a_folder_with_a_chinese_name(inbox: Inbox, tmp_path: Path) -> None:
    inbox.deliver(mail(subject="在投稿里"), folder=CHINESE)
    with Mailbox(inbox.account(folder="投稿")) as mailbox:
        assert sorted(mailbox.folders()) == ["INBOX", "投稿"]
        ((_, raw),) = taken(mailbox, None, tmp_path)
    with read(raw) as letter:
        assert letter.subject == "在投稿里"


def test_a_folder_that_is_not_there_names_those_that_are(inbox: Inbox) -> None:
    inbox.deliver(mail(), folder=CHINESE)
    with pytest.raises(MailboxTrouble) as caught:
        Mailbox(inbox.account(folder="报送")).check()
    assert (caught.value.reason, caught.value.again) == ("folder", False)
    assert str(caught.value).startswith(
        "邮箱里没有文件夹“报送”；请核对名称，收件箱写作 INBOX。现有的文件夹："
    )
    assert "投稿" in str(caught.value)


def test_an_empty_folder(inbox: Inbox, tmp_path: Path) -> None:
    with Mailbox(inbox.account()) as mailbox:
        assert taken(mailbox, None, tmp_path) == []
        assert mailbox.idle(None, 0) is None


def test_the_password_changed_while_we_read(inbox: Inbox, tmp_path: Path) -> None:
    inbox.deliver(mail(), mail())
    with Mailbox(inbox.account(), pauses=(0.01,)) as mailbox:
        messages = mailbox.messages(None, into=tmp_path)
        assert next(messages).uid == 1
        inbox.server.add(inbox.user, "another")
        assert next(messages).uid == 2  # this line is logged in already
        mailbox.close()
        with pytest.raises(MailboxTrouble) as caught:
            taken(mailbox, None, tmp_path)
    assert (caught.value.reason, caught.value.again) == ("password", False)
    assert str(caught.value) == (
        f"邮箱 {inbox.user} 的帐号或密码不对，或密码已经改过；请在设置里填写新的密码。"
    )


def test_a_renumbered_folder_is_told_with_its_new_numbering(inbox: Inbox, tmp_path: Path) -> None:
    inbox.deliver(mail())
    with Mailbox(inbox.account()) as mailbox:
        ((one, _),) = taken(mailbox, None, tmp_path)
        mailbox.close()
        inbox.server.renumber(inbox.user)
        with pytest.raises(Renumbered) as caught:
            taken(mailbox, one.position, tmp_path)
        assert caught.value.uidvalidity != one.uidvalidity
        assert mailbox.idle(one.position, 0) is not None
        again = taken(mailbox, Position(caught.value.uidvalidity), tmp_path)
    assert [raw for _, raw in again] == [mail()]


def test_a_certificate_that_nobody_vouches_for(inbox: Inbox) -> None:
    with pytest.raises(MailboxTrouble) as caught:
        Mailbox(inbox.account(ca_file="")).check()
    assert (caught.value.reason, caught.value.again) == ("certificate", False)


def test_tls_where_there_is_none(inbox: Inbox) -> None:
    with pytest.raises(MailboxTrouble) as caught:
        Mailbox(inbox.account(port=inbox.server.port)).check()
    assert (caught.value.reason, caught.value.again) == ("encryption", False)


def test_waiting_ends_when_a_mail_arrives(inbox: Inbox, tmp_path: Path) -> None:
    inbox.deliver(mail())
    with Mailbox(inbox.account()) as mailbox:
        ((one, _),) = taken(mailbox, None, tmp_path)
        later = threading.Timer(0.5, inbox.deliver, [mail(subject="neu")])
        later.start()
        began = time.monotonic()
        assert mailbox.idle(one.position, 30) is not None
        later.join()
        assert 0.4 < time.monotonic() - began < 15
        assert [x.uid for x, _ in taken(mailbox, one.position, tmp_path)] == [2]


def test_waiting_survives_its_own_renewal_and_ends_in_time(inbox: Inbox, tmp_path: Path) -> None:
    with Mailbox(inbox.account(), renew_s=0.2) as mailbox:
        began = time.monotonic()
        assert mailbox.idle(None, 0.7) is None
        assert 0.6 < time.monotonic() - began < 5
        assert mailbox.idle(None, 30, stop=lambda: True) is None


@pytest.mark.parametrize(
    ("different", "said"),
    [
        ({"host": ""}, "收信服务器的地址没有填对，例如 imap.163.com"),
        ({"host": "imap 163.com"}, "收信服务器的地址没有填对，例如 imap.163.com"),
        ({"port": 0}, "收信服务器的端口须在 1 到 65535 之间，通常是 993"),
        ({"user": "a\r\nb"}, "邮箱帐号没有填，或带有换行"),
        ({"password": ""}, "授权码没有填，或带有换行"),
        ({"security": "none"}, "不加密的连接会泄露密码，只能用于本机；请选“TLS”或“STARTTLS”"),
    ],
)
def test_an_account_that_cannot_be(different: dict[str, object], said: str) -> None:
    plain = {"host": "imap.163.com", "user": "a@163.com", "password": "x"}
    with pytest.raises(ValueError, match=re.escape(said)):
        Account(**(plain | different))  # type: ignore[arg-type]


def test_an_account_does_not_show_its_password() -> None:
    assert "geheim" not in repr(Account("imap.163.com", "a@163.com", "geheim"))


@pytest.mark.parametrize(
    ("address", "host"),
    [("a@163.com", "imap.163.com"), ("a@Foxmail.com ", "imap.qq.com"), ("a@hospital.cn", "")],
)
def test_where_the_usual_providers_keep_theirs(address: str, host: str) -> None:
    assert usual_host(address) == host
