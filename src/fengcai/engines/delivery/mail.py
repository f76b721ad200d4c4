"""Mail by SMTP: over TLS, with STARTTLS, or plain inside the house.

Says exactly how far a mail came: refused, put off, or handed over without an answer. Tries once.
"""

from __future__ import annotations

import contextlib
import re
import smtplib
import socket
import ssl
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from fengcai.engines.delivery import lines
from fengcai.engines.delivery.composing import File, Mail, compose, is_address
from fengcai.engines.delivery.failing import NotSent

__all__ = ["File", "Mail", "Server", "check", "is_address", "send", "server_of"]

TLS, STARTTLS, PLAIN, CONSOLE, FOLDER = "tls", "starttls", "plain", "console", "folder"
_SCHEMES = {"smtps": (TLS, 465), "smtp": (STARTTLS, 587), "smtp+plain": (PLAIN, 25)}
_LOOPBACK = {"127.0.0.1", "::1", "localhost"}


@dataclass(frozen=True)
class Server:
    """Where mail is handed over, and as whom. `folder` keeps mails as files instead of sending them.

    `security`: tls, starttls (never without), plain, console or folder. `ca` is a file of certificates
    to trust beside the system's, for an institution's own server.
    """

    host: str
    port: int
    security: str
    sender: str
    sender_name: str = ""
    user: str = ""
    password: str = field(default="", repr=False)
    ca: str = ""
    folder: str = ""
    timeout: float = 30.0

    @property
    def leaves(self) -> bool:
        """Whether mail really goes out by it."""
        return self.security not in (CONSOLE, FOLDER)


def server_of(
    url: str, *, user: str = "", password: str = "", sender: str = "", sender_name: str = ""
) -> Server:
    """The server that FENGCAI_MAIL_URL names; in it user and password are percent-encoded.

    `smtps://user:password@host`, `smtp://…` (STARTTLS), `smtp+plain://host:25` (without encryption:
    a password only on the loopback), `console:`, `folder:///path`; `?ca=/path` trusts a certificate.
    The sender is the user unless told. Raises ValueError, in Chinese, never with the password.
    """
    if url == "console:":
        return Server("", 0, CONSOLE, sender or "fengcai@localhost", sender_name)
    try:
        at = urlsplit(url)
        port, host = at.port, at.hostname or ""
    except ValueError:
        raise ValueError("地址写得不对：端口须是数字，口令里的特殊字符须写成 %XX") from None
    if at.scheme == "folder":
        if not Path(unquote(at.path)).is_absolute() or at.netloc:
            raise ValueError("folder:// 之后须是绝对路径，如 folder:///srv/outgoing")
        return Server(
            "", 0, FOLDER, sender or "fengcai@localhost", sender_name, folder=unquote(at.path)
        )
    if at.scheme not in _SCHEMES or not host or at.path not in ("", "/") or at.fragment:
        raise ValueError(
            "须是 smtps://用户:口令@主机、smtp://…（STARTTLS）或 smtp+plain://主机:25；"
            "用户和口令里的 @ : / # % 须写成 %40 %3A %2F %23 %25"
        )
    asked = parse_qs(at.query, keep_blank_values=True)
    if strange := set(asked) - {"ca"}:
        raise ValueError(f"不认识的参数：{'、'.join(sorted(strange))}")
    security, usual = _SCHEMES[at.scheme]
    user = user or unquote(at.username or "")
    password = password or unquote(at.password or "")
    if security == PLAIN and password and host not in _LOOPBACK:
        raise ValueError(
            "smtp+plain:// 会让口令明文经过网络；请改用 smtps:// 或 smtp://（STARTTLS）"
        )
    sender = sender or user
    if not is_address(sender):
        raise ValueError("还需要发件地址：设 FENGCAI_MAIL_FROM=邮箱地址")
    ca = asked.get("ca", [""])[0]
    return Server(host, port or usual, security, sender, sender_name, user, password, ca)


def send(server: Server, mail: Mail, *, keep: bool = False) -> str:
    """Hand one mail over; returns what the server said about it. Raises NotSent.

    `keep`: more may follow, so that the connection is kept for the next one (`lines`) and one that was
    kept is used. Where a kept one turns out to be lost before the mail was wholly given, a new one is
    opened, once.
    """
    raw = compose(mail, sender=server.sender, sender_name=server.sender_name)
    if server.security == CONSOLE:
        sys.stderr.write(f"—— 邮件 {mail.to} ——\n{mail.subject}\n\n{mail.text}\n——\n")
        return "console"
    if server.security == FOLDER:
        return _into_folder(Path(server.folder), mail, raw)
    line = lines.take(server) if keep else None
    if line is not None:
        with contextlib.suppress(_LineLost):
            return _by(line, server, mail, raw, kept=True, keep=keep)
    return _by(_opened(server), server, mail, raw, kept=False, keep=keep)


class _LineLost(Exception):
    """A kept connection ended before the mail was wholly given: nothing was sent."""


class _Ended(NotSent):
    """The connection ended, or the server said that it ends it (421)."""


def _by(line: lines.Line, server: Server, mail: Mail, raw: bytes, *, kept: bool, keep: bool) -> str:
    try:
        said = _handed_over(line.smtp, server, mail, raw)
    except _Ended as ended:
        lines.close(line)
        if kept:
            raise _LineLost from ended
        raise
    except NotSent as failure:
        if keep and not failure.unsure:  # refused: the next mail may go all the same
            lines.give_back(server, line)
        else:
            lines.close(line)
        raise
    except BaseException:
        lines.close(line)
        raise
    if keep:
        lines.give_back(server, line)
    else:
        lines.close(line)
    return said


def _handed_over(smtp: smtplib.SMTP, server: Server, mail: Mail, raw: bytes) -> str:
    _say(smtp, "MAIL", f"FROM:<{server.sender}> SIZE={len(raw)}" if smtp.has_extn("size")
         else f"FROM:<{server.sender}>")  # fmt: skip
    _say(smtp, "RCPT", f"TO:<{mail.to}>")
    _say(smtp, "DATA", "", good=354)
    with _troubles("传送邮件时"):
        smtp.send(re.sub(rb"(?m)^\.", b"..", raw))
    # From the final dot on, the server may have taken it although no answer comes.
    try:
        smtp.send(b".\r\n")
        code, said = smtp.getreply()
    except (OSError, smtplib.SMTPException) as error:
        raise NotSent(
            "邮件已全部交给服务器，但没有等到它的答复，不能确定是否发出。",
            again=False,
            unsure=True,
        ) from error
    if code != 250:
        raise _refusal("DATA", code, said)
    return _shown(said)


def check(server: Server) -> str:
    """Connect, encrypt and sign in without sending; one sentence of what was found. Raises NotSent."""
    if server.security == CONSOLE:
        return "邮件只显示在后台任务的输出里，不会真正发出"
    if server.security == FOLDER:
        return f"邮件存成文件放在 {server.folder}，不会真正发出"
    with _session(server) as smtp:
        how = {TLS: "TLS 加密", STARTTLS: "STARTTLS 加密", PLAIN: "未加密"}[server.security]
        signed = "，已登录" if server.user and server.password else "，不登录"
        with contextlib.suppress(OSError, smtplib.SMTPException):
            smtp.noop()
        return f"{server.host}:{server.port} 可以连接（{how}{signed}）"


@contextlib.contextmanager
def _session(server: Server) -> Iterator[smtplib.SMTP]:
    """A connection that is encrypted and signed in as the settings say, closed in any case."""
    line = _opened(server)
    try:
        yield line.smtp
    finally:
        lines.close(line)


def _opened(server: Server) -> lines.Line:
    with _troubles("连接时"):
        smtp = _connected(server)
    try:
        with _troubles("登录时"):
            if server.user and server.password:
                smtp.login(server.user, server.password)
    except BaseException:
        lines.close(lines.Line(smtp))
        raise
    return lines.Line(smtp)


def _connected(server: Server) -> smtplib.SMTP:
    name = _own_name()
    if server.security == TLS:
        return smtplib.SMTP_SSL(
            server.host, server.port, local_hostname=name, timeout=server.timeout,
            context=_trust(server),
        )  # fmt: skip
    smtp = smtplib.SMTP(server.host, server.port, local_hostname=name, timeout=server.timeout)
    try:
        smtp.ehlo_or_helo_if_needed()
        if server.security == STARTTLS:
            if not smtp.has_extn("starttls"):
                raise NotSent(
                    "邮件服务器不提供 STARTTLS 加密，没有登录也没有发送。"
                    "请改用 smtps://（465 端口），或核对端口。",
                    again=False,
                    ours=True,
                )
            smtp.starttls(context=_trust(server))
            smtp.ehlo_or_helo_if_needed()
    except BaseException:
        smtp.close()
        raise
    return smtp


def _trust(server: Server) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if server.ca:
        try:
            context.load_verify_locations(cafile=server.ca)
        except (OSError, ssl.SSLError) as error:
            raise NotSent(
                f"读不到 ca 所指的证书文件（{server.ca}）。", again=False, ours=True
            ) from error
    return context


def _own_name() -> str:
    """What we greet with. A name with other characters than a domain's makes servers hang up, and
    asking the resolver for a better one takes half a minute where there is none."""
    name = socket.gethostname()
    return name if re.fullmatch(r"[A-Za-z0-9.-]{1,200}", name) and "." in name else "[127.0.0.1]"


def _say(smtp: smtplib.SMTP, command: str, words: str, *, good: int = 250) -> None:
    with _troubles("交谈时"):
        code, said = smtp.docmd(command, words)
    if code != good and not (command == "RCPT" and code == 251):
        raise _refusal(command, code, said)


def _refusal(command: str, code: int, said: bytes) -> NotSent:
    """The server's no, in Chinese, by the stage and by RFC 5321's first digit."""
    words = f"（{code} {_shown(said)}）"
    again = 400 <= code < 500
    if code == 421:
        return _Ended(f"邮件服务器暂时不接收{words}。", again=True, ours=True)
    if code in (530, 534, 535, 538):
        return NotSent(
            f"邮件服务器要求登录{words}。请核对邮箱账号和授权码。", again=False, ours=True
        )
    if command == "RCPT":
        reason = "对方邮箱暂时不收" if again else "对方邮箱不存在或拒收"
        return NotSent(f"{reason}{words}。", again=again)
    if command == "MAIL":
        reason = "邮件服务器暂时不接收" if again else "邮件服务器不让这个发件地址发信"
        return NotSent(f"{reason}{words}。", again=again, ours=True)
    reason = "邮件服务器暂时没有收下这封邮件" if again else "邮件服务器不收这封邮件的内容"
    return NotSent(f"{reason}{words}。", again=again)


@contextlib.contextmanager
def _troubles(when: str) -> Iterator[None]:
    """What smtplib, the line and the certificates raise, as NotSent. Nothing was sent so far."""
    try:
        yield
    except NotSent:
        raise
    except smtplib.SMTPAuthenticationError as error:
        again = 400 <= error.smtp_code < 500
        raise NotSent(
            f"登录发件邮箱没有成功（{error.smtp_code} {_shown(error.smtp_error)}）。"
            "请核对账号；163、QQ 等邮箱要用“授权码”而不是登录密码。",
            again=again,
            ours=True,
        ) from None  # the error before it may hold what was said while signing in
    except smtplib.SMTPNotSupportedError as error:
        raise NotSent(
            "邮件服务器不支持登录。若它不需要登录，请去掉用户和口令。", again=False, ours=True
        ) from error
    except ssl.SSLCertVerificationError as error:
        raise NotSent(
            f"不能信任邮件服务器的证书（{error.verify_message}）。单位自建的服务器，"
            "请在地址后加 ?ca=/证书/文件。",
            again=False,
            ours=True,
        ) from error
    except ssl.SSLError as error:
        raise NotSent(
            "与邮件服务器谈不成加密连接。请核对端口：465 用 smtps://，587 和 25 用 smtp://。",
            again=True,
            ours=True,
        ) from error
    except smtplib.SMTPResponseException as error:
        raise NotSent(
            f"{when}邮件服务器答复 {error.smtp_code} {_shown(error.smtp_error)}。",
            again=400 <= error.smtp_code < 500,
            ours=True,
        ) from error
    except socket.gaierror as error:
        raise NotSent(
            "找不到邮件服务器的主机名。请核对地址和本机的域名解析。", again=True, ours=True
        ) from error
    except TimeoutError as error:
        raise NotSent(f"{when}邮件服务器没有应答，超过了时限。", again=True, ours=True) from error
    except (OSError, smtplib.SMTPException) as error:
        raise _Ended(
            f"{when}与邮件服务器的连接断了（{type(error).__name__}）。", again=True, ours=True
        ) from error


def _shown(said: bytes | str) -> str:
    """What the server said, on one line, short; NetEase and QQ answer in GBK or English."""
    raw = said.encode("utf-8", "replace") if isinstance(said, str) else said
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        text = raw.decode("gb18030", "replace")
    clean = "".join(each if each.isprintable() else " " for each in text)
    return " ".join(clean.split())[:160]


def _into_folder(folder: Path, mail: Mail, raw: bytes) -> str:
    name = re.sub(r"[^A-Za-z0-9._-]", "_", mail.message_id.strip("<>"))[:150]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        draft = folder / f".{name}.part"
        draft.touch(mode=0o600)
        draft.write_bytes(raw)
        draft.replace(folder / f"{name}.eml")
    except OSError as error:
        raise NotSent(
            f"邮件没能写进文件夹 {folder}（{error.strerror}）。", again=True, ours=True
        ) from error
    return f"{name}.eml"
