"""Whatever a damaged film decodes to, every check answers with numbers that can be stored."""

from __future__ import annotations

import json

import numpy as np
import pytest

from benchmarks.media.sound.blocks import heard
from tests.media.sound.hearing import RATE

pytestmark = pytest.mark.media


@pytest.mark.parametrize("poison", [np.nan, np.inf, -3e38])
def test_absurd_samples_poison_nothing(voice, poison):
    planes = np.stack((voice, voice))[:, : 14 * RATE].copy()
    planes[0, 5 * RATE : 5 * RATE + 400 : 7] = poison
    listener = heard(planes)
    measures, _ = listener.measures()
    told = json.dumps([measures, listener.result()], allow_nan=False)
    assert "请人工查看" not in told
    assert {name for name, each in measures.items() if each["answer"] == "unmeasured"} == set()


@pytest.mark.parametrize("samples", [1, 700, 20_000])
def test_a_moment_of_sound_is_no_accident(samples):
    """Too short for most: absent or unmeasured, never broken."""
    listener = heard(np.full((2, samples), 0.1, np.float32))
    told = json.dumps([listener.measures()[0], listener.result()], allow_nan=False)
    assert "请人工查看" not in told
