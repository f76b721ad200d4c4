"""Spoken sound by espeak-ng: paragraphs with the pauses that people make, in two families of voices.

The tuning family speaks with espeak's own formant voices, the reporting family with its Klatt
synthesiser and other languages and sentences: they share neither voice nor text.
"""

from __future__ import annotations

import subprocess
from functools import cache, lru_cache
from math import gcd

import numpy as np
from numpy.typing import NDArray
from scipy.signal import resample_poly

RATE = 48_000
Wave = NDArray[np.float32]

_LINES = {
    "tuning": (
        "心血管内科成立于一九八六年，现有床位一百二十张。",
        "每天清晨七点半，医生和护士在这里交接班。",
        "我们开展了微创介入治疗，让患者恢复得更快。",
        "把病人放在心上，是科室几代人的约定。",
    ),
    "reporting": (
        "走进儿科病房，墙上贴满了孩子们的画。",
        "团队连续三年完成省级继续教育项目。",
        "夜里两点，急诊的灯还亮着，抢救仍在继续。",
        "感谢每一位同行，愿健康与您常在。",
    ),
}
_VOICES = {
    "tuning": ("cmn", "cmn+f2", "cmn+m3", "cmn+f4", "cmn+m7"),
    "reporting": ("cmn+klatt2", "cmn+klatt4", "yue+f3", "cmn+f5", "yue+m2"),
}


@lru_cache(maxsize=64)
def spoken(family: str, seed: int, seconds: float) -> Wave:
    """Speech of one voice, mono at 48 kHz, peak about -6 dBFS, pauses of 0.25 to 1.1 s."""
    rng = np.random.default_rng(seed)
    voices, lines = _VOICES[family], _LINES[family]
    voice = voices[seed % len(voices)]
    pieces: list[Wave] = [np.zeros(round(RATE * 0.4), np.float32)]
    length, number = 0, seed
    while length < seconds * RATE:
        line = _said(voice, lines[number % len(lines)], 150 + seed * 7 % 60, 35 + seed * 11 % 30)
        pause = np.zeros(round(RATE * rng.uniform(0.25, 1.1)), np.float32)
        pieces += [line, pause]
        length += len(line) + len(pause)
        number += 1
    wave = np.concatenate(pieces)[: round(seconds * RATE)]
    return (wave * np.float32(0.5 / np.abs(wave).max())).astype(np.float32)


def in_a_room(wave: Wave, seed: int, decay_s: float = 0.35) -> Wave:
    """The same wave with an echo that dies away by 60 dB in `decay_s`."""
    rng = np.random.default_rng(seed)
    at = np.arange(round(decay_s * RATE)) / RATE
    tail = rng.normal(size=len(at)) * 10 ** (-3 * at / decay_s) * 0.012
    tail[0] = 1.0
    size = 1 << (len(wave) + len(tail)).bit_length()
    wet = np.fft.irfft(np.fft.rfft(wave, size) * np.fft.rfft(tail, size), size)[: len(wave)]
    return (wet * (np.abs(wave).max() / np.abs(wet).max())).astype(np.float32)


def speech_level(wave: Wave) -> float:
    """RMS of the 20-ms frames that are within 25 dB of the loudest: what a level meter reads."""
    size = RATE // 50
    frames = wave[: len(wave) // size * size].reshape(-1, size).astype(np.float64)
    power = np.square(frames).mean(axis=1)
    return float(np.sqrt(power[power > power.max() * 10**-2.5].mean()))


@cache
def _said(voice: str, line: str, speed: int, pitch: int) -> Wave:
    ran = subprocess.run(
        ["espeak-ng", "-v", voice, "-s", str(speed), "-p", str(pitch), "--stdout"],
        input=line.encode(), capture_output=True, timeout=60, check=True,
    )  # fmt: skip
    rate = int.from_bytes(ran.stdout[24:28], "little")
    body = ran.stdout[ran.stdout.index(b"data") + 8 :]
    samples = np.frombuffer(body[: len(body) // 2 * 2], dtype="<i2").astype(np.float32) / 32768
    heard = np.flatnonzero(np.abs(samples) > 0.005)
    samples = samples[heard[0] : heard[-1] + 1]
    common = gcd(RATE, rate)
    return resample_poly(samples, RATE // common, rate // common).astype(np.float32)
