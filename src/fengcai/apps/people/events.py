"""What is worth remembering about an account: the kinds of security events and their words.

Apart from the models, so that pages may name them.
"""

from __future__ import annotations

from django.db import models


class Kind(models.TextChoices):
    """An event of the account log. The label is what its owner reads."""

    SIGNED_IN = "signed_in", "登录"
    LOCKED = "locked", "连续失败，暂停登录"
    UNLOCKED = "unlocked", "管理员解除暂停"
    PASSWORD_CHANGED = "password_changed", "修改密码"
    PASSWORD_SET = "password_set", "管理员重设密码"
    TOTP_ADDED = "totp_added", "启用动态验证码"
    TOTP_REMOVED = "totp_removed", "停用动态验证码"
    PASSKEY_ADDED = "passkey_added", "添加通行密钥"
    PASSKEY_REMOVED = "passkey_removed", "删除通行密钥"
    CODES_MADE = "codes_made", "生成恢复码"
    CODES_REMOVED = "codes_removed", "恢复码作废"
    CODE_USED = "code_used", "使用一个恢复码"
    FACTOR_FAILED = "factor_failed", "第二步验证没有通过"
    FACTORS_RESET = "factors_reset", "管理员撤销第二步验证"
    LINKED = "linked", "绑定登录方式"
    UNLINKED = "unlinked", "解除登录方式"
    PHONE_PROVED = "phone_proved", "验证手机号"
    PHONE_REMOVED = "phone_removed", "解除手机号"
    EMAIL_PROVED = "email_proved", "验证邮箱"
    PASSWORD_RESET = "password_reset", "凭邮件重设密码"
    ADMINISTRATOR = "administrator", "成为系统管理员"
    NO_ADMINISTRATOR = "no_administrator", "不再是系统管理员"
    SESSIONS_ENDED = "sessions_ended", "让其他设备退出"


ALARMING = frozenset(
    {
        Kind.LOCKED,
        Kind.CODE_USED,
        Kind.FACTORS_RESET,
        Kind.PASSWORD_SET,
        Kind.PASSWORD_RESET,
        Kind.ADMINISTRATOR,
    }
)
"""What an owner should look twice at."""
