"""A client of clamd's documented protocol (clamd(8)): one connection, one command, one answer.

Each file is sent in chunks with their lengths before them; clamd answers `stream: OK`, `stream: NAME
FOUND` or an error. Time is bounded whatever the other side does, and so is the answer.
"""

from __future__ import annotations

import re
import socket
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, Protocol

Verdict = Literal["clean", "infected", "unscanned"]

CHUNK = 256 * 1024
CONNECT_S = 5.0
QUIET_S = 180.0
WHOLE_S = 1800.0
MOST_ANSWER = 4096
MEBIBYTE = 1024**2
HARDEST_LIMIT = 2**31 - 2
"""clamd cannot look at more bytes of one file, whatever its settings (clamd.conf(5), MaxFileSize)."""

_HEARTBEAT_S = 5.0
_FOUND = re.compile(r"^stream: (\S.*) FOUND$")
# Said where a limit ended the look, with AlertExceedsMax on: that is no virus.
_LIMITS = "Heuristics.Limits.Exceeded"


class Bytes(Protocol):
    """What is scanned: an open file, or what reads like one."""

    def read(self, most: int, /) -> bytes:
        """At most so many bytes; none at the end."""
        ...


class ClamdTrouble(Exception):
    """The scanner gave no answer that counts; one Chinese sentence. `passing`: worth another try."""

    def __init__(self, text: str, *, passing: bool = True) -> None:
        super().__init__(text)
        self.passing = passing


@dataclass(frozen=True)
class Place:
    """Where a clamd listens (a socket's path, or host and port), and the largest file in bytes that
    it is set to look at."""

    path: str = ""
    host: str = ""
    port: int = 0
    most_bytes: int = 25 * MEBIBYTE

    def __str__(self) -> str:
        return self.path or f"{self.host}:{self.port}"


@dataclass(frozen=True)
class Scan:
    """What the scanner said of one file.

    `signature` names what was found; `why` says in Chinese why a file is unscanned; `passing` whether
    that may be different in a while.
    """

    verdict: Verdict
    signature: str = ""
    why: str = ""
    passing: bool = False


@dataclass(frozen=True)
class Standing:
    """A clamd that answers: its version, and when its signatures were made (None: own ones only)."""

    version: str
    signatures_of: datetime | None


def place_of(text: str, *, most_bytes: int = Place.most_bytes) -> Place:
    """`/run/clamav/clamd.ctl` or `127.0.0.1:3310`. Raises ValueError, in Chinese."""
    if text.startswith("/"):
        return Place(path=text, most_bytes=most_bytes)
    host, _, port = text.rpartition(":")
    if not host or not port.isascii() or not port.isdecimal() or not 0 < int(port) < 65536:
        raise ValueError("须是套接字文件的绝对路径，或“主机:端口”")
    return Place(host=host.strip("[]"), port=int(port), most_bytes=most_bytes)


def scan(
    file: Bytes, size: int, place: Place, *, tell: Callable[[float], None] = lambda share: None
) -> Scan:
    """Have clamd look at the file's `size` bytes, from where it stands to its end.

    `tell(share)` is called from this thread at least every five seconds; what it raises closes the
    connection and passes through. Raises OSError only where the file itself cannot be read.
    """
    most = min(place.most_bytes, HARDEST_LIMIT)
    if size > most:
        return Scan("unscanned", why=f"文件超过了查毒程序的上限（{most // MEBIBYTE} MB）")
    try:
        with _Line(place, tell) as line:
            line.send(b"zINSTREAM\0")
            line.stream(file, size)
            answer = line.answer()
    except ClamdTrouble as trouble:
        return Scan("unscanned", why=str(trouble), passing=trouble.passing)
    return _understood(answer)


def look_up(place: Place) -> Standing:
    """Whether a clamd answers there, and how old its signatures are. Raises ClamdTrouble."""
    with _Line(place, lambda share: None, quiet_s=CONNECT_S) as line:
        line.send(b"zVERSION\0")
        answer = line.answer()
    # "ClamAV 1.4.6/27812/Sat Nov 21 08:24:11 2026", or "ClamAV 1.4.6" without official signatures.
    version, *parts = answer.split("/")
    if not version.startswith("ClamAV"):
        raise ClamdTrouble("应答的不是 clamd", passing=False)
    try:
        made = datetime.strptime(parts[1], "%a %b %d %H:%M:%S %Y").replace(tzinfo=UTC)
    except (IndexError, ValueError):
        return Standing(version, None)
    return Standing(version, made)


def probe(place: Place, size: int) -> Scan:
    """What clamd says of so many zero bytes: "unscanned" where it is set to look at fewer."""
    return scan(_Zeros(), size, place)


def _understood(answer: str) -> Scan:
    if answer == "stream: OK":
        return Scan("clean")
    found = _FOUND.match(answer)
    if found is not None:
        name = "".join(letter for letter in found[1] if letter.isprintable())[:120]
        if name.startswith(_LIMITS):
            return Scan("unscanned", why=f"只查了一部分，超过了查毒程序的上限（{name}）")
        return Scan("infected", signature=name)
    if "size limit exceeded" in answer:
        return Scan("unscanned", why="文件超过了查毒程序的上限（StreamMaxLength）")
    return Scan("unscanned", why="查毒程序没有给出结果", passing=True)


class _Zeros:
    """A file of nothing, as long as is asked for."""

    def read(self, most: int, /) -> bytes:
        return bytes(most)


class _Line:
    """One connection to clamd with a deadline. Raises ClamdTrouble for whatever happens on it."""

    def __init__(
        self, place: Place, tell: Callable[[float], None], *, quiet_s: float = QUIET_S
    ) -> None:
        self._tell = tell
        self._share = 0.0
        self._told = time.monotonic()
        self._deadline = time.monotonic() + WHOLE_S
        self._quiet_s = quiet_s
        try:
            if place.path:
                self._socket = socket.socket(socket.AF_UNIX)
                self._socket.settimeout(CONNECT_S)
                self._socket.connect(place.path)
            else:
                self._socket = socket.create_connection((place.host, place.port), CONNECT_S)
        except OSError as error:
            raise ClamdTrouble(f"连不上查毒程序（{place}：{error.strerror or error}）") from error
        self._socket.settimeout(_HEARTBEAT_S)

    def __enter__(self) -> _Line:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def stream(self, file: Bytes, size: int) -> None:
        """Every chunk with its length before it, and the empty one that ends."""
        sent = 0
        while sent < size:
            chunk = file.read(min(CHUNK, size - sent))
            if not chunk:
                raise ClamdTrouble("文件比登记的短", passing=False)
            if not self.send(struct.pack("!L", len(chunk)) + chunk):
                return
            sent += len(chunk)
            self._share = sent / size
        self.send(struct.pack("!L", 0))

    def send(self, data: bytes) -> bool:
        """Send all; False where clamd closed its end: it may have answered before that."""
        left = memoryview(data)
        quiet_since = time.monotonic()
        while left:
            try:
                sent = self._socket.send(left)
            except TimeoutError:
                self._pass_time(quiet_since)
            except (BrokenPipeError, ConnectionResetError):
                return False
            except OSError as error:
                raise ClamdTrouble(f"与查毒程序的连接断了（{error.strerror or error}）") from error
            else:
                left = left[sent:]
                quiet_since = time.monotonic()
                self._pass_time(quiet_since)
        return True

    def answer(self) -> str:
        """One answer, up to its closing zero byte."""
        told = b""
        quiet_since = time.monotonic()
        while b"\0" not in told:
            if len(told) > MOST_ANSWER:
                raise ClamdTrouble("应答的不是 clamd", passing=False)
            try:
                more = self._socket.recv(MOST_ANSWER)
            except TimeoutError:
                self._pass_time(quiet_since)
                continue
            except OSError as error:
                raise ClamdTrouble(f"与查毒程序的连接断了（{error.strerror or error}）") from error
            if not more:
                raise ClamdTrouble("查毒程序没有答完就断开了")
            told += more
            self._pass_time(quiet_since)
        return told.split(b"\0", 1)[0].decode("utf-8", "replace").strip()

    def _pass_time(self, quiet_since: float) -> None:
        now = time.monotonic()
        if now - quiet_since > self._quiet_s or now > self._deadline:
            raise ClamdTrouble("查毒程序太久没有应答")
        if now - self._told >= min(1.0, _HEARTBEAT_S):
            self._told = now
            self._tell(self._share)
