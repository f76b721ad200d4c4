"""An S3 service of its own: moto's server, in memory.

It forgets everything when its process ends, unlike a real service: whoever shows what a failing
store does puts `proxy.FlakyProxy` before it instead of killing it.
"""

from __future__ import annotations

import sys
import urllib.request
from contextlib import AbstractContextManager
from pathlib import Path

from tooling.servers.process import Server, kept_running
from tooling.steps import VENV, Trouble


class S3(Server):
    """`variables` are the settings of an installation that keeps its files there."""

    title = "S3（moto）"
    package = "moto"
    bucket = "fengcai"
    region = "us-east-1"
    access_key = "fengcai-tests"
    secret_key = "fengcai-tests-secret"  # noqa: S105  (moto checks none)

    @property
    def endpoint(self) -> str:
        """The service's address."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def variables(self) -> dict[str, str]:
        """FENGCAI_… variables that name this store."""
        return variables(self.endpoint)

    def command(self) -> list[str]:
        """moto's server under the environment's Python."""
        here = Path(sys.executable).with_name("moto_server")
        script = here if here.exists() else VENV / "bin/moto_server"
        if not script.exists():
            raise Trouble("环境里没有 moto_server；先运行 ./dev exec true 装好环境")
        return [str(script), "-H", "127.0.0.1", "-p", str(self.port)]

    def answers(self) -> bool:
        """Whether it speaks HTTP."""
        with urllib.request.urlopen(f"{self.endpoint}/moto-api/", timeout=5) as answer:  # noqa: S310
            return bool(answer.status == 200)

    def started(self) -> None:
        """Make the bucket."""
        self.make_bucket(self.bucket)

    def make_bucket(self, name: str) -> None:
        """One more bucket; moto asks nobody who they are."""
        request = urllib.request.Request(f"{self.endpoint}/{name}", method="PUT")  # noqa: S310
        urllib.request.urlopen(request, timeout=10).close()  # noqa: S310


def variables(endpoint: str, prefix: str = "works") -> dict[str, str]:
    """FENGCAI_… variables for the bucket at `endpoint`, which may be a proxy's."""
    return {
        "FENGCAI_STORAGE": f"s3://{S3.bucket}/{prefix}",
        "FENGCAI_S3_ENDPOINT": endpoint,
        "FENGCAI_S3_REGION": S3.region,
        "FENGCAI_S3_ACCESS_KEY": S3.access_key,
        "FENGCAI_S3_SECRET_KEY": S3.secret_key,
    }


def running(folder: Path) -> AbstractContextManager[S3]:
    """A service whose log lies in `folder`; what it stores is in memory."""
    return kept_running(S3(folder))
