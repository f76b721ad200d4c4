"""What can go wrong with a mailbox, each as one Chinese sentence, and whether trying again helps."""

from __future__ import annotations

import errno
import imaplib
import re
import socket
import ssl
from typing import Literal

from imapclient.exceptions import CapabilityError, IMAPClientError, LoginError

from .account import Account

Reason = Literal[
    "address", "unreachable", "timeout", "certificate", "encryption", "password", "unsafe", "busy",
    "folder", "renumbered", "closed", "server", "disk",
]  # fmt: skip
_UNSAFE = re.compile(r"unsafe login", re.IGNORECASE)
_BUSY = re.compile(
    r"\[(?:UNAVAILABLE|INUSE|LIMIT|SERVERBUG)\]|too many|try again|temporar|maximum number of conn",
    re.IGNORECASE,
)
_NO_FOLDER = re.compile(
    r"\[(?:NONEXISTENT|TRYCREATE)\]|(?:doesn'?t|does not|not) exist|unknown mailbox|no such mailbox"
    r"|mailbox not found|folder not",
    re.IGNORECASE,
)
_FULL = {errno.ENOSPC, errno.EDQUOT}


class MailboxTrouble(Exception):
    """A mailbox cannot be read now: one Chinese sentence, its reason, and whether `again` helps without
    anybody changing a setting. What the server said is in `said`, for the log."""

    def __init__(self, reason: Reason, text: str, *, again: bool, said: str = "") -> None:
        super().__init__(text)
        self.reason, self.again, self.said = reason, again, said


class Renumbered(MailboxTrouble):
    """The server has given the folder new numbers: what was read cannot be told by number any more.
    Start again from `uidvalidity`, 0; what was taken in before is known by Message-ID and hash."""

    def __init__(self, account: Account, uidvalidity: int) -> None:
        super().__init__(
            "renumbered",
            f"邮箱服务器把文件夹“{account.folder}”重新编了号，要从头核对一遍；收过的邮件不会重复登记。",
            again=True,
        )
        self.uidvalidity = uidvalidity


def trouble_of(error: Exception, account: Account, *, selecting: bool = False) -> MailboxTrouble:
    """The trouble behind whatever a connection raised. `selecting`: it was opening the folder."""
    if isinstance(error, MailboxTrouble):
        return error
    if isinstance(error, LoginError):
        cause = error.__context__
        if isinstance(cause, (imaplib.IMAP4.abort, OSError)):
            return trouble_of(cause, account)
        return _refused(str(error), account)
    if isinstance(error, CapabilityError):
        return MailboxTrouble(
            "encryption", f"{account} 不支持 STARTTLS 加密；请改用 TLS（通常是 993 端口）。",
            again=False, said=str(error),
        )  # fmt: skip
    if isinstance(error, imaplib.IMAP4.abort):
        return _closed(account, str(error))
    if isinstance(error, (IMAPClientError, imaplib.IMAP4.error)):
        return _answered(str(error), account, selecting=selecting)
    if isinstance(error, OSError):
        return _of_network(error, account)
    return MailboxTrouble(
        "server", f"{account} 的应答读不懂（{type(error).__name__}）；稍后会再试。",
        again=True, said=str(error)[:300],
    )  # fmt: skip


def not_written(error: OSError) -> MailboxTrouble:
    """The trouble of a file that could not be written on this machine."""
    why = "本机磁盘满了" if error.errno in _FULL else f"本机写不了文件（{error.strerror or error}）"
    return MailboxTrouble(
        "disk", f"{why}，邮件没有取下来；它们都还在邮箱里，处理好后会接着取。",
        again=True, said=str(error)[:300],
    )  # fmt: skip


def _of_network(error: OSError, account: Account) -> MailboxTrouble:
    said = str(error)[:300]
    if isinstance(error, ssl.SSLCertVerificationError):
        return MailboxTrouble(
            "certificate",
            f"{account} 的证书不被信任；院内自建的服务器请由管理员填写证书文件，外部邮箱请核对地址。",
            again=False, said=said,
        )  # fmt: skip
    if isinstance(error, ssl.SSLError):
        return MailboxTrouble(
            "encryption", f"与 {account} 没有谈成加密连接；请核对端口与加密方式（TLS 通常是 993）。",
            again=False, said=said,
        )  # fmt: skip
    if isinstance(error, socket.gaierror):
        return MailboxTrouble(
            "address", f"找不到收信服务器 {account.host}；请核对地址，或检查本机能否上网。",
            again=True, said=said,
        )  # fmt: skip
    if isinstance(error, TimeoutError):
        return MailboxTrouble(
            "timeout", f"{account} 太久没有应答；邮件都还在邮箱里，稍后会接着取。",
            again=True, said=said,
        )  # fmt: skip
    if isinstance(error, (ConnectionResetError, BrokenPipeError, ConnectionAbortedError)):
        return _closed(account, said)
    return MailboxTrouble(
        "unreachable", f"连不上收信服务器 {account}；请核对地址和端口，或检查防火墙。",
        again=True, said=said,
    )  # fmt: skip


def _closed(account: Account, said: str) -> MailboxTrouble:
    return MailboxTrouble(
        "closed", f"{account} 中途断开了连接；邮件都还在邮箱里，稍后会接着取。",
        again=True, said=said[:300],
    )  # fmt: skip


def _refused(said: str, account: Account) -> MailboxTrouble:
    if _UNSAFE.search(said):
        return _unsafe(account, said)
    if _BUSY.search(said):
        return MailboxTrouble(
            "busy",
            f"{account} 暂时不让登录（连接太多或系统忙）；稍后会再试。",
            again=True,
            said=said[:300],
        )
    code = "请到网页邮箱的设置里开启 IMAP，重新生成授权码，填在这里（不是登录密码）。"
    return MailboxTrouble(
        "password",
        f"邮箱 {account.user} 的帐号或密码不对，或密码已经改过；"
        + (code if account.wants_code else "请在设置里填写新的密码。"),
        again=False,
        said=said[:300],
    )


def _unsafe(account: Account, said: str) -> MailboxTrouble:
    return MailboxTrouble(
        "unsafe",
        f"{account} 认为这次登录不安全，不让打开文件夹；请到网页邮箱的设置里开启 IMAP 并重新生成授权码，"
        "仍不行就联系邮箱客服。",
        again=False,
        said=said[:300],
    )


def _answered(said: str, account: Account, *, selecting: bool) -> MailboxTrouble:
    if _UNSAFE.search(said):
        return _unsafe(account, said)
    if _BUSY.search(said):
        return MailboxTrouble(
            "busy", f"{account} 暂时忙；邮件都还在邮箱里，稍后会再试。", again=True, said=said[:300]
        )
    if selecting and _NO_FOLDER.search(said):
        return MailboxTrouble(
            "folder", f"邮箱里没有文件夹“{account.folder}”；请核对名称，收件箱写作 INBOX。",
            again=False, said=said[:300],
        )  # fmt: skip
    return MailboxTrouble(
        "server", f"{account} 拒绝了请求；稍后会再试，一直不行请联系邮箱客服。",
        again=True, said=said[:300],
    )  # fmt: skip
