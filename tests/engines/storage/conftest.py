"""A content store of the test's own."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def data(settings, tmp_path: Path) -> Path:
    """The data directory."""
    settings.FENGCAI_DATA = tmp_path
    return tmp_path
