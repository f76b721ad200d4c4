"""Loaded before Django's settings: no test sees the reader's own data or FENGCAI_ variables.

FENGCAI_TEST_ENGINES alone counts: settings, as JSON, of the real servers that `tooling.servers` has
started. Without it everything runs on the embedded engines. Processes that share a pass (pytest-xdist)
share the servers and nothing on them: each has its own databases in PostgreSQL and Redis, and its
own folder of the bucket.
"""

from __future__ import annotations

import atexit
import ctypes
import json
import os
import shutil
import sys
import tempfile

TOLD = "FENGCAI_TEST_ENGINES"  # stays: the processes that share a pass read it as well
ENGINES: dict[str, str] = json.loads(os.environ.get(TOLD, "{}"))

if worker := os.environ.get("PYTEST_XDIST_WORKER", "").removeprefix("gw"):
    for setting, url in ENGINES.items():
        if url.startswith("redis://"):
            ENGINES[setting] = f"{url.rpartition('/')[0]}/{worker}"
        elif url.startswith("s3://"):
            ENGINES[setting] = f"{url}/tests{worker}"

for name in [name for name in os.environ if name.startswith("FENGCAI_") and name != TOLD]:
    del os.environ[name]
os.environ.update(ENGINES)
os.environ["FENGCAI_DATA"] = tempfile.mkdtemp(prefix="fengcai-tests-")
atexit.register(shutil.rmtree, os.environ["FENGCAI_DATA"], ignore_errors=True)


def usual_numbers() -> None:
    """Have this thread count with numbers below 1e-308 again, whatever it was told."""
    if sys.platform == "linux":
        ctypes.CDLL(None).fesetenv(ctypes.c_void_p(-1))  # FE_DFL_ENV of glibc and musl
