"""Noise under the voice: the rush of a fan, a preamplifier, a hall, that never pauses.

In the quietest sixth of every nine seconds, which are the pauses of the speaker, steady noise
has in each of its frequencies the scatter of chance (geometric over arithmetic mean of power 0.56)
and a spectrum without lines; music under a voice has neither, whatever its level, and after clean
speech an echo dies away. Where that says noise, DNSMOS (Reddy et al., 2022; its background score)
says whether it disturbs: it alone would call most music noise. Gusts, surf and traffic scatter
more and lie deeper: `rumble` looks for them. Where nobody speaks over it, a rush may be the scene
itself: doubtful, and only if it fills the film.
"""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from fengcai.media.checks import SoundCheck
from fengcai.media.facts.measures import Measure, Span
from fengcai.media.networks import session
from fengcai.media.samples import Sound
from fengcai.media.sound.rumble import Rumble, rumble_of
from fengcai.media.sound.timeline import curve, weightiest

RATE = 16_000
WINDOW = 144_160
"""Samples that DNSMOS judges at once: 9.01 s."""
WINDOW_S = Fraction(WINDOW, RATE)
LEAST = 3 * RATE
MOST_JUDGED = 4

CHANCE = 0.42
NEARLY = 0.34
SMOOTH = 0.90
PROMINENCE_DB = 23.0
SLIGHT_PROMINENCE_DB = 27.0
OVER_RUSH_DB = 5.0
FALLING_DB = 3.0
"""Pauses that fall less hold no rumble, and are not looked at more closely."""
BACKGROUND = 3.6
RUMBLE_BACKGROUND = 3.8
"""DNSMOS hears what is deep as milder. No music passes for a rumble, so its score may be better."""
SLIGHT_BACKGROUND = 3.1
FILLS = 0.5

_SIZE, _HOP = 512, 256
_LOW, _HIGH = 4, 225
_AROUND = 8
_PAUSES = 0.15
_METHOD = (
    "scatter and smoothness of the pauses' spectrum, also below 500 Hz; DNSMOS background score"
)


@dataclass(frozen=True)
class Pauses:
    """What the pauses of one window hold.

    `scatter`: median over frequencies of the geometric over the arithmetic mean of power in time
    (0.56 for steady noise); `smooth`: geometric mean of the spectrum over its neighbourhood's mean (1
    without lines); `flat`: spectral flatness; `below_db`: how far the pauses lie under the speech;
    `fall_db`: how much louder they are around 100 Hz than around 400, which is cheap to know.
    """

    scatter: float
    smooth: float
    flat: float
    below_db: float
    fall_db: float


@dataclass
class _Window:
    """One window: where it is, what its pauses hold, and, once judged, DNSMOS's background score."""

    from_s: Fraction
    to_s: Fraction
    pauses: Pauses | None
    rumble: Rumble | None = None
    background: float | None = None

    @property
    def rumbles(self) -> bool:
        """A rumble over which somebody speaks."""
        return (
            self.rumble is not None
            and self.rumble.told
            and self.pauses is not None
            and self.pauses.below_db >= OVER_RUSH_DB
        )


class Noise(SoundCheck):
    """Keeps five numbers for each nine seconds, and the sound of a few suspects."""

    name = "noise"
    _model: ClassVar[Any] = None

    @classmethod
    def warm_up(cls) -> None:
        if cls._model is None:
            cls._model = session(_model_file(), enable_cpu_mem_arena=False)

    def __init__(self) -> None:
        super().__init__()
        self.warm_up()
        self._waiting: list[NDArray[np.float32]] = []
        self._held = 0
        self._windows: list[_Window] = []
        self._suspects: dict[int, NDArray[np.float32]] = {}
        self._stride = 1
        self._suspected = 0

    def feed(self, sound: Sound) -> None:
        self._waiting.append(sound.speech)
        self._held += len(sound.speech)
        while self._held >= WINDOW:
            wave = np.concatenate(self._waiting)
            self._look(wave[:WINDOW])
            self._waiting, self._held = [wave[WINDOW:]], len(wave) - WINDOW

    def result(self) -> Measure | None:
        if self._held >= LEAST:
            self._look(np.concatenate(self._waiting))
        self._held = 0
        about = ("noisy",)
        heard = [window for window in self._windows if window.pauses is not None]
        if not heard:
            return Measure(method=_METHOD, answer="unmeasured", about=about, why="声音太短或太轻")
        self._judge()
        noisy = [window for window in heard if _disturbs(window, self._typical())]
        slight = [window for window in heard if _may_disturb(window, self._typical())]
        rushing = [window for window in heard if _is_rush(window)]
        enough = 2 if len(heard) > 3 else 1
        found = len(noisy) >= max(enough, 0.05 * len(heard))
        doubt = not found and bool(
            noisy
            or len(slight) >= max(enough, 0.1 * len(heard))
            or len(rushing) > FILLS * len(heard)
        )
        shown = noisy if found else (noisy + slight or rushing) if doubt else []
        return Measure(
            method=_METHOD,
            answer="found" if found else "doubtful" if doubt else "clear",
            about=about,
            facts={} if doubt else {"noisy": found},
            values=self._values(heard, noisy),
            limits={
                "scatter": CHANCE,
                "smoothness": SMOOTH,
                "pauses_below_speech_db": PROMINENCE_DB,
                "background_score": BACKGROUND,
                "background_score_of_rumble": RUMBLE_BACKGROUND,
            },
            spans=_spans(shown),
            curve=curve(
                np.array([w.pauses.below_db if w.pauses else np.nan for w in self._windows]),
                WINDOW_S,
                "dB",
            ),
        )

    def _look(self, wave: NDArray[np.float32]) -> None:
        begin = self._windows[-1].to_s if self._windows else Fraction(0)
        until = begin + Fraction(len(wave), RATE)
        pauses = pauses_of(wave)
        falls = pauses is not None and pauses.fall_db >= FALLING_DB
        window = _Window(begin, until, pauses, rumble_of(wave) if falls else None)
        self._windows.append(window)
        if _suspect(window):
            if self._suspected % self._stride == 0:
                self._suspects[len(self._windows) - 1] = wave.astype(np.float16)
            self._suspected += 1
            if len(self._suspects) > 2 * MOST_JUDGED:
                # every other one goes: what is left is spread over the film, however long it is
                self._suspects = dict(list(self._suspects.items())[::2])
                self._stride *= 2

    def _judge(self) -> None:
        """Ask DNSMOS about a few suspects, spread over the film."""
        picked = list(self._suspects)
        picked = picked[:: -(-len(picked) // MOST_JUDGED)] if picked else []
        for number in picked:
            wave = self._suspects[number].astype(np.float32)
            self._windows[number].background = background_score(self._model, wave)
        self._suspects = {}

    def _typical(self) -> float:
        """The background score for suspects that were not judged: the median of those that were."""
        judged = [w.background for w in self._windows if w.background is not None]
        return float(np.median(judged)) if judged else 5.0

    def _values(self, heard: list[_Window], noisy: list[_Window]) -> dict[str, Any]:
        worst = min(noisy or heard, key=lambda w: w.pauses.below_db if w.pauses else 99.0)
        assert worst.pauses is not None
        judged = [w.background for w in self._windows if w.background is not None]
        return {
            "rumbling_s": round(float(sum(w.to_s - w.from_s for w in noisy if w.rumbles)), 1),
            "noisy_s": round(float(sum(w.to_s - w.from_s for w in noisy)), 1),
            "scatter": round(worst.pauses.scatter, 2),
            "smoothness": round(worst.pauses.smooth, 2),
            "flatness": round(worst.pauses.flat, 2),
            "pauses_below_speech_db": round(worst.pauses.below_db, 1),
            "background_score": round(min(judged), 2) if judged else None,
            "windows_judged": len(judged),
        }


def pauses_of(wave: NDArray[np.float32]) -> Pauses | None:
    """What the quietest sixth of a 16-kHz wave holds between 125 Hz and 7 kHz; None of silence."""
    frames = np.lib.stride_tricks.sliding_window_view(wave, _SIZE)[::_HOP]
    spectra = np.fft.rfft(frames * np.hanning(_SIZE).astype(np.float32), axis=1)[:, :_HIGH]
    whole = np.square(spectra.real) + np.square(spectra.imag)
    power = whole[:, _LOW:]
    energy = power.sum(axis=1)
    # digital silence between sentences says nothing of what was recorded
    sounding = energy > 1e-6
    if np.count_nonzero(sounding) < 40:
        return None
    power, energy = power[sounding] + 1e-12, energy[sounding]
    order = np.argsort(energy)
    pauses = order[: max(20, int(_PAUSES * len(order)))]
    quiet, deep = power[pauses], whole[sounding][pauses, :17].mean(axis=0, dtype=np.float64) + 1e-12
    loud = float(energy[order[-int(0.4 * len(order)) :]].mean())
    mean = quiet.mean(axis=0, dtype=np.float64)
    logs = np.log(quiet).mean(axis=0, dtype=np.float64)
    around = np.convolve(
        np.pad(mean, _AROUND, mode="edge"), np.ones(2 * _AROUND + 1) / (2 * _AROUND + 1), "valid"
    )
    return Pauses(
        scatter=float(np.median(np.exp(logs) / mean)),
        smooth=float(np.exp((np.log(mean) - np.log(around)).mean())),
        flat=float(np.exp(np.log(mean).mean()) / mean.mean()),
        below_db=float(10 * np.log10(loud / mean.sum())),
        fall_db=float(10 * np.log10(deep[1:6].mean() / deep[9:].mean())),
    )


def background_score(model: Any, wave: NDArray[np.float32]) -> float:
    """DNSMOS P.835 "BAK" of a 16-kHz wave, 1 (very intrusive) to 5 (not noticeable).

    Shorter waves are repeated, as its authors do; the polynomial is theirs.
    """
    full = np.resize(wave, WINDOW).astype(np.float32)
    raw = float(model.run(None, {"input_1": full[None]})[0][0][1])
    return -0.13166888 * raw * raw + 1.60915514 * raw - 0.39604546


def _model_file() -> Path:
    # The package's own module imports what it does not declare: only its file is wanted.
    found = importlib.util.find_spec("speechmos")
    if found is None or not found.submodule_search_locations:
        raise ModuleNotFoundError("speechmos, whose DNSMOS model is needed, is not installed")
    return Path(found.submodule_search_locations[0]) / "dnsmos_models" / "sig_bak_ovr.onnx"


def _suspect(window: _Window) -> bool:
    return window.rumbles or _rushes(window)


def _rushes(window: _Window) -> bool:
    return (
        window.pauses is not None
        and window.pauses.scatter >= NEARLY
        and window.pauses.smooth >= SMOOTH
        and OVER_RUSH_DB <= window.pauses.below_db <= SLIGHT_PROMINENCE_DB
    )


def _disturbs(window: _Window, typical: float) -> bool:
    score = typical if window.background is None else window.background
    rushes = (
        _rushes(window)
        and window.pauses is not None
        and window.pauses.scatter >= CHANCE
        and window.pauses.below_db <= PROMINENCE_DB
    )
    return (rushes and score < BACKGROUND) or (window.rumbles and score < RUMBLE_BACKGROUND)


def _may_disturb(window: _Window, typical: float) -> bool:
    score = typical if window.background is None else window.background
    return _suspect(window) and not _disturbs(window, typical) and score < SLIGHT_BACKGROUND


def _is_rush(window: _Window) -> bool:
    """Steady noise over which nobody speaks."""
    return (
        window.pauses is not None
        and window.pauses.scatter >= CHANCE
        and window.pauses.smooth >= SMOOTH
        and window.pauses.below_db < OVER_RUSH_DB
    )


def _spans(windows: list[_Window]) -> tuple[Span, ...]:
    """Neighbours joined; each with how far the pauses lie below the speech, in dB."""
    spans: list[Span] = []
    for window in sorted(windows, key=lambda each: each.from_s):
        below = round(window.pauses.below_db, 1) if window.pauses else None
        if spans and spans[-1].to_s == window.from_s:
            spans[-1] = spans[-1].model_copy(update={"to_s": window.to_s})
        else:
            spans.append(Span(from_s=window.from_s, to_s=window.to_s, value=below))
    return weightiest(spans)
