"""Reference signals of EBU Tech 3341 (cases 1 to 6, 15 and 16) and FFmpeg's own meter."""

from __future__ import annotations

import math
from fractions import Fraction

import av
import numpy as np
import pytest

from fengcai.media.samples import Sound
from fengcai.media.sound.loudness import Loudness, channel_weights
from fengcai.media.sound.peaks import Peaks
from tests.media.clips import tone

pytestmark = pytest.mark.media

STEREO = ("FL", "FR")


def measure(planes, names=STEREO, rate=48_000, block=30_011):
    """Fed in blocks of an awkward size, as decoders do."""
    meter = Loudness()
    for at in range(0, planes.shape[1], block):
        meter.feed(Sound(planes[:, at : at + block], rate, names))
    return meter.result()


def joined(*parts):
    return np.concatenate([tone(seconds, level, 1000.0) for level, seconds in parts], axis=1)


@pytest.mark.parametrize(
    ("case", "parts", "expected"),
    [
        (1, [(-23, 20)], -23.0),
        (2, [(-33, 20)], -33.0),
        (3, [(-36, 10), (-23, 60), (-36, 10)], -23.0),
        (4, [(-72, 10), (-36, 10), (-23, 60), (-36, 10), (-72, 10)], -23.0),
        (5, [(-26, 20), (-20, 20.1), (-26, 20)], -23.0),
    ],
)
def test_ebu_tech_3341(case, parts, expected):
    assert measure(joined(*parts))["loudness_lufs"] == pytest.approx(expected, abs=0.1)


def test_ebu_tech_3341_case_6_five_channels():
    levels = {"FL": -28, "FR": -28, "FC": -24, "LFE": None, "BL": -30, "BR": -30}
    planes = np.concatenate(
        [tone(20, v, 1000.0, 1) if v is not None else 0 * tone(20, 0, 1000.0, 1)
         for v in levels.values()]
    )  # fmt: skip
    assert measure(planes, tuple(levels))["loudness_lufs"] == pytest.approx(-23.0, abs=0.1)


@pytest.mark.parametrize("rate", [16_000, 44_100, 48_000, 96_000])
def test_a_full_scale_tone_in_one_channel_reads_minus_3(rate):
    """BS.1770-4, annex 1: 997 Hz at 0 dB FS in one front channel is -3.01 LKFS."""
    found = measure(tone(5, 0.0, 997.0, 1, rate), ("FC",), rate)
    assert found["loudness_lufs"] == pytest.approx(-3.01, abs=0.05)


def test_agrees_with_the_meter_in_ffmpeg():
    rng = np.random.default_rng(4)
    pulses = np.repeat(rng.uniform(0.02, 0.3, 40), 24_000)
    noise = np.cumsum(rng.normal(size=(2, len(pulses))), axis=1)
    noise = (noise - np.convolve(noise[0], np.ones(999) / 999, "same")) * 0.02 * pulses
    planes = np.clip(noise, -1, 1).astype(np.float32)
    assert measure(planes)["loudness_lufs"] == pytest.approx(_ffmpeg_meter(planes), abs=0.1)


def _ffmpeg_meter(planes) -> float:
    graph = av.filter.Graph()
    source = graph.add_abuffer(
        sample_rate=48_000, format="fltp", layout="stereo", time_base=Fraction(1, 48_000)
    )
    meter = graph.add("ebur128", "metadata=1")
    sink = graph.add("abuffersink")
    source.link_to(meter)
    meter.link_to(sink)
    graph.configure()
    found = math.nan
    for at in range(0, planes.shape[1], 4800):
        frame = av.AudioFrame.from_ndarray(
            np.ascontiguousarray(planes[:, at : at + 4800]), format="fltp", layout="stereo"
        )
        frame.sample_rate, frame.pts = 48_000, at
        source.push(frame)
        while True:
            try:
                out = sink.pull()
            except (BlockingIOError, EOFError):
                break
            found = float(out.metadata.get("lavfi.r128.I", found))
    return found


def test_silence_is_silent_and_has_no_loudness():
    found = measure(np.zeros((2, 48_000), dtype=np.float32))
    assert found == {
        "loudness_lufs": None,
        "loudness_max_momentary_lufs": None,
        "silent": True,
    }
    assert measure(tone(2, -75))["silent"] is True
    assert measure(tone(2, -50))["silent"] is False


def test_a_short_sound_among_silence_is_not_silent():
    planes = np.zeros((2, 48_000 * 20), dtype=np.float32)
    planes[:, 480_000:528_000] = tone(1, -20)
    assert measure(planes)["silent"] is False


def test_less_than_one_block_has_no_loudness():
    assert measure(tone(0.3, -20))["loudness_lufs"] is None


def test_weights_of_surround_channels():
    five = channel_weights(("FL", "FR", "FC", "LFE", "BL", "BR")).tolist()
    seven = channel_weights(("FL", "FR", "FC", "LFE", "BL", "BR", "SL", "SR")).tolist()
    assert five == pytest.approx([1, 1, 1, 0, 1.41, 1.41])
    assert seven == pytest.approx([1, 1, 1, 0, 1, 1, 1.41, 1.41])


def peaks(planes, rate=48_000):
    meter = Peaks()
    for at in range(0, planes.shape[1], 5000):
        meter.feed(Sound(planes[:, at : at + 5000], rate, STEREO[: planes.shape[0]]))
    return meter.result()


@pytest.mark.parametrize("phase", [0.0, math.pi / 4])
def test_true_peak_between_samples(phase):
    """EBU Tech 3341, cases 15 and 16: -6.0 dBTP, +0.2/-0.4, where samples alone read -9."""
    at = np.arange(48_000)
    ramp = np.minimum(1, np.minimum(at, at[::-1]) / 4800)
    one = 0.5 * ramp * np.sin(np.pi / 2 * at + phase)
    found = peaks(np.stack((one, one)).astype(np.float32))
    assert -6.4 <= found["true_peak_dbtp"] <= -5.8
    assert found["sample_peak_dbfs"] == pytest.approx(-6.02 if phase == 0 else -9.03, abs=0.02)


def test_true_peak_is_the_same_without_the_shortcut():
    rng = np.random.default_rng(8)
    planes = (rng.normal(size=(1, 40_000)) * 0.1).astype(np.float32)
    meter = Peaks()
    meter.feed(Sound(planes, 48_000, ("FC",)))
    from fengcai.media.sound.peaks import _PHASES

    padded = np.concatenate((np.zeros(11, np.float32), planes[0]))
    whole = max(float(np.abs(np.convolve(padded, p, "valid")).max()) for p in _PHASES)
    whole = max(whole, float(np.abs(planes).max()))
    assert meter.result()["true_peak_dbtp"] == round(20 * math.log10(whole), 2)


def test_silence_has_no_peak():
    assert peaks(np.zeros((2, 9000), np.float32)) == {
        "sample_peak_dbfs": None,
        "true_peak_dbtp": None,
    }
