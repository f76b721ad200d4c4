"""A contest that gets letters, on a disk of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.apps.mailbox.letters import Office, an_office


@pytest.fixture
def office(db: None, settings: Any, tmp_path: Path) -> Office:
    settings.FENGCAI_DATA = tmp_path / "data"
    settings.FENGCAI_PUBLIC_URL = "https://fengcai.example"
    (tmp_path / "mail").mkdir()
    return an_office(tmp_path / "mail")
