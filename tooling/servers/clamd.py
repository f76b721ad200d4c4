"""A clamd of its own that knows one signature: the EICAR test file's, which harms nobody.

No signatures are downloaded; whatever else is streamed to it is clean. The test file's text is put
together here when it is asked for, so that no virus scanner stumbles over the repository.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path

from tooling.servers.process import Server, kept_running, program

SIGNATURE = "Fengcai.Test.EICAR"
CONFIGURATION = """\
Foreground yes
DatabaseDirectory {folder}/signatures
TemporaryDirectory {folder}/work
{listens}
OfficialDatabaseOnly no
ConcurrentDatabaseReload no
SelfCheck 0
MaxThreads 2
StreamMaxLength {most_mb}M
MaxFileSize {most_mb}M
MaxScanSize {most_mb}M
"""


def eicar() -> bytes:
    """The 68 bytes that every virus scanner is to report (eicar.org), assembled."""
    head, tail = "X5O!P%@AP[4" + chr(92) + "PZX54(P^)7CC)7}$", "$H+H*"
    return "-".join((head + "EICAR", "STANDARD", "ANTIVIRUS", "TEST", "FILE!" + tail)).encode()


class Clamd(Server):
    """`address` is what FENGCAI_CLAMD takes: a port of the loopback, or `socket` if one is given."""

    title = "clamd"
    package = "clamav-daemon"

    def __init__(self, folder: Path, *, socket: Path | None = None, most_mb: int = 8) -> None:
        super().__init__(folder)
        self._socket, self._most_mb = socket, most_mb

    @property
    def address(self) -> str:
        """Where it listens."""
        return str(self._socket or f"127.0.0.1:{self.port}")

    def prepare(self) -> None:
        """Its configuration, and the one signature: anywhere in any kind of file."""
        for name in ("signatures", "work"):
            (self.folder / name).mkdir(exist_ok=True)
        known = f"{SIGNATURE}:0:*:{eicar().hex()}\n"
        (self.folder / "signatures" / "test.ndb").write_text(known, encoding="ascii")
        listens = f"TCPSocket {self.port}\nTCPAddr 127.0.0.1"
        if self._socket is not None:
            listens = f"LocalSocket {self._socket}"
        written = CONFIGURATION.format(folder=self.folder, listens=listens, most_mb=self._most_mb)
        (self.folder / "clamd.conf").write_text(written, encoding="utf-8")

    def command(self) -> list[str]:
        """In the foreground, by its own configuration."""
        return [program("clamd", self.package), "-c", str(self.folder / "clamd.conf")]

    def answers(self) -> bool:
        """Whether it has read its signatures and serves."""
        if self._socket is not None:
            return self._socket.exists()
        with self.connect() as line:
            line.sendall(b"zPING\0")
            return line.recv(16).startswith(b"PONG")


def running(folder: Path, *, socket: Path | None = None) -> AbstractContextManager[Clamd]:
    """A clamd in `folder`, on a port or on a socket."""
    return kept_running(Clamd(folder, socket=socket))
