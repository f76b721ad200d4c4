"""A PostgreSQL server of its own: own data folder, own port, never as root, loopback only."""

from __future__ import annotations

import signal
import subprocess
from contextlib import AbstractContextManager
from pathlib import Path

from tooling.servers.process import Server, as_account, give, kept_running, program
from tooling.steps import Trouble

NAME = PASSWORD = "fengcai"  # noqa: S105  (a server on the loopback for some minutes)
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "shared_buffers": "64MB",
    "max_connections": "100",
    "logging_collector": "off",
    "log_min_messages": "warning",
}
# For tests only: a machine that loses power loses the database too; a killed process does not.
HASTY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class PostgreSQL(Server):
    """`url` is what FENGCAI_DATABASE_URL takes; the role may create databases (tests do)."""

    title = "PostgreSQL"
    package = "postgresql"
    account = "postgres"
    ending = signal.SIGINT  # "fast": open sessions are ended, what was committed is kept

    def __init__(self, folder: Path, *, durable: bool = True) -> None:
        super().__init__(folder)
        self.data = self.folder / "data"
        self.settings = SETTINGS | ({} if durable else HASTY)

    @property
    def url(self) -> str:
        """The address of the database, with its user and password."""
        return f"postgres://{NAME}:{PASSWORD}@127.0.0.1:{self.port}/{NAME}"

    def program(self, name: str) -> str:
        """One of PostgreSQL's programs."""
        return its_program(name)

    def prepare(self) -> None:
        """Make the data folder once: user, password, and one database."""
        if (self.data / "PG_VERSION").exists():
            return
        give(self.data, self.account)
        password = self.folder / "password"
        password.write_text(PASSWORD)
        password.chmod(0o644)  # the same word stands in this file: no secret
        words = [
            self.program("initdb"), "--pgdata", str(self.data), "--username", NAME,
            "--pwfile", str(password), "--auth", "scram-sha-256", "--encoding", "UTF8",
            "--locale", "C.UTF-8", "--no-sync", "--no-instructions",
        ]  # fmt: skip
        made = subprocess.run(
            as_account(self.account, words), cwd="/", env=self._environment(),
            stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if made.returncode:
            raise Trouble(f"PostgreSQL 的数据目录没有建成：\n{made.stderr.strip()}")
        single = [self.program("postgres"), "--single", "-D", str(self.data), "postgres"]
        subprocess.run(
            as_account(self.account, single), cwd="/", env=self._environment(),
            input=f"CREATE DATABASE {NAME};\n", stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, text=True, check=True,
        )  # fmt: skip

    def command(self) -> list[str]:
        """The postmaster in the foreground."""
        settings = [word for item in self.settings.items() for word in ("-c", "=".join(item))]
        return [
            self.program("postgres"), "-D", str(self.data), "-p", str(self.port), *settings,
        ]  # fmt: skip

    def answers(self) -> bool:
        """Whether it takes connections: after a kill it first goes through its log."""
        words = [self.program("pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        return subprocess.run(words, check=False).returncode == 0


def its_program(name: str) -> str:
    """The path of one of PostgreSQL's programs; Debian keeps each version's in a folder of its own."""
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_version, reverse=True)
    return program(name, PostgreSQL.package, *versions)


def _version(folder: Path) -> int:
    return int(folder.parent.name.partition(".")[0]) if folder.parent.name[:1].isdigit() else 0


def running(folder: Path, *, durable: bool = True) -> AbstractContextManager[PostgreSQL]:
    """A server in `folder`; `durable=False` gives up safety from a power cut for speed (tests)."""
    return kept_running(PostgreSQL(folder, durable=durable))
