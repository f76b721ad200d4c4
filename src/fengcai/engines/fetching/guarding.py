"""Which addresses may be reached: looked up once, judged, and connected to as judged.

The name is resolved here and the connection goes to the very number that was judged, so that a name
cannot mean another machine a moment later. One number that is not public spoils the whole name.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
import time
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpcore

PORTS = frozenset({80, 443})
LONGEST_URL = 2000
_INNER = tuple(
    ipaddress.ip_network(net)
    for net in ("64:ff9b::/96", "64:ff9b:1::/48", "2001::/32", "2002::/16", "fec0::/10")
)
"""IPv6 that Python takes for public: what carries an IPv4 address inside (NAT64, Teredo, 6to4) and may
end anywhere, and the old addresses of one site."""

Resolve = Callable[[str, int], Iterable[str]]


class Forbidden(Exception):
    """The address may not be reached; one Chinese sentence."""


@dataclass(frozen=True)
class Guard:
    """What may be reached. `hosts`: names allowed, `.example.cn` for all below; None for every public
    one. `inside`: places (number, port) that the operator vouches for although they are not public."""

    hosts: tuple[str, ...] | None = None
    inside: frozenset[tuple[str, int]] = frozenset()

    def look_at(self, url: str) -> tuple[str, str, int]:
        """(scheme, host in ASCII, port) of an address that is well formed and allowed by name.

        Raises `Forbidden`.
        """
        if len(url) > LONGEST_URL or any(ord(c) <= 32 or ord(c) == 127 or c == "\\" for c in url):
            raise Forbidden("链接不对：太长，或含有空格、换行等字符")
        try:
            parts = urlsplit(url)
            host, port = (parts.hostname or "").rstrip("."), parts.port
        except ValueError:
            raise Forbidden("链接不对，请核对") from None
        if parts.scheme not in ("http", "https") or not host:
            raise Forbidden("链接应以 http:// 或 https:// 开头")
        if parts.username is not None or parts.password is not None:
            raise Forbidden("链接里不能带账号或口令")
        try:
            name = host if ":" in host else host.encode("idna").decode("ascii").lower()
        except UnicodeError:
            raise Forbidden("链接里的网站名称不对") from None
        port = port or (443 if parts.scheme == "https" else 80)
        if port not in PORTS and port not in {each for _, each in self.inside}:
            raise Forbidden(f"链接用的端口 {port} 不是网站的端口")
        if self.hosts is not None and not any(_is_of(name, each.lower()) for each in self.hosts):
            raise Forbidden(f"{name} 不在允许抓取的网站之列")
        return parts.scheme, name, port

    def judged(self, number: str, port: int) -> str:
        """The same number where it may be connected to. Raises `Forbidden`."""
        if (number, port) in self.inside:
            return number
        address = ipaddress.ip_address(number.partition("%")[0])
        mapped = getattr(address, "ipv4_mapped", None)
        address = mapped or address
        inner = address.version == 6 and any(address in net for net in _INNER)
        if inner or not address.is_global or address.is_multicast or address.is_reserved:
            raise Forbidden("链接指向本单位内部或本机的地址，不予访问")
        if port not in PORTS:
            raise Forbidden(f"链接用的端口 {port} 不是网站的端口")
        return number


def inside_of(text: str) -> frozenset[tuple[str, int]]:
    """`10.1.2.3:8080,[fd00::1]:80` as places. Raises ValueError, in Chinese."""
    found = set()
    for each in (part.strip() for part in text.split(",")):
        if not each:
            continue
        host, _, port = each.rpartition(":")
        try:
            place = (str(ipaddress.ip_address(host.strip("[]"))), int(port))
        except ValueError:
            raise ValueError(f"“{each}”应写成 IP地址:端口，如 10.1.2.3:80") from None
        found.add(place)
    return frozenset(found)


def numbers_of(host: str, port: int) -> list[str]:
    """What a name means now, by the system's resolver. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(row[4][0]) for row in found))


class GuardedNetwork(httpcore.NetworkBackend):
    """Connections to judged numbers only, all of them over by `until` (monotonic seconds)."""

    def __init__(self, guard: Guard, until: float, resolve: Resolve) -> None:
        self._guard, self._until, self._resolve = guard, until, resolve
        self._plain = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Look the name up, judge every number, connect to the first."""
        try:
            numbers = list(self._resolve(host.strip("[]"), port))
        except (OSError, UnicodeError):
            raise httpcore.ConnectError("找不到这个网站") from None
        judged = [self._guard.judged(each, port) for each in numbers]
        if not judged:
            raise httpcore.ConnectError("找不到这个网站")
        stream = self._plain.connect_tcp(judged[0], port, timeout=_left(self._until, timeout))
        return _Timed(stream, self._until)

    def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None
    ) -> httpcore.NetworkStream:
        """Never."""
        raise Forbidden("链接不对，请核对")


class _Timed(httpcore.NetworkStream):
    """A stream whose every step ends by one instant, however slowly the other side drips."""

    def __init__(self, stream: httpcore.NetworkStream, until: float) -> None:
        self._stream, self._until = stream, until

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _left(self._until, timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _left(self._until, timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        stream = self._stream.start_tls(ssl_context, server_hostname, _left(self._until, timeout))
        return _Timed(stream, self._until)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _left(until: float, timeout: float | None) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout("时间到")
    return left if timeout is None else min(left, timeout)


def _is_of(name: str, allowed: str) -> bool:
    bare = allowed.lstrip(".")
    return name == bare or (allowed.startswith(".") and name.endswith(f".{bare}"))


def hosts_of(text: str | Collection[str]) -> tuple[str, ...]:
    """Names written with commas between them."""
    words = text.split(",") if isinstance(text, str) else text
    return tuple(word.strip().lower() for word in words if word.strip())
