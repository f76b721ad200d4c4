"""Fingerprints of sound and text: what survives, what does not, what is kept."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from numpy.typing import NDArray

from fengcai.media import fingerprints
from fengcai.media.fingerprints import Fingerprint, SoundFingerprint, text_fingerprint
from fengcai.media.likeness import compare

pytestmark = pytest.mark.clause("B4")
RATE = 16_000


@dataclass(frozen=True)
class Block:
    planes: NDArray[np.float32]
    rate_hz: int


def tune(seed: int, seconds: float = 24.0, pace: float = 1.0) -> NDArray[np.float32]:
    """Plucked chords; `pace` 1.05 plays them five per cent faster at the same pitch."""
    rng = np.random.default_rng(seed)
    sound = np.zeros(round(seconds / pace * RATE) + 2 * RATE, dtype=np.float64)
    at = 0.0
    while at < seconds:
        length = float(rng.choice([0.25, 0.5, 0.75]))
        t = np.arange(round(1.2 * RATE)) / RATE
        for step in rng.choice([0, 2, 4, 5, 7, 9, 11, 12, 14, 16], 3):
            hertz = 262 * 2 ** (step / 12)
            for k in (1, 2, 3, 4, 5):
                start = round(at / pace * RATE)
                sound[start : start + len(t)] += (
                    np.sin(2 * np.pi * hertz * k * t) * np.exp(-3 * t) / k
                )
        at += length
    return (sound / np.abs(sound).max() * 0.5).astype(np.float32)


def heard(sound: NDArray[np.float32], rate: int = RATE, block: int = 11_025) -> Fingerprint:
    maker = SoundFingerprint()
    for start in range(0, len(sound), block):
        maker.feed(Block(sound[None, start : start + block], rate))
    return fingerprints.read(fingerprints.join(sound=maker.result()))


def test_blocks_of_any_length_give_the_same_bytes() -> None:
    sound = tune(1, 6)
    assert heard(sound, block=777).sections == heard(sound, block=40_000).sections


@pytest.mark.parametrize("pace", [0.95, 1.0, 1.05])
def test_another_level_noise_and_pace_are_survived(pace: float) -> None:
    noise = np.random.default_rng(5).normal(0, 0.004, 40 * RATE).astype(np.float32)
    other = tune(1, pace=pace) * 0.3
    found = compare(heard(tune(1)), heard(other + noise[: len(other)]))
    assert found.verdict == "shares"
    assert found.reasons == ("sound",)
    assert found.sound_share >= 0.6
    longest = max(found.segments, key=lambda each: each.seconds)
    assert abs(longest.pace - 1 / pace) <= 0.021


def test_other_music_in_the_same_key_is_another() -> None:
    assert compare(heard(tune(1)), heard(tune(2))).verdict == "no"


def test_a_part_is_found_where_it_stands() -> None:
    whole = np.concatenate((tune(3), tune(1), tune(4)))
    found = compare(heard(tune(1)), heard(whole))
    [part] = found.segments
    assert abs(part.b_from_s - part.a_from_s - len(tune(3)) / RATE) <= 0.5


def test_silence_is_no_likeness() -> None:
    silent = np.zeros(20 * RATE, dtype=np.float32)
    assert heard(silent).empty
    assert SoundFingerprint().result() == b""


def read(text: str) -> Fingerprint:
    return fingerprints.read(fingerprints.join(text=text_fingerprint(text)))


TEXT = "清晨六点，检验科的灯已经亮了。第一批样本送到，仪器开始运转，年轻的检验师一天要走两万步。"


@pytest.mark.parametrize(
    ("other", "verdict"),
    [
        (TEXT, "copy"),
        (
            "清晨６点，检验科灯已亮。首批样本送到，仪器便开始运转，年轻的检验师每天要走两万步路。",
            "shares",
        ),
        ("儿科病房里贴满了孩子们的画，护士教大家洗手唱歌，家长说这里像幼儿园，打针也不怕。", "no"),
    ],
)
def test_texts(other: str, verdict: str) -> None:
    assert compare(read(TEXT), read(other)).verdict == verdict


def test_width_case_and_marks_do_not_count() -> None:
    assert text_fingerprint("ＡＢＣ，检验科：守护每一份样本的温度！") == text_fingerprint(
        "abc检验科守护每一份样本的温度"
    )


def test_a_short_text_is_not_compared() -> None:
    assert text_fingerprint("检验科的一天") == b""
