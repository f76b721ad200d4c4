"""Two people at once on PostgreSQL, before there is a work: what one does is seen whole by the other, and nobody deadlocks."""

from __future__ import annotations

from django.db import transaction

from fengcai.apps.audit.actions import record
from fengcai.apps.audit.models import AuditRecord
from fengcai.apps.contests.actions import (
    answer_question,
    create_contest,
    dismiss,
    open_contest,
)
from fengcai.apps.contests.models import Answer, Contest, Membership
from fengcai.apps.contests.roles import Role
from fengcai.apps.contests.roster import import_units, preview_units
from fengcai.apps.entries import actions as entries
from fengcai.apps.entries.models import Entry
from fengcai.apps.people.actions import create_account, issue_personal_link
from fengcai.apps.people.models import PersonalLink, User
from fengcai.apps.refusals import NotPermitted, Refused
from fengcai.core import rulebook
from fengcai.web.organiser.links import issue
from tests.apps.meeting import at_once, intact, two_writers
from tests.factories import judging
from tests.factories.collecting import DAY, collecting
from tests.factories.judging import NOON, ROOT, contest

pytestmark = two_writers


# The record


def test_a_chain_that_two_begin_at_once_is_one_chain():
    def append(n: int):
        with transaction.atomic():
            record("c", actor=f"user:{n}", action="a.b", subject="s:1", details={}, at=NOON)

    said = at_once(lambda: append(1), lambda: append(2), pause="fengcai.apps.audit.actions.append")
    assert said == (None, None)
    assert list(AuditRecord.objects.filter(chain="c").values_list("sequence", "actor")) == [
        (1, "user:1"), (2, "user:2"),
    ]  # fmt: skip
    intact("c")


# Contests


def draft() -> tuple[Contest, User, list[dict[str, object]]]:
    """A contest of the example that is not open yet, and an answer to each of its questions."""
    text, answers = (
        (ROOT / f"examples/{folder}/jiangxi-2026.yaml").read_text(encoding="utf-8")
        for folder in ("rulebooks", "answers")
    )
    organiser = judging.person("组织者")
    made = create_contest(slug="draft", rulebook_text=text, organiser=organiser, by=None, at=NOON)
    rows = [
        {
            "question": id,
            "choice": one.choice or "",
            "value": one.value,
            "reason": "按通知",
        }
        for id, one in rulebook.parse_answers(answers, name="answers").decisions.items()
    ]
    return made, organiser, rows


def test_an_answer_beside_the_opening_comes_too_late_or_counts():
    made, organiser, rows = draft()
    for row in rows:
        answer_question(contest=made, by=organiser, at=NOON, **row)
    changed = {**rows[0], "reason": "改了主意"}
    stale = Contest.objects.get(pk=made.pk)
    opened, answered = at_once(
        lambda: open_contest(contest=made, by=organiser, at=NOON),
        lambda: answer_question(contest=stale, by=organiser, at=NOON, **changed),
        pause="fengcai.apps.contests.actions.record",
    )
    assert isinstance(opened, Contest)
    assert isinstance(answered, Refused)
    assert not Answer.objects.filter(reason="改了主意").exists()


def test_two_organisers_cannot_dismiss_each_other():
    stage = contest(works=0, judges=0)
    other = judging.person("另一位组织者")
    Membership.objects.create(contest=stage.contest, user=other, role=Role.ORGANISER)
    seats = {seat.user_id: seat for seat in Membership.objects.filter(role=Role.ORGANISER)}
    first, second = at_once(
        lambda: dismiss(seat=seats[other.pk], by=stage.organiser, at=NOON),
        lambda: dismiss(seat=seats[stage.organiser.pk], by=other, at=NOON),
        pause="fengcai.apps.contests.actions.record",
    )
    assert first is None
    assert isinstance(second, NotPermitted)
    assert Membership.objects.filter(role=Role.ORGANISER, until=None).count() == 1


def test_one_slug_is_given_once():
    text = (ROOT / "examples/rulebooks/jiangxi-2026.yaml").read_text(encoding="utf-8")
    people = [judging.person("甲"), judging.person("乙")]

    def lay_down(by: User):
        return create_contest(slug="same", rulebook_text=text, organiser=by, by=None, at=NOON)

    first, second = at_once(
        lambda: lay_down(people[0]),
        lambda: lay_down(people[1]),
        pause="fengcai.apps.contests.actions.record",
    )
    assert isinstance(first, Contest)
    assert isinstance(second, Refused)
    assert second.fields == {"slug": "已存在"}


def test_one_username_is_given_once():
    first, second = at_once(
        lambda: account(), lambda: account(),
        pause="fengcai.apps.people.actions.validate_password",
    )  # fmt: skip
    assert {type(first), type(second)} == {User, Refused}


def account() -> User:
    return create_account(username="zhang", name="张", password="a-long-enough-password")


def test_a_roster_that_two_import_at_once_is_taken_in_once():
    stage = contest(works=0, judges=0)
    table = preview_units(
        contest=stage.contest,
        headers=["科室名称", "科室类别", "联络员"],
        rows=[(2, ["心病科", "clinical", "张"]), (3, ["针灸科", "clinical", "李"])],
    )
    assert not table.refused

    def take():
        return import_units(contest=stage.contest, preview=table, by=stage.organiser, at=NOON)

    said = at_once(take, take, pause="fengcai.apps.contests.actions.record")
    assert said == (2, 0)
    assert Membership.objects.filter(role=Role.CONTACT).count() == 2


def test_a_roster_beside_a_new_work_of_the_same_unit():
    """The import writes the unit's row, the work needs it too; neither waits for the other in turn."""
    made = collecting()
    unit = made.units["心病科"]
    Membership.objects.filter(unit=unit, role=Role.HEAD).delete()
    table = preview_units(
        contest=made.contest,
        headers=["科室名称", "科室类别", "上级单位", "联络员", "负责人"],
        rows=[
            (2, ["新科", "clinical", "", "新联络员", ""]),
            (3, ["心病科", "clinical", "针灸科", "", "新负责人"]),
        ],
    )
    assert not table.refused
    worked, imported = at_once(
        lambda: entries.start_entry(
            contest=made.contest, unit=unit, track="video", by=made.contacts["心病科"], at=DAY
        ),
        lambda: import_units(contest=made.contest, preview=table, by=made.organiser, at=DAY),
        pause="fengcai.apps.entries.actions.drafts.note",
    )
    assert isinstance(worked, Entry)
    assert imported == 1
    intact(made.contest.chain)


# People


def test_of_two_links_issued_at_once_one_stays_open():
    person = judging.person("联络员")
    person.set_password("a-long-enough-password")
    person.save()
    said = at_once(
        lambda: issue_personal_link(user=person, by=None, at=NOON),
        lambda: issue_personal_link(user=person, by=None, at=NOON),
        pause="fengcai.apps.people.actions._digest",
    )
    assert all(isinstance(token, str) for token in said)
    assert PersonalLink.objects.filter(revoked_at=None).count() == 1


def test_cards_that_two_officers_issue_for_the_same_people():
    """Each in the order of an own list: the accounts are held in one order all the same."""
    made = collecting()
    seats = list(Membership.objects.filter(role=Role.CONTACT).order_by("pk"))
    said = at_once(
        lambda: issue(made.contest, seats, by=made.organiser, at=DAY, site="http://h"),
        lambda: issue(made.contest, seats[::-1], by=made.organiser, at=DAY, site="http://h"),
        pause="fengcai.apps.people.actions._digest",
    )
    assert [[card.unit for card in cards] for cards in said] == [
        ["心病科", "针灸科"],
        ["针灸科", "心病科"],
    ]
    assert PersonalLink.objects.filter(revoked_at=None).count() == 2
