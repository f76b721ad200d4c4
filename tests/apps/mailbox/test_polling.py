"""The mailbox itself: letters fetched once by position, trouble in plain words, a machine that dies
between any two steps."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from importlib import import_module
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from fengcai.apps.assets.models import Asset
from fengcai.apps.audit.models import AuditRecord
from fengcai.apps.entries.models import Entry, FileVersion
from fengcai.apps.mailbox.actions import look_again
from fengcai.apps.mailbox.models import Case, Connection
from fengcai.apps.mailbox.polling import check, look
from fengcai.apps.mailbox.vault import shut
from fengcai.apps.messages.models import Message
from fengcai.cli.doctor.mailboxes import mailboxes
from fengcai.core.rulebook import Rules, fingerprint
from fengcai.engines import storage
from fengcai.engines.jobs import claims, registry
from fengcai.engines.jobs.context import JobContext
from fengcai.engines.jobs.execution import execute
from fengcai.engines.jobs.models import Job
from tests.apps.mailbox.letters import FILM, HEART, Office, hurry, letter
from tests.engines.mailbox.scripted import Scripted, scripted
from tests.factories.collecting import DAY

pytestmark = [pytest.mark.intake, pytest.mark.clause("J12", "B8")]
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture
def served() -> Iterator[Callable[..., Scripted]]:
    started: list[Scripted] = []

    def start(*mails: bytes, **moods: Any) -> Scripted:
        started.append(scripted(*mails, **moods))
        return started[-1]

    yield start
    for each in started:
        each.stop()


def box_on(office: Office, server: Scripted, **changes: Any) -> Connection:
    account = server.account()
    given: dict[str, Any] = {
        "contest": office.made.contest, "host": account.host, "port": account.port,
        "security": "none", "account": account.user, "secret": shut(account.password),
        "address": "bao@hospital.example", "since": LONG_AGO, "registered_only": False, **changes,
    }  # fmt: skip
    return Connection.objects.create(**given)


def films(*files: str) -> bytes:
    return letter(files=dict.fromkeys(files or ("a.mp4",), FILM))


def test_letters_are_fetched_once_and_the_position_moves(
    office: Office, served: Callable[..., Scripted]
) -> None:
    server = served(letter("一", id="<1@e>"), letter("二", id="<2@e>"))
    box = box_on(office, server)
    assert look(box) == 2
    box.refresh_from_db()
    assert (box.position, box.trouble) == (2, "")
    server.arrive(letter("三", id="<3@e>"))
    assert look(box) == 1
    assert look(box) == 0
    assert Case.objects.count() == 3


def test_a_renumbered_mailbox_is_read_again_and_nothing_is_taken_twice(
    office: Office, served: Callable[..., Scripted]
) -> None:
    box = box_on(office, served(films()))
    look(box)
    Connection.objects.update(uidvalidity=99, position=5000)
    box.refresh_from_db()
    assert look(box) == 0
    box.refresh_from_db()
    assert (box.position, Case.objects.count()) == (1, 1)


def test_letters_from_before_the_contest_are_passed_over(
    office: Office, served: Callable[..., Scripted]
) -> None:
    box = box_on(office, served(films()), since=datetime(2999, 1, 1, tzinfo=UTC))
    assert look(box) == 0
    box.refresh_from_db()
    assert (Case.objects.count(), box.position) == (0, 1)


def fetched(server: Scripted) -> set[str]:
    """The numbers of the letters of which something was fetched."""
    return {said.split()[2] for said in server.heard if "BODY" in said}


def test_of_an_old_full_mailbox_nothing_old_is_fetched(
    office: Office, served: Callable[..., Scripted]
) -> None:
    mails = [letter(f"第 {n} 封", id=f"<{n}@e>") for n in range(1, 13)]
    server = served(*mails, dates=dict.fromkeys(range(1, 11), "01-Mar-2024"))
    box = box_on(office, server, since=datetime(2026, 3, 1, tzinfo=UTC))
    assert look(box) == 2
    assert fetched(server) == {"11", "12"}
    box.refresh_from_db()
    assert box.position == 12
    # Renumbered: the old ones are no more fetched than before, and what is a case stays one.
    server.moods.uidvalidity = 8
    server.heard.clear()
    assert look(_box(box)) == 0
    assert fetched(server) == {"11", "12"}
    # An officer who chooses an earlier day has the letters from then on.
    Connection.objects.update(since=datetime(2024, 1, 1, tzinfo=UTC), uidvalidity=0, position=0)
    server.heard.clear()
    assert look(_box(box)) == 10
    assert len(fetched(server)) == 12


def test_two_workers_that_look_at_once_make_one_case_of_each_letter(
    office: Office, served: Callable[..., Scripted]
) -> None:
    server = served(*(letter(f"第 {n} 封", id=f"<{n}@e>") for n in range(1, 6)))
    box = box_on(office, server)
    made: list[int] = []
    calls: list[int] = []

    def another_looks() -> None:
        calls.append(1)
        if len(calls) == 5:  # the second letter has been fetched and is no case yet
            made.append(look(_box(box)))

    made.append(look(_box(box), beat=another_looks))
    assert (sum(made), len(made), Case.objects.count()) == (5, 2, 5)
    box.refresh_from_db()
    assert box.position == 5
    assert look(box) == 0


def test_a_mailbox_that_is_renumbered_in_the_middle_of_a_look_loses_nothing(
    office: Office, served: Callable[..., Scripted]
) -> None:
    server = served(films(), letter("二", id="<2@e>"), letter("三", id="<3@e>"), breaks_at={2: 50})
    box = box_on(office, server)

    def renumber() -> None:  # after the first letter, on the line that breaks at the second
        server.moods.uidvalidity = 9

    assert look(box, beat=renumber, pauses=(0.0,)) == 3
    box.refresh_from_db()
    assert (box.uidvalidity, box.position, box.trouble) == (9, 3, "")
    assert Case.objects.count() == 3


def test_a_letter_at_which_the_line_breaks_each_time_holds_no_other_up(
    office: Office, served: Callable[..., Scripted]
) -> None:
    server = served(letter("一", id="<1@e>"), films(), letter("三", id="<3@e>"), breaks_at={2: 300})
    server.moods.breaks = -1
    box = box_on(office, server)
    assert look(box, pauses=(0.0,)) == 3
    case = Case.objects.get(uid=2)
    assert "没有把这封信给全" in case.problems[0]
    box.refresh_from_db()
    assert (box.position, box.trouble) == (3, "")


def test_settings_that_change_during_a_look_are_not_overwritten_by_it(
    office: Office, served: Callable[..., Scripted]
) -> None:
    server = served(films(), letter("二", id="<2@e>"))
    box = box_on(office, server, secret=shut("old"))
    new = {"secret": shut(server.account().password), "since": datetime(2019, 1, 1, tzinfo=UTC)}

    Connection.objects.update(**new, uidvalidity=0, position=0, trouble="")
    assert look(box) == 0  # as it was when the look began
    stands = _box(box)
    assert (stands.trouble, stands.refused, stands.position) == ("", False, 0)
    assert look(stands) == 2


def test_a_changed_password_is_said_in_plain_words_and_goes_when_it_is_mended(
    office: Office, served: Callable[..., Scripted]
) -> None:
    server = served(films())
    box = box_on(office, server, secret=shut("old"))
    assert look(box) == 0
    box.refresh_from_db()
    assert "密码" in box.trouble
    assert box.trouble_since is not None
    works, said = check(box)
    assert (works, "密码" in said[0]) == (False, True)
    Connection.objects.update(secret=shut(server.account().password))
    box.refresh_from_db()
    assert look(box) == 1
    box.refresh_from_db()
    assert (box.trouble, box.trouble_since) == ("", None)


def test_a_code_that_another_key_has_shut_is_said(
    office: Office, served: Callable[..., Scripted], settings: Any
) -> None:
    box = box_on(office, served(films()))
    settings.SECRET_KEY = "another"
    assert look(box) == 0
    box.refresh_from_db()
    assert "FENGCAI_SECRET_KEY" in box.trouble


def test_a_full_disk_keeps_the_letter_in_the_mailbox(
    office: Office, served: Callable[..., Scripted], monkeypatch: pytest.MonkeyPatch
) -> None:
    box = box_on(office, served(films()))
    full = OSError(errno.ENOSPC, "No space left on device")

    def write(*_: Any, **__: Any) -> None:
        raise full

    with monkeypatch.context() as patch:
        patch.setattr(storage.store(), "take_in", write)
        assert look(box) == 0
    box.refresh_from_db()
    assert (box.trouble[:4], box.position, Case.objects.count()) == ("磁盘满了", 0, 0)
    assert look(box) == 1


class Killed(BaseException):
    """The machine stops here."""


STEPS = (
    "fengcai.apps.mailbox.polling._kept",
    "fengcai.apps.mailbox.actions.receiving.note",
    "fengcai.apps.mailbox.polling._move_on",
    "fengcai.apps.mailbox.jobs.read_into",
    "fengcai.apps.mailbox.jobs.order_taking",
    "fengcai.apps.entries.actions.start_entry",
    "fengcai.apps.entries.actions.hand_over_file",
    "fengcai.apps.mailbox.actions.taking.note",
    "fengcai.apps.mailbox.jobs.take_all",
    "fengcai.apps.mailbox.answering.post",
    "fengcai.apps.mailbox.jobs.answer",
)
OF_A_LOOK = STEPS[:3]


def test_dying_before_or_after_any_step_repeats_nothing_and_loses_nothing(
    office: Office, served: Callable[..., Scripted], monkeypatch: pytest.MonkeyPatch
) -> None:
    open_for_ever(office)
    server = served()
    box = box_on(office, server)
    for number, (step, when) in enumerate(product(STEPS, ("before", "after")), 1):
        # Each begins a work of its own.
        Entry.objects.update(state=Entry.State.WITHDRAWN)
        sender = f"li{number}@example.cn"
        raw = letter(files={"a.mp4": FILM + bytes([number])}, id=f"<{number}@e>", sender=sender)
        # What comes after the case stands has nothing to do with the mail server any more.
        comes = partial(_arrives, office, box, raw, server if step in OF_A_LOOK else None)
        with monkeypatch.context() as patch:
            died = dying_once(patch, step, when)
            for _ in range(3):
                _alive(comes)
                while _alive(_one_job):
                    pass
                Asset.objects.update(state=Asset.State.INSPECTED)
                hurry()
                if Message.objects.filter(template="mailbox.receipt").count() == number:
                    break
        named = f"{when} {step}"
        assert died, named
        case = Case.objects.get(sender=sender)
        assert (case.state, case.unit and case.unit.name) == ("taken", HEART), named
        assert Case.objects.count() == number, named
        assert FileVersion.objects.count() == number, named
        assert Message.objects.filter(template="mailbox.receipt").count() == number, named
        for action in ("mailbox.receive", "mailbox.take", "entries.start"):
            assert AuditRecord.objects.filter(action=action).count() == number, named
        # What lies in the store are the letters and the films, and nothing that nobody knows of.
        if kept := _kept_files():
            assert len(kept) == 2 * number, named


def _arrives(office: Office, box: Connection, raw: bytes, server: Scripted | None) -> None:
    """The letter, by a look into the mailbox or as if one had brought it; again and again the same."""
    if server is None:
        office.keep(raw)
        return
    if raw not in server.mails.values():
        server.arrive(raw)
    look(_box(box))


def dying_once(patch: pytest.MonkeyPatch, step: str, when: str) -> list[bool]:
    """Have the machine stop at a step, once; what is returned fills when it does."""
    module, _, name = step.rpartition(".")
    real = getattr(import_module(module), name)
    died: list[bool] = []

    def dies_once(*args: Any, **kwargs: Any) -> Any:
        if died:
            return real(*args, **kwargs)
        died.append(True)
        if when == "after":
            real(*args, **kwargs)
        raise Killed

    patch.setattr(step, dies_once)
    return died


def open_for_ever(office: Office) -> None:
    """The scripted server stamps letters with its own day: let it be within the time."""
    version = office.made.contest.version
    assert version is not None
    version.resolved["window"]["closes"] = "2999-01-01T00:00:00+08:00"
    version.hash = fingerprint(Rules.model_validate(version.resolved))
    version.save()


def _box(row: Connection) -> Connection:
    return Connection.objects.select_related("contest__version").get(pk=row.pk)


def _kept_files() -> list[Path]:
    root = storage.store().path_of(storage.fresh_key(".x"))
    if root is None:
        return []
    base = next(p for p in root.parents if p.name == "files")
    return [path for path in base.rglob("*") if path.is_file()]


def _alive(act: Callable[[], Any]) -> Any:
    """What it gives; True where the machine died in it. Another worker takes over what it held."""
    try:
        return act()
    except Killed:
        Job.objects.filter(state="running").update(lease_until=LONG_AGO)
        claims.recover()
        hurry()
        return True


def _one_job() -> bool:
    kinds = [kind for kind in registry.kinds() if kind.startswith("mailbox.")]
    held = claims.claim("test", kinds)
    if held is None:
        return False
    execute(held, JobContext(held))
    return True


def test_looking_now_orders_one_look(office: Office, served: Callable[..., Scripted]) -> None:
    box_on(office, served(films()))
    for _ in range(3):
        look_again(contest=office.made.contest, by=office.made.organiser, at=DAY)
    while _one_job():
        pass
    assert Case.objects.count() == 1


def test_the_doctor_says_how_each_mailbox_stands(
    office: Office, served: Callable[..., Scripted]
) -> None:
    def said() -> list[tuple[str, str]]:
        return [(each.state, each.text) for each in mailboxes(Path("."))]

    assert said()[0][0] == "good"
    server = served(letter("你好"))
    box = box_on(office, server)
    assert said()[0][0] == "warning"
    look(box)
    while _one_job():
        pass
    [(state, text)] = said()
    assert (state, "1 封等人处理" in text) == ("good", True)
    Connection.objects.update(secret=shut("old"))
    look(_box(box))
    [(state, text)] = said()
    assert (state, "密码" in text) == ("bad", True)
