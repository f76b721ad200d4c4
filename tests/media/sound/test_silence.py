"""Where nothing is heard, against ffmpeg's own silencedetect."""

from __future__ import annotations

import re
import shutil
import subprocess
import wave

import numpy as np
import pytest

from tests.media.clips import tone
from tests.media.sound.hearing import RATE, said, seconds_of

pytestmark = pytest.mark.media


def with_holes(*holes, seconds=20):
    planes = tone(seconds, -20)
    for begin, end in holes:
        planes[:, round(begin * RATE) : round(end * RATE)] = 0
    return planes


def test_holes_are_found_with_their_times():
    measure = said("silence", with_holes((2, 5.5), (8, 9), (12, 20)))
    assert measure.answer == "found"
    assert measure.facts == {"longest_silence": "8"}
    assert seconds_of(measure) == [(2, 5.5), (12, 20)]
    assert measure.values["silent_percent"] == 62.5


def test_a_short_breath_is_not_silence_but_counts_as_the_longest():
    measure = said("silence", with_holes((8, 9.05)))
    assert (measure.answer, measure.spans) == ("clear", ())
    assert measure.facts == {"longest_silence": "21/20"}


def test_one_channel_that_sounds_is_enough():
    planes = with_holes((2, 8))
    planes[1] = tone(20, -55)[0]
    assert said("silence", planes).answer == "clear"


def test_hiss_below_the_limit_is_silence_and_above_is_not(rng):
    hiss = rng.normal(size=(2, 5 * RATE)).astype(np.float32)
    assert said("silence", hiss * 10 ** (-63 / 20)).answer == "found"
    assert said("silence", hiss * 10 ** (-57 / 20)).answer == "clear"


@pytest.mark.skipif(not shutil.which("ffmpeg"), reason="ffmpeg is the oracle")
def test_agrees_with_silencedetect(tmp_path, rng):
    cuts = np.cumsum(rng.uniform(0.5, 4, 16))
    planes = with_holes(*zip(cuts[::2], cuts[1::2], strict=True), seconds=40)
    file = tmp_path / "holes.wav"
    with wave.open(str(file), "wb") as out:
        out.setnchannels(2)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes((planes.T * 32767).astype("<i2").tobytes())
    command = ["ffmpeg", "-hide_banner", "-nostats", "-i", str(file), "-af",
               "silencedetect=n=-60dB:d=2", "-f", "null", "-"]  # fmt: skip
    told = subprocess.run(command, capture_output=True, text=True, check=True).stderr
    starts = [float(each) for each in re.findall(r"silence_start: ([\d.]+)", told)]
    ends = [float(each) for each in re.findall(r"silence_end: ([\d.]+)", told)]
    ours = seconds_of(said("silence", planes))
    assert len(ours) == len(starts) >= 2
    assert np.allclose(ours, list(zip(starts, ends, strict=True)), atol=0.1)
