"""Django's ASGI handler, but a request crosses into a thread once, and the thread outlives it.

Every middleware and view of ours is synchronous. Django's own handler goes to and fro between loop
and thread, in a thread that ends with the request and takes its database connection with it: with
SQLite each request opened the file anew, and the last to close it wrote the journal back.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, nullcontext, suppress
from typing import Any

from asgiref.sync import sync_to_async
from django.core import signals
from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler, get_script_prefix
from django.db import close_old_connections, connection
from django.http import FileResponse
from django.http.response import HttpResponseBase
from django.urls import set_script_prefix
from django.utils import timezone

from fengcai.apps.receipt import RECEIVED

THREADS = 32
"""How many requests a process answers at once; the others wait for a thread."""

WRITERS = 4
"""How many requests that change something run at once on SQLite, which has one writer. It lets those who
wait try again at random: with 32 of them, in the last minute before a deadline, some never got their
turn in 20 s. Here they wait in order, and hold no thread that a reader could use."""


class OneThreadHandler(ASGIHandler):
    """Runs signals, middleware and view as WSGI does, in a thread of a pool that keeps its
    connections (`CONN_MAX_AGE`). An asynchronous view still works, adapted."""

    def __init__(self) -> None:
        super().__init__()
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="request")
        self._turns: tuple[asyncio.AbstractEventLoop, asyncio.Semaphore] | None = None

    def load_middleware(self, is_async: bool = False) -> None:
        """Build the chain as a synchronous one."""
        super().load_middleware(is_async=False)

    async def handle(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request. Who has gone away is noticed while a stream is sent, not before: a
        thread cannot be stopped half-way."""
        try:
            body = await self.read_body(receive)
        except RequestAborted:
            return
        # A request may wait for a thread: what counts as received is decided here, when it is whole.
        scope[RECEIVED] = timezone.now()
        try:
            answer = sync_to_async(self._answer, thread_sensitive=False, executor=self._pool)
            async with self._turn(scope.get("method", "GET")):
                response = await answer(scope, body)
            if response.streaming:
                await self._stream(response, receive, send)
            else:
                await self.send_response(response, send)
        finally:
            body.close()

    def _turn(self, method: str) -> AbstractAsyncContextManager[Any]:
        """A place in the queue of writers, where there is one; asyncio's semaphore is first come,
        first served."""
        if method in ("GET", "HEAD", "OPTIONS") or connection.vendor != "sqlite":
            return nullcontext()
        loop = asyncio.get_running_loop()
        if self._turns is None or self._turns[0] is not loop:
            self._turns = loop, asyncio.Semaphore(WRITERS)
        return self._turns[1]

    def _answer(self, scope: Any, body: Any) -> HttpResponseBase:
        """The answer, closed already unless it is a stream (its content stays readable)."""
        set_script_prefix(get_script_prefix(scope))
        signals.request_started.send(sender=self.__class__, scope=scope)
        response: Any
        try:
            request, response = self.create_request(scope, body)
            if request is not None:
                response = self.get_response(request)
            response._handler_class = self.__class__
            if isinstance(response, FileResponse):
                response.block_size = self.chunk_size
            if not response.streaming:
                response.close()
        finally:
            # A stream is closed in another thread, and an error may have closed nothing.
            close_old_connections()
        found: HttpResponseBase = response
        return found

    async def _stream(self, response: Any, receive: Any, send: Any) -> None:
        """Send part by part until all is sent or the reader has gone."""
        sending = asyncio.create_task(self.send_response(response, send))
        gone = asyncio.create_task(self.listen_for_disconnect(receive))
        try:
            await asyncio.wait((sending, gone), return_when=asyncio.FIRST_COMPLETED)
            if sending.done():
                await sending
        finally:
            for task in (sending, gone):
                task.cancel()
                with suppress(asyncio.CancelledError, RequestAborted):
                    await task
            await sync_to_async(response.close)()
