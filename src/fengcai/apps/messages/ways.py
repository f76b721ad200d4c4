"""By which ways this installation can send, as its settings say, and how fast. Sends nothing."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings

from fengcai.apps.messages.models import Channel, GroupRobot
from fengcai.apps.messages.sealing import unseal
from fengcai.engines.delivery import mail, robot, sms

MINUTE = timedelta(minutes=1)
NOT_SET = {
    Channel.MAIL: "还没有设置发信服务器，邮件留在发件箱里；设好 FENGCAI_MAIL_URL 后可以一并发出。",
    Channel.SMS: "还没有开通短信，短信留在发件箱里；设好 FENGCAI_SMS 后可以一并发出。",
    Channel.ROBOT: "本活动还没有设置企业微信群机器人，内容留在发件箱里；设好后可以一并发出。",
}


def mail_server() -> mail.Server | None:
    """Where mail is handed over."""
    found: mail.Server | None = settings.FENGCAI_MAIL
    return found


def sms_provider() -> sms.Provider | None:
    """Who sends text messages."""
    found: sms.Provider | None = settings.FENGCAI_SMS
    return found


def robot_of(contest: int | None) -> robot.Robot | None:
    """The group robot of a contest. 1 SQL."""
    row = GroupRobot.objects.filter(contest=contest).first() if contest else None
    key = unseal(row.sealed) if row else None
    return robot.Robot(key, base=settings.FENGCAI_ROBOT_URL) if key else None


def sender_of_mail() -> str:
    """The domain for Message-IDs; one that cannot be anybody's where no mail is set up."""
    server = mail_server()
    return server.sender.rpartition("@")[2] if server else "fengcai.invalid"


def most_a_minute(channel: str) -> int:
    """How many messages of a channel may go out in a minute."""
    return {
        Channel.MAIL: settings.FENGCAI_MAIL_PER_MINUTE,
        Channel.SMS: settings.FENGCAI_SMS_PER_MINUTE,
        Channel.ROBOT: robot.PER_MINUTE,
    }[Channel(channel)]


def pace(channel: str) -> timedelta:
    """The time from one message to the next when many wait."""
    return MINUTE / most_a_minute(channel)


def address_of_site(path: str) -> str:
    """An absolute address of a page; empty where FENGCAI_PUBLIC_URL is not set. Never by the Host
    header: a link in a mail must not lead where a stranger's request said."""
    return f"{settings.FENGCAI_PUBLIC_URL}{path}" if settings.FENGCAI_PUBLIC_URL else ""


def where_to(path: str, what: str) -> str:
    """A closing line that leads to a page: its address, or where to find it in the system."""
    address = address_of_site(path)
    return f"\n{what}：{address}" if address else f"\n登录系统，在“我的事项”里可以看到{what}。"
