"""A scripted clamd: says what it is told to, when it is told to, and keeps what it received."""

from __future__ import annotations

import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from fengcai.engines.antivirus import Place


class Fake:
    """`answer` goes out after the whole stream, or after `hurry` bytes of it; `wait` seconds late."""

    def __init__(self) -> None:
        self.answer, self.hurry, self.wait, self.stall = b"stream: OK\0", 0, 0.0, False
        self.received = b""
        self._ended = threading.Event()
        self._server = socket.create_server(("127.0.0.1", 0))
        self.place = Place(host="127.0.0.1", port=self._server.getsockname()[1])
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    @property
    def address(self) -> str:
        """What the setting takes."""
        return str(self.place)

    def end(self) -> None:
        """No more connections."""
        self._ended.set()
        self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        self._thread.join(5)

    def _serve(self) -> None:
        while not self._ended.is_set():
            try:
                line, _ = self._server.accept()
            except OSError:
                return
            with line:
                try:
                    self._speak(line)
                except OSError:
                    continue

    def _speak(self, line: socket.socket) -> None:
        if self.stall:
            self._ended.wait(10)
            return
        self.received = b""
        reader = line.makefile("rb")
        command = b""
        while not command.endswith(b"\0"):
            letter = reader.read(1)
            if not letter:
                return
            command += letter
        while command == b"zINSTREAM\0":
            head = reader.read(4)
            if len(head) < 4:
                return  # the client is gone
            (length,) = struct.unpack("!L", head)
            self.received += reader.read(length)
            if not length or (self.hurry and len(self.received) >= self.hurry):
                break
        time.sleep(self.wait)
        line.sendall(self._answered(command))

    def _answered(self, command: bytes) -> bytes:
        return self.answer


@contextmanager
def fake_clamd(kind: type[Fake] = Fake) -> Iterator[Fake]:
    """One of them, ended with the block."""
    fake = kind()
    try:
        yield fake
    finally:
        fake.end()
