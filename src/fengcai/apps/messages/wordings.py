"""The wordings of this context itself: a test mail, an officer's own words, a personal link."""

from __future__ import annotations

from fengcai.apps.messages.templates import register_template

TEST, OWN, INVITATION, LINK = "messages.test", "messages.own", "messages.invitation", "people.link"


def register() -> None:
    """Register them; again does nothing."""
    register_template(
        TEST,
        title="测试邮件",
        subject="风采：测试邮件",
        body="这是一封测试邮件。收到它，说明发信设置可以使用。\n\n"
        "发出时间：{时间}\n\n这封邮件不需要回复。",
        repeatable=True,
        urgent=True,
    )
    register_template(
        OWN, title="办事通知（自拟）", subject="{主题}", body="{正文}", robot="{主题}\n{正文}"
    )
    register_template(
        INVITATION, title="邀请或宣传（自拟）", subject="{主题}", body="{正文}", bulk=True
    )
    register_template(
        LINK,
        title="个人链接",
        subject="{活动}：您的个人链接",
        body=(
            "{姓名}：\n\n"
            "这是您进入{活动}的个人链接，{到期}前有效。用手机或电脑打开即可，不需要密码：\n\n"
            "{链接}\n\n"
            "链接只供您本人使用，请不要转发；换了链接，旧的随即失效。"
        ),
        repeatable=True,
        urgent=True,
        secret=("链接",),
    )
