"""Stretches of a stored file, as browsers and players ask for them."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from django.http import Http404, HttpResponseBase
from django.test import AsyncRequestFactory, RequestFactory

from fengcai.engines import storage
from fengcai.engines.storage import ranged_response

BODY = bytes(range(256)) * 4  # 1024 bytes

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def key() -> str:
    return storage.write_bytes(BODY, suffix=".mp4").key


def read(response: HttpResponseBase) -> bytes:
    """The body, whichever way it is streamed."""
    if not response.streaming:
        return response.content
    if not response.is_async:
        return b"".join(response.streaming_content)

    async def whole(chunks: AsyncIterator[bytes]) -> bytes:
        return b"".join([chunk async for chunk in chunks])

    return asyncio.run(whole(response.streaming_content))


@pytest.fixture(params=[RequestFactory, AsyncRequestFactory], ids=["wsgi", "asgi"])
def ask(request, key: str):
    """`ask("bytes=0-1", …)` under either protocol."""

    def respond(asked: str | None = None, *, method: str = "get", **more) -> HttpResponseBase:
        headers = dict(more.pop("headers", {}))
        if asked is not None:
            headers["Range"] = asked
        made = getattr(request.param(), method)("/film", headers=headers)
        options = {"content_type": "video/mp4", **more}
        return ranged_response(made, options.pop("key", key), **options)

    return respond


def test_the_whole_file(ask) -> None:
    response = ask()
    assert response.status_code == 200
    assert read(response) == BODY
    assert response["Content-Length"] == "1024"
    assert response["Accept-Ranges"] == "bytes"
    assert response["Content-Type"] == "video/mp4"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "private, no-cache"
    assert "Content-Disposition" not in response
    assert ask(max_age=60)["Cache-Control"] == "private, max-age=60"


@pytest.mark.parametrize(
    ("asked", "first", "end"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=0-", 0, 1024),  # Safari and WeChat begin so
        ("bytes=0-1", 0, 2),
        ("bytes=10-19", 10, 20),
        ("bytes=1000-5000", 1000, 1024),
        ("bytes=1023-", 1023, 1024),
        ("bytes=-24", 1000, 1024),
        ("bytes=-5000", 0, 1024),
        ("Bytes= 3 - 7 ", 3, 8),
    ],
)
def test_a_stretch(ask, asked: str, first: int, end: int) -> None:
    response = ask(asked)
    assert response.status_code == 206
    assert response["Content-Range"] == f"bytes {first}-{end - 1}/1024"
    assert response["Content-Length"] == str(end - first)
    assert read(response) == BODY[first:end]


@pytest.mark.parametrize("asked", ["bytes=1024-", "bytes=5000-6000", "bytes=-0"])
def test_a_stretch_beyond_the_end(ask, asked: str) -> None:
    response = ask(asked)
    assert response.status_code == 416
    assert response["Content-Range"] == "bytes */1024"
    assert read(response) == b""


@pytest.mark.parametrize(
    "asked",
    ["bytes=", "bytes=-", "bytes=5-3", "bytes=a-b", "items=0-1", "bytes=0-1,5-6", "bytes=1" * 30],
)
def test_what_is_no_single_stretch_gets_the_whole(ask, asked: str) -> None:
    response = ask(asked)
    assert (response.status_code, read(response)) == (200, BODY)


def test_head_tells_sizes_and_sends_nothing(ask) -> None:
    response = ask(method="head")
    assert (response.status_code, response["Content-Length"], read(response)) == (200, "1024", b"")
    response = ask("bytes=0-9", method="head")  # a range is for GET (RFC 9110 §14.2)
    assert (response.status_code, response["Content-Length"]) == (200, "1024")


def test_if_range(ask) -> None:
    etag, modified = ask()["ETag"], ask()["Last-Modified"]
    for same in (etag, modified):
        assert ask("bytes=0-1", headers={"If-Range": same}).status_code == 206
    for other in ('"other"', f"W/{etag}", "Thu, 01 Jan 1970 00:00:00 GMT"):
        response = ask("bytes=0-1", headers={"If-Range": other})
        assert (response.status_code, read(response)) == (200, BODY)


def test_if_none_match(ask) -> None:
    etag = ask()["ETag"]
    for known in (etag, f"W/{etag}", f'"x", {etag}', "*"):
        response = ask("bytes=0-1", headers={"If-None-Match": known})
        assert (response.status_code, read(response)) == (304, b"")
        assert response["ETag"] == etag
    assert ask(headers={"If-None-Match": '"x"'}).status_code == 200


def test_names_of_downloads(ask) -> None:
    assert ask(download=True)["Content-Disposition"] == "attachment"
    assert ask(filename="a.mp4")["Content-Disposition"] == 'inline; filename="a.mp4"'
    named = ask(download=True, filename='心内科 "急救"\r\n.mp4')["Content-Disposition"]
    assert named == (
        'attachment; filename="___ ______.mp4"; '
        "filename*=UTF-8''%E5%BF%83%E5%86%85%E7%A7%91%20%22%E6%80%A5%E6%95%91%22%0D%0A.mp4"
    )


@pytest.mark.parametrize("kind", ["text/html", "image/svg+xml", "application/xhtml+xml"])
def test_what_could_carry_a_script_is_downloaded(ask, kind: str) -> None:
    assert ask(content_type=kind)["Content-Disposition"] == "attachment"
    assert ask(content_type=kind, filename="a.html")["Content-Disposition"] == (
        'attachment; filename="a.html"'
    )


def test_only_reading(ask) -> None:
    response = ask(method="post")
    assert (response.status_code, response["Allow"]) == (405, "GET, HEAD")


def test_a_file_that_is_gone(ask, key: str) -> None:
    storage.store().path_of(key).unlink()
    with pytest.raises(Http404):
        ask()


def test_an_empty_file(ask) -> None:
    empty = storage.write_bytes(b"", suffix=".txt").key
    assert read(ask(key=empty)) == b""
    assert ask("bytes=0-", key=empty).status_code == 416


def test_a_large_file_comes_in_small_chunks(ask) -> None:
    body = os.urandom(1_000_000)
    large = storage.write_bytes(body, suffix=".mp4").key
    response = ask("bytes=1-999998", key=large)
    if response.is_async:

        async def sizes() -> list[int]:
            return [len(chunk) async for chunk in response.streaming_content]

        found = asyncio.run(sizes())
    else:
        found = [len(chunk) for chunk in response.streaming_content]
    assert found == [262144, 262144, 262144, 213566]


def test_a_reader_that_leaves_closes_the_file(key: str) -> None:
    def open_here() -> bool:
        names = [link for link in Path("/proc/self/fd").iterdir() if link.is_symlink()]
        return str(storage.store().path_of(key)) in {str(link.readlink()) for link in names}

    async def leave() -> tuple[bool, bool]:
        made = AsyncRequestFactory().get("/film")
        response = ranged_response(made, key, content_type="video/mp4")
        await anext(response.streaming_content)
        before = open_here()
        response.close()
        return before, open_here()

    assert asyncio.run(leave()) == (True, False)
