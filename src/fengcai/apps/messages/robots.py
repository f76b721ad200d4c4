"""The 企业微信 group robot of a contest: set, tried, taken away. Its key is written, never read back."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import transaction

from fengcai.apps.audit.actions import record
from fengcai.apps.messages.models import GroupRobot
from fengcai.apps.messages.rules import require_managing
from fengcai.apps.messages.sealing import seal
from fengcai.apps.messages.ways import robot_of
from fengcai.apps.people.models import User
from fengcai.apps.refusals import Refused
from fengcai.engines.delivery import NotSent, robot

TRIAL = "这是一条测试消息：{title}的提醒今后会发到这个群。"


@transaction.atomic
def set_robot(*, contest: int, pasted: str, by: User, at: datetime) -> None:
    """Keep the robot's key, encrypted. Raises `Refused` for what is no robot's address."""
    require_managing(by, contest)
    try:
        key = robot.key_of(pasted, base=settings.FENGCAI_ROBOT_URL)
    except ValueError as error:
        raise Refused(f"{error}。没有保存。", fields={"robot": str(error)}) from None
    GroupRobot.objects.update_or_create(
        contest=contest, defaults={"sealed": seal(key), "by": by, "at": at}
    )
    _record(contest, "messages.robot_set", by, at)


@transaction.atomic
def remove_robot(*, contest: int, by: User, at: datetime) -> None:
    """Forget the key; what waits for the group is then held."""
    require_managing(by, contest)
    if GroupRobot.objects.filter(contest=contest).delete()[0]:
        _record(contest, "messages.robot_removed", by, at)


def try_robot(*, contest: int, title: str, by: User) -> None:
    """Post a line to the group, now. Raises `Refused` with the cause."""
    require_managing(by, contest)
    group = robot_of(contest)
    if group is None:
        raise Refused("还没有设置群机器人。")
    try:
        robot.send(group, TRIAL.format(title=title))
    except NotSent as failure:
        raise Refused(failure.reason) from None


def robot_since(contest: int) -> datetime | None:
    """Since when the contest has a robot. 1 SQL."""
    return GroupRobot.objects.filter(contest=contest).values_list("at", flat=True).first()


def _record(contest: int, action: str, by: User, at: datetime) -> None:
    record(
        f"contest:{contest}",
        actor=f"user:{by.pk}",
        action=action,
        subject=f"contest:{contest}",
        details={},
        at=at,
    )
