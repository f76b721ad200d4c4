"""One GET, with a limit on everything: time, size, kind, number of redirects, each of them judged anew.

No cookie, no credential, no proxy of the environment, no packed encodings (a small answer could unpack
to a large one). The answer is kept as bytes, or in a file where it may be large.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
import ssl
import time
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urldefrag, urljoin

import httpcore

from fengcai.engines.fetching.guarding import Forbidden, Guard, GuardedNetwork, Resolve, numbers_of

MOST_REDIRECTS = 5
IDLE_S = 15.0
AGENT = b"Mozilla/5.0 (compatible; Fengcai)"
_MOVED = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True)
class Fetched:
    """What came. `content` is empty where it was written to `path`; `url` is the last address."""

    url: str
    content_type: str
    """Lower-case, without parameters; empty where the server named none."""
    size: int
    sha256: str
    content: bytes = b""
    path: Path | None = None


@dataclass(frozen=True)
class NotFetched:
    """Nothing came, and nothing was kept; one Chinese sentence says why. `again`: another try, later,
    may succeed."""

    reason: str
    again: bool = False


def fetch(
    url: str,
    *,
    allow_hosts: Collection[str] | None,
    max_bytes: int,
    types: Collection[str],
    into: Path | None = None,
    seconds: float = 30.0,
    inside: frozenset[tuple[str, int]] = frozenset(),
    resolve: Resolve = numbers_of,
) -> Fetched | NotFetched:
    """Get `url`, which may be anything that somebody typed.

    `allow_hosts`: names that may be asked (`.example.cn` for all below), None for every public one;
    `types`: content types taken, `image/` for all of a kind, empty for any; `into`: a file to be made
    (it must not exist; gone again where nothing comes of it); `seconds` bound the whole; `inside`:
    places that are not public and allowed all the same. Nothing is raised but for a faulty `into`.
    """
    guard = Guard(None if allow_hosts is None else tuple(allow_hosts), inside)
    until = time.monotonic() + seconds
    network = GuardedNetwork(guard, until, resolve)
    context = ssl.create_default_context()
    try:
        with httpcore.ConnectionPool(
            ssl_context=context, network_backend=network, http2=False, retries=0
        ) as pool:
            return _follow(pool, guard, urldefrag(url.strip())[0], max_bytes, types, into)
    except Forbidden as error:
        return NotFetched(f"{error}。")
    except httpcore.ConnectError as error:
        said = "证书有问题" if "CERTIFICATE" in str(error).upper() else "连不上这个网站"
        return NotFetched(f"{said}，没有取到内容。", again=True)
    except httpcore.TimeoutException:
        return NotFetched(f"网站在 {seconds:.0f} 秒内没有答复完，没有取到内容。", again=True)
    except (httpcore.NetworkError, httpcore.ProtocolError, OSError, ssl.SSLError):
        return NotFetched("网站的答复中断或不合规范，没有取到内容。", again=True)
    except ValueError:  # what urllib, idna and codecs say of an address that is none
        return NotFetched("链接不对，请核对。")


def _follow(
    pool: httpcore.ConnectionPool,
    guard: Guard,
    url: str,
    max_bytes: int,
    types: Collection[str],
    into: Path | None,
) -> Fetched | NotFetched:
    for _ in range(MOST_REDIRECTS + 1):
        scheme, host, port = guard.look_at(url)
        standard = port == (443 if scheme == "https" else 80)
        shown = f"[{host}]" if ":" in host else host
        headers = [
            (b"Host", (shown if standard else f"{shown}:{port}").encode("ascii")),
            (b"User-Agent", AGENT),
            (b"Accept", b"*/*"),
            (b"Accept-Encoding", b"identity"),
            (b"Connection", b"close"),
        ]
        request = httpcore.URL(
            scheme=scheme.encode(), host=host.encode("ascii"), port=port, target=_target(url)
        )
        extensions = {"timeout": dict.fromkeys(("connect", "read", "write", "pool"), IDLE_S)}
        with pool.stream("GET", request, headers=headers, extensions=extensions) as answer:
            said = {k.decode("latin-1").lower(): v.decode("latin-1") for k, v in answer.headers}
            if answer.status in _MOVED:
                if "location" not in said:
                    return NotFetched("网站要求转到别处，却没有说到哪里。")
                url = urldefrag(urljoin(url, _mended(said["location"])))[0]
                continue
            if answer.status != 200:
                return NotFetched(
                    f"网站答复 {answer.status}，没有取到内容。", again=answer.status >= 500
                )
            return _taken(answer, said, url, max_bytes, types, into)
    return NotFetched(f"网站转了 {MOST_REDIRECTS} 次还没有到，没有取到内容。")


def _taken(
    answer: httpcore.Response,
    said: dict[str, str],
    url: str,
    max_bytes: int,
    types: Collection[str],
    into: Path | None,
) -> Fetched | NotFetched:
    kind = said.get("content-type", "").partition(";")[0].strip().lower()
    if types and not any(kind == t or (t.endswith("/") and kind.startswith(t)) for t in types):
        return NotFetched(f"网站给的是“{kind[:60] or '没有说明的类型'}”，不是要取的内容。")
    if said.get("content-encoding", "identity").strip().lower() not in ("", "identity"):
        return NotFetched("网站只肯给压缩过的内容，没有取。")
    length = said.get("content-length", "")
    over = NotFetched(f"内容超过 {_size(max_bytes)} 的上限，没有取。")
    if length.isdigit() and int(length) > max_bytes:
        return over
    digest, size, kept = hashlib.sha256(), 0, bytearray()
    with contextlib.ExitStack() as undo:
        out: BinaryIO | None = None
        if into is not None:
            out = undo.enter_context(into.open("xb"))
            undo.callback(into.unlink, missing_ok=True)
        for part in answer.iter_stream():
            size += len(part)
            if size > max_bytes:
                return over
            digest.update(part)
            out.write(part) if out else kept.extend(part)
        if out:
            out.close()
        undo.pop_all()
    return Fetched(url, kind, size, digest.hexdigest(), bytes(kept), into)


def _target(url: str) -> bytes:
    rest = re.sub(r"^[a-z]+://[^/?]*", "", url, flags=re.IGNORECASE)
    rest = rest if rest.startswith("/") else f"/{rest}"
    return _mended(rest).encode("ascii")


def _mended(text: str) -> str:
    """An address with what is no ASCII written as %XX (a path in Chinese, as people paste it)."""
    with contextlib.suppress(UnicodeError):
        text = text.encode("latin-1").decode("utf-8")
    return "".join(
        c if 32 < ord(c) < 127 else "".join(f"%{byte:02X}" for byte in c.encode()) for c in text
    )


def _size(count: int) -> str:
    return f"{count / 1024**2:.0f} MB" if count >= 1024**2 else f"{count} 字节"
