"""A tus client that costs little: raw sockets, the same bytes and chunks for every server."""

from __future__ import annotations

import base64
import os
import socket
import time

MIB = 1024 * 1024
_BLOCK = memoryview(os.urandom(4 * MIB))
_TUS = "Tus-Resumable: 1.0.0\r\n"


class Connection:
    """One kept-alive connection."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=120)

    def ask(
        self, method: str, path: str, headers: str, body: int = 0
    ) -> tuple[int, dict[str, str]]:
        """One request with `body` bytes; the answer's status and headers."""
        head = (
            f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\n{_TUS}{headers}"
            f"Content-Length: {body}\r\n\r\n"
        )
        self._socket.sendall(head.encode())
        while body > 0:
            self._socket.sendall(_BLOCK[: min(len(_BLOCK), body)])
            body -= len(_BLOCK)
        return self._answer(method)

    def _answer(self, method: str) -> tuple[int, dict[str, str]]:
        received = b""
        while b"\r\n\r\n" not in received:
            more = self._socket.recv(65536)
            if not more:
                raise ConnectionError(f"{method}: the server hung up")
            received += more
        head, _, rest = received.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = {k.lower(): v for k, _, v in (line.partition(": ") for line in lines)}
        missing = int(headers.get("content-length", "0")) - len(rest)
        while missing > 0:
            missing -= len(self._socket.recv(missing))
        return int(first.split()[1]), headers

    def close(self) -> None:
        self._socket.close()


def upload(port: int, path: str, *, size: int, chunk: int, grant: str = "") -> float:
    """Upload `size` bytes in PATCHes of `chunk`; seconds from creation to the last answer."""
    connection = Connection(port)
    began = time.perf_counter()
    pair = f"grant {base64.b64encode(grant.encode()).decode()}" if grant else "filename YQ=="
    status, headers = connection.ask(
        "POST", path, f"Upload-Length: {size}\r\nUpload-Metadata: {pair}\r\n"
    )
    if status != 201:
        raise RuntimeError(f"creation answered {status}")
    location = headers["location"]
    location = location[location.index("/", 8) :] if "://" in location else location
    offset = 0
    while offset < size:
        length = min(chunk, size - offset)
        status, headers = connection.ask(
            "PATCH",
            location,
            f"Upload-Offset: {offset}\r\nContent-Type: application/offset+octet-stream\r\n",
            length,
        )
        if status != 204:
            raise RuntimeError(f"PATCH at {offset} answered {status}")
        offset = int(headers["upload-offset"])
    seconds = time.perf_counter() - began
    connection.close()
    return seconds
