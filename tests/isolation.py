"""Loaded before Django's settings: no test sees the reader's own data or FENGCAI_ variables.

FENGCAI_TEST_ENGINES alone counts: settings, as JSON, of the real servers that `tooling.servers` has
started. Without it everything runs on the embedded engines.
"""

from __future__ import annotations

import atexit
import json
import os
import shutil
import tempfile

TOLD = "FENGCAI_TEST_ENGINES"  # stays: the processes that share a pass read it as well
ENGINES: dict[str, str] = json.loads(os.environ.get(TOLD, "{}"))

for name in [name for name in os.environ if name.startswith("FENGCAI_") and name != TOLD]:
    del os.environ[name]
os.environ.update(ENGINES)
os.environ["FENGCAI_DATA"] = tempfile.mkdtemp(prefix="fengcai-tests-")
atexit.register(shutil.rmtree, os.environ["FENGCAI_DATA"], ignore_errors=True)
