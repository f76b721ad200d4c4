"""What is written to people about their accounts: codes and links, none of which is kept."""

from __future__ import annotations

from fengcai.apps.messages.actions import register_template


def register() -> None:
    """Once, when Django is ready."""
    register_template(
        "account.code",
        title="登录验证码",
        subject="登录验证码",
        body="您的登录验证码是 {code}，{minutes} 分钟内有效，只能用一次。不是您本人操作的，不必理会，也不要告诉任何人。",
        sms="您的登录验证码是 {code}，{minutes} 分钟内有效，请勿告诉他人。",
        repeatable=True,
        urgent=True,
        secret=("code",),
    )
    register_template(
        "account.reset",
        title="重设密码",
        subject="重设账号 {username} 的密码",
        body=(
            "{name}：\n\n"
            "有人请求重设账号 {username} 的密码。是您本人的，请在一小时内打开下面的链接设一个新密码；"
            "设好以后，其他设备都会退出，原来的个人链接和接口令牌也会停用。\n\n{link}\n\n"
            "不是您本人的，不必理会：密码没有改动。请不要把这封邮件转给别人。"
        ),
        repeatable=True,
        urgent=True,
        secret=("link",),
    )
    register_template(
        "account.email",
        title="验证邮箱",
        subject="验证您的邮箱",
        body=(
            "{name}：\n\n"
            "账号 {username} 要用这个邮箱登录和找回密码。是您本人的，请在一小时内打开下面的链接确认：\n\n"
            "{link}\n\n"
            "不是您本人的，不必理会：没有任何改动。"
        ),
        repeatable=True,
        urgent=True,
        secret=("link",),
    )
