"""Loaded before Django's settings: no test sees the reader's own data or FENGCAI_ variables."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile

for name in [name for name in os.environ if name.startswith("FENGCAI_")]:
    del os.environ[name]
os.environ["FENGCAI_DATA"] = tempfile.mkdtemp(prefix="fengcai-tests-")
atexit.register(shutil.rmtree, os.environ["FENGCAI_DATA"], ignore_errors=True)
