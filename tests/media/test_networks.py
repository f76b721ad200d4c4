"""Networks: what is next to nothing counts as nothing, in who made the session and whom it forks."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

_TOLD = """
import os
import numpy as np
from fengcai.media.screen.recognition import Recogniser
from fengcai.media.sound.noise import Noise
{first}.warm_up()
def least():
    return float(np.float32(1e-38) * np.float32(0.1))
own = least()
read, write = os.pipe()
if os.fork() == 0:
    os.write(write, str(least()).encode())
    os._exit(0)
print(own, float(os.read(read, 99)))
"""


def _least(first: str) -> list[float]:
    told = subprocess.run(
        [sys.executable, "-c", _TOLD.format(first=first)], capture_output=True, check=True
    )
    return [float(each) for each in told.stdout.split()]


def test_whoever_makes_the_first_session_and_its_forks_count_tiny_numbers_as_nothing() -> None:
    assert _least("Recogniser()") == [0.0, 0.0]
    assert _least("Noise") == [0.0, 0.0]


_AFTER = """
import sys
from fengcai.media.sound.noise import Noise
from tests.isolation import usual_numbers
Noise.warm_up()
before = sys.float_info.min * float("0.5")
usual_numbers()
print(before, sys.float_info.min * float("0.5"))
"""


def test_a_thread_may_count_as_usual_again() -> None:
    told = subprocess.run(
        [sys.executable, "-c", _AFTER], capture_output=True, check=True, cwd=ROOT
    ).stdout.split()
    assert [float(each) > 0 for each in told] == [False, True]
