"""Runs a module with this process's clock moved on: `python -m tests.journeys.later DAYS MODULE …`.

Stands in for the weeks between a contest's windows; the product itself knows nothing of it.
"""

from __future__ import annotations

import runpy
import sys
from datetime import UTC, datetime, timedelta

import time_machine


def main() -> None:
    """The module runs as `__main__`, with what follows as its arguments."""
    days, module = int(sys.argv[1]), sys.argv[2]
    sys.argv = sys.argv[2:]
    with time_machine.travel(datetime.now(UTC) + timedelta(days=days), tick=True):
        runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
