"""Whether messages go out: mail, text messages, and what is stuck in the outbox."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from fengcai.cli.doctor.findings import Finding, Findings

LATE = timedelta(minutes=15)
_READ = "见 docs/operate/mail.md"


def mail(data: Path) -> Findings:
    """A server is set, can be reached and takes our password; nothing is sent to try it."""
    from fengcai.apps.messages.trying import check_server
    from fengcai.apps.messages.ways import address_of_site, mail_server

    server = mail_server()
    if server is None:
        text = f"没有设置发信服务器，邮件都留在发件箱里（{_READ}）"
        yield Finding(
            "邮件", "warning", text, "设 FENGCAI_MAIL_URL，再运行 fengcai mail test 邮箱地址"
        )
        return
    tried = check_server(server)
    if not tried.sent:
        yield Finding("邮件", "bad", tried.sentence, "改好后运行 fengcai mail test 邮箱地址")
    elif not server.leaves:
        yield Finding(
            "邮件", "warning", tried.sentence, "正式使用前设 FENGCAI_MAIL_URL 为发信服务器"
        )
    else:
        yield Finding("邮件", "good", f"{tried.sentence}发件地址 {server.sender}")
    if not address_of_site("/"):
        yield Finding(
            "邮件",
            "warning",
            "没有设置站点地址，邮件里没有能点开的链接，也不能发邀请",
            "设 FENGCAI_PUBLIC_URL，如 https://fengcai.某某医院.cn",
        )


def sms(data: Path) -> Findings:
    """Who sends text messages, and for which of our templates. Nothing is asked of the provider."""
    from fengcai.apps.messages.templates import templates
    from fengcai.apps.messages.ways import sms_provider

    provider = sms_provider()
    if provider is None:
        yield Finding("短信", "good", f"没有开通，不发短信（{_READ}）")
        return
    if not provider.leaves:
        yield Finding(
            "短信", "warning", "只显示在后台任务的输出里，不会真正发出", "正式使用前改为 aliyun"
        )
        return
    yield Finding("短信", "good", f"阿里云短信，签名“{provider.sign}”")
    wanted = [each.name for each in templates() if each.sms and each.name not in provider.templates]
    if wanted:
        yield Finding(
            "短信",
            "warning",
            f"{len(wanted)} 种短信还没有对应的模板编号：{'、'.join(wanted)}",
            "在阿里云申请模板，通过后写进 FENGCAI_SMS_TEMPLATES",
        )


def outbox(data: Path) -> Findings:
    """What waits too long, was held, or did not go out."""
    from django.utils import timezone

    from fengcai.apps.messages.queries import CHANNELS, standing

    at = timezone.now()
    found = standing(at=at)
    if found.oldest_due is not None and at - found.oldest_due > LATE:
        yield Finding(
            "发件箱",
            "bad",
            "有消息到点 15 分钟还没有发出",
            "检查后台任务是否在运行（fengcai worker，其中要有“消息发送”一类）",
        )
    ways = [key for key in CHANNELS if key != "site"]
    held = sum(found.of(channel, "held") for channel in ways)
    failed = sum(found.of(channel, "failed") for channel in ways)
    if held or failed:
        text = f"{held} 条待处理，{failed} 条没有发出去"
        yield Finding(
            "发件箱", "warning", text, "运行 fengcai mail status 看原因；网页上在“全部消息”里处理"
        )
    else:
        yield Finding("发件箱", "good", f"没有积压；已发出 {found.of('mail', 'sent')} 封邮件")
