"""What the mailbox writes to senders: receipts, requests, warnings, an officer's own words."""

from __future__ import annotations

from fengcai.apps.messages.actions import register_template

FOOT = "\n\n{who}\n\n（这封邮件由系统发出。直接回复它会回到报送邮箱，有人看。）"


def register() -> None:
    """Register every wording; called when the app starts."""
    register_template(
        "mailbox.receipt",
        title="来信回执",
        subject="已收到：{subject}",
        body="您好：\n\n{contest}的报送邮箱于 {received} 收到您的来信“{subject}”。\n\n{said}{link}"
        + FOOT,
        secret=("link",),
    )
    register_template(
        "mailbox.ask",
        title="请发件人补传文件",
        subject="请补传文件：{subject}",
        body="您好：\n\n关于您 {received} 发来的“{subject}”：\n\n{said}{link}" + FOOT,
        secret=("link",),
    )
    register_template(
        "mailbox.expiring",
        title="大附件即将过期",
        subject="大附件即将过期，请补传：{subject}",
        body="您好：\n\n您 {received} 发来的“{subject}”里，大附件还没有传到本系统：\n\n{said}{link}"
        + FOOT,
        secret=("link",),
        repeatable=True,
    )
    register_template(
        "mailbox.reply",
        title="工作人员的回信",
        subject="回复：{subject}",
        body="{said}\n\n{who}",
    )
