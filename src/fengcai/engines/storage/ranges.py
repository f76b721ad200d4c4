"""A stored file as an HTTP response, whole or a stretch of it (RFC 9110 §14), in flat memory.

Django sends no ranges itself, and without them no browser can seek in a film. Does not decide who
may see a file.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import PurePath
from urllib.parse import quote

from django.conf import settings
from django.core.handlers.asgi import ASGIRequest
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseNotAllowed,
    StreamingHttpResponse,
)
from django.utils.http import http_date, parse_etags

from fengcai.engines.storage.keys import Found
from fengcai.engines.storage.store import Store, store

_RANGE = re.compile(r"bytes=\s*(\d{0,18})\s*-\s*(\d{0,18})\s*", re.IGNORECASE)
# Only these are shown inside our own origin; anything that could carry a script is downloaded.
_SHOWN = re.compile(r"(video|audio)/.+|image/(?!svg).+|application/pdf|text/plain")

_reading = ThreadPoolExecutor(max_workers=16, thread_name_prefix="storage-read")


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Bytes `first` up to, not including, `end`."""

    first: int
    end: int


class _Unsatisfiable(Exception):
    pass


def ranged_response(
    request: HttpRequest,
    key: str,
    *,
    content_type: str,
    filename: str | None = None,
    download: bool = False,
    max_age: int = 0,
    public: bool = False,
) -> HttpResponseBase:
    """The file of `key`, for GET and HEAD, by the quickest way that the installation has.

    On a disk: nginx sends it where FENGCAI_ACCEL_REDIRECT is set, else it is streamed (200, 206,
    304 or 416). In S3: what is `public` anyway, 302 to an address signed for a quarter of an hour;
    everything else streamed likewise, since such an address opens the file for whoever has it,
    and so is all of it where browsers cannot reach the service (FENGCAI_S3_PRESIGN=0).

    `filename` (Chinese is fine) is what the browser saves it as. It is shown in the page unless
    `download`, or unless its type could carry a script. `max_age` in seconds lets the person's own
    browser reuse it unasked; with 0 it asks each time and gets 304. Works under ASGI and WSGI.
    Raises Http404 when the file is gone, BadKey for what is not a key, StorageTrouble.
    """
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD"])
    disposition = _disposition(filename, download or not _SHOWN.fullmatch(content_type))
    kept = store()
    response: HttpResponseBase
    address = None
    if public and request.method == "GET":  # a signed address is good for one method
        address = kept.link(
            key, content_type=content_type, disposition=disposition, max_age=max_age
        )
    if address is not None:
        response = HttpResponse(status=302)
        response["Location"] = address
        response["Cache-Control"] = "private, no-store"
        response["Referrer-Policy"] = "no-referrer"
        return response
    found = kept.found(key)
    if found is None:
        raise Http404("文件不在了")
    accel = getattr(settings, "FENGCAI_ACCEL_REDIRECT", "")
    if accel and kept.path_of(key) is not None:
        response = HttpResponse(content_type=content_type)
        response["X-Accel-Redirect"] = f"{accel.rstrip('/')}/{quote(key)}"
    else:
        response = _of_file(request, kept, key, found, content_type)
    response["Cache-Control"] = f"private, max-age={max_age}" if max_age else "private, no-cache"
    response["X-Content-Type-Options"] = "nosniff"
    if disposition:
        response["Content-Disposition"] = disposition
    return response


def made_response(
    request: HttpRequest,
    make: Callable[[int, int], Iterator[bytes]],
    *,
    size: int,
    etag: str,
    modified: float,
    content_type: str,
    filename: str,
) -> HttpResponseBase:
    """Bytes that are made as they are sent, whole or a stretch, to be saved as `filename`.

    `make(first, end)` gives those from `first` up to `end`; it runs in a thread of its own from chunk
    to chunk, so that a download of hours holds none. What `etag` (with its quotes) names must never
    change. For GET and HEAD; `modified` in seconds since the epoch.
    """
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD"])
    changed = http_date(modified)
    response = _stretched(request, make, size, etag, changed, content_type)
    response["Cache-Control"] = "private, no-cache"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Disposition"] = _disposition(filename, download=True)
    return response


def _of_file(
    request: HttpRequest, kept: Store, key: str, found: Found, content_type: str
) -> HttpResponseBase:
    """A stored file, through this process."""
    etag = f'"{PurePath(key).stem}-{found.size:x}"'  # content never changes under a key
    return _stretched(
        request,
        lambda first, end: kept.get(key, first, end),
        found.size,
        etag,
        http_date(found.modified),
        content_type,
    )


def _stretched(
    request: HttpRequest,
    make: Callable[[int, int], Iterator[bytes]],
    size: int,
    etag: str,
    modified: str,
    content_type: str,
) -> HttpResponseBase:
    """All of it, or the stretch that was asked for."""
    response: HttpResponseBase
    if _not_modified(request, etag):
        response = HttpResponse(status=304)
    else:
        try:
            stretch = _asked(request, size, etag, modified)
        except _Unsatisfiable:
            response = HttpResponse(status=416, content_type=content_type)
            response["Content-Range"] = f"bytes */{size}"
        else:
            response = _content(request, make, stretch or _Stretch(0, size), content_type)
            if stretch is not None:
                response.status_code = 206
                response["Content-Range"] = f"bytes {stretch.first}-{stretch.end - 1}/{size}"
    response["Accept-Ranges"] = "bytes"
    response["ETag"] = etag
    response["Last-Modified"] = modified
    return response


def _not_modified(request: HttpRequest, etag: str) -> bool:
    known = parse_etags(request.headers.get("If-None-Match", ""))
    return known == ["*"] or etag in [tag.removeprefix("W/") for tag in known]


def _asked(request: HttpRequest, size: int, etag: str, modified: str) -> _Stretch | None:
    """The one stretch asked for; None for all of it (also: several stretches, or not readable)."""
    header = request.headers.get("Range")
    if header is None or request.method != "GET":
        return None
    condition = request.headers.get("If-Range")
    if condition is not None and condition not in (etag, modified):
        return None
    match = _RANGE.fullmatch(header.strip())
    if match is None or match.groups() == ("", ""):
        return None
    first, last = match.groups()
    if first == "":
        length = min(int(last), size)
        if length == 0:
            raise _Unsatisfiable
        return _Stretch(size - length, size)
    if last and int(last) < int(first):
        return None
    if int(first) >= size:
        raise _Unsatisfiable
    return _Stretch(int(first), min(int(last) + 1, size) if last else size)


def _content(
    request: HttpRequest,
    make: Callable[[int, int], Iterator[bytes]],
    stretch: _Stretch,
    content_type: str,
) -> HttpResponseBase:
    response: HttpResponseBase
    if request.method == "HEAD":
        response = HttpResponse(content_type=content_type)
    else:
        chunks = make(stretch.first, stretch.end)
        response = StreamingHttpResponse(
            in_threads(chunks) if isinstance(request, ASGIRequest) else chunks,
            content_type=content_type,
        )
    response["Content-Length"] = str(stretch.end - stretch.first)
    return response


def in_threads(chunks: Iterator[bytes]) -> AsyncIterator[bytes]:
    """`chunks`, each made in a thread, so that an ASGI server can stream them."""
    return _AsyncChunks(chunks)


class _AsyncChunks:
    """The same chunks, each read in a thread. Django calls `close` when the reader has left."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        loop = asyncio.get_running_loop()
        chunk = await loop.run_in_executor(_reading, next, self._chunks, b"")
        if not chunk:
            raise StopAsyncIteration
        return chunk

    def close(self) -> None:
        with suppress(ValueError):  # a thread is reading this moment: the file closes after it
            getattr(self._chunks, "close", lambda: None)()


def _disposition(filename: str | None, download: bool) -> str:
    kind = "attachment" if download else "inline"
    if not filename:
        return kind if download else ""
    plain = "".join(
        c if c.isascii() and c.isprintable() and c not in '"\\%' else "_" for c in filename
    )
    value = f'{kind}; filename="{plain}"'
    if plain != filename:
        value += f"; filename*=UTF-8''{quote(filename, safe='')}"
    return value
