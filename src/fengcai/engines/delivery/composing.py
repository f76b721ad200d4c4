"""A mail as bytes: headers and parts written so that QQ's, NetEase's and Outlook's readers show the
Chinese in them. Sends nothing.

Names of attachments are encoded words inside the quoted name (RFC 2047 style), not RFC 2231: QQ's mail
shows a long RFC 2231 name as `tcmime.xxxx.bin`. Where that was measured: docs/reference/messages.md.
"""

from __future__ import annotations

import base64
import re
import unicodedata
from dataclasses import dataclass, field
from datetime import datetime
from email.charset import BASE64, Charset
from email.header import Header
from email.utils import format_datetime

from fengcai.engines.delivery.failing import NotSent

LONGEST_NAME = 120
_UTF8 = Charset("utf-8")
_UTF8.header_encoding = BASE64
_ADDRESS = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@"
    r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*"
)
_TYPE = re.compile(r"[A-Za-z0-9!#$&^_.+-]{1,80}/[A-Za-z0-9!#$&^_.+-]{1,80}")
_MESSAGE_ID = re.compile(r"<[\x21-\x3b\x3d\x3f-\x7e]{1,250}>")


@dataclass(frozen=True)
class File:
    """An attachment: its name as people see it, its media type, its bytes."""

    name: str
    content_type: str
    content: bytes = field(repr=False)


@dataclass(frozen=True)
class Mail:
    """One mail to one address. `message_id` has its angle brackets.

    `automatic` is the value of Auto-Submitted: `auto-generated`, or `auto-replied` for what answers a
    mail (RFC 3834); empty where a person wrote it. `unsubscribe` is the https address of RFC 8058.
    """

    to: str
    subject: str
    text: str
    message_id: str
    at: datetime
    to_name: str = ""
    reply_to: str = ""
    in_reply_to: str = ""
    automatic: str = "auto-generated"
    unsubscribe: str = ""
    bulk: bool = False
    files: tuple[File, ...] = ()


def is_address(text: str) -> bool:
    """Whether it can be written to: `name@domain` in ASCII, as every server in use takes it."""
    return len(text) <= 254 and _ADDRESS.fullmatch(text) is not None and ".." not in text


def compose(mail: Mail, *, sender: str, sender_name: str) -> bytes:
    """The mail with CRLF line ends, in ASCII only. Raises NotSent for an address that is none."""
    for address in (mail.to, mail.reply_to or mail.to):
        if not is_address(address):
            raise NotSent("邮箱地址写得不对，请核对后重新发送。", again=False)
    headers = [
        ("From", _mailbox(sender_name, sender)),
        ("To", _mailbox(mail.to_name, mail.to)),
        ("Subject", _words(mail.subject, "Subject")),
        ("Date", format_datetime(mail.at)),
        ("Message-ID", mail.message_id),
    ]
    if mail.reply_to:
        headers.append(("Reply-To", mail.reply_to))
    if _MESSAGE_ID.fullmatch(mail.in_reply_to):
        headers += [("In-Reply-To", mail.in_reply_to), ("References", mail.in_reply_to)]
    if mail.automatic:
        # Exchange's own header keeps holiday notes from answering; others go by RFC 3834's.
        headers += [
            ("Auto-Submitted", mail.automatic),
            ("X-Auto-Response-Suppress", "OOF, AutoReply"),
        ]
    if mail.bulk:
        headers.append(("Precedence", "bulk"))
    if mail.unsubscribe:
        headers += [
            ("List-Unsubscribe", f"<{mail.unsubscribe}>"),
            ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
        ]
    headers.append(("MIME-Version", "1.0"))
    if not mail.files:
        return _joined([*headers, *_TEXT_HEADERS], _text(mail.text))
    boundary = f"=_fengcai_{base64.b16encode(mail.message_id.encode())[-24:].decode()}"
    headers.append(("Content-Type", f'multipart/mixed;\r\n boundary="{boundary}"'))
    parts = [_joined(_TEXT_HEADERS, _text(mail.text))]
    parts += [_part(file) for file in mail.files]
    opening = f"--{boundary}\r\n".encode()
    body = b"".join(opening + part for part in parts) + f"--{boundary}--\r\n".encode()
    return _joined(headers, body)


_TEXT_HEADERS = [
    ("Content-Type", 'text/plain; charset="utf-8"'),
    ("Content-Transfer-Encoding", "base64"),
]


def _part(file: File) -> bytes:
    """One attachment. Both headers carry the name: older Outlook reads the first, QQ the second."""
    kind = file.content_type if _TYPE.fullmatch(file.content_type) else "application/octet-stream"
    if kind.startswith(("multipart/", "message/")):
        kind = "application/octet-stream"  # base64 is not allowed inside those
    name = _file_name(file.name)
    headers = [
        ("Content-Type", f'{kind};\r\n name="{name}"'),
        ("Content-Transfer-Encoding", "base64"),
        ("Content-Disposition", f'attachment;\r\n filename="{name}"'),
    ]
    return _joined(headers, _lines(file.content))


def _file_name(name: str) -> str:
    clean = _one_line(name).replace("\\", "_").replace("/", "_").replace('"', "'").strip(". ")
    stem, dot, ending = clean.rpartition(".")
    if dot and len(ending) <= 10:
        clean = f"{stem[: LONGEST_NAME - len(ending) - 1]}.{ending}"
    clean = clean[:LONGEST_NAME] or "附件"
    if clean.isascii():
        return clean
    return _encoded(clean, "filename")


def _mailbox(name: str, address: str) -> str:
    shown = _one_line(name).strip()[:LONGEST_NAME]
    if not shown:
        return address
    if shown.isascii():
        quoted = shown.replace("\\", "").replace('"', "")
        return f'"{quoted}" <{address}>'
    # On a line of its own: with 998 characters allowed, only looks are at stake; some gateways count 78.
    return f"{_encoded(shown, 'From')}\r\n <{address}>"


def _words(text: str, header: str) -> str:
    shown = _one_line(text)
    return shown if shown.isascii() and len(shown) <= 60 else _encoded(shown, header)


def _encoded(text: str, header: str) -> str:
    """Encoded words of UTF-8, each with whole characters, one a line, folded with CRLF."""
    return Header(text, _UTF8, header_name=header, maxlinelen=75).encode(linesep="\r\n")


def _one_line(text: str) -> str:
    """Without line ends, control and direction characters: nothing can add a header or turn a name."""
    kept = "".join(
        " " if each.isspace() else each
        for each in text
        if each.isspace() or unicodedata.category(each) not in ("Cc", "Cf", "Cs", "Co")
    )
    return " ".join(kept.split())


def _text(text: str) -> bytes:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").encode("utf-8", "replace")
    return _lines(lines.replace(b"\n", b"\r\n"))


def _lines(content: bytes) -> bytes:
    return base64.encodebytes(content).replace(b"\n", b"\r\n") or b"\r\n"


def _joined(headers: list[tuple[str, str]], body: bytes) -> bytes:
    head = "".join(f"{name}: {value}\r\n" for name, value in headers)
    return head.encode("ascii") + b"\r\n" + body
