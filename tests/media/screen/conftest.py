"""One recogniser for all tests: loading it takes a second."""

from __future__ import annotations

import pytest

from fengcai.media.screen import reading
from fengcai.media.screen.recognition import Recogniser


@pytest.fixture(scope="session")
def recogniser() -> Recogniser:
    reading.warm_up()
    return reading._RECOGNISER
