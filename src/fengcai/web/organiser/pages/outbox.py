"""The rows and forms of the outbox's pages: what went out, what did not and why, writing to many."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.core.paginator import Paginator
from django.http import QueryDict
from django.urls import reverse

from fengcai.apps.contests.queries import contests
from fengcai.apps.contests.roles import Role
from fengcai.apps.messages import queries
from fengcai.apps.messages.bulk import (
    FIELDS,
    LONGEST_SUBJECT,
    BulkPreview,
    Draft,
)
from fengcai.apps.messages.queries import CHANNELS, PER_PAGE, STATES, Filters, MessageRow, outbox
from fengcai.apps.messages.robots import robot_since
from fengcai.web.shared.badges import Badge
from fengcai.web.shared.texts import storable, whole_number

if TYPE_CHECKING:
    from fengcai.apps.contests.models import Contest
    from fengcai.apps.people.models import User

MOST_SHOWN = 300
"""Of the people of a preview; the others are counted."""
BADGES = {
    "queued": Badge("note", "wait", "等待发送"),
    "sending": Badge("note", "running", "正在发送"),
    "sent": Badge("pass", "pass", "已发出"),
    "failed": Badge("fail", "fail", "未能发出"),
    "held": Badge("doubt", "question", "待处理"),
    "suppressed": Badge("", "mute", "已退订，未发"),
    "cancelled": Badge("", "undo", "已取消"),
}


@dataclass(frozen=True)
class Choice:
    """A state to choose, with how many messages it would show."""

    name: str
    count: int
    url: str
    current: bool


@dataclass(frozen=True)
class Line:
    """A message with its badge, its address and, for the administrator, its contest."""

    row: MessageRow
    badge: Badge
    url: str
    contest: str


class WriteForm(forms.Form):
    """What an officer writes to many."""

    groups = forms.MultipleChoiceField(
        label="发给谁",
        choices=list(Role.choices),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请选择发给谁"},
    )
    subject = forms.CharField(
        label="主题", max_length=LONGEST_SUBJECT, error_messages={"required": "请写主题"}
    )
    body = forms.CharField(
        label="正文",
        widget=forms.Textarea(attrs={"rows": 12}),
        help_text="可以写 "
        + "、".join(f"{{{name}}}" for name in FIELDS)
        + "，发出时换成每个人自己的。",
        error_messages={"required": "请写正文"},
    )
    channel = forms.ChoiceField(
        label="怎样发",
        choices=[("mail", "邮件（没有邮箱的发站内消息）"), ("site", "只发站内消息")],
        widget=forms.RadioSelect,
        initial="mail",
    )
    invitation = forms.BooleanField(
        label="这是邀请或宣传，附退订链接",
        required=False,
        help_text="与参赛直接有关的通知不要勾选：通知不能退订。",
    )

    def draft(self) -> Draft:
        """What was written; the form is valid."""
        said = self.cleaned_data
        return Draft(said["subject"], said["body"], said["channel"], said["invitation"])


def filters_of(sent: QueryDict) -> Filters:
    """What the address asks for; what makes no sense counts as not asked."""
    return Filters(
        state=sent.get("state", "") if sent.get("state", "") in STATES else "",
        channel=sent.get("channel", "") if sent.get("channel", "") in CHANNELS else "",
        text=storable(sent.get("q", ""))[:60].strip(),
        bulk=whole_number(sent.get("bulk")) or None,
        page=max(1, whole_number(sent.get("page"), 1)),
    )


def outbox_page(contest: Contest | None, user: User, sent: QueryDict) -> dict[str, Any]:
    """The outbox as the address asks for it. 5 SQL, for the administrator 4. Raises `NotPermitted`."""
    asked = filters_of(sent)
    number = None if contest is None else contest.pk
    found = outbox(contest=number, by=user, filters=asked)
    named = {each.pk: each.title for each in contests()} if contest is None else {}
    pages = Paginator(range(found.total), PER_PAGE)
    return {
        "lines": [_line(row, contest, named) for row in found.rows],
        "states": [
            Choice("全部", sum(found.counts.values()), _query(replace(asked, state="")), not asked.state),
            *(
                Choice(name, found.counts.get(state, 0), _query(replace(asked, state=state)),
                       state == asked.state)
                for state, name in STATES.items()
                if found.counts.get(state) or state == asked.state
            ),
        ],
        "channels": [(key, name, key == asked.channel) for key, name in CHANNELS.items()],
        "asked": asked,
        "page": pages.get_page(found.page),
        "query": _query(replace(asked, page=1)).removeprefix("?"),
        "held": found.counts.get("held", 0),
        "all": urls_of(contest),
        "bulks": queries.bulks(contest=contest.pk, by=user, most=5) if contest else (),
        "robot_since": robot_since(contest.pk) if contest else None,
    }  # fmt: skip


def message_page(contest: Contest | None, user: User, message_id: UUID) -> dict[str, Any]:
    """One message whole. Raises `NotPermitted`, `NotFound`."""
    number = None if contest is None else contest.pk
    detail = queries.message(message_id=message_id, contest=number, by=user)
    return {
        "detail": detail,
        "row": detail.row,
        "badge": _badge(detail.row),
        "all": urls_of(contest),
        "acts": {act: act_url(contest, message_id, act) for act in ("again", "cancel", "settle")},
    }


def preview_page(found: BulkPreview, who: int) -> dict[str, Any]:
    """A preview with the words for the `who`th person."""
    chosen = who if 0 <= who < len(found.rows) else 0
    return {
        "found": found,
        "people": list(enumerate(found.rows[:MOST_SHOWN])),
        "more": max(0, len(found.rows) - MOST_SHOWN),
        "chosen": chosen,
        "shown": found.rows[chosen],
    }


def parcel_of(found: BulkPreview, groups: list[str], contest: int, user: int) -> list[Any]:
    """What a confirmation brings back, to be sealed."""
    return [contest, user, asdict(found.draft), groups, found.fingerprint]


def urls_of(contest: Contest | None) -> str:
    """The outbox's own address."""
    return reverse("office-outbox", args=[contest.slug]) if contest else reverse("outbox")


def act_url(contest: Contest | None, message_id: UUID, act: str) -> str:
    """Where a decision about one message is sent."""
    if contest is None:
        return reverse("outbox-act", args=[message_id, act])
    return reverse("office-outbox-act", args=[contest.slug, message_id, act])


def _line(row: MessageRow, contest: Contest | None, named: Mapping[int, str]) -> Line:
    url = (
        reverse("office-outbox-message", args=[contest.slug, row.id])
        if contest
        else reverse("outbox-message", args=[row.id])
    )
    return Line(row, _badge(row), url, named.get(row.contest or 0, "") if not contest else "")


def _badge(row: MessageRow) -> Badge:
    if row.bounced_at:
        return Badge("fail", "return", "退信")
    if row.unsure:
        return Badge("doubt", "question", "不确定是否发出")
    return BADGES[row.state]


def _query(asked: Filters) -> str:
    told = {
        "state": asked.state,
        "channel": asked.channel,
        "q": asked.text,
        "bulk": asked.bulk,
        "page": asked.page if asked.page > 1 else "",
    }
    return "?" + urlencode({key: value for key, value in told.items() if value})
