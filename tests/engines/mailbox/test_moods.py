"""Servers as they are: NetEase's ID, QQ's closed lines, breaks in the middle, silence, lies."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from imapclient.exceptions import LoginError

from fengcai.engines.mailbox import Account, Mailbox, MailboxTrouble, Position
from fengcai.engines.mailbox.troubles import trouble_of
from tests.engines.mailbox.scripted import Scripted
from tests.engines.mailbox.writing import mail

pytestmark = [pytest.mark.intake, pytest.mark.clause("J12")]

Start = Callable[..., Scripted]
QUICK = (0.01, 0.01, 0.01)
LONG = mail() + b"x" * 2_500_000


def taken(server: Scripted, into: Path, **different: object) -> list[tuple[int, bytes, bool]]:
    with Mailbox(server.account(), pauses=QUICK, **different) as mailbox:  # type: ignore[arg-type]
        return [
            (one.uid, one.path.read_bytes(), one.whole) for one in mailbox.messages(None, into=into)
        ]


def trouble(server: Scripted, into: Path, **different: object) -> MailboxTrouble:
    with (
        Mailbox(server.account(**different), pauses=QUICK) as mailbox,
        pytest.raises(MailboxTrouble) as caught,
    ):
        list(mailbox.messages(None, into=into))
    assert str(caught.value).endswith("。")
    return caught.value


def test_netease_is_told_who_we_are_in_the_shape_it_reads(server: Start, tmp_path: Path) -> None:
    script = server(mail(), wants_id=True)
    assert taken(script, tmp_path) == [(1, mail(), True)]
    assert 'ID ("name" "fengcai" "version" "1")' in script.heard


def test_the_script_is_as_strict_as_netease(server: Start) -> None:
    """Without an ID, and with one of the wrong shape, the scripted server refuses as the real one does."""
    script = server(mail(), wants_id=True)
    with socket.create_connection(("127.0.0.1", script.account().port), 5) as line:
        file = line.makefile("rwb")
        file.readline()
        said = []
        for command in ("EXAMINE INBOX", 'ID (name "x")', "EXAMINE INBOX", "NOTIFY NONE"):
            file.write(f"a {command}\r\n".encode())
            file.flush()
            said.append(file.readline())
    assert said == [
        b"a NO EXAMINE Unsafe Login. Please contact kefu@188.com for help\r\n",
        b"a BAD Parse command error\r\n",
        b"a NO EXAMINE Unsafe Login. Please contact kefu@188.com for help\r\n",
        b"",
    ]


def test_a_login_that_netease_finds_unsafe_all_the_same(server: Start, tmp_path: Path) -> None:
    script = server(mail(), select_says="NO EXAMINE Unsafe Login. Please contact kefu@188.com")
    said = trouble(script, tmp_path)
    assert (said.reason, said.again, script.lines) == ("unsafe", False, 1)
    assert "开启 IMAP 并重新生成授权码" in str(said)


def test_qq_is_sent_no_command_that_it_does_not_list(server: Start, tmp_path: Path) -> None:
    script = server(mail(), capabilities="IMAP4rev1", drops_on=("ID", "IDLE"))
    assert taken(script, tmp_path) == [(1, mail(), True)]
    with Mailbox(script.account(), poll_s=0.05) as mailbox:
        assert mailbox.check()[-1] == "服务器不会主动通知新邮件，每 0 秒查看一次。"
        assert mailbox.idle(Position(7, 1), 0.2) is False
        script.arrive(mail())
        assert mailbox.idle(Position(7, 1), 5) is True
    assert {command.split()[0] for command in script.heard} == {
        "CAPABILITY", "LOGIN", "EXAMINE", "UID", "LOGOUT",
    }  # fmt: skip


def test_a_line_that_breaks_inside_a_mail_is_picked_up_there(server: Start, tmp_path: Path) -> None:
    script = server(mail(), LONG, mail(), breaks_at={2: 1_700_000})
    assert taken(script, tmp_path) == [(1, mail(), True), (2, LONG, True), (3, mail(), True)]
    pieces = [command for command in script.heard if command.startswith("UID FETCH 2")]
    assert [piece.partition("<")[2].partition(".")[0] for piece in pieces] == [
        "0", "1048576", "1048576", "2097152",
    ]  # fmt: skip
    assert script.lines == 2


def test_one_mail_that_always_breaks_the_line_stops_no_other(server: Start, tmp_path: Path) -> None:
    script = server(mail(), LONG, mail(), breaks_at={2: 1_700_000}, breaks=-1)
    assert taken(script, tmp_path) == [
        (1, mail(), True),
        (2, LONG[:1048576], False),
        (3, mail(), True),
    ]


def test_a_server_that_goes_away_is_told_and_worth_another_try(
    server: Start, tmp_path: Path
) -> None:
    script = server(LONG, breaks_at={1: 10}, breaks=-1)
    with Mailbox(script.account(), pauses=(0.01,)) as mailbox:
        messages = mailbox.messages(None, into=tmp_path, tell=script.stop)
        script.moods.breaks_at = {1: 1_700_000}
        with pytest.raises(MailboxTrouble) as caught:
            next(messages)
    assert (caught.value.reason, caught.value.again) == ("unreachable", True)
    assert list(tmp_path.iterdir()) == []


def test_a_mail_that_was_moved_away_meanwhile(server: Start, tmp_path: Path) -> None:
    script = server(mail(), mail(), gone={1})
    assert [uid for uid, _, _ in taken(script, tmp_path)] == [2]


@pytest.mark.parametrize(
    ("said", "reason", "again"),
    [
        ("NO LOGIN Login error or password error", "password", False),
        ("NO [AUTHENTICATIONFAILED] Authentication failed.", "password", False),
        ("NO Login fail. Account is abnormal, service is not open, password is incorrect", "password", False),
        ("NO [UNAVAILABLE] Temporary authentication failure.", "busy", True),
        ("NO Too many simultaneous connections", "busy", True),
        ("NO LOGIN Unsafe Login", "unsafe", False),
    ],
)  # fmt: skip
def test_a_login_that_is_refused(
    server: Start, tmp_path: Path, said: str, reason: str, again: bool
) -> None:
    script = server(mail(), login_says=said)
    told = trouble(script, tmp_path)
    assert (told.reason, told.again) == (reason, again)
    assert script.lines == (4 if again else 1)  # a wrong password is tried once: more would lock it


def test_an_authorisation_code_is_asked_for_where_the_provider_wants_one() -> None:
    account = Account("imap.163.com", "a@163.com", "x")
    told = trouble_of(LoginError("LOGIN Login error or password error"), account)
    assert str(told) == (
        "邮箱 a@163.com 的帐号或密码不对，或密码已经改过；"
        "请到网页邮箱的设置里开启 IMAP，重新生成授权码，填在这里（不是登录密码）。"
    )


@pytest.mark.parametrize(
    ("moods", "reason", "again"),
    [
        ({"select_says": "NO [NONEXISTENT] no"}, "folder", False),
        ({"select_says": "NO EXAMINE Folder not exist"}, "folder", False),
        ({"select_says": "NO [INUSE] locked"}, "busy", True),
        ({"select_says": "NO Server error"}, "server", True),
        ({"greeting": "* BYE Too many connections"}, "busy", True),
        ({"greeting": "HTTP/1.1 400 Bad Request"}, "closed", True),
        ({"capabilities": "IMAP4rev1 LOGINDISABLED"}, "encryption", False),
    ],
)
def test_what_a_server_may_say(
    server: Start, tmp_path: Path, moods: dict[str, object], reason: str, again: bool
) -> None:
    told = trouble(server(mail(), **moods), tmp_path)
    assert (told.reason, told.again) == (reason, again)


def test_a_mail_that_is_announced_with_100_gb(server: Start, tmp_path: Path) -> None:
    assert taken(server(mail(), literal=10**11), tmp_path) == [(1, b"", False)]


def test_a_server_that_sends_whole_mails_though_asked_for_a_piece(
    server: Start, tmp_path: Path
) -> None:
    assert taken(server(mail(), whole_always=True), tmp_path) == [(1, mail(), True)]


def test_starttls_where_it_is_not_offered(server: Start, tmp_path: Path) -> None:
    told = trouble(server(mail()), tmp_path, security="starttls")
    assert (told.reason, told.again) == ("encryption", False)


@pytest.mark.parametrize("command", ["LOGIN", "EXAMINE", "UID FETCH"])
def test_silence_ends_in_time(server: Start, tmp_path: Path, command: str) -> None:
    script = server(mail(), silent_on=command)
    began = time.monotonic()
    with Mailbox(script.account(timeout_s=0.2), pauses=()) as mailbox:
        if command == "UID FETCH":
            (one,) = mailbox.messages(None, into=tmp_path)
            assert (one.size, one.whole) == (0, False)
        else:
            with pytest.raises(MailboxTrouble) as caught:
                list(mailbox.messages(None, into=tmp_path))
            assert (caught.value.reason, caught.value.again) == ("timeout", True)
    assert time.monotonic() - began < 4


def test_nothing_listens(server: Start, tmp_path: Path) -> None:
    script = server(mail())
    script.stop()
    told = trouble(script, tmp_path)
    assert (told.reason, told.again) == ("unreachable", True)


def test_a_name_that_nobody_knows(server: Start, tmp_path: Path) -> None:
    account = server(mail()).account(host="no-such-host.invalid", security="tls", timeout_s=3)
    with pytest.raises(MailboxTrouble) as caught, Mailbox(account, pauses=()) as mailbox:
        list(mailbox.messages(None, into=tmp_path))
    assert (caught.value.reason, caught.value.again) == ("address", True)


def test_a_folder_of_this_machine_that_cannot_be_written(server: Start, tmp_path: Path) -> None:
    told = trouble(server(mail()), tmp_path / "gone")
    assert told.reason == "disk"
    assert "邮件没有取下来；它们都还在邮箱里" in str(told)


def test_waiting_hears_of_a_mail(server: Start) -> None:
    script = server(mail())
    with Mailbox(script.account(), pauses=QUICK) as mailbox:
        later = threading.Timer(0.2, script.arrive, [mail()])
        later.start()
        assert mailbox.idle(Position(7, 1), 10) is True
        later.join()


def test_waiting_where_the_line_breaks_in_idle_looks_again_by_the_clock(server: Start) -> None:
    script = server(mail(), drops_on=("IDLE",))
    with Mailbox(script.account(), pauses=QUICK, poll_s=0.05) as mailbox:
        searches = lambda: sum(said.startswith("UID SEARCH") for said in script.heard)  # noqa: E731
        assert mailbox.idle(Position(7, 1), 60, stop=lambda: searches() >= 5) is False
        assert (script.heard.count("IDLE"), script.lines) == (2, 3)
