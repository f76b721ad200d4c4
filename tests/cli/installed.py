"""An installation in a folder of its own, and the `fengcai` command on it."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

from tests import warm


class Installation:
    """A data folder, further FENGCAI_… variables, and the command."""

    def __init__(self, data: Path, **more: str) -> None:
        self.data = data
        # What the tests themselves run on must not leak into an installation of its own.
        own = {name: v for name, v in os.environ.items() if not name.startswith("FENGCAI_")}
        self.variables = own | {"FENGCAI_DATA": str(data), **more}

    def command(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "fengcai.cli", *words]

    def run(self, *words: str, said: str = "") -> subprocess.CompletedProcess[str]:
        return warm.run(
            self.command(*words), env=self.variables, input=said,
            capture_output=True, text=True, check=False,
        )  # fmt: skip

    def begin(self, *words: str) -> subprocess.Popen[str]:
        """The command, left running."""
        return warm.Popen(
            self.command(*words), env=self.variables, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    def doctor(self) -> tuple[int, dict[str, list[str]]]:
        """The exit code, and the states of the findings by subject."""
        ended = self.run("doctor", "--json")
        states: dict[str, list[str]] = {}
        for finding in json.loads(ended.stdout):
            states.setdefault(finding["subject"], []).append(finding["state"])
            assert (finding["state"] == "good") == (finding["advice"] == "")
        return ended.returncode, states


def free_port() -> int:
    """A loopback port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
