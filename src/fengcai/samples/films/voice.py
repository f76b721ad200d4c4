"""Sound for the sample films: a spoken line by espeak-ng if it is there, else a plucked melody.

Everything is float32 mono at 48 kHz until it is mixed. No recording of anybody is used.
"""

from __future__ import annotations

import io
import shutil
import struct
import subprocess
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from fengcai.media.samples import Sound
from fengcai.media.sound.loudness import Loudness

RATE = 48_000
TARGET_LUFS = -20.0
CEILING = 10 ** (-1.5 / 20)
Wave = NDArray[np.float32]
Speech = Literal["auto", "tones"]

_PENTATONIC = (0, 2, 4, 7, 9, 12, 14, 16)


def spoken(line: str, speech: Speech, seed: int) -> Wave:
    """One line of narration. "auto" speaks Mandarin if espeak-ng is installed."""
    program = shutil.which("espeak-ng") if speech == "auto" else None
    if program is not None:
        wave = _espeak(program, line, seed)
        if wave is not None:
            return wave
    return _sung(line, seed)


def _espeak(program: str, line: str, seed: int) -> Wave | None:
    voice = ("cmn", "cmn+f2", "cmn+m3", "cmn+f4")[seed % 4]
    try:
        ran = subprocess.run(
            [program, "-v", voice, "-s", "205", "-p", str(38 + seed % 24), "--stdout"],
            input=line.encode(), capture_output=True, timeout=30, check=True,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return None
    return _from_wav(ran.stdout)


def _from_wav(data: bytes) -> Wave | None:
    """16-bit mono PCM; espeak-ng streams it with a length that means "unknown"."""
    if data[:4] != b"RIFF" or b"data" not in data[:64]:
        return None
    rate = struct.unpack("<I", data[24:28])[0]
    body = io.BytesIO(data[data.index(b"data") + 8 :]).read()
    samples = np.frombuffer(body[: len(body) // 2 * 2], dtype="<i2").astype(
        np.float32
    ) / np.float32(32768)
    loud = np.flatnonzero(np.abs(samples) > 0.01)
    if len(loud) == 0:
        return None
    samples = samples[max(0, loud[0] - 200) : loud[-1] + 800]
    return _resampled(samples, rate)


def _resampled(samples: Wave, rate: int) -> Wave:
    size = len(samples)
    target = round(size * RATE / rate)
    spectrum = np.fft.rfft(samples)
    wide = np.zeros(target // 2 + 1, dtype=np.complex128)
    wide[: min(len(spectrum), len(wide))] = spectrum[: len(wide)]
    return (np.fft.irfft(wide, target) * (target / size)).astype(np.float32)


def _sung(line: str, seed: int) -> Wave:
    """A note for each character, so that the length follows the text."""
    rng = np.random.default_rng(seed * 7919 + len(line))
    each = round(RATE * 0.21)
    wave = np.zeros(each * len(line) + RATE // 2, dtype=np.float32)
    for i in range(len(line)):
        note = 262.0 * 2 ** (rng.choice(_PENTATONIC) / 12)
        tone = pluck(float(note), 0.6)
        wave[i * each : i * each + len(tone)] += tone[: len(wave) - i * each]
    return wave


def pluck(hertz: float, seconds: float) -> Wave:
    """A plucked string: partials that die the faster the higher they are."""
    t = np.arange(round(RATE * seconds), dtype=np.float32) / RATE
    wave = np.zeros_like(t)
    for partial in range(1, 7):
        decay = np.exp(-t * (2.2 + 1.5 * partial))
        wave += (
            np.sin(2 * np.pi * hertz * partial * (1 + 0.0004 * partial**2) * t) * decay / partial
        )
    return (wave * np.minimum(1, t / 0.004) * 0.3).astype(np.float32)


def bed(seconds: float, seed: int) -> Wave:
    """Quiet music under the words: slow plucked pentatonic notes with an echo."""
    rng = np.random.default_rng(seed)
    wave = np.zeros(round(RATE * seconds) + 4 * RATE, dtype=np.float32)
    root = 131.0 * 2 ** (rng.integers(0, 5) / 12)
    at = 0.0
    while at < seconds:
        tone = pluck(float(root * 2 ** (rng.choice(_PENTATONIC) / 12)), 2.2)
        start = round(at * RATE)
        wave[start : start + len(tone)] += tone
        at += float(rng.choice((0.3, 0.45, 0.6, 0.9)))
    for delay, gain in ((0.19, 0.35), (0.37, 0.2)):
        shift = round(delay * RATE)
        wave[shift:] += wave[:-shift] * gain
    return wave[: round(RATE * seconds)]


def mixed(lines: list[tuple[float, Wave]], seconds: float, seed: int) -> NDArray[np.float32]:
    """Lines at their moments over music, stereo, at TARGET_LUFS, shape (2, samples)."""
    length = round(RATE * seconds)
    voice = np.zeros(length, dtype=np.float32)
    for start, wave in lines:
        at = round(start * RATE)
        room = max(0, length - at)
        level = float(np.sqrt(np.mean(np.square(wave)))) or 1.0
        voice[at : at + len(wave)] += wave[:room] * (0.12 / level)
    music = bed(seconds, seed)
    music *= 0.018 / (float(np.sqrt(np.mean(np.square(music)))) or 1.0)
    aside = np.concatenate((np.zeros(480, dtype=np.float32), music[:-480]))
    stereo = np.stack((voice + music, voice + aside))
    fade = np.minimum(1, np.minimum(np.arange(length), np.arange(length)[::-1]) / (0.25 * RATE))
    stereo *= fade.astype(np.float32)
    for _ in range(2):  # limiting takes a little loudness away: once more
        stereo *= np.float32(10 ** ((TARGET_LUFS - _loudness(stereo)) / 20))
        stereo = (np.tanh(stereo / CEILING) * CEILING).astype(np.float32)
    return stereo


def hummed(stereo: NDArray[np.float32]) -> NDArray[np.float32]:
    """The same with what a mains supply leaves in a bad cable: 50 Hz and its multiples."""
    t = np.arange(stereo.shape[1], dtype=np.float32) / RATE
    waves = [np.sin(2 * np.pi * 50 * k * t + k) / k**0.5 for k in (1, 2, 3, 4, 6)]
    hum = np.sum(waves, axis=0)
    level = float(np.sqrt(np.mean(np.square(stereo)))) * 10 ** (-14 / 20)
    hum *= level / float(np.sqrt(np.mean(np.square(hum))))
    return np.clip(stereo + hum, -1, 1).astype(np.float32)


def _loudness(stereo: NDArray[np.float32]) -> float:
    meter = Loudness()
    meter.feed(Sound(stereo, RATE, ("FL", "FR")))
    measured = meter.result()["loudness_lufs"]
    return TARGET_LUFS if measured is None else float(measured)
