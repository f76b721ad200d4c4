"""Those who owe are reminded when it is due, each once on an occasion, whatever happens between."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from fengcai.apps.contests.amending import Amended
from fengcai.apps.contests.models import Membership, Unit
from fengcai.apps.contests.units import exempt_unit
from fengcai.apps.entries.models import Entry
from fengcai.apps.entries.states import State
from fengcai.apps.intake import reminder_sending, reminder_words, reminders
from fengcai.apps.intake.owing import collectors_owing, last_reminded, log_of, owing
from fengcai.apps.intake.reminding import Reminder, ReminderPlan
from fengcai.apps.messages.models import Message
from fengcai.apps.refusals import NotPermitted, Refused
from fengcai.core.rulebook import Rules, fingerprint
from fengcai.core.rulebook.rules import Collector
from fengcai.engines.jobs import run_pending
from fengcai.engines.jobs.models import Job
from tests.factories.any_rulebook import Office, office
from tests.factories.judging import TIME, example

pytestmark = [pytest.mark.django_db, pytest.mark.intake]


def april(day: int, hour: int = 9, minute: int = 0) -> datetime:
    return datetime(2026, 4, day, hour, minute, tzinfo=TIME)


def rules_due(**changes: object) -> Rules:
    """Jiangxi's rules: clinical units must enter by 30 April, 17:00."""
    _, rules = example()
    classes = tuple(
        each.model_copy(update={"must_enter": each.id == "clinical"}) for each in rules.unit_classes
    )
    return rules.model_copy(update={"unit_classes": classes, **changes})


def contest_with(*names: str, rules: Rules | None = None) -> Office:
    made = office(rules or rules_due())
    for name in names:
        unit = made.unit(name, "clinical")
        who = made.who(unit)
        who.email, who.phone = f"{unit.pk}@example.cn", f"1380000{unit.pk:04d}"[:11]
        who.save()
    return made


def planned(made: Office, at: datetime, **changes: object) -> None:
    told: dict[str, object] = {
        "on": True, "days": [7, 3, 1, 0], "hour": 9, "channels": ["mail"],
        "subject": reminder_words.SUBJECT, "text": reminder_words.TEXT,
    }  # fmt: skip
    reminders.save_plan(contest=made.contest, by=made.organiser, at=at, **{**told, **changes})  # type: ignore[arg-type]


def sent() -> list[tuple[str, str]]:
    rows = Message.objects.order_by("created_at", "address")
    return [(row.address, row.subject) for row in rows]


def handed_in(made: Office, name: str) -> None:
    unit = Unit.objects.get(name=name)
    Entry.objects.create(
        contest=made.contest, rulebook=made.contest.version, unit=unit,
        track=made.rules.tracks[0].id, state=State.SUBMITTED, created_by=made.who(unit),
    )  # fmt: skip


@pytest.mark.clause("J1", "B7")
def test_only_those_who_owe_are_reminded_and_once_on_each_occasion() -> None:
    made = contest_with("心病科", "骨科", "儿科", "支援外地的科")
    planned(made, april(1))
    handed_in(made, "骨科")
    free = Unit.objects.get(name="支援外地的科")
    exempt_unit(unit=free, reason="支援外地", by=made.organiser, at=april(1))
    assert reminders.send_due(contest_id=made.contest.pk, at=april(23, 8, 59)) == 0
    assert reminders.send_due(contest_id=made.contest.pk, at=april(23)) == 2
    assert reminders.send_due(contest_id=made.contest.pk, at=april(23, 10)) == 0
    subject = f"请尽快报送“{made.contest.title.replace('“', '‘').replace('”', '’')}”作品"
    assert [title for _, title in sent()] == [subject, subject]
    text = Message.objects.get(user=made.who(Unit.objects.get(name="心病科"))).body
    assert "心病科：" in text
    assert "4月30日 17:00截止，还有 7 天" in text
    handed_in(made, "儿科")
    assert reminders.send_due(contest_id=made.contest.pk, at=april(27)) == 1
    newest = log_of(made.contest)[0]
    assert (newest.unit, newest.occasion) == ("心病科", "enter:T-3:202604301700")


def test_a_machine_that_was_off_sends_the_latest_only_and_nothing_after_the_deadline() -> None:
    made = contest_with("心病科")
    planned(made, april(1))
    assert reminders.send_due(contest_id=made.contest.pk, at=april(29, 20)) == 1
    assert [row.occasion for row in Reminder.objects.all()] == ["enter:T-1:202604301700"]
    assert reminders.send_due(contest_id=made.contest.pk, at=april(30, 17)) == 0
    assert Message.objects.count() == 1


def test_what_fell_due_before_the_switching_on_is_not_sent() -> None:
    made = contest_with("心病科")
    planned(made, april(28))
    assert reminders.send_due(contest_id=made.contest.pk, at=april(28, 12)) == 0
    planned(made, april(28, 13), days=[2, 0])
    assert reminders.send_due(contest_id=made.contest.pk, at=april(28, 14)) == 0
    assert reminders.send_due(contest_id=made.contest.pk, at=april(30)) == 1


def test_killed_in_the_middle_and_run_again_nobody_is_reminded_twice(monkeypatch) -> None:
    made = contest_with(*(f"第{n}科" for n in range(7)))
    planned(made, april(1))
    monkeypatch.setattr(reminder_sending, "AT_ONCE", 3)

    def kill(done: int, of: int) -> None:
        if done >= 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        reminders.send_due(contest_id=made.contest.pk, at=april(23), pause=kill)
    assert Message.objects.count() == 3
    assert reminders.send_due(contest_id=made.contest.pk, at=april(23, 10)) == 4
    assert Message.objects.count() == Reminder.objects.count() == 7
    assert len({address for address, _ in sent()}) == 7


def test_the_job_waits_for_the_next_occasion_and_plans_the_one_after() -> None:
    made = contest_with("心病科")
    planned(made, april(1))
    [job] = Job.objects.filter(kind=reminders.KIND)
    assert job.run_at == april(23)
    planned(made, april(1, 10))
    assert Job.objects.filter(kind=reminders.KIND).count() == 1
    with_time = rules_due(window=example()[1].window)
    longer = with_time.window.model_copy(
        update={"closes": with_time.window.closes + timedelta(days=10)}
    )
    amended = with_time.model_copy(update={"window": longer})
    reminders.Replanning().follow(Amended(made.contest, with_time, amended, april(24)))
    due = (
        Job.objects.filter(kind=reminders.KIND).order_by("run_at").values_list("run_at", flat=True)
    )
    assert list(due) == [april(23), datetime(2026, 5, 3, 9, tzinfo=TIME)]
    Job.objects.filter(pk=job.pk).update(run_at=april(1))
    run_pending()
    job.refresh_from_db()
    assert (job.state, job.outcome) == ("done", {"units": 0})


def test_an_extended_deadline_is_another_occasion() -> None:
    made = contest_with("心病科")
    planned(made, april(1))
    assert reminders.send_due(contest_id=made.contest.pk, at=april(29)) == 1
    rules = made.rules
    longer = rules.window.model_copy(update={"closes": rules.window.closes + timedelta(days=3)})
    row = made.contest.version
    changed = rules.model_copy(update={"window": longer})
    row.resolved = changed.model_dump(mode="json")
    row.hash = fingerprint(changed)
    row.save()
    reminders.Replanning().follow(Amended(made.contest, rules, changed, april(29, 11)))
    assert reminders.send_due(contest_id=made.contest.pk, at=april(29, 12)) == 0
    assert reminders.send_due(contest_id=made.contest.pk, at=april(30)) == 1
    assert reminder_words.occasion_in_words(Reminder.objects.first().occasion) == "截止前 3 天"


def test_who_cannot_be_reached_is_on_the_log_and_may_be_reached_by_the_units_own_address() -> None:
    made = contest_with("心病科", "骨科", "儿科")
    Membership.objects.filter(unit__name="心病科").update(until=april(1))
    who = made.who(Unit.objects.get(name="骨科"))
    who.email = ""
    who.save()
    who = made.who(Unit.objects.get(name="儿科"))
    who.email = ""
    who.save()
    Unit.objects.filter(name="儿科").update(email="erke@example.cn")
    planned(made, april(1))
    assert reminders.send_due(contest_id=made.contest.pk, at=april(23)) == 1
    assert [address for address, _ in sent()] == ["erke@example.cn"]
    assert {row.unit: row.trouble for row in log_of(made.contest)} == {
        "心病科": "没有联络员，请先指定",
        "骨科": "没有留邮箱，请打电话",
        "儿科": "",
    }
    everybody = [unit.pk for unit in Unit.objects.all()]
    assert set(last_reminded(everybody)) == {Unit.objects.get(name="儿科").pk}


def test_a_group_is_told_once_with_names() -> None:
    made = contest_with("心病科", "骨科")
    planned(made, april(1), channels=["robot"])
    for hour in (9, 11):
        reminders.send_due(contest_id=made.contest.pk, at=april(23, hour))
    [row] = Message.objects.all()
    assert (row.channel, row.address) == ("robot", "")
    assert "还有 2 个单位没有报送：心病科、骨科。" in row.body


def test_an_officers_reminder_is_previewed_and_pressed_twice_goes_once() -> None:
    made = contest_with("心病科", "骨科")
    units = [unit.pk for unit in Unit.objects.all()]
    told = {
        "contest": made.contest, "units": units, "channels": ["mail", "sms"],
        "subject": "{活动}催报", "text": "{单位}请报送，{截止}。", "by": made.organiser, "at": april(20),
    }  # fmt: skip
    found = reminders.draft(**told)
    assert [(r.unit_name, len(r.to), r.missing) for r in found.reach] == [
        ("心病科", 2, ()), ("骨科", 2, ()),
    ]  # fmt: skip
    assert (found.text, found.gone) == ("心病科请报送，4月30日 17:00。", 0)
    assert Message.objects.count() == 0
    handed_in(made, "骨科")
    assert reminders.remind_now(occasion="manual:1", **told) == 1
    assert reminders.remind_now(occasion="manual:1", **told) == 0
    assert sorted(row.channel for row in Message.objects.all()) == ["mail", "sms"]
    [row] = owing(made.contest)
    assert (row.last.at, row.last.times) == (april(20), 1)
    with pytest.raises(NotPermitted):
        reminders.draft(**{**told, "by": made.who(Unit.objects.first())})
    with pytest.raises(Refused, match="没有发送任何催报"):
        reminders.draft(**{**told, "units": []})


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"days": []}, "days"),
        ({"days": [91]}, "days"),
        ({"hour": 24}, "hour"),
        ({"channels": []}, "channels"),
        ({"text": " "}, "text"),
        ({"text": "字" * 1001}, "text"),
        ({"subject": "{密码}"}, "subject"),
    ],
)
def test_a_plan_that_cannot_be_is_refused_by_its_field(changes, field) -> None:
    made = contest_with()
    with pytest.raises(Refused) as refused:
        planned(made, april(1), **changes)
    assert list(refused.value.fields) == [field]
    assert ReminderPlan.objects.count() == 0


def test_a_collector_is_reminded_of_what_lies_with_it() -> None:
    rules = rules_due()
    cite = rules.window.cite
    classes = tuple(
        each.model_copy(update={"collects": Collector(classes=("clinical",), cite=cite)})
        if each.id == "admin"
        else each
        for each in rules.unit_classes
    )
    made = contest_with("心病科", rules=rules.model_copy(update={"unit_classes": classes}))
    collector = made.unit("汇总办", "admin")
    who = made.who(collector)
    who.email = "hz@example.cn"
    who.save()
    handed_in(made, "心病科")
    assert collectors_owing(made.contest) == []
    Entry.objects.update(state=State.GATHERED, gathered_by=collector)
    planned(made, april(1))
    assert reminders.send_due(contest_id=made.contest.pk, at=april(23)) == 1
    [row] = Message.objects.all()
    assert (row.address, row.template) == ("hz@example.cn", "intake.reminder_collector")
    assert "还有 1 件没有上报" in row.body


@pytest.mark.parametrize("units", [1, 30])
def test_the_list_costs_the_same_at_any_length(units: int) -> None:
    made = contest_with(*(f"第{n}科" for n in range(units)))
    with CaptureQueriesContext(connection) as captured:
        assert len(owing(made.contest)) == units
    assert len(captured) == 4
