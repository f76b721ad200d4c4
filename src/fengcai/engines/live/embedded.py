"""Hints on one machine: each web process has a datagram socket in DATA/live, senders write to all.

There is no server in between and nothing to configure. A web process that is killed leaves its
socket behind; the next sender finds nobody at it and removes it. The files' permissions say who may
send: whoever runs the installation.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import structlog
from django.conf import settings

from fengcai.engines.live.messages import MAX_BYTES
from fengcai.engines.live.port import Deliver, Lost, Unavailable

log = structlog.get_logger(__name__)

SUFFIX = ".sock"
PATH_MAX = 107
"""Bytes that a Unix socket's address may have."""
PATIENCE = 0.05
"""Seconds a sender waits for a web process whose queue is full; it is then passed over."""
PASSED_OVER = 1.0
AT_ONCE = 64
"""Datagrams read before other work of the event loop gets its turn."""


def sender() -> Sender:
    """A sender to all web processes that share this installation's data."""
    return Sender(settings.FENGCAI_DATA / "live")


def receiver(deliver: Deliver, lost: Lost) -> Receiver:
    """A receiver for this process. `lost` is never called: nothing stands in between."""
    return Receiver(settings.FENGCAI_DATA / "live", deliver)


class Sender:
    """Writes each message to every socket in `folder`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process = 0
        self._socket: socket.socket | None = None
        self._passed_over: dict[str, float] = {}

    def send(self, channel: str, message: bytes) -> None:
        """Write it now, waiting at most PATIENCE for each process that does not read."""
        try:
            names = [file.name for file in self._folder.iterdir() if file.suffix == SUFFIX]
        except OSError:
            return  # no page has ever been open
        if not names:
            return
        self._passed_over = {name: t for name, t in self._passed_over.items() if name in names}
        out = self._out()
        with _reachable(self._folder) as folder:
            for name in names:
                if self._passed_over.get(name, 0.0) <= time.monotonic():
                    self._send(out, folder, name, message)

    def _send(self, out: socket.socket, folder: str, name: str, message: bytes) -> None:
        try:
            out.sendto(message, f"{folder}/{name}")
        except ConnectionRefusedError:
            with contextlib.suppress(OSError):  # its process is gone; names are never used again
                (self._folder / name).unlink()
        except (TimeoutError, BlockingIOError):
            self._passed_over[name] = time.monotonic() + PASSED_OVER
        except OSError as error:
            log.debug("live_socket_unreachable", socket=name, reason=str(error))

    def _out(self) -> socket.socket:
        if self._socket is None or self._process != os.getpid():
            self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            self._socket.settimeout(PATIENCE)
            self._process = os.getpid()
        return self._socket


class Receiver:
    """Reads this process's socket in `folder`; every message goes to `deliver`."""

    def __init__(self, folder: Path, deliver: Deliver) -> None:
        self._folder = folder
        self._deliver = deliver
        self._socket: socket.socket | None = None
        self._path: Path | None = None

    async def start(self) -> None:
        """Bind the socket, again if somebody has cleared the folder. Raises Unavailable."""
        if self._path is not None and self._path.exists():
            return
        await self.stop()
        if not hasattr(socket, "AF_UNIX"):
            raise Unavailable
        path = self._folder / f"{os.getpid()}-{secrets.token_hex(4)}{SUFFIX}"
        bound = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        try:
            bound.setblocking(False)
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with _reachable(self._folder) as folder:
                bound.bind(f"{folder}/{path.name}")
        except OSError as error:
            bound.close()
            log.warning("live_socket_not_bound", folder=str(self._folder), reason=str(error))
            raise Unavailable from None
        self._socket, self._path = bound, path
        asyncio.get_running_loop().add_reader(bound.fileno(), self._read)

    async def want(self, channel: str) -> None:
        """Everything comes in here anyway."""

    def unwant(self, channel: str) -> None:
        """Everything comes in here anyway."""

    async def stop(self) -> None:
        """Close the socket and remove its file."""
        if self._socket is not None and self._path is not None:
            asyncio.get_running_loop().remove_reader(self._socket.fileno())
            self._socket.close()
            self._path.unlink(missing_ok=True)
        self._socket = self._path = None

    def _read(self) -> None:
        assert self._socket is not None
        for _ in range(AT_ONCE):
            try:
                message = self._socket.recv(MAX_BYTES + 1)
            except BlockingIOError:
                return
            except OSError:
                log.exception("live_socket_unreadable")
                return
            self._deliver(message)


@contextlib.contextmanager
def _reachable(folder: Path) -> Iterator[str]:
    """`folder` as text short enough for a socket's address; long ones by their open descriptor."""
    longest = len(os.fsencode(folder)) + len(f"/{2**22}-{'0' * 8}{SUFFIX}")
    if longest <= PATH_MAX:
        yield str(folder)
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        yield f"/proc/self/fd/{descriptor}"
    finally:
        os.close(descriptor)
