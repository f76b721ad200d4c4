"""Loudness range and its plot: minimum requirements of EBU Tech 3342, and ffmpeg's own meter."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import wave
from fractions import Fraction

import numpy as np
import pytest

from fengcai.media.samples import Sound
from fengcai.media.sound.loudness import Loudness
from tests.media.clips import tone
from tests.media.sound.hearing import RATE, both

pytestmark = pytest.mark.media


def measured(planes, rate=RATE):
    meter = Loudness()
    for at in range(0, planes.shape[1], 30_011):
        meter.feed(Sound(planes[:, at : at + 30_011], rate, ("FL", "FR")))
    return meter.measure()


def steps(*levels):
    return np.concatenate([tone(20, level, 1000.0) for level in levels], axis=1)


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        ((-20, -30), 10),
        ((-20, -15), 5),
        ((-40, -20), 20),
        ((-50, -35, -20, -35, -50), 15),
    ],
)
def test_ebu_tech_3342(levels, expected):
    """Cases 1 to 4, within the 1 LU that the paper allows."""
    assert measured(steps(*levels)).values["range_lu"] == pytest.approx(expected, abs=1)


def test_a_range_has_a_fact_a_plot_and_its_two_ends():
    measure = measured(steps(-20, -30))
    assert measure.answer == "clear"
    assert Fraction(measure.facts["loudness_range"]) == Fraction(
        round(measure.values["range_lu"] * 10), 10
    )
    assert measure.curve.unit == "LUFS"
    assert (measure.curve.step_s, len(measure.curve.values)) == (1, 38)
    assert measure.curve.values[2] == pytest.approx(-20, abs=0.2)
    loud, quiet = measure.spans
    assert (loud.text, quiet.text) == ("最响处", "最轻处")
    assert loud.to_s <= 20 <= quiet.from_s


@pytest.mark.skipif(not shutil.which("ffmpeg"), reason="ffmpeg's meter is the oracle")
def test_agrees_with_ffmpeg_on_speech_and_steps(voice, tmp_path):
    loud = np.concatenate((voice, voice * 0.25, voice * 0.6))
    file = tmp_path / "speech.wav"
    with wave.open(str(file), "wb") as out:
        out.setnchannels(2)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes((np.repeat(loud, 2) * 32767).astype("<i2").tobytes())
    command = ["ffmpeg", "-hide_banner", "-nostats", "-i", str(file), "-filter_complex", "ebur128",
               "-f", "null", "-"]  # fmt: skip
    told = subprocess.run(command, capture_output=True, text=True, check=True).stderr
    summary = told[told.rindex("Summary:") :]
    ours = measured(both(loud)).values
    theirs = re.search(r"I:\s+(-[\d.]+) LUFS", summary)[1]
    assert ours["integrated_lufs"] == pytest.approx(float(theirs), abs=0.1)
    theirs = re.search(r"LRA:\s+([\d.]+) LU", summary)[1]
    assert ours["range_lu"] == pytest.approx(float(theirs), abs=0.2)


def test_silence_and_too_short_have_no_range():
    assert measured(np.zeros((2, 5 * RATE), np.float32)).answer == "unmeasured"
    short = measured(tone(2, -20))
    assert (short.values["range_lu"], short.facts, short.curve) == (None, {}, None)
    assert Loudness().measure() is None


def test_a_layout_that_changes_is_not_measured():
    meter = Loudness()
    meter.feed(Sound(tone(5, -20), RATE, ("FL", "FR")))
    meter.feed(Sound(tone(5, -20, channels=1), RATE, ("FC",)))
    measure = meter.measure()
    assert (measure.answer, measure.facts) == ("unmeasured", {})
    assert "中途变化" in measure.why


def test_the_measure_is_plain_json():
    json.dumps(measured(steps(-20, -30)).model_dump(mode="json"), allow_nan=False)
