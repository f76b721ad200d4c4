"""The front end's files under ASGI: streamed by an asynchronous iterator, without a warning."""

from __future__ import annotations

import asyncio
import warnings
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.test import AsyncRequestFactory, RequestFactory

from fengcai.project.statics import StaticFiles

pytestmark = pytest.mark.django_db  # closing a response closes old connections


@pytest.fixture
def middleware(settings, tmp_path: Path) -> StaticFiles:
    (tmp_path / "film.js").write_bytes(b"x" * 700_000)
    settings.STATIC_ROOT = None
    settings.WHITENOISE_USE_FINDERS = False
    made = StaticFiles(lambda request: None, settings=django_settings)
    made.add_files(str(tmp_path), prefix="/static/")
    return made


def test_a_file_is_streamed_asynchronously(middleware: StaticFiles) -> None:
    response = middleware(AsyncRequestFactory().get("/static/film.js"))
    assert response.is_async

    async def read() -> bytes:
        return b"".join([chunk async for chunk in response])

    with warnings.catch_warnings():
        warnings.filterwarnings("error", message="StreamingHttpResponse")
        assert asyncio.run(read()) == b"x" * 700_000
    assert response["Content-Type"].startswith("text/javascript")
    response.close()


def test_not_modified_has_no_body_and_no_warning(middleware: StaticFiles) -> None:
    etag = middleware(AsyncRequestFactory().get("/static/film.js"))["ETag"]
    request = AsyncRequestFactory().get("/static/film.js", headers={"If-None-Match": etag})
    response = middleware(request)
    assert response.status_code == 304
    assert response.is_async


def test_under_wsgi_nothing_changes(middleware: StaticFiles) -> None:
    response = middleware(RequestFactory().get("/static/film.js"))
    assert not response.is_async
    assert b"".join(response.streaming_content) == b"x" * 700_000
