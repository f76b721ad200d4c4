"""A content store of the test's own."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def data(settings, tmp_path: Path) -> Path:
    """The data directory, with the content in it; what is of S3 says so itself."""
    settings.FENGCAI_DATA = tmp_path
    settings.FENGCAI_STORAGE = ""
    return tmp_path
