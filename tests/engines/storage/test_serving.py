"""Bytes for browsers: through nginx, by a signed address, or through this process from S3."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from itertools import count
from pathlib import Path

import httpx
import pytest
from django.http import Http404
from django.test import AsyncRequestFactory, RequestFactory

from fengcai.engines import storage
from fengcai.engines.storage import ranged_response
from tests import warm
from tooling.servers import nginx, s3

pytestmark = [pytest.mark.engines, pytest.mark.django_db(transaction=True)]

BODY = os.urandom(700_000)
_prefixes = count()
NAME = "内科：“心”.mp4"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[s3.S3]:
    with s3.running(tmp_path_factory.mktemp("s3")) as running:
        yield running


@pytest.fixture
def in_s3(server: s3.S3, settings) -> str:
    settings.FENGCAI_STORAGE = f"s3://{server.bucket}/seen{next(_prefixes)}"
    settings.FENGCAI_S3_ENDPOINT = server.endpoint
    settings.FENGCAI_S3_ACCESS_KEY, settings.FENGCAI_S3_SECRET_KEY = "tests", "tests-secret"
    return storage.write_bytes(BODY, suffix=".mp4").key


def get(key: str, asked: str | None = None, **more):
    headers = {"Range": asked} if asked else {}
    request = RequestFactory().get("/film", headers=headers)
    return ranged_response(request, key, content_type="video/mp4", filename=NAME, **more)


def test_a_signed_address_gives_the_film_as_the_page_wants_it(in_s3: str) -> None:
    answer = get(in_s3, public=True)
    assert answer.status_code == 302
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["Referrer-Policy"] == "no-referrer"
    address = answer["Location"]
    assert "X-Amz-Expires=900" in address
    film = httpx.get(address, headers={"Range": "bytes=10-19"}, trust_env=False)
    assert (film.status_code, film.content) == (206, BODY[10:20])
    assert film.headers["content-type"] == "video/mp4"
    assert film.headers["content-disposition"].startswith("inline; filename=")
    assert "%E5%86%85%E7%A7%91" in film.headers["content-disposition"]
    assert film.headers["cache-control"] == "private"
    saved = httpx.get(get(in_s3, download=True, public=True)["Location"], trust_env=False)
    assert saved.headers["content-disposition"].startswith("attachment; filename=")
    assert saved.content == BODY


def test_what_is_not_public_is_never_given_out_by_an_address(in_s3: str) -> None:
    answer = get(in_s3)
    assert (answer.status_code, b"".join(answer.streaming_content)) == (200, BODY)


def test_head_is_answered_here(in_s3: str) -> None:
    answer = ranged_response(RequestFactory().head("/film"), in_s3, content_type="video/mp4")
    assert (answer.status_code, answer["Content-Length"]) == (200, str(len(BODY)))


@pytest.mark.parametrize("factory", [RequestFactory, AsyncRequestFactory])
def test_through_this_process_where_browsers_cannot_reach_s3(in_s3: str, settings, factory) -> None:
    settings.FENGCAI_S3_PRESIGN = False

    def ask(asked: str | None = None, **headers: str):
        request = factory().get("/film", headers={**({"Range": asked} if asked else {}), **headers})
        return ranged_response(request, in_s3, content_type="video/mp4", public=True)

    def read(answer) -> bytes:
        if not answer.is_async:
            return b"".join(answer.streaming_content)

        async def whole(chunks: AsyncIterator[bytes]) -> bytes:
            return b"".join([chunk async for chunk in chunks])

        return asyncio.run(whole(answer.streaming_content))

    answer = ask()
    assert (answer.status_code, read(answer)) == (200, BODY)
    answer = ask("bytes=500000-")
    assert (answer.status_code, read(answer)) == (206, BODY[500_000:])
    assert answer["Content-Range"] == f"bytes 500000-{len(BODY) - 1}/{len(BODY)}"
    assert ask("bytes=800000-").status_code == 416
    assert ask(**{"If-None-Match": answer["ETag"]}).status_code == 304
    storage.store().delete(in_s3)
    with pytest.raises(Http404):
        ask()


APPLICATION = """
import os, sys
from django.conf import settings
settings.configure(SECRET_KEY="x", ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__, DEBUG=False,
    FENGCAI_DATA=os.environ["FENGCAI_DATA"], FENGCAI_ACCEL_REDIRECT="/protected/",
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}})
import django
django.setup()
from django.core.asgi import get_asgi_application
from django.urls import path
from fengcai.engines.storage import ranged_response
def film(request, key):
    return ranged_response(request, key, content_type=request.GET.get("type", "video/mp4"),
        filename=request.GET.get("name"), download="download" in request.GET)
urlpatterns = [path("film/<path:key>", film)]
application = get_asgi_application()
"""


@pytest.fixture
def site(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """nginx before a real server of one view; its address."""
    folder = tmp_path_factory.mktemp("accel")
    (folder / "accel_site.py").write_text(APPLICATION)
    (data / "files").mkdir()
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = warm.Popen(
        [
            *(sys.executable, "-m", "uvicorn", "accel_site:application"),
            *("--port", str(port), "--log-level", "warning"),
        ],
        cwd=folder,
        env={**os.environ, "FENGCAI_DATA": str(data), "PYTHONPATH": str(folder)},
    )
    try:
        for _ in range(400):
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except OSError:
                time.sleep(0.05)
        upstream = f"http://127.0.0.1:{port}"
        internal = {"/protected/": data / "files"}
        with nginx.running(folder / "nginx", upstream=upstream, internal=internal) as server:
            yield server.url
    finally:
        process.terminate()
        process.wait()


def test_nginx_sends_the_file_itself(site: str) -> None:
    key = storage.write_bytes(BODY, suffix=".mp4").key
    with httpx.Client(trust_env=False, base_url=site) as browser:
        film = browser.get(f"/film/{key}", params={"name": NAME})
        assert (film.status_code, film.content) == (200, BODY)
        assert film.headers["server"].startswith("nginx")
        assert film.headers["content-type"] == "video/mp4"
        assert "%E5%86%85%E7%A7%91" in film.headers["content-disposition"]
        assert film.headers["content-disposition"].startswith("inline")
        assert film.headers["cache-control"] == "private, no-cache"
        assert "x-accel-redirect" not in film.headers
        part = browser.get(f"/film/{key}", headers={"Range": "bytes=-24"})
        assert (part.status_code, part.content) == (206, BODY[-24:])
        assert (
            part.headers["content-range"] == f"bytes {len(BODY) - 24}-{len(BODY) - 1}/{len(BODY)}"
        )
        again = browser.get(f"/film/{key}", headers={"If-None-Match": film.headers["etag"]})
        assert again.status_code == 304
        assert browser.get(f"/film/{key}", headers={"Range": "bytes=999999999-"}).status_code == 416
        page = browser.get(f"/film/{key}", params={"type": "text/html"})
        assert page.headers["content-disposition"].startswith("attachment")
        head = browser.head(f"/film/{key}")
        assert (head.status_code, head.headers["content-length"]) == (200, str(len(BODY)))
        assert browser.get(f"/protected/{key}").status_code == 404  # nobody walks past the view
        gone = "00/00/" + "0" * 32
        assert browser.get(f"/film/{gone}").status_code == 404
