"""Mails as the tests need them, written byte by byte: the standard library would refuse to be this wrong."""

from __future__ import annotations

import base64
import quopri
from urllib.parse import quote_from_bytes

OUR_BODY = "请查收。"


def word(text: str, charset: str = "utf-8", codec: str = "", *, how: str = "B") -> str:
    """One encoded word: `charset` is what is said, `codec` what is done."""
    return word_of(text.encode(codec or charset), charset, how=how)


def word_of(data: bytes, charset: str, *, how: str = "B") -> str:
    if how == "B":
        return f"=?{charset}?B?{base64.b64encode(data).decode()}?="
    return f"=?{charset}?Q?{''.join(f'={byte:02X}' for byte in data)}?="


def split_words(text: str, charset: str, codec: str, size: int) -> str:
    """Encoded words of `size` bytes each, whatever character stands at the cut."""
    data = text.encode(codec)
    pieces = [data[at : at + size] for at in range(0, len(data), size)]
    return "\r\n ".join(word_of(piece, charset) for piece in pieces)


def continued(text: str, charset: str, codec: str, size: int, name: str = "filename") -> str:
    """RFC 2231 with continuations; each piece holds `size` bytes, cut anywhere."""
    data = text.encode(codec)
    pieces = [data[at : at + size] for at in range(0, len(data), size)]
    said = [
        f"{name}*{n}*={(charset + chr(39) * 2) if n == 0 else ''}{quote_from_bytes(piece)}"
        for n, piece in enumerate(pieces)
    ]
    return ";\r\n ".join(said)


def mail(
    *parts: bytes,
    subject: bytes | str = "投稿",
    sender: bytes | str = "zhang@example.cn",
    more: bytes | str = b"",
    kind: str = "mixed",
    boundary: str = "=_b1",
) -> bytes:
    """A multipart of the parts, or with none a short text."""
    head = b"".join(
        [
            b"From: ", _bytes(sender), b"\r\nTo: intake@example.cn\r\n",
            b"Subject: ", subject if isinstance(subject, bytes) else word(subject).encode(),
            b"\r\nDate: Mon, 23 Nov 2026 09:30:00 +0800\r\nMessage-ID: <1@example.cn>\r\n",
            _bytes(more), b"MIME-Version: 1.0\r\n",
        ]
    )  # fmt: skip
    if not parts:
        return head + text_part(OUR_BODY)
    return head + multipart(*parts, kind=kind, boundary=boundary)


def multipart(*parts: bytes, kind: str = "mixed", boundary: str = "=_b1") -> bytes:
    """A part that holds the parts."""
    line = f"--{boundary}".encode()
    head = f'Content-Type: multipart/{kind}; boundary="{boundary}"\r\n\r\n'.encode()
    inner = b"".join(line + b"\r\n" + part + b"\r\n" for part in parts)
    return head + b"This is a multi-part message.\r\n" + inner + line + b"--\r\n"


def text_part(
    text: str,
    *,
    charset: str = "utf-8",
    codec: str = "",
    kind: str = "plain",
    encoding: str = "base64",
) -> bytes:
    data = text.encode(codec or charset)
    if encoding == "base64":
        data = base64.encodebytes(data).replace(b"\n", b"\r\n").removesuffix(b"\r\n")
    elif encoding == "quoted-printable":
        data = quopri.encodestring(data).replace(b"\n", b"\r\n")
    said = f"; charset={charset}" if charset else ""
    head = f"Content-Type: text/{kind}{said}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n"
    return head.encode() + data


def file_part(
    data: bytes,
    disposition: bytes | str,
    *,
    kind: bytes | str = "application/octet-stream",
    more: bytes | str = b"",
) -> bytes:
    """An attachment; `disposition` is what stands after `attachment; `."""
    head = [
        b"Content-Type: ", _bytes(kind), b"\r\nContent-Transfer-Encoding: base64\r\n", _bytes(more),
        b"Content-Disposition: attachment; ", _bytes(disposition), b"\r\n\r\n",
    ]  # fmt: skip
    encoded = base64.encodebytes(data).replace(b"\n", b"\r\n").removesuffix(b"\r\n")
    return b"".join(head) + encoded


def named(name: str) -> str:
    """A file name as well-behaved senders write it."""
    return f'filename="{word(name)}"'


def _bytes(said: bytes | str) -> bytes:
    return said if isinstance(said, bytes) else said.encode("ascii")
