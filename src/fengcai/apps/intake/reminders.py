"""Reminding those who owe (催报): by a plan before each deadline, or by an officer's hand.

Rows and messages are written together, some units at a time: killed anywhere and run again, nobody is
reminded twice on one occasion. What is due is worked out from the windows that hold at that moment, so
that an extended deadline plans anew by itself and a machine that was off sends the latest reminder only.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.urls import NoReverseMatch, reverse

from fengcai.apps.audit.actions import record
from fengcai.apps.contests.amending import Amended
from fengcai.apps.contests.models import Contest
from fengcai.apps.contests.queries import rules_of
from fengcai.apps.contests.roles import Role
from fengcai.apps.contests.rules import require_role
from fengcai.apps.intake.owing import COLLECT, ENTER, Owing, collectors_owing, owing
from fengcai.apps.intake.reminding import DAYS, HOUR, Reminder, ReminderPlan
from fengcai.apps.messages.actions import Recipient, post
from fengcai.apps.messages.templates import FIELD, fill, register_template
from fengcai.apps.messages.ways import address_of_site
from fengcai.apps.people.models import User
from fengcai.apps.refusals import Refused
from fengcai.apps.texts import storable
from fengcai.core.rulebook import Rules, Window
from fengcai.core.timetable import latest_due, next_due, reminder_times
from fengcai.engines.jobs import enqueue

KIND = "intake.remind"
CHANNELS = {"mail": "邮件", "sms": "短信", "robot": "企业微信群机器人"}
AT_ONCE = 40
"""Units reminded in one transaction: on SQLite nobody else can write meanwhile."""

MOST_DAYS = 8
LONGEST_TEXT = 1000
LONGEST_SUBJECT = 100
FIELDS = {
    "单位": "单位名称",
    "活动": "活动名称",
    "截止": "本单位的截止时间",
    "剩余": "距截止还有多久",
    "联系": "主办方的联系人和电话",
    "网址": "报送页的网址（设好公开网址后才有）",
}
"""What an officer may write between braces in the reminder's text."""

SUBJECT = "请尽快报送“{活动}”作品"
TEXT = (
    "{单位}：\n\n贵单位还没有报送“{活动}”的作品。报送将于{截止}截止，{剩余}。\n"
    "请联络员用手上的个人链接或二维码进入，按页面提示完成报送；已经建好草稿的，请尽快提交。\n\n"
    "{网址}\n如有困难，请联系：{联系}"
)
COLLECT_TEXT = (
    "{单位}：\n\n汇总在贵单位的“{活动}”作品还有 {件数} 件没有上报。上报将于{截止}截止，{剩余}。\n\n"
    "{网址}\n如有困难，请联系：{联系}"
)


def register_templates() -> None:
    """Say the wordings to the outbox; called once when the app starts."""
    register_template(
        "intake.reminder",
        title="催报提醒",
        subject="{subject}",
        body="{text}",
        sms="{unit}：“{contest}”将于{closes}截止报送，贵单位还没有报送，请尽快办理。联系{office}",
    )
    register_template(
        "intake.reminder_collector",
        title="催促汇总单位上报",
        subject="{subject}",
        body="{text}",
        sms="{unit}：汇总在贵单位的“{contest}”作品还有{many}件没有上报，{closes}截止。联系{office}",
    )
    register_template(
        "intake.reminder_group",
        title="催报提醒（企业微信群）",
        subject="{subject}",
        body="{text}",
        robot="{text}",
    )


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
    problems = dict(_wording_problems(subject, text))
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
            "subject": _one_line(subject),
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
    words = _Words(contest, plan.subject or SUBJECT, plan.text or TEXT, at)
    of, done = sum(map(len, due.values())), 0
    for occasion, rows in due.items():
        ways = [each for each in plan.channels if each != "robot"]
        for some in _slices(rows):
            done += _remind(contest, some, occasion, ways, words, by=None, at=at)
            if pause is not None:
                pause(done, of)
        if "robot" in plan.channels:
            _tell_group(contest, rows, occasion, words, by=None, at=at)
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
    words = _Words(contest, subject, text, at)
    reach = []
    for row in rows:
        to, missing = [], []
        for way in channels:
            if way == "robot":
                continue
            found = [one for one in _recipients(row) if one.address(way)]
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
    words, done = _Words(contest, subject, text, at), 0
    ways = [each for each in CHANNELS if each in channels and each != "robot"]
    for some in _slices(rows):
        done += _remind(contest, some, occasion, ways, words, by=by, at=at)
    if "robot" in channels:
        _tell_group(contest, rows, occasion, words, by=by, at=at)
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


def occasion_of(kind: str, days: int, window: Window) -> str:
    """The name of an occasion of the plan: another deadline is another occasion."""
    return f"{kind}:T-{days}:{window.closes:%Y%m%d%H%M}"


def occasion_in_words(occasion: str) -> str:
    """As the log says it."""
    kind, _, rest = occasion.partition(":")
    if kind not in (ENTER, COLLECT):
        return "手动催报"
    days = rest.partition(":")[0].removeprefix("T-")
    when = "截止当天" if days == "0" else f"截止前 {days} 天"
    return f"{when}{'（汇总上报）' if kind == COLLECT else ''}"


def _remind(
    contest: Contest,
    rows: Sequence[Owing],
    occasion: str,
    ways: Iterable[str],
    words: _Words,
    *,
    by: User | None,
    at: datetime,
) -> int:
    """Rows and messages of some units in one transaction; those reminded before are passed over."""
    ways = list(ways)
    done = 0
    with transaction.atomic():
        known = set(
            Reminder.objects.filter(
                unit__in=[row.unit.pk for row in rows], occasion=occasion
            ).values_list("unit_id", "channel")
        )
        for row in rows:
            new = [way for way in ways if (row.unit.pk, way) not in known]
            sent = [_send(contest, row, occasion, way, words, by, at) for way in new]
            done += any(sent)
    return done


def _send(
    contest: Contest,
    row: Owing,
    occasion: str,
    way: str,
    words: _Words,
    by: User | None,
    at: datetime,
) -> bool:
    to = [one for one in _recipients(row) if one.address(way)]
    lacking = "没有留邮箱" if way == "mail" else "没有留手机号"
    try:
        with transaction.atomic():
            kept = Reminder.objects.create(
                contest=contest,
                unit_id=row.unit.pk,
                occasion=occasion,
                channel=way,
                trouble=""
                if to
                else f"{lacking}，请打电话"
                if row.contacts
                else "没有联络员，请先指定",
                by=by,
                at=at,
            )
    except IntegrityError:
        return False  # another worker, or another press of the button, was here first
    name = "intake.reminder_collector" if row.kind == COLLECT else "intake.reminder"
    for one in to:
        message = post(
            template=name,
            to=one,
            context=words.context(row),
            channel=way,  # type: ignore[arg-type]
            key=f"{name}:{contest.pk}:{row.unit.pk}:{occasion}:{way}:{one.user_id or 'unit'}",
            contest=contest.pk,
            at=at,
            expires_at=row.window.closes if row.window.closes > at else None,
        )
        kept.messages.append(str(message.pk))
    if to:
        kept.save(update_fields=["messages"])
    return bool(to)


@transaction.atomic
def _tell_group(
    contest: Contest,
    rows: Sequence[Owing],
    occasion: str,
    words: _Words,
    *,
    by: User | None,
    at: datetime,
) -> None:
    """One message to the contest's group with the names of those who owe."""
    try:
        with transaction.atomic():
            kept = Reminder.objects.create(
                contest=contest, unit=None, occasion=occasion, channel="robot", by=by, at=at
            )
    except IntegrityError:
        return
    message = post(
        template="intake.reminder_group",
        to=Recipient(name="企业微信群"),
        context=words.group(rows),
        channel="robot",
        key=f"intake.reminder_group:{contest.pk}:{occasion}",
        contest=contest.pk,
        at=at,
        expires_at=max(row.window.closes for row in rows),
    )
    kept.messages = [str(message.pk)]
    kept.save(update_fields=["messages"])


class _Words:
    """What a reminder says to each unit."""

    NAMED = 30

    def __init__(self, contest: Contest, subject: str, text: str, at: datetime) -> None:
        self.contest, self.subject, self.text, self.at = contest, subject, text, at
        rules = rules_of(contest)
        asked = [each for each in rules.contacts if each.scope is None] or list(rules.contacts)
        self.office = "；".join(
            " ".join(filter(None, ("、".join(each.names), each.phone))) for each in asked[:2]
        )
        try:
            path = reverse("works", args=[contest.slug])
        except NoReverseMatch:  # pragma: no cover  (there is a site wherever messages are sent)
            path = ""
        self.url = address_of_site(path)

    def context(self, row: Owing) -> dict[str, Any]:
        """Every field of the wordings, for one unit."""
        closes, left = moment(row.window.closes), left_until(row.window.closes, self.at)
        told = {
            "单位": row.unit.name,
            "活动": self.contest.title,
            "截止": closes,
            "剩余": left,
            "联系": self.office,
            "网址": self.url,
            "件数": str(row.many),
        }
        text = COLLECT_TEXT if row.kind == COLLECT else self.text
        return {
            "subject": _one_line(fill(self.subject, told))[:LONGEST_SUBJECT],
            "text": fill(text, told),
            "unit": row.unit.name,
            "contest": self.contest.title,
            "closes": closes,
            "left": left,
            "office": self.office,
            "many": str(row.many),
        }

    def group(self, rows: Sequence[Owing]) -> dict[str, Any]:
        """What the group is told: how many still owe, by name as far as there is room."""
        first = min(rows, key=lambda row: row.window.closes)
        verb = "上报" if first.kind == COLLECT else "报送"
        names = "、".join(row.unit.name for row in rows[: self.NAMED])
        more = f"等 {len(rows)} 个单位" if len(rows) > self.NAMED else ""
        closes = moment(first.window.closes)
        left = left_until(first.window.closes, self.at)
        text = (
            f"“{self.contest.title}”{closes}截止{verb}，{left}。"
            f"还有 {len(rows)} 个单位没有{verb}：{names}{more}。联系：{self.office}"
        )
        return {"subject": self.contest.title, "text": text}


def moment(at: datetime) -> str:
    """An instant in the contest's own zone: 4月30日 17:00."""
    return f"{at.month}月{at.day}日 {at:%H:%M}"


def left_until(closes: datetime, at: datetime) -> str:
    """How long is left, in words."""
    left = closes - at
    if left <= timedelta(0):
        return "已经截止"
    if left >= timedelta(days=1):
        return f"还有 {left.days} 天"
    hours = int(left.total_seconds() // 3600)
    return f"还有 {hours} 小时" if hours else "不到 1 小时"


def _recipients(row: Owing) -> list[Recipient]:
    """The unit's contacts; where it has none, the unit's own address."""
    found = [Recipient(one.user, one.name, one.email, one.phone) for one in row.contacts]
    own = Recipient(None, row.unit.name, row.unit.email, "")
    if row.unit.email and not any(one.email for one in found):
        found.append(own)
    return found


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
    problems = dict(_wording_problems(subject, text))
    if not set(channels) & set(CHANNELS):
        problems["channels"] = "请至少选一种方式"
    if problems:
        raise Refused("催报有几处需要修改，没有发送。您填写的内容都还在。", fields=problems)
    if not rows:
        raise Refused("所选的单位都已经报送，或没有选中单位。没有发送任何催报。")


def _wording_problems(subject: str, text: str) -> Iterator[tuple[str, str]]:
    for key, wording, longest in (
        ("subject", subject, LONGEST_SUBJECT),
        ("text", text, LONGEST_TEXT),
    ):
        if not wording.strip():
            yield key, "请填写"
        elif len(wording) > longest:
            yield key, f"最多 {longest} 字，现有 {len(wording)} 字"
        elif unknown := [name for name in FIELD.findall(wording) if name not in FIELDS]:
            yield key, f"没有“{{{unknown[0]}}}”这一项，可用的有：{'、'.join(FIELDS)}"


def _one_line(text: str) -> str:
    return " ".join(storable(text).split())


def _slices(rows: Sequence[Owing]) -> Iterator[Sequence[Owing]]:
    for begin in range(0, len(rows), AT_ONCE):
        yield rows[begin : begin + AT_ONCE]
