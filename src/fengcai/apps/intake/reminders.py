"""Reminding those who owe (催报): by a plan before each deadline, or by an officer's hand.

Rows and messages are written together, some units at a time: killed anywhere and run again, nobody is
reminded twice on one occasion. What is due is worked out from the windows that hold at that moment, so
that an extended deadline plans anew by itself and a machine that was off sends the latest reminder only.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from fengcai.apps.audit.actions import record
from fengcai.apps.contests.amending import Amended
from fengcai.apps.contests.models import Contest
from fengcai.apps.contests.queries import rules_of
from fengcai.apps.contests.roles import Role
from fengcai.apps.contests.rules import require_role
from fengcai.apps.intake.owing import Owing, collectors_owing, owing
from fengcai.apps.intake.reminder_sending import recipients, remind_units, slices, tell_group
from fengcai.apps.intake.reminder_words import (
    SUBJECT,
    TEXT,
    Words,
    occasion_of,
    one_line,
    wording_problems,
)
from fengcai.apps.intake.reminding import DAYS, HOUR, ReminderPlan
from fengcai.apps.people.models import User
from fengcai.apps.refusals import Refused
from fengcai.apps.texts import storable
from fengcai.core.rulebook import Rules, Window
from fengcai.core.timetable import latest_due, next_due, reminder_times
from fengcai.engines.jobs import enqueue

KIND = "intake.remind"
CHANNELS = {"mail": "邮件", "sms": "短信", "robot": "企业微信群机器人"}
MOST_DAYS = 8


@dataclass(frozen=True)
class Plan:
    """A contest's plan as its page shows it; `next_at` is when the next reminder falls due."""

    on: bool
    days: tuple[int, ...]
    hour: int
    channels: tuple[str, ...]
    subject: str
    text: str
    next_at: datetime | None
    by: str = ""
    at: datetime | None = None


@dataclass(frozen=True)
class Reach:
    """Whom a reminder would go to: the way in words, the address, and a word where there is none."""

    unit: int
    unit_name: str
    to: tuple[tuple[str, str, str], ...]
    """(person, way, address)."""
    missing: tuple[str, ...]
    """Ways by which nobody of the unit can be reached."""
    last: datetime | None


@dataclass(frozen=True)
class Draft:
    """A bulk reminder before it goes out."""

    reach: tuple[Reach, ...]
    subject: str
    text: str
    """As the first unit would read it."""
    gone: int
    """Chosen units that owe nothing any more."""


def plan_of(contest: Contest, *, at: datetime) -> Plan:
    """The plan, or the usual one switched off. 1 SQL."""
    row = ReminderPlan.objects.filter(contest=contest).select_related("by").first()
    if row is None:
        return Plan(False, DAYS, HOUR, ("mail",), SUBJECT, TEXT, None)
    return Plan(
        on=row.on,
        days=tuple(row.days),
        hour=row.hour,
        channels=tuple(row.channels),
        subject=row.subject or SUBJECT,
        text=row.text or TEXT,
        next_at=_next(rules_of(contest), row, at) if row.on and contest.is_open else None,
        by=str(row.by),
        at=row.at,
    )


@transaction.atomic
def save_plan(
    *,
    contest: Contest,
    on: bool,
    days: Sequence[int],
    hour: int,
    channels: Collection[str],
    subject: str,
    text: str,
    by: User,
    at: datetime,
) -> None:
    """Switch the reminders on or off, or change when, how and in which words they go."""
    require_role(by, contest, Role.ORGANISER)
    ways = [each for each in CHANNELS if each in channels]
    when = sorted(set(days), reverse=True)
    problems = dict(wording_problems(subject, text))
    if on and not when:
        problems["days"] = "请至少写一个提前的天数"
    if len(when) > MOST_DAYS or any(not 0 <= each <= 90 for each in when):
        problems["days"] = f"最多 {MOST_DAYS} 次，每次提前 0 到 90 天"
    if not 0 <= hour <= 23:
        problems["hour"] = "请写 0 到 23 点"
    if on and not ways:
        problems["channels"] = "请至少选一种方式"
    if problems:
        raise Refused("自动催报有几处需要修改，没有保存。您填写的内容都还在。", fields=problems)
    before = ReminderPlan.objects.select_for_update(no_key=True).filter(contest=contest).first()
    since = before.since if before is not None and before.on else at
    ReminderPlan.objects.update_or_create(
        contest=contest,
        defaults={
            "on": on,
            "days": when,
            "hour": hour,
            "channels": ways,
            "subject": one_line(subject),
            "text": storable(text).strip(),
            "since": since if on else None,
            "by": by,
            "at": at,
        },
    )
    schedule(contest, at=at)
    record(
        contest.chain,
        actor=f"user:{by.pk}",
        action="intake.plan_reminders",
        subject=f"contest:{contest.slug}",
        details={"on": on, "days": when, "hour": hour, "channels": ways},
        at=at,
    )


def schedule(contest: Contest, *, at: datetime, rules: Rules | None = None) -> datetime | None:
    """Have a worker look again when the next reminder falls due, by the windows of `rules` (default:
    those in force). Asked again it makes no second job. Call it inside a transaction."""
    plan = ReminderPlan.objects.filter(contest=contest, on=True).first()
    if plan is None or not contest.is_open:
        return None
    when = _next(rules or rules_of(contest), plan, at)
    if when is not None:
        enqueue(
            KIND,
            {"contest_id": contest.pk},
            subject=f"reminders:{contest.pk}",
            scope=f"contest:{contest.pk}",
            dedupe_key=f"{KIND}:{contest.pk}:{when.isoformat()}",
            run_at=when,
        )
    return when


class Replanning:
    """Watches amendments: another deadline, other reminders."""

    def objections(self, amended: Amended) -> Sequence[str]:
        """None: reminders follow the rules."""
        return ()

    def follow(self, amended: Amended) -> Mapping[str, int]:
        """The next reminder by the new windows. What was sent for the former deadline stays sent, and
        what would have fallen due before the change is not made up for."""
        before, after = amended.before, amended.after
        if (before.window, before.windows) != (after.window, after.windows):
            ReminderPlan.objects.filter(contest=amended.contest, on=True).update(since=amended.at)
        schedule(amended.contest, at=amended.at, rules=amended.after)
        return {}


def send_due(
    *, contest_id: int, at: datetime, pause: Callable[[int, int], None] | None = None
) -> int:
    """Send what is due now; returns how many units were reminded. Can run twice without harm.

    `pause(done, of)` is called between the transactions; it may raise to stop the work.
    """
    contest = Contest.objects.select_related("version").get(pk=contest_id)
    plan = ReminderPlan.objects.filter(contest=contest, on=True).first()
    if plan is None or plan.since is None or not contest.is_open:
        return 0
    due: dict[str, list[Owing]] = {}
    for row in (*owing(contest), *collectors_owing(contest)):
        days = _due(row.window, plan, at)
        if days is not None:
            due.setdefault(occasion_of(row.kind, days, row.window), []).append(row)
    words = Words(contest, plan.subject or SUBJECT, plan.text or TEXT, at)
    of, done = sum(map(len, due.values())), 0
    for occasion, rows in due.items():
        ways = [each for each in plan.channels if each != "robot"]
        for some in slices(rows):
            done += remind_units(contest, some, occasion, ways, words, by=None, at=at)
            if pause is not None:
                pause(done, of)
        if "robot" in plan.channels:
            tell_group(contest, rows, occasion, words, by=None, at=at)
    return done


def draft(
    *,
    contest: Contest,
    units: Collection[int],
    channels: Collection[str],
    subject: str,
    text: str,
    by: User,
    at: datetime,
) -> Draft:
    """What a bulk reminder would send, to whom, and who cannot be reached. Nothing is written."""
    require_role(by, contest, Role.ORGANISER)
    rows = _chosen(contest, units)
    _check(channels, subject, text, rows)
    words = Words(contest, subject, text, at)
    reach = []
    for row in rows:
        to, missing = [], []
        for way in channels:
            if way == "robot":
                continue
            found = [one for one in recipients(row) if one.address(way)]
            to += [(one.name, CHANNELS[way], one.address(way)) for one in found]
            missing += [] if found else [CHANNELS[way]]
        last = row.last.at if row.last else None
        reach.append(Reach(row.unit.pk, row.unit.name, tuple(to), tuple(missing), last))
    first = words.context(rows[0])
    return Draft(
        tuple(reach),
        first["subject"],
        first["text"],
        len(set(units)) - len({r.unit for r in reach}),
    )


def remind_now(
    *,
    contest: Contest,
    units: Collection[int],
    occasion: str,
    channels: Collection[str],
    subject: str,
    text: str,
    by: User,
    at: datetime,
) -> int:
    """Send the reminder that was previewed. `occasion` names this one act of the officer: pressed
    twice, or sent again after a fault, it reminds nobody twice. Units that have handed in meanwhile
    are left out. Returns how many units were reminded."""
    require_role(by, contest, Role.ORGANISER)
    rows = _chosen(contest, units)
    _check(channels, subject, text, rows)
    words, done = Words(contest, subject, text, at), 0
    ways = [each for each in CHANNELS if each in channels and each != "robot"]
    for some in slices(rows):
        done += remind_units(contest, some, occasion, ways, words, by=by, at=at)
    if "robot" in channels:
        tell_group(contest, rows, occasion, words, by=by, at=at)
    with transaction.atomic():
        record(
            contest.chain,
            actor=f"user:{by.pk}",
            action="intake.remind",
            subject=f"contest:{contest.slug}",
            details={
                "occasion": occasion,
                "channels": sorted(channels),
                "units": [row.unit.pk for row in rows],
                "reminded": done,
            },
            at=at,
        )
    return done


def _due(window: Window, plan: ReminderPlan, at: datetime) -> int | None:
    assert plan.since is not None
    times = reminder_times(window.closes, plan.days, hour=plan.hour)
    return latest_due(times, window.closes, since=plan.since, at=at)


def _next(rules: Rules, plan: ReminderPlan, at: datetime) -> datetime | None:
    """When anything may fall due next: by every window in which units hand in or pass on."""
    gathered = {each.collects.window for each in rules.unit_classes if each.collects}
    windows = [rules.window]
    windows += [
        each
        for id, each in rules.windows.items()
        if each.kind in ("submit", "collect") or id in gathered
    ]
    due = (next_due(reminder_times(w.closes, plan.days, hour=plan.hour), at) for w in windows)
    return min((when for when in due if when is not None), default=None)


def _chosen(contest: Contest, units: Collection[int]) -> list[Owing]:
    wanted = set(units)
    return [row for row in (*owing(contest), *collectors_owing(contest)) if row.unit.pk in wanted]


def _check(channels: Collection[str], subject: str, text: str, rows: Sequence[Owing]) -> None:
    problems = dict(wording_problems(subject, text))
    if not set(channels) & set(CHANNELS):
        problems["channels"] = "请至少选一种方式"
    if problems:
        raise Refused("催报有几处需要修改，没有发送。您填写的内容都还在。", fields=problems)
    if not rows:
        raise Refused("所选的单位都已经报送，或没有选中单位。没有发送任何催报。")
