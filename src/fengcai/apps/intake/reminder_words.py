"""What a reminder says: its templates, the fields that an officer may use, the occasions' names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.urls import NoReverseMatch, reverse

from fengcai.apps.contests.models import Contest
from fengcai.apps.contests.queries import rules_of
from fengcai.apps.intake.owing import COLLECT, ENTER, Owing
from fengcai.apps.messages.templates import FIELD, fill, register_template
from fengcai.apps.messages.ways import address_of_site
from fengcai.apps.texts import storable
from fengcai.core.rulebook import Window

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


class Words:
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
            "subject": one_line(fill(self.subject, told))[:LONGEST_SUBJECT],
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
        called = fill("“{contest}”", {"contest": self.contest.title})
        text = (
            f"{called}{closes}截止{verb}，{left}。"
            f"还有 {len(rows)} 个单位没有{verb}：{names}{more}。联系：{self.office}"
        )
        return {"subject": self.contest.title, "text": text}


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


def wording_problems(subject: str, text: str) -> Iterator[tuple[str, str]]:
    """What is wrong with an officer's wording: the field, and a sentence."""
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


def one_line(text: str) -> str:
    """Without breaks, as a subject has to be."""
    return " ".join(storable(text).split())
