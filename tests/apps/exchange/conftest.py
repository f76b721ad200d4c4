"""A contest that collects works of several units."""

from __future__ import annotations

import pytest

from tests.factories.collecting import Collecting, collecting


@pytest.fixture
def stage(db: None) -> Collecting:
    """Two units with their people."""
    return collecting()
