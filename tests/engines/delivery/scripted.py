"""An SMTP server on a thread that says what a script tells it to, and may hang up at any command."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator, Mapping


class Scripted:
    """`says` maps a command (or `.` for the end of the data) to its answer; None hangs up."""

    def __init__(self, says: Mapping[str, bytes | None], greeting: bytes | None) -> None:
        self.says, self.greeting = says, greeting
        self.heard: list[bytes] = []
        self.data = b""
        self.connections = self.mails = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop listening; the thread ends with its last connection."""
        # A thread blocked in accept() wakes for a connection, not for a close.
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
        self._listener.close()

    def _serve(self) -> None:
        while True:
            try:
                line, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            with line, contextlib.suppress(OSError):
                line.settimeout(5)
                self._talk(line)

    def _talk(self, line: socket.socket) -> None:
        if self.greeting is None:
            return
        line.sendall(self.greeting)
        heard = line.makefile("rb")
        while said := heard.readline():
            self.heard.append(said)
            word = said[:4].decode("ascii", "replace").strip().upper()
            answer = self.says.get(word, b"250 yes\r\n")
            if answer is None:
                return
            line.sendall(answer)
            if word == "DATA" and answer.startswith(b"354"):
                self.data = b""
                while (part := heard.readline()) not in (b".\r\n", b""):
                    self.data += part
                self.mails += 1
                ending = self.says.get(".", b"250 taken\r\n")
                if ending is None:
                    return
                line.sendall(ending)


@contextlib.contextmanager
def scripted(
    says: Mapping[str, bytes | None] | None = None, greeting: bytes | None = b"220 hello\r\n"
) -> Iterator[Scripted]:
    """A server for a block. DATA is answered 354 and EHLO without extensions unless told."""
    usual: dict[str, bytes | None] = {"DATA": b"354 go on\r\n", "EHLO": b"250 hello\r\n"}
    server = Scripted({**usual, **(says or {})}, greeting)
    try:
        yield server
    finally:
        server.close()
