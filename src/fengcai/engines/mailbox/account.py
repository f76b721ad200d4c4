"""Where a mailbox is and who may open it; and where the usual providers keep theirs."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from typing import Literal

Security = Literal["tls", "starttls", "none"]

_USUAL = {
    "163.com": "imap.163.com", "126.com": "imap.126.com", "yeah.net": "imap.yeah.net",
    "188.com": "imap.188.com", "vip.163.com": "imap.vip.163.com", "qq.com": "imap.qq.com",
    "vip.qq.com": "imap.qq.com", "foxmail.com": "imap.qq.com", "sina.com": "imap.sina.com",
    "sina.cn": "imap.sina.cn", "139.com": "imap.139.com", "189.cn": "imap.189.cn",
    "aliyun.com": "imap.aliyun.com", "sohu.com": "imap.sohu.com",
}  # fmt: skip
_CODES = ("163.com", "126.com", "yeah.net", "188.com", "qq.com", "sina.com", "sina.cn", "139.com")


@dataclass(frozen=True)
class Account:
    """One mailbox and one of its folders. Raises ValueError, in Chinese, for what cannot be.

    `security`: TLS from the first byte ("tls", port 993), STARTTLS (port 143), or none, which is allowed
    on this machine only. `ca_file`: certificates to trust beside the system's, for a server with one of
    its own. `timeout_s` bounds every wait for the server.
    """

    host: str
    user: str
    password: str = field(repr=False)
    port: int = 993
    security: Security = "tls"
    folder: str = "INBOX"
    ca_file: str = ""
    timeout_s: float = 60.0

    def __post_init__(self) -> None:
        if not self.host or any(letter.isspace() for letter in self.host):
            raise ValueError("收信服务器的地址没有填对，例如 imap.163.com")
        if not 0 < self.port < 65536:
            raise ValueError("收信服务器的端口须在 1 到 65535 之间，通常是 993")
        for what, value in (("邮箱帐号", self.user), ("授权码", self.password)):
            if not value or any(letter in value for letter in "\r\n\0"):
                raise ValueError(f"{what}没有填，或带有换行")
        if self.security == "none" and not _loopback(self.host):
            raise ValueError("不加密的连接会泄露密码，只能用于本机；请选“TLS”或“STARTTLS”")

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"

    @property
    def wants_code(self) -> bool:
        """Whether the provider takes an authorisation code (授权码) in place of the password."""
        host = self.host.lower().rstrip(".")
        return any(host == name or host.endswith(f".{name}") for name in _CODES)


def usual_host(address: str) -> str:
    """The IMAP server of an address at a usual provider; empty where we do not know it."""
    return _USUAL.get(address.rpartition("@")[2].strip().lower(), "")


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"
