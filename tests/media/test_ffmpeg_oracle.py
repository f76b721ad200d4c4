"""FFmpeg's own filters as the oracle, wherever a measure has a standard answer."""

from __future__ import annotations

import re
import shutil
import subprocess
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from benchmarks.media.clips.encoding import encode
from benchmarks.media.clips.feeding import measure
from benchmarks.media.motion.faults import SETS
from fengcai.media.facts.measures import Measure
from fengcai.media.film.bars import Bars
from fengcai.media.film.black import Black
from fengcai.media.film.freeze import Freeze
from fengcai.media.film.interlacing import Interlacing
from fengcai.media.sound.listening import Listener
from tests.media.clips import tone
from tests.media.film.shooting import film, shoot

pytestmark = [
    pytest.mark.media,
    pytest.mark.skipif(not shutil.which("ffmpeg"), reason="ffmpeg is the oracle"),
]
RATE = 48_000
FRAME_S = 0.04


def said(file: Path, *filters: str) -> str:
    """What ffmpeg writes on standard error with these filters."""
    command = ["ffmpeg", "-hide_banner", "-nostats", "-threads", "1", "-i", str(file), *filters,
               "-f", "null", "-"]  # fmt: skip
    return subprocess.run(command, capture_output=True, text=True, check=True).stderr


def numbers(text: str, name: str) -> list[float]:
    return [float(each) for each in re.findall(rf"{name}\s*[:=]\s*(-?[\d.]+)", text)]


# -- sound -----------------------------------------------------------------------------------------


def heard(file: Path) -> tuple[dict, dict[str, Measure]]:
    listener = Listener()
    with av.open(str(file)) as container:
        for frame in container.decode(audio=0):
            listener.hear(frame)
    listener.finish()
    found, _ = listener.measures()
    return listener.result(), {
        name: Measure.model_validate(found[name]) for name in ("loudness", "silence")
    }


def written(file: Path, planes: np.ndarray) -> Path:
    """Float32 WAV: what ffmpeg hears is what we hear, to the last bit."""
    with av.open(str(file), "w") as out:
        track = out.add_stream("pcm_f32le", rate=RATE, layout="stereo")
        interleaved = np.ascontiguousarray(planes.T.reshape(1, -1), dtype=np.float32)
        block = av.AudioFrame.from_ndarray(interleaved, format="flt", layout="stereo")
        block.sample_rate = RATE
        out.mux(track.encode(block))
        out.mux(track.encode(None))
    return file


def sweep(seconds: int, level_db: float) -> np.ndarray:
    """A chirp to 10 kHz, whose peaks lie between its samples."""
    at = np.arange(seconds * RATE) / RATE
    wave = np.sin(2 * np.pi * (200 * at + 4900 / seconds * at**2))
    wave *= np.minimum(
        1, np.minimum(at, seconds - at) / 0.1
    )  # an edge would have a peak of its own
    return (10 ** (level_db / 20) * np.stack((wave, 0.7 * wave))).astype(np.float32)


@pytest.fixture(scope="module")
def sounds(tmp_path_factory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("oracle-sounds")
    steps = np.concatenate([tone(5, level, 1000.0) for level in (-20, -38, -26, -45)], axis=1)
    pauses = tone(9, -20).copy()
    pauses[:, 2 * RATE : 2 * RATE + 120_000] = 0
    pauses[:, 6 * RATE : 8 * RATE + 24_000] = 0
    return {
        "steps": written(folder / "steps.wav", steps.astype(np.float32)),
        "sweep": written(folder / "sweep.wav", sweep(10, -9)),
        "pauses": written(folder / "pauses.wav", pauses.astype(np.float32)),
    }


@pytest.mark.parametrize("name", ["steps", "sweep", "pauses"])
def test_loudness_range_and_true_peak_are_those_of_ebur128(sounds, name):
    told, measures = heard(sounds[name])
    text = said(sounds[name], "-filter_complex", "ebur128=peak=true")
    summary = text[text.rindex("Summary:") :]
    [integrated], [spread], [peak] = (numbers(summary, each) for each in ("I", "LRA", "Peak"))
    assert told["loudness_lufs"] == pytest.approx(integrated, abs=0.1)
    # The standard's own interpolator, which is ours, has a ripple of 0.22 dB; ffmpeg takes a finer one.
    assert peak - 0.1 <= told["true_peak_dbtp"] <= peak + 0.25
    assert measures["loudness"].values["range_lu"] == pytest.approx(spread, abs=0.1)


def test_silences_begin_and_end_where_silencedetect_says(sounds):
    text = said(sounds["pauses"], "-af", "silencedetect=n=-60dB:d=2")
    theirs = list(zip(numbers(text, "silence_start"), numbers(text, "silence_end"), strict=True))
    ours = [(span.from_s, span.to_s) for span in heard(sounds["pauses"])[1]["silence"].spans]
    assert len(theirs) == 2
    assert [tuple(map(float, each)) for each in ours] == [
        pytest.approx(each, abs=0.05) for each in theirs
    ]


# -- pictures --------------------------------------------------------------------------------------


def test_black_begins_and_ends_at_the_frame_of_blackdetect(tmp_path):
    frames = list(shoot("pan", frames=70))
    frames[12:40] = [np.zeros((180, 320, 3), np.uint8)] * 28
    file = film(tmp_path / "black.mp4", frames)
    [span] = measure(file, Black).spans
    text = said(file, "-vf", "blackdetect=d=0.5:pic_th=0.98:pix_th=0.1", "-an")
    [start], [end] = numbers(text, "black_start"), numbers(text, "black_end")
    assert (float(span.from_s), float(span.to_s)) == pytest.approx((start, end), abs=1e-3)
    assert (span.from_s, span.to_s) == (Fraction(12, 25), Fraction(40, 25))


def test_a_freeze_begins_and_ends_at_the_frame_of_freezedetect(tmp_path):
    frames = list(shoot("pan", frames=90, subject=0.2))
    frames[20:61] = [frames[20]] * 41
    file = film(tmp_path / "freeze.mp4", frames, gop=100)  # ffmpeg's freeze ends at a keyframe
    [span] = measure(file, Freeze).spans
    text = said(file, "-vf", "freezedetect=n=-50dB:d=1", "-an")
    [start] = numbers(text, r"freeze_start")
    [end] = numbers(text, r"freeze_end")
    assert (float(span.from_s), float(span.to_s)) == pytest.approx((start, end), abs=FRAME_S)


@pytest.mark.parametrize("family", ["A", "B"])
def test_what_idet_calls_woven_is_woven(tmp_path, family):
    rng = np.random.default_rng(2)
    for case in SETS["interlacing"](family, rng, 1):
        file = encode(tmp_path / f"{case.kind}.mp4", case.frames(), fps=case.fps)
        text = said(file, "-vf", "idet", "-an")
        upper, lower, whole = re.search(
            r"Multi frame detection: TFF:\s*(\d+) BFF:\s*(\d+) Progressive:\s*(\d+)", text
        ).groups()
        woven = int(upper) + int(lower) > int(whole)
        assert woven is (case.label == "fault")
        assert measure(file, Interlacing).facts == {"interlaced": woven}


def test_bars_leave_the_picture_that_cropdetect_leaves(tmp_path):
    def barred():
        for number, shown in enumerate(shoot("pan", frames=250, size=(640, 360))):
            if number % 12 == 0:
                shown[:48] = shown[-48:] = 0
                yield shown

    file = film(tmp_path / "bars.mp4", barred(), fps=2, gop=1)
    text = said(file, "-vf", "cropdetect=limit=24:round=2:skip=0", "-an")
    wide, high = map(int, re.findall(r"crop=(\d+):(\d+)", text)[-1])
    facts = measure(file, Bars).facts
    assert (facts["true_width"], facts["true_height"]) == (wide, high) == (640, 264)
