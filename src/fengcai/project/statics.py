"""The front end's files under an ASGI server: whitenoise's answers, read in threads.

whitenoise hands Django a plain file; under ASGI Django would read all of it in the event loop
before the first byte goes out, and warn. Which files there are is whitenoise's business.
"""

from __future__ import annotations

from typing import Any

from django.core.handlers.asgi import ASGIRequest
from django.http import FileResponse, HttpRequest
from whitenoise.middleware import WhiteNoiseMiddleware  # type: ignore[import-untyped]

from fengcai.engines.storage import in_threads

_CHUNK = 256 * 1024


class StaticFiles(WhiteNoiseMiddleware):
    """whitenoise, with answers that an ASGI server can stream."""

    @staticmethod
    def serve(static_file: Any, request: HttpRequest) -> FileResponse:
        """The file, or an answer without a body."""
        response: FileResponse = WhiteNoiseMiddleware.serve(static_file, request)
        if isinstance(request, ASGIRequest):
            file = response.file_to_stream
            chunks = iter(()) if file is None else iter(lambda: file.read(_CHUNK), b"")
            response.streaming_content = in_threads(chunks)
        return response
