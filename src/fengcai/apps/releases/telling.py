"""What is told when a release ends: to the office and to the unit, without the name of whoever ended it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.urls import reverse

from fengcai.apps.contests.models import Membership
from fengcai.apps.contests.roles import Role
from fengcai.apps.entries.models import Entry
from fengcai.apps.messages.actions import post, register_template
from fengcai.apps.messages.recipients import Recipient
from fengcai.apps.people.models import User

ENDED = "releases.over"


def register() -> None:
    """The wordings of this context."""
    register_template(
        "releases.ask",
        title="请出镜人员签署同意书",
        subject="{unit}请您看一份出镜同意书",
        body=(
            "您好：\n\n{unit}制作的作品里有您（或您监护的人）出镜，参加{contest}。请用手机打开下面的链接，"
            "看一看用途和期限，自己决定是否同意：\n\n{link}\n\n链接在 {until} 之前有效，只给您本人，请不要转发。"
            "不同意也没有关系，不影响任何其他事情。"
        ),
        sms="{unit}请您看一份出镜同意书，{until}前有效，请勿转发：{link}",
        secret=("link",),
    )
    register_template(
        ENDED,
        title="出镜同意已撤回或到期",
        subject="《{work}》有一份出镜同意{what}，作品已停止展播",
        body=(
            "{contest}：{unit}的作品《{work}》{number}中，一位{role}的出镜同意{what}（{at}）。\n\n"
            "作品已从活动网站的展播中撤下，任何人都不能再观看。其他渠道（公众号、视频号、大屏、已报送的上级"
            "赛事）请逐一核对并停止使用。\n\n评委和审稿专家也已不能观看这件作品，已打的分保留。请活动组织者决定："
            "请本人重新签署，把作品退回剪去画面，或取消参评。\n\n查看出镜人员和处理：{link}"
        ),
        repeatable=True,
    )


def tell_ended(entry: Entry, *, role: str, what: str, key: str, at: datetime) -> None:
    """Tell the office and the unit, each once for one ending. 2 SQL and a message each."""
    office, unit = [], []
    members = Membership.objects.filter(contest=entry.contest_id, until=None)
    for each in members.filter(role__in=(Role.ORGANISER, Role.CONTACT, Role.HEAD)).select_related(
        "user"
    ):
        if each.role == Role.ORGANISER:
            office.append(each.user)
        elif each.unit_id == entry.unit_id:
            unit.append(each.user)
    told = {
        "contest": entry.contest.title,
        "unit": entry.unit.name,
        "work": str(entry),
        "number": f"（{entry.number}）" if entry.number else "",
        "role": role,
        "what": what,
        "at": at,
    }
    site = settings.FENGCAI_PUBLIC_URL
    desk = site + reverse("office-releases", args=[entry.contest.slug])
    page = site + reverse("entry-releases", args=[entry.pk])
    _post(office, {**told, "link": desk}, key, entry, at)
    _post([u for u in unit if u not in office], {**told, "link": page}, key, entry, at)


def _post(
    users: Iterable[User], told: dict[str, object], key: str, entry: Entry, at: datetime
) -> None:
    for user in {user.pk: user for user in users if user.is_active}.values():
        post(
            template=ENDED,
            to=Recipient.of(user),
            context=told,
            key=f"{key}:{user.pk}",
            contest=entry.contest_id,
            at=at,
        )
