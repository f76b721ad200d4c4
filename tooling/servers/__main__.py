"""Run one command beside real servers: `./dev exec python -m tooling.servers pytest -m engines`.

The tests read FENGCAI_TEST_ENGINES alone; any other command (a shell, the product itself) sees the
FENGCAI_… settings too.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys

from tooling.servers.together import KNOWN, USUAL, running
from tooling.steps import Trouble, stop


def main() -> int:
    """Start, run, end; answers with the command's exit code."""
    parser = argparse.ArgumentParser(prog="python -m tooling.servers")
    parser.add_argument(
        "--with", dest="names", default=",".join(USUAL), metavar="NAMES",
        help=f"逗号分隔，选自 {'、'.join(KNOWN)}（默认 {','.join(USUAL)}）",
    )  # fmt: skip
    parser.add_argument("command", nargs=argparse.REMAINDER, metavar="CMD")
    options = parser.parse_args()
    names = options.names.split(",")
    if not options.command or set(names) - set(KNOWN):
        parser.error(f"用法：python -m tooling.servers [--with {','.join(USUAL)}] 命令 …")
    # The end of this process unwinds like any exit, so that no server is left behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    with running(names) as chosen:
        told = {"FENGCAI_TEST_ENGINES": json.dumps(chosen)}
        child = subprocess.Popen(options.command, env=os.environ | chosen | told)
        try:
            return child.wait()
        finally:
            stop(child)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Trouble as trouble:
        sys.exit(f"✗ {trouble}")
    except KeyboardInterrupt:
        sys.exit(130)
