"""A Redis server of its own that writes each change to its log before it answers."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path

from tooling.servers.process import Server, kept_running, program


class Redis(Server):
    """`url` is what FENGCAI_BROKER_URL and FENGCAI_REDIS_URL take."""

    title = "Redis"
    package = "redis-server"

    @property
    def url(self) -> str:
        """The address of its first database."""
        return f"redis://127.0.0.1:{self.port}/0"

    def command(self) -> list[str]:
        """In the foreground, keeping an append-only log (a killed process loses nothing)."""
        return [
            program("redis-server", self.package), "--bind", "127.0.0.1", "--port", str(self.port),
            "--dir", str(self.folder), "--appendonly", "yes", "--appendfsync", "everysec",
            "--save", "", "--daemonize", "no", "--loglevel", "warning",
        ]  # fmt: skip

    def answers(self) -> bool:
        """Whether it has read its log and serves."""
        with self.connect() as line:
            line.sendall(b"PING\r\n")
            return line.recv(64).startswith(b"+PONG")


def running(folder: Path) -> AbstractContextManager[Redis]:
    """A server in `folder`."""
    return kept_running(Redis(folder))
