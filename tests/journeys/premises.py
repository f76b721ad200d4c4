"""A real installation for as long as tests last: web and worker as processes of their own.

The web server can be killed without warning and started again on the same port; the clock of the
whole house can be moved on, so that a contest of weeks is walked through in minutes.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx

from fengcai.samples.server import free_port
from tests import warm
from tests.furnished import furnish

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 90


class Premises:
    """`fengcai web` and `fengcai worker` on a data directory of their own."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.folder = folder
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        folder.mkdir(parents=True, exist_ok=True)
        self.log = (folder / "servers.log").open("ab")
        self._env = {
            **{k: v for k, v in os.environ.items() if not k.startswith("FENGCAI_")},
            "FENGCAI_DATA": str(folder / "data"),
            "PYTHONPATH": os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH")))),
            **settings,
        }
        self._days = 0
        self._web: subprocess.Popen[bytes] | None = None
        self._worker: subprocess.Popen[bytes] | None = None
        self._stagehand: subprocess.Popen[str] | None = None

    def open(self) -> None:
        """Make the database, start both processes, wait until pages are answered."""
        self.furnish()
        self._worker = self._start("worker")
        self.start_web()

    def furnish(self) -> None:
        """Make the database."""
        if "FENGCAI_DATABASE_URL" not in self._env:
            furnish(self.folder / "data")
        else:
            self._cli("init", "--no-admin").check_returncode()

    def start_web(self) -> None:
        """Start the web server on the port and wait until it answers."""
        self._web = self._start("web", "--host", "127.0.0.1", "--port", str(self.port))
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            assert self._web.poll() is None, f"the web server ended: {self.said()}"
            try:
                if httpx.get(f"{self.address}/healthz", timeout=5).status_code == 200:
                    return
            except httpx.HTTPError:
                time.sleep(0.1)
        raise AssertionError(f"the web server did not answer: {self.said()}")

    def kill_web(self) -> None:
        """SIGKILL: no goodbye, nothing flushed."""
        assert self._web is not None
        self._web.kill()
        assert self._web.wait(20) == -9

    def move_clock(self, days: int) -> None:
        """Stop both processes and start them again `days` later."""
        self._stop()
        self._days += days
        self._worker = self._start("worker")
        self.start_web()

    def close(self) -> None:
        """End both processes."""
        self._stop()
        self.log.close()

    def _stop(self) -> None:
        if self._stagehand and self._stagehand.stdin:
            self._stagehand.stdin.close()  # which ends it
            self._stagehand.wait(15)
            self._stagehand = None
        running = [one for one in (self._web, self._worker) if one and one.poll() is None]
        for process in running:
            process.terminate()
        for process in running:
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def stage(
        self, command: str, *, module: str = "tests.journeys.stage", **arguments: object
    ) -> dict[str, Any]:
        """Run a command of `tests.journeys.stage` (or its like) on this installation's data."""
        if self._stagehand is None:
            self._stagehand = warm.Popen(
                self._module("tests.journeys.stage"), cwd=ROOT, env=self._env, text=True,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log,
            )  # fmt: skip
        assert self._stagehand.stdin
        assert self._stagehand.stdout
        asked = {"module": module, "command": command, "arguments": arguments}
        self._stagehand.stdin.write(json.dumps(asked, default=str) + "\n")
        self._stagehand.stdin.flush()
        said = json.loads(self._stagehand.stdout.readline() or '{"failed": "the stage is gone"}')
        assert "failed" not in said, f"stage {command}: {said['failed']}\n{self.said()}"
        answer: dict[str, Any] = said["answer"]
        return answer

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """The `fengcai` command on this installation, with what it printed."""
        return warm.run(
            self._module("fengcai.cli", *arguments),
            cwd=ROOT, env=self._env, capture_output=True, text=True, timeout=240, check=False,
        )  # fmt: skip

    def said(self) -> str:
        """The end of what both processes wrote."""
        self.log.flush()
        return (self.folder / "servers.log").read_text("utf-8", "replace")[-4000:]

    def _cli(self, *arguments: str) -> subprocess.CompletedProcess[bytes]:
        return warm.run(
            self._module("fengcai.cli", *arguments),
            cwd=ROOT,
            env=self._env,
            stdout=self.log,
            stderr=self.log,
            timeout=120,
        )

    def _start(self, *arguments: str) -> subprocess.Popen[bytes]:
        return warm.Popen(
            self._module("fengcai.cli", *arguments),
            cwd=ROOT,
            env=self._env,
            stdout=self.log,
            stderr=self.log,
        )

    def _module(self, module: str, *arguments: str) -> list[str]:
        later = ["-m", "tests.journeys.later", str(self._days)] if self._days else ["-m"]
        return [sys.executable, *later, module, *arguments]
