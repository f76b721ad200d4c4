"""Sound that several tests listen to, made once."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.media.sound.voices import Wave, spoken


@pytest.fixture(scope="session")
def voice() -> Wave:
    """Twenty seconds of Mandarin with pauses, mono at 48 kHz."""
    return spoken("tuning", 1, 20)


@pytest.fixture
def rng() -> np.random.Generator:
    """Chance, the same every time."""
    return np.random.default_rng(11)


@pytest.fixture(scope="module")
def rng_of_module() -> np.random.Generator:
    """The same for what a module makes once."""
    return np.random.default_rng(11)
