"""`python -m fengcai.cli`: the same command where no script is installed."""

from __future__ import annotations

import sys

from fengcai.cli import main

sys.exit(main())
