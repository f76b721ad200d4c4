"""Lines held to mailboxes: a letter is a case within seconds, one worker holds the line, and whatever
breaks is let go cleanly. Against Debian's Dovecot, and a scripted server for what that never does."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from fengcai.apps.mailbox.actions import connect, disconnect, look_again
from fengcai.apps.mailbox.jobs import order_polls
from fengcai.apps.mailbox.models import Case, Connection
from fengcai.apps.mailbox.vault import shut
from fengcai.apps.mailbox.watching import Watch
from fengcai.engines.jobs.models import Job
from tests.apps.mailbox.letters import FILM, Office, letter, work
from tests.apps.mailbox.test_polling import box_on, films
from tests.engines.mailbox.boxes import PASSWORD, Inbox
from tests.engines.mailbox.scripted import Scripted

pytestmark = [pytest.mark.intake, pytest.mark.clause("J12", "B8")]


@pytest.fixture
def watches() -> Iterator[Callable[..., Watch]]:
    made: list[Watch] = []

    def one(**given: Any) -> Watch:
        made.append(Watch(pauses=(), rests=(0.0, 60.0), **given))
        return made[-1]

    yield one
    for each in made:
        each.let_go()


@pytest.fixture
def box(office: Office, inbox: Inbox, settings: Any) -> Connection:
    settings.FENGCAI_MAILBOX_CA = str(inbox.server.certificate)
    return Connection.objects.create(
        contest=office.made.contest, host="localhost", port=inbox.server.tls_port, security="tls",
        account=inbox.user, secret=shut(PASSWORD), address="bao@hospital.example",
        since=timezone.now() - timedelta(days=1), registered_only=False,
    )  # fmt: skip


def settled(watch: Watch, row: Connection, until: Callable[[Connection], bool]) -> Connection:
    """Rounds until the row is so."""
    ends = time.monotonic() + 20
    while True:
        watch.go_round()
        row.refresh_from_db()
        if until(row):
            return row
        assert time.monotonic() < ends, (row.watcher, row.pushed, row.trouble)
        watch.stirred.wait(0.1)


def polls() -> int:
    return Job.objects.filter(kind="mailbox.poll", state="queued").count()


def test_a_letter_is_a_case_within_seconds_of_its_arrival(
    inbox: Inbox, box: Connection, watches: Callable[..., Watch]
) -> None:
    watch = watches()
    settled(watch, box, lambda row: row.pushed is True)
    work()
    assert (polls(), Case.objects.count()) == (0, 0)
    # What stirs a round first may be the line's word on how it listens. The clock looks every 120 s: what
    # comes in the 20 s of `settled` was heard.
    inbox.deliver(letter("一", id="<1@e>"))
    settled(watch, box, lambda _: polls() == 1)
    work()
    assert Case.objects.get().subject == "一"
    # The same line hears the next one, and hears it once.
    inbox.deliver(letter("二", id="<2@e>"))
    settled(watch, box, lambda _: polls() == 1)
    work()
    assert Case.objects.count() == 2
    watch.go_round()
    assert polls() == 0


def test_one_worker_holds_the_line_until_it_lets_go_or_vanishes(
    box: Connection, watches: Callable[..., Watch]
) -> None:
    first, second, third = watches(), watches(), watches(lines=False)
    for each in (third, first, second, first):
        each.go_round()
    box.refresh_from_db()
    assert box.watcher == first.name
    first.let_go()
    box.refresh_from_db()
    assert (box.watcher, box.watched_until) == ("", None)
    second.go_round()
    box.refresh_from_db()
    assert box.watcher == second.name
    # It is frozen, or its machine is gone: another takes over when the lease has run out, and no sooner.
    first.go_round()
    box.refresh_from_db()
    assert box.watcher == second.name
    Connection.objects.update(watched_until=timezone.now() - timedelta(seconds=1))
    first.go_round()
    box.refresh_from_db()
    assert box.watcher == first.name
    # It wakes up, and finds that the line is not its own any more.
    second.go_round()
    box.refresh_from_db()
    assert (box.watcher, second._held) == (first.name, {})


def changed(office: Office, inbox: Inbox, secret: str = "") -> None:
    connect(
        contest=office.made.contest, preset="dovecot", host="localhost", port=inbox.server.tls_port,
        security="tls", account=inbox.user, secret=secret, address="bao@hospital.example",
        folder="INBOX", since=timezone.now() - timedelta(days=1), receipts=True,
        by=office.made.organiser, at=timezone.now(),
    )  # fmt: skip


def test_a_changed_password_ends_the_line_in_plain_words_and_a_new_one_begins_it_again(
    office: Office, inbox: Inbox, box: Connection, watches: Callable[..., Watch]
) -> None:
    watch = watches()
    Connection.objects.update(secret=shut("an old one"))
    row = settled(watch, box, lambda row: bool(row.trouble))
    assert ("密码" in row.trouble, row.refused, row.watcher) == (True, True, "")
    # It is not tried again and again, by no line and by no clock: that would lock the account.
    Job.objects.all().delete()
    watch.go_round()
    order_polls()
    assert (polls(), watch._held) == (0, {})
    Connection.objects.update(looked_at=timezone.now() - timedelta(minutes=31))
    order_polls()
    assert polls() == 1
    Job.objects.all().delete()
    look_again(contest=office.made.contest, by=office.made.organiser, at=timezone.now())
    assert polls() == 1
    changed(office, inbox, PASSWORD)
    row = settled(watch, box, lambda row: row.pushed is True)
    assert (row.trouble, row.refused) == ("", False)


def test_other_settings_and_stopping_end_the_line(
    office: Office, inbox: Inbox, box: Connection, watches: Callable[..., Watch]
) -> None:
    watch = watches()
    watch.go_round()
    [before] = watch._held.values()
    changed(office, inbox, PASSWORD)
    watch.go_round()
    [after] = watch._held.values()
    assert after.line is not before.line
    disconnect(contest=office.made.contest, by=office.made.organiser, at=timezone.now())
    watch.go_round()
    assert watch._held == {}
    for each in (before, after):
        each.line.join(10)
        assert not each.line.is_alive()


@pytest.fixture
def served() -> Iterator[Callable[..., Scripted]]:
    from tests.engines.mailbox.scripted import scripted

    started: list[Scripted] = []

    def start(*mails: bytes, **moods: Any) -> Scripted:
        started.append(scripted(*mails, **moods))
        return started[-1]

    yield start
    for each in started:
        each.stop()


def test_a_server_that_does_not_announce_is_asked_by_the_clock(
    office: Office, served: Callable[..., Scripted], watches: Callable[..., Watch]
) -> None:
    row = box_on(office, served(films(), capabilities="IMAP4rev1 ID"))
    row = settled(watches(), row, lambda row: row.pushed is False)
    assert (row.trouble, bool(row.watcher)) == ("", True)
    work()
    assert Case.objects.count() == 1


def test_a_line_that_breaks_is_given_free_and_begun_again_after_a_rest(
    office: Office, served: Callable[..., Scripted], watches: Callable[..., Watch]
) -> None:
    row = box_on(
        office, served(letter(files={"a.mp4": FILM}), silent_on="EXAMINE", greeting="* BYE")
    )
    watch, other = watches(), watches()
    seen: list[str] = []

    def broken_twice(row: Connection) -> bool:
        seen.append(row.watcher)
        return watch._broken.get(row.pk, (0, 0.0))[0] == 2

    row = settled(watch, row, broken_twice)
    # A network that is away is nothing that a person has to mend; the clock's look says it.
    assert (row.watcher, row.refused, row.trouble) == ("", False, "")
    assert watch.name in seen
    watch.go_round()
    assert watch._held == {}
    other.go_round()
    row.refresh_from_db()
    assert row.watcher == other.name
