"""The rows of the 催报 pages: who owes, whom to call, what would be sent, what was sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.core import signing
from django.core.paginator import Paginator
from django.urls import reverse
from django.utils import timezone

from fengcai.apps.contests.queries import rules_of
from fengcai.apps.entries.coverage import OWED, tallies
from fengcai.apps.intake import reminder_words, reminders
from fengcai.apps.intake.owing import COLLECT, Owing, Person, collectors_owing, log_of, owing
from fengcai.apps.refusals import Refused
from fengcai.engines.documents.tables import Sheet
from fengcai.web.organiser.pages.coverage import Asked, in_words, units_in_all

if TYPE_CHECKING:
    from fengcai.apps.contests.models import Contest

PER_PAGE = 200
SALT = "fengcai.organiser.reminder"
PREVIEW_LIFE_S = 2 * 60 * 60
HEADERS = [
    *("单位", "类别", "片区", "欠什么", "草稿（件）", "截止"),
    *(
        "联络员",
        "联络员电话",
        "联络员邮箱",
        "负责人",
        "负责人电话",
        "单位电话",
        "上次催报",
        "催过几次",
    ),
]


@dataclass(frozen=True)
class OwedRow:
    """A unit on the 催报 list."""

    pk: int
    name: str
    url: str
    class_name: str
    district: str
    what: str
    drafts: int
    closes: datetime
    contacts: tuple[Person, ...]
    heads: tuple[Person, ...]
    email: str
    phone: str
    last: datetime | None
    times: int


@dataclass(frozen=True)
class SentRow:
    """One line of the log."""

    at: datetime
    unit: str
    occasion: str
    way: str
    outcome: str
    by: str


def owed_page(contest: Contest, *, asked: Asked, page: str | None) -> dict[str, Any]:
    """Those who owe, a page at a time, and the form to remind them. 6 SQL, more where units collect."""
    at = timezone.now()
    found = tallies(contest)
    here = [each for each in found if asked.part.holds(each)]
    many = units_in_all(here, OWED)
    units: Paginator[Any] = Paginator(range(many), PER_PAGE)
    shown = units.get_page(page)
    begin = PER_PAGE * (shown.number - 1)
    rows = owing(contest, part=asked.part, begin=begin, end=begin + PER_PAGE)
    shown.object_list = [owed_row(contest, row) for row in rows]
    collectors = collectors_owing(contest) if shown.number == 1 and not asked.query_parts else []
    plan = reminders.plan_of(contest, at=at)
    return {
        "asked": asked,
        "asked_words": in_words(asked, found),
        "units": shown,
        "many": many,
        "collectors": [owed_row(contest, row) for row in collectors],
        "class_options": list({t.unit_class: t.class_name for t in found}.items()),
        "district_options": list(dict.fromkeys(t.district for t in found)),
        "window": rules_of(contest).window,
        "plan": plan,
        "printed": at,
    }


def owed_row(contest: Contest, row: Owing) -> OwedRow:
    """A unit that owes, ready to show."""
    unit = row.unit
    what = "作品"
    if row.kind == COLLECT:
        what = f"待上报 {row.many} 件"
    return OwedRow(
        pk=unit.pk,
        name=unit.name,
        url=reverse("office-unit", args=[contest.slug, unit.pk]),
        class_name=unit.class_name,
        district=unit.district,
        what=what,
        drafts=unit.drafts,
        closes=row.window.closes,
        contacts=row.contacts,
        heads=row.heads,
        email=unit.email,
        phone=unit.phone,
        last=row.last.at if row.last else None,
        times=row.last.times if row.last else 0,
    )


def owed_sheets(contest: Contest, asked: Asked) -> list[Sheet]:
    """The whole list as a workbook, in the order of the page."""
    rows = [*owing(contest, part=asked.part)]
    if not asked.query_parts:
        rows += collectors_owing(contest)
    return [Sheet("催报名单", HEADERS, [_line(owed_row(contest, row)) for row in rows])]


def _line(row: OwedRow) -> list[object]:
    return [
        row.name,
        row.class_name,
        row.district,
        row.what,
        row.drafts,
        row.closes,
        _joined(row.contacts, "name"),
        _joined(row.contacts, "phone"),
        _joined(row.contacts, "email") or row.email,
        _joined(row.heads, "name"),
        _joined(row.heads, "phone"),
        row.phone,
        row.last,
        row.times,
    ]


def _joined(people: Sequence[Person], what: str) -> str:
    return "；".join(filter(None, (getattr(one, what) for one in people)))


def draft_page(contest: Contest, found: reminders.Draft, sent: Mapping[str, Any]) -> dict[str, Any]:
    """A bulk reminder before it goes out; `parcel` brings it back sealed."""
    return {
        "draft": found,
        "channels": [reminders.CHANNELS[each] for each in sent["channels"]],
        "robot": "robot" in sent["channels"],
        "reached": [each for each in found.reach if each.to],
        "unreached": [each for each in found.reach if not each.to],
        "lately": [
            each
            for each in found.reach
            if each.last and (timezone.now() - each.last).total_seconds() < 24 * 3600
        ],
        "parcel": signing.dumps([contest.pk, sent], salt=SALT, compress=True),
    }


def unpacked(contest: Contest, parcel: str) -> dict[str, Any]:
    """What was previewed. Raises `Refused` when it is old, another contest's, or tampered with."""
    try:
        whose, sent = signing.loads(parcel, salt=SALT, max_age=PREVIEW_LIFE_S)
    except signing.SignatureExpired:
        raise Refused("预览已超过两小时，没有发送。请重新选择单位，再预览一次。") from None
    except signing.BadSignature:
        raise Refused("预览的内容不完整，没有发送。请重新选择单位。") from None
    if whose != contest.pk:
        raise Refused("这份预览属于别的活动，没有发送。")
    found: dict[str, Any] = sent
    return found


def plan_page(
    contest: Contest, typed: Mapping[str, Any] | None, error: Refused | None
) -> dict[str, Any]:
    """The plan's form and the log. 4 SQL."""
    plan = reminders.plan_of(contest, at=timezone.now())
    shown = {
        "on": plan.on,
        "days": "、".join(map(str, plan.days)),
        "hour": plan.hour,
        "channels": plan.channels,
        "subject": plan.subject,
        "text": plan.text,
    }
    return {
        "plan": plan,
        "typed": typed or shown,
        "fields": error.fields if error else {},
        "ways": list(reminders.CHANNELS.items()),
        "wordings": list(reminder_words.FIELDS.items()),
        "log": log_rows(contest),
        "window": rules_of(contest).window if contest.is_open else None,
    }


def log_rows(contest: Contest, unit: int | None = None) -> list[SentRow]:
    """The log in words. 2 SQL."""
    return [
        SentRow(
            at=row.at,
            unit=row.unit or "群",
            occasion=reminder_words.occasion_in_words(row.occasion),
            way=reminders.CHANNELS.get(row.channel, row.channel),
            outcome=row.trouble or "、".join(f"{word} {n}" for word, n in row.states.items()),
            by=row.by or "自动",
        )
        for row in log_of(contest, unit=unit)
    ]
