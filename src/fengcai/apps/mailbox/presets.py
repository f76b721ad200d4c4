"""Where the usual mail services are reached by IMAP, and what their password is called.

Facts of the providers' own help pages; nothing here connects.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Preset:
    """A mail service: `host` empty where the hospital has its own."""

    id: str
    name: str
    host: str
    port: int
    security: str
    secret: str
    hint: str


CODE = "授权码"
PRESETS: tuple[Preset, ...] = (
    Preset("163", "网易 163 邮箱", "imap.163.com", 993, "tls", CODE,
           "网页版 › 设置 › POP3/SMTP/IMAP › 开启 IMAP/SMTP 服务，用手机验证后得到授权码。"),
    Preset("126", "网易 126 邮箱", "imap.126.com", 993, "tls", CODE,
           "网页版 › 设置 › POP3/SMTP/IMAP › 开启 IMAP/SMTP 服务，用手机验证后得到授权码。"),
    Preset("yeah", "网易 yeah.net 邮箱", "imap.yeah.net", 993, "tls", CODE,
           "网页版 › 设置 › POP3/SMTP/IMAP › 开启 IMAP/SMTP 服务，用手机验证后得到授权码。"),
    Preset("qiye163", "网易企业邮箱", "imap.qiye.163.com", 993, "tls", "客户端授权密码",
           "网页版 › 设置 › 客户端设置 › 开启 IMAP，生成客户端授权密码；管理员可能要先放行。"),
    Preset("qq", "QQ 邮箱", "imap.qq.com", 993, "tls", CODE,
           "网页版 › 设置 › 账号与安全 › 安全设置 › 开启 IMAP/SMTP，发短信后得到 16 位授权码。"),
    Preset("exmail", "腾讯企业邮箱", "imap.exmail.qq.com", 993, "tls", "客户端专用密码",
           "网页版 › 设置 › 收发信设置 › 开启 IMAP/SMTP，再到“微信绑定”里生成客户端专用密码。"),
    Preset("exchange", "单位的 Exchange", "", 993, "tls", "密码",
           "向信息中心要服务器地址；须开启 IMAP（云端的 Microsoft 365 只认 OAuth，不能用密码登录）。"),
    Preset("dovecot", "单位自建的邮箱（Dovecot 等）", "", 993, "tls", "密码",
           "向信息中心要服务器地址和端口。"),
)  # fmt: skip


def preset(id: str) -> Preset | None:
    """The preset of that id; None when there is none."""
    return next((each for each in PRESETS if each.id == id), None)
