"""Django's ASGI handler with one change: a request crosses into its thread once, and back once.

Every middleware and view of ours is synchronous. Django's own handler, begun as asynchronous, goes
to and fro between thread and event loop at each border of the two kinds: a millisecond a request.
"""

from __future__ import annotations

from typing import Any

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIHandler


class OneThreadHandler(ASGIHandler):
    """Runs the middleware and the view as WSGI does, in one thread of the request's own."""

    def load_middleware(self, is_async: bool = False) -> None:
        """Build the chain as a synchronous one. An asynchronous view still works, adapted."""
        super().load_middleware(is_async=False)
        handler: Any = self
        chain = handler._middleware_chain
        handler._middleware_chain = sync_to_async(chain, thread_sensitive=True)
