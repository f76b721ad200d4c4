"""Only registered addresses begin a work by themselves; anybody else's letter waits for a person."""

from __future__ import annotations

from typing import Any

import pytest

from fengcai.apps.contests.models import Unit
from fengcai.apps.entries.models import Entry, FileVersion
from fengcai.apps.mailbox.actions import assign
from fengcai.apps.mailbox.models import Case, Connection
from fengcai.apps.mailbox.queries import letter as shown
from fengcai.apps.mailbox.queries import registered
from fengcai.apps.messages.models import Message
from tests.apps.mailbox.letters import FILM, HEART, NEEDLE, Office, letter, work
from tests.factories.collecting import DAY

pytestmark = [pytest.mark.intake, pytest.mark.clause("J12", "B8")]


@pytest.fixture(autouse=True)
def box(office: Office) -> Connection:
    return Connection.objects.create(
        contest=office.made.contest, host="imap.example", account="bao", secret="-",
        address="bao@hospital.example", since=DAY,
    )  # fmt: skip


def settle(office: Office, case: Case) -> None:
    assign(
        contest=office.made.contest, case_id=case.pk, unit=office.made.units[HEART],
        version=case.version, by=office.made.organiser, at=DAY,
    )  # fmt: skip
    work()


def test_a_strangers_letter_waits_and_is_answered_and_begins_nothing(office: Office) -> None:
    case = office.come(letter(files={"心血管内科.mp4": FILM}))
    assert (case.state, case.unit_id) == ("resolve", office.made.units[HEART].pk)
    assert "发件地址没有登记在这个单位名下" in case.why
    assert Entry.objects.count() == 0
    [receipt] = Message.objects.filter(template="mailbox.receipt")
    assert "正由工作人员核对" in receipt.body
    page = shown(contest=office.made.contest, user=office.made.organiser, case_id=case.pk, at=DAY)
    assert page.to_confirm
    settle(office, case)
    case.refresh_from_db()
    assert (case.state, FileVersion.objects.count()) == ("taken", 1)
    # The address was confirmed: another work's letter from it needs nobody.
    Entry.objects.update(state=Entry.State.WITHDRAWN)
    again = office.come(letter(files={"新的.mp4": FILM + b"2"}, id="<2@example.cn>"))
    assert (again.state, Entry.objects.filter(state="draft").count()) == ("taken", 1)
    # It is confirmed for this unit and for no other.
    other = office.come(letter(NEEDLE, {"针灸科.mp4": FILM + b"3"}, id="<3@example.cn>"))
    assert other.state == "resolve"
    assert Entry.objects.filter(unit=office.made.units[NEEDLE]).count() == 0


@pytest.mark.parametrize("where", ["contact", "unit"])
def test_a_registered_address_begins_the_units_work(office: Office, where: str) -> None:
    if where == "contact":
        office.made.contacts[HEART].email = "Li@Example.CN"
        office.made.contacts[HEART].save()
    else:
        office.made.units[HEART].email = "LI@example.cn"
        office.made.units[HEART].save()
    case = office.come(letter(files={"心血管内科.mp4": FILM}))
    assert (case.state, FileVersion.objects.count()) == ("taken", 1)
    known = registered(office.made.contest)
    assert (known.known, known.units) == (1, office.made.contest.units.count())


def test_how_many_are_registered_is_asked_once_whatever_their_number(
    office: Office, django_assert_num_queries: Any
) -> None:
    contest = office.made.contest
    for many in (0, 30):
        Unit.objects.bulk_create(
            Unit(contest=contest, name=f"病区 {n}", order=100 + n, email="x@example.cn")
            for n in range(many)
        )
        with django_assert_num_queries(1):
            assert registered(contest).known == many


def test_a_stranger_may_fill_a_draft_that_stands_or_begin_one_where_the_office_says_so(
    office: Office, box: Connection
) -> None:
    office.made.draft(HEART)
    case = office.come(letter(files={"心血管内科.mp4": FILM}))
    assert (case.state, FileVersion.objects.count()) == ("taken", 1)
    box.registered_only = False
    box.save()
    case = office.come(letter(NEEDLE, {"针灸科.mp4": FILM + b"3"}, id="<3@example.cn>"))
    assert (case.state, Entry.objects.count()) == ("taken", 2)
