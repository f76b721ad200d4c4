"""One connection for many mails: how many there are, when a new one is opened, what is never risked."""

from __future__ import annotations

import os
import smtplib
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from fengcai.engines.delivery import NotSent, lines, mail
from tests.engines.delivery.scripted import scripted
from tests.engines.delivery.test_mail import letter, plain
from tooling.servers.exim import PASSWORD, USER, Exim

pytestmark = pytest.mark.intake


@pytest.fixture(autouse=True)
def none_kept() -> Iterator[None]:
    lines.close_all()
    yield
    lines.close_all()


def test_twenty_five_mails_need_three_connections_and_none_is_put_aside(exim: Exim) -> None:
    before = exim.connections()
    for number in range(25):
        mail.send(plain(exim), letter(f"many{number}@clinic.test"), keep=True)
    lines.close_all()
    assert exim.connections() - before == 3  # 10, 10 and 5
    for number in (
        0,
        9,
        10,
        24,
    ):  # at once: the eleventh of a connection would wait for a queue run
        assert len(exim.wait_for(f"many{number}@clinic.test")) == 1


def test_signing_in_happens_once(strict_exim: Exim) -> None:
    server = mail.Server(
        "127.0.0.1", strict_exim.tls_port, mail.TLS, USER, "", USER, PASSWORD,
        ca=str(strict_exim.certificate), timeout=10,
    )  # fmt: skip
    before = strict_exim.connections()
    for number in range(3):
        mail.send(server, letter(f"signed{number}@clinic.test"), keep=True)
    assert strict_exim.connections() - before == 1
    assert len(strict_exim.wait_for("signed2@clinic.test")) == 1


def test_a_refused_mail_does_not_spoil_the_next_one(exim: Exim) -> None:
    before = exim.connections()
    mail.send(plain(exim), letter("first@clinic.test"), keep=True)
    for to in ("refused.li@clinic.test", "later.li@clinic.test"):
        with pytest.raises(NotSent):
            mail.send(plain(exim), letter(to), keep=True)
    mail.send(plain(exim), letter("second@clinic.test"), keep=True)
    assert exim.connections() - before == 1
    assert len(exim.wait_for("second@clinic.test")) == 1


def test_without_keep_every_mail_has_its_own(exim: Exim) -> None:
    before = exim.connections()
    for number in range(2):
        mail.send(plain(exim), letter(f"own{number}@clinic.test"))
    assert exim.connections() - before == 2


@pytest.mark.parametrize(
    "ending", [{"MAIL": None}, {"MAIL": b"421 closing\r\n"}, {"RCPT": None}, {"DATA": None}]
)
def test_a_kept_line_that_ends_before_the_mail_is_given_is_opened_once_more(
    ending: dict[str, bytes | None],
) -> None:
    with scripted() as server:
        to = mail.Server("127.0.0.1", server.port, mail.PLAIN, USER, timeout=5)
        mail.send(to, letter("a@clinic.test"), keep=True)
        usual = dict(server.says)
        server.says = {**usual, **ending}
        # The line ends at this mail and so does the new one: told as what it is, and nothing was sent.
        with pytest.raises(NotSent) as told:
            mail.send(to, letter("b@clinic.test"), keep=True)
        assert (told.value.again, told.value.unsure) == (True, False)
        assert (server.connections, server.mails) == (2, 1)
        server.says = usual
        mail.send(to, letter("b@clinic.test"), keep=True)
        assert (server.connections, server.mails) == (3, 2)


def test_a_line_that_the_server_closed_meanwhile_is_found_out() -> None:
    with scripted() as server:
        to = mail.Server("127.0.0.1", server.port, mail.PLAIN, USER, timeout=5)
        mail.send(to, letter("a@clinic.test"), keep=True)
        server.says = {**server.says, "RSET": None}
        mail.send(to, letter("b@clinic.test"), keep=True)
        assert (server.connections, server.mails) == (2, 2)


def test_a_mail_without_an_answer_is_never_given_twice_and_its_line_is_closed() -> None:
    with scripted() as server:
        to = mail.Server("127.0.0.1", server.port, mail.PLAIN, USER, timeout=5)
        mail.send(to, letter("a@clinic.test"), keep=True)
        server.says = {**server.says, ".": None}
        with pytest.raises(NotSent) as told:
            mail.send(to, letter("b@clinic.test"), keep=True)
        assert (told.value.unsure, told.value.again) == (True, False)
        assert (server.connections, server.mails) == (1, 2)
        assert lines.take(to) is None


def test_two_senders_at_once_have_a_line_each(exim: Exim) -> None:
    before = exim.connections()
    with ThreadPoolExecutor(2) as pool:
        said = [
            pool.submit(mail.send, plain(exim), letter(f"both{n}@clinic.test"), keep=True)
            for n in range(8)
        ]
        assert all("OK" in each.result() for each in said)
    assert exim.connections() - before <= 8
    assert len(exim.wait_for("both7@clinic.test")) == 1


def test_an_idle_line_is_closed(exim: Exim, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "IDLE_S", 0.05)
    mail.send(plain(exim), letter("idle@clinic.test"), keep=True)
    until = time.monotonic() + 5
    while lines._kept and time.monotonic() < until:
        time.sleep(0.02)
    assert not lines._kept


def test_another_process_never_speaks_on_it(exim: Exim) -> None:
    server = plain(exim)
    mail.send(server, letter("parent@clinic.test"), keep=True)
    line = lines._kept[server]
    line.pid = os.getpid() + 1  # as a child would find its parent's
    assert lines.take(server) is None
    assert line.smtp.sock is None
    mail.send(replace(server), letter("child@clinic.test"), keep=True)
    assert isinstance(lines._kept[server].smtp, smtplib.SMTP)
