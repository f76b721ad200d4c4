"""Servers as they are: NetEase's ID, QQ's closed lines, breaks in the middle, silence, lies."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from imapclient.exceptions import LoginError

from fengcai.engines.mailbox import Account, Mailbox, MailboxTrouble, Position, Renumbered
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
        assert mailbox.idle(Position(7, 1), 0.2) is None
        script.arrive(mail())
        assert mailbox.idle(Position(7, 1), 5) is not None
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


@pytest.mark.parametrize("said", [0, 10, 10**9])
def test_a_size_that_is_not_so(server: Start, tmp_path: Path, said: int) -> None:
    script = server(mail(), LONG, sizes={1: said, 2: said})
    assert taken(script, tmp_path) == [(1, mail(), True), (2, LONG, True)]


def test_pieces_that_are_shorter_than_asked_for(server: Start, tmp_path: Path) -> None:
    assert taken(server(LONG, most=400_000), tmp_path) == [(1, LONG, True)]


@pytest.mark.parametrize(
    "garbles", ['(UID 1 BODY[]<0> "abc', "(((", "(UID x)", "(UID 1 BODY[]<0> NIL)", "()"]
)
def test_answers_that_make_no_sense_are_a_mail_without_its_bytes(
    server: Start, tmp_path: Path, garbles: str
) -> None:
    assert taken(server(mail(), garbles=garbles), tmp_path) == [(1, b"", False)]


def test_years_of_old_mails_are_passed_over_by_their_dates(server: Start, tmp_path: Path) -> None:
    dates = {1: "01-Jan-2020", 2: "02-Nov-2026", 3: "01-Jan-2021", 4: "20-Nov-2026"}
    script = server(*[mail()] * 5, dates=dates)
    with Mailbox(script.account(), pauses=QUICK) as mailbox:
        assert mailbox.begin(datetime(2026, 11, 1, tzinfo=UTC)) == Position(7, 1)
        assert mailbox.begin(datetime(2026, 11, 10, tzinfo=UTC)) == Position(7, 3)
        assert mailbox.begin(datetime(2027, 1, 1, tzinfo=UTC)) == Position(7, 5)
        assert mailbox.begin(datetime(2000, 1, 1, tzinfo=UTC)) == Position(7, 0)
    assert not any("BODY" in command for command in script.heard)


def test_one_mail_again(server: Start, tmp_path: Path) -> None:
    script = server(mail(), mail(subject="2"), gone={1})
    with Mailbox(script.account(), pauses=QUICK) as mailbox:
        assert mailbox.message(Position(7, 1), into=tmp_path) is None
        again = mailbox.message(Position(7, 2), into=tmp_path)
        assert again is not None
        assert again.path.read_bytes() == mail(subject="2")
        with pytest.raises(Renumbered):
            mailbox.message(Position(8, 2), into=tmp_path)


def test_what_the_caller_raises_passes_through(server: Start, tmp_path: Path) -> None:
    def stops() -> None:
        raise OSError("the lease is lost")

    with Mailbox(server(mail()).account(), pauses=QUICK) as mailbox:
        with pytest.raises(OSError, match="the lease is lost"):
            list(mailbox.messages(None, into=tmp_path, tell=stops))
        assert list(tmp_path.iterdir()) == []
        calls: list[int] = []

        def stopped() -> bool:
            calls.append(1)
            if len(calls) == 2:
                raise KeyboardInterrupt
            return False

        with pytest.raises(KeyboardInterrupt):
            mailbox.idle(Position(7, 1), 30, stop=stopped)
        assert mailbox.idle(None, 0) is not None


def test_a_user_with_a_blank_is_quoted(server: Start) -> None:
    script = server(mail(), login_says="OK done")
    assert len(Mailbox(script.account(user='Domain\\a "b"')).check()) == 4
    assert script.heard[1].startswith('LOGIN "Domain\\\\a \\"b\\"" ')


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
        assert mailbox.idle(Position(7, 1), 10) is not None
        later.join()


def test_waiting_where_the_line_breaks_in_idle_looks_again_by_the_clock(server: Start) -> None:
    script = server(mail(), drops_on=("IDLE",))
    with Mailbox(script.account(), pauses=QUICK, poll_s=0.05) as mailbox:
        searches = lambda: sum(said.startswith("UID SEARCH") for said in script.heard)  # noqa: E731
        assert mailbox.idle(Position(7, 1), 60, stop=lambda: searches() >= 5) is None
        assert (script.heard.count("IDLE"), script.lines) == (2, 3)
