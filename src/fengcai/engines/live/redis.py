"""Hints among several machines: Redis carries them, by publish and subscribe; it keeps nothing.

A process sends from a thread of its own and holds one connection to receive, subscribed to the
channels that its pages hear. While Redis is away nothing waits for it: senders drop their hints,
streams are closed, and pages ask by themselves until it is back.
"""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import hashlib
import os
import random
import threading
import time
from collections import deque
from typing import Any

import redis
import structlog
from django.conf import settings
from redis import asyncio as async_redis
from redis.asyncio.retry import Retry as AsyncRetry
from redis.backoff import NoBackoff
from redis.retry import Retry

from fengcai.engines.live.port import Deliver, Lost, Unavailable

log = structlog.get_logger(__name__)

TIMEOUT = 0.5
"""Seconds that one publish may take; only the sender's own thread waits for it."""
WAITING_MAX = 256
PAUSES = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
"""Seconds between attempts to reach a Redis that is away."""
FAREWELL = 0.3
"""Seconds that a process which ends gives its last hints."""
CONFIRMED_WITHIN = 2.0
PING_EVERY = 10.0
SILENT_FOR = 25.0
"""Seconds without even the answer to a ping after which the connection is taken for dead."""

TROUBLE = (redis.RedisError, OSError, asyncio.TimeoutError, ValueError)


def sender() -> Sender:
    """A sender by the Redis of the settings."""
    return Sender(settings.FENGCAI_REDIS_URL, prefix())


def receiver(deliver: Deliver, lost: Lost) -> Receiver:
    """A receiver by the Redis of the settings."""
    return Receiver(settings.FENGCAI_REDIS_URL, prefix(), deliver, lost)


def prefix() -> str:
    """What this installation's channels begin with: several may share a Redis unawares."""
    number = hashlib.sha256(f"fengcai.live:{settings.SECRET_KEY}".encode()).hexdigest()[:12]
    return f"fengcai:{number}:live:"


def pause_after(failures: int) -> float:
    """Seconds to wait after so many failures in a row, spread so that many do not come at once."""
    return PAUSES[min(failures, len(PAUSES)) - 1] * random.uniform(0.8, 1.2)  # noqa: S311


class Sender:
    """Hands messages to a thread that publishes them."""

    def __init__(self, url: str, prefix: str) -> None:
        self._url = url
        self._prefix = prefix
        self._beginning = threading.Lock()
        self._changed = threading.Condition()
        self._waiting: deque[tuple[str, bytes]] = deque(maxlen=WAITING_MAX)
        self._sending = False
        self._process = 0

    def send(self, channel: str, message: bytes) -> None:
        """Leave it with the thread; the oldest is dropped when too many wait."""
        with self._beginning:
            if self._process != os.getpid():
                self._begin()
        with self._changed:
            self._waiting.append((self._prefix + channel, message))
            self._changed.notify_all()

    def _begin(self) -> None:
        # After a fork the thread is not there and its lock may be held for ever.
        self._changed = threading.Condition()
        self._waiting.clear()
        self._process = os.getpid()
        threading.Thread(target=self._work, name="live-redis", daemon=True).start()
        atexit.register(self._farewell, os.getpid())

    def _farewell(self, process: int) -> None:
        if process != os.getpid():
            return
        with self._changed:
            self._changed.wait_for(lambda: not self._waiting and not self._sending, FAREWELL)

    def _work(self) -> None:
        client = redis.Redis.from_url(
            self._url,
            socket_timeout=TIMEOUT,
            socket_connect_timeout=TIMEOUT,
            retry=Retry(NoBackoff(), 0),
        )
        failures, quiet_until = 0, 0.0
        while True:
            with self._changed:
                self._sending = False
                self._changed.notify_all()
                self._changed.wait_for(lambda: self._waiting)
                channel, message = self._waiting.popleft()
                self._sending = True
            if time.monotonic() < quiet_until:
                continue
            try:
                client.publish(channel, message)
            except TROUBLE as error:
                failures += 1
                quiet_until = time.monotonic() + pause_after(failures)
                if failures == 1:
                    log.warning("live_redis_away", sending=True, reason=str(error))
            else:
                if failures:
                    log.info("live_redis_back", sending=True)
                failures = 0


class Receiver:
    """One connection, subscribed to the wanted channels, made anew whenever it breaks."""

    def __init__(self, url: str, prefix: str, deliver: Deliver, lost: Lost) -> None:
        self._url = url
        self._prefix = prefix
        self._deliver = deliver
        self._lost = lost
        self._task: asyncio.Task[None] | None = None
        self._tried = asyncio.Event()
        """Set while it is known whether Redis is there."""
        self._pubsub: Any = None
        self._confirmed: dict[str, asyncio.Future[None]] = {}
        self._writing = asyncio.Lock()
        self._chores: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Connect; returns when the connection stands. Raises Unavailable."""
        if self._task is None:
            self._task = asyncio.create_task(self._keep_connected())
        with contextlib.suppress(asyncio.TimeoutError):
            async with asyncio.timeout(CONFIRMED_WITHIN):
                await self._tried.wait()
        if self._pubsub is None:
            raise Unavailable

    async def want(self, channel: str) -> None:
        """Subscribe and return when Redis has confirmed it. Raises Unavailable."""
        name = self._prefix + channel
        confirmed = self._confirmed.get(name)
        try:
            async with asyncio.timeout(CONFIRMED_WITHIN):
                if confirmed is None:
                    confirmed = self._confirmed[name] = asyncio.get_running_loop().create_future()
                    await self._tell("subscribe", name)
                await asyncio.wait([confirmed])  # which, unlike awaiting it, never cancels it
        except TROUBLE:
            if self._confirmed.get(name) is confirmed:
                del self._confirmed[name]  # the next one asks anew
            raise Unavailable from None
        if confirmed.cancelled():
            raise Unavailable

    def unwant(self, channel: str) -> None:
        """Unsubscribe, some time soon."""
        name = self._prefix + channel
        if self._confirmed.pop(name, None) is not None:
            chore = asyncio.create_task(self._unsubscribe(name))
            self._chores.add(chore)
            chore.add_done_callback(self._chores.discard)

    async def stop(self) -> None:
        """Let go of the connection."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, *self._chores, return_exceptions=True)
            self._task = None

    async def _unsubscribe(self, name: str) -> None:
        with contextlib.suppress(*TROUBLE, Unavailable):
            if name not in self._confirmed:
                await self._tell("unsubscribe", name)

    async def _tell(self, command: str, *names: str) -> None:
        # One writer at a time; the reader is another task and does not mind.
        async with self._writing:
            if self._pubsub is None:
                raise ConnectionError
            await getattr(self._pubsub, command)(*names)

    async def _keep_connected(self) -> None:
        failures = 0
        while True:
            try:
                async with self._connection() as pubsub:
                    if failures:
                        log.info("live_redis_back", sending=False)
                    failures = 0
                    await self._read(pubsub)
            except TROUBLE as error:
                failures += 1
                if failures == 1:
                    log.warning("live_redis_away", sending=False, reason=str(error))
            await asyncio.sleep(pause_after(failures or 1))

    @contextlib.asynccontextmanager
    async def _connection(self) -> Any:
        client = async_redis.Redis.from_url(
            self._url,
            socket_timeout=CONFIRMED_WITHIN,
            socket_connect_timeout=CONFIRMED_WITHIN,
            retry=AsyncRetry(NoBackoff(), 0),
        )
        pubsub = client.pubsub()
        try:
            # Also a channel of nobody's, so that the connection always has a subscription.
            await pubsub.subscribe(f"{self._prefix}:")
            self._pubsub = pubsub
            self._tried.set()
            yield pubsub
        finally:
            self._pubsub = None
            self._tried.set()
            for confirmed in self._confirmed.values():
                confirmed.cancel()
            self._confirmed.clear()
            self._lost()
            with contextlib.suppress(*TROUBLE):
                await pubsub.aclose()
                await client.aclose()

    async def _read(self, pubsub: Any) -> None:
        loop = asyncio.get_running_loop()
        heard = pinged = loop.time()
        while True:
            message = await pubsub.get_message(timeout=PING_EVERY / 2)
            now = loop.time()
            if message is not None:
                heard = now
                self._take(message)
            elif now - heard > SILENT_FOR:
                raise ConnectionError("no answer to a ping")
            if now - pinged > PING_EVERY:
                pinged = now
                await self._tell("ping")

    def _take(self, message: dict[str, Any]) -> None:
        if message["type"] == "message":
            self._deliver(message["data"])
        elif message["type"] == "subscribe":
            confirmed = self._confirmed.get(message["channel"].decode())
            if confirmed is not None and not confirmed.done():
                confirmed.set_result(None)
