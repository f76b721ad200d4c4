"""A worker in slow motion: takes the next job and says what it is told to, line by line.

`40 正在解码画面` reports progress, `finish` carries the job out for good. Answers `ok` to each line.
"""

# ruff: noqa: E402  (Django is set up before its apps are imported)

from __future__ import annotations

import os
import sys
import time

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fengcai.project.settings")

import django

django.setup()

from fengcai.engines.jobs import claims
from fengcai.engines.jobs.context import JobContext
from fengcai.engines.jobs.execution import execute


def main() -> None:
    """Wait for a job, then for lines."""
    while (held := claims.claim("slow motion")) is None:
        time.sleep(0.05)
    context = JobContext(held)
    print("claimed", flush=True)
    for line in sys.stdin:
        if line.strip() == "finish":
            execute(held, context, reraise=True)
        else:
            percent, _, text = line.strip().partition(" ")
            context.progress(int(percent) / 100, text)
        print("ok", flush=True)


if __name__ == "__main__":
    main()
