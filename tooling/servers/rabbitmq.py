"""A RabbitMQ node of its own, with an epmd of its own: everything listens on 127.0.0.1 alone."""

from __future__ import annotations

import subprocess
from contextlib import AbstractContextManager
from pathlib import Path

from tooling.servers.ports import free_port
from tooling.servers.process import Server, kept_running, program

# The scripts of the package itself; those in /usr/sbin change the account on their own.
SCRIPTS = Path("/usr/lib/rabbitmq/bin")


class RabbitMQ(Server):
    """`url` is what FENGCAI_BROKER_URL takes. No management pages, no other plugin."""

    title = "RabbitMQ"
    package = "rabbitmq-server"
    # Runs as whoever starts it: Erlang asks by access(2) what it may write, and that is no to
    # an account inside somebody else's temporary folder, whatever rights the account was lent.
    patience = 120.0

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.names_port, self.distribution_port = free_port(), free_port()
        self._names: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The address of its first virtual host."""
        return f"amqp://guest:guest@127.0.0.1:{self.port}//"

    def prepare(self) -> None:
        """Folders and an empty configuration, so that nothing of the machine's is read; epmd."""
        for name in ("rabbitmq-env.conf", "advanced.config"):
            (self.folder / name).write_text("[].\n" if name.startswith("adv") else "")
        (self.folder / "plugins").write_text("[].\n")
        (self.folder / "rabbitmq.conf").write_text(
            f"listeners.tcp.default = 127.0.0.1:{self.port}\n"
            "log.console = true\nlog.console.level = warning\nlog.file = false\n"
            "disk_free_limit.absolute = 20MB\n"
        )
        if self._names is None or self._names.poll() is not None:
            epmd = [program("epmd", "erlang-base"), "-port", str(self.names_port)]
            self._names = subprocess.Popen(
                [*epmd, "-address", "127.0.0.1"],
                cwd=self.folder,
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )

    def surroundings(self) -> dict[str, str]:
        """All that would otherwise lie in /var or /etc lies in the folder."""
        at = self.folder
        return {
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "ERL_EPMD_PORT": str(self.names_port),
            "RABBITMQ_NODENAME": f"fengcai-{self.port}@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(self.port),
            "RABBITMQ_DIST_PORT": str(self.distribution_port),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
            "RABBITMQ_CONF_ENV_FILE": str(at / "rabbitmq-env.conf"),
            "RABBITMQ_CONFIG_FILE": str(at / "rabbitmq.conf"),
            "RABBITMQ_ADVANCED_CONFIG_FILE": str(at / "advanced.config"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(at / "plugins"),
            "RABBITMQ_MNESIA_BASE": str(at / "mnesia"),
            "RABBITMQ_LOG_BASE": str(at / "logs"),
            "RABBITMQ_LOGS": "-",
            "RABBITMQ_PID_FILE": str(at / "pid"),
            "RABBITMQ_GENERATED_CONFIG_DIR": str(at / "generated"),
        }

    def command(self) -> list[str]:
        """The node in the foreground."""
        return [program("rabbitmq-server", self.package, SCRIPTS)]

    def answers(self) -> bool:
        """Whether it opens an AMQP 0-9-1 connection; it listens last when it boots."""
        with self.connect() as line:
            line.sendall(b"AMQP\x00\x00\x09\x01")
            return line.recv(1) == b"\x01"

    def stop(self, grace: float = 30) -> None:
        """End the node in order, then its epmd."""
        super().stop(grace)
        self._end_names()

    def kill(self) -> None:
        """kill -9 of the node; epmd goes too, as it would with the machine."""
        super().kill()
        self._end_names()

    def _end_names(self) -> None:
        if self._names:
            self._names.kill()
            self._names.wait()
            self._names = None


def running(folder: Path) -> AbstractContextManager[RabbitMQ]:
    """A node in `folder`; takes some seconds to boot."""
    return kept_running(RabbitMQ(folder))
