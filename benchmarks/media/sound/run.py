"""Recall and false alarms of the checks on sound, with 95 % intervals, on sound whose faults are known.

Each clip is 20 s of speech, with music, noise, hum or a fault of level laid on it, most of them
taken through AAC. Thresholds were set on the family "tuning"; "reporting" shares no voice, sentence,
instrument, kind of noise or recipe with it. Prints JSON lines; a check that doubts is
counted beside found and clear, as neither.
"""

from __future__ import annotations

import argparse
import io
import json
import math
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import av
import numpy as np
from scipy.ndimage import maximum_filter1d

from benchmarks.media.sound.blocks import encoded, heard, through_aac
from benchmarks.media.sound.music import MUSIC
from benchmarks.media.sound.noises import BROADBAND, DEEP, NOISES, hum
from benchmarks.media.sound.voices import RATE, Wave, in_a_room, speech_level, spoken
from fengcai.media.sound.listening import Listener
from fengcai.media.sound.registry import CHECKS
from fengcai.media.tolerance import Together

SECONDS = 20
SNRS_DB = (5, 10, 15, 25)
FAMILIES = ("tuning", "reporting")
BEDS_DB = (5, 12, 20)
HUMS_DB = (15, 20, 25, 30)
CUTS_DB = (3, 6, 9, 12)
MOST_CPU_S = 7


@dataclass
class Tally:
    """What a check said of clips of one kind."""

    found: int = 0
    doubtful: int = 0
    clear: int = 0
    seconds: float = field(default=0.0)

    def add(self, answer: str, seconds: float) -> None:
        """Count one answer."""
        self.found += answer == "found"
        self.doubtful += answer == "doubtful"
        self.clear += answer in ("clear", "unmeasured")
        self.seconds += seconds


Clip = tuple[str, str, Callable[[], Wave]]
"""The check asked, the kind of clip, and how to make it: (channels, samples)."""


def main() -> None:
    """Print one JSON line for each check, kind and family; the last lines are the headlines."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--kinds", action="store_true", help="every kind, not the headlines alone")
    parser.add_argument("--families", nargs="*", default=list(FAMILIES), choices=FAMILIES)
    parser.add_argument(
        "--checks", nargs="*", default=["noise", "hum", "clipping", "balance", "cost"]
    )
    options = parser.parse_args()
    with ProcessPoolExecutor(2) as pool:
        work = partial(tallied, seeds=options.seeds, checks=tuple(options.checks))
        for family, tallies in zip(options.families, pool.map(work, options.families), strict=True):
            for (check, kind), tally in tallies.items() if options.kinds else ():
                say(f"sound.{check}", family, kind, tally)
            for name, tally in headlines(tallies).items():
                say(name, family, "all", tally)
    for line in costs() if "cost" in options.checks else ():
        print(json.dumps(line), flush=True)


def tallied(family: str, seeds: int, checks: tuple[str, ...]) -> dict[tuple[str, str], Tally]:
    """What the checks say of every clip of a family."""
    tallies: dict[tuple[str, str], Tally] = {}
    for check, kind, make in clips(family, seeds):
        if check not in checks:
            continue
        planes = make()
        began = time.process_time()
        measures, _ = heard(planes, only=check).measures()
        seconds = time.process_time() - began
        tallies.setdefault((check, kind), Tally()).add(measures[check]["answer"], seconds)
    return tallies


def clips(family: str, seeds: int, first: int = 0) -> Iterator[Clip]:
    """Every clip of a family, lazily, of the seeds from `first` to `seeds`, without the last."""

    for seed in range(first, seeds):
        voice = lambda s=seed: spoken(family, s * 13 + 1, SECONDS)  # noqa: E731
        room = lambda s=seed: in_a_room(spoken(family, s * 13 + 2, SECONDS), s)  # noqa: E731
        yield "noise", "clean", lambda v=voice: film(v())
        yield "noise", "clean in a room", lambda v=room: film(v())
        for kind, make in NOISES[family].items():
            for snr in SNRS_DB:
                yield (
                    "noise",
                    f"{kind} {snr} dB",
                    lambda v=voice, m=make, x=snr, s=seed: film(
                        over(v(), m(np.random.default_rng(s + 40), RATE * SECONDS), x)
                    ),
                )
        for kind, make in MUSIC[family].items():
            for level in BEDS_DB:
                bed = lambda m=make, s=seed: m(np.random.default_rng(s + 80), SECONDS)  # noqa: E731
                mixed = lambda v=voice, b=bed, x=level: film(over(v(), b(), x))  # noqa: E731
                yield "noise", f"music: {kind} {level} dB", mixed
                if level == BEDS_DB[0]:
                    yield "noise", f"music alone: {kind}", lambda b=bed: film(b())
                    yield "hum", f"music: {kind}", mixed
                    yield "hum", f"music alone: {kind}", lambda b=bed: film(b())
                    yield "clipping", f"music alone: {kind}", lambda b=bed: film(b())
                    yield "clipping", f"limited: {kind}", lambda b=bed: film(limited(b()))
                    for cut in CUTS_DB[1:]:
                        yield (
                            "clipping",
                            f"music cut {cut} dB: {kind}",
                            lambda b=bed, c=cut: film(cut_off(b(), c)),
                        )
        yield "hum", "clean", lambda v=voice: film(v())
        yield (
            "hum",
            "deep noise 10 dB",
            lambda v=voice, s=seed: film(
                over(
                    v(),
                    list(NOISES[family].values())[2](np.random.default_rng(s), RATE * SECONDS),
                    10,
                )
            ),
        )
        for base in (50.0, 60.0):
            for level in HUMS_DB:
                yield (
                    "hum",
                    f"{base:.0f} Hz -{level} dB",
                    lambda v=voice, b=base, x=level, s=seed: film(
                        over(v(), hum(RATE * SECONDS, b * (1 + 0.001 * (s % 3 - 1)), s), x)
                    ),
                )
        for number in range(3):
            other = lambda s=seed, n=number: spoken(family, s * 13 + 1 + 3 * n, SECONDS)  # noqa: E731
            yield "clipping", "clean", lambda v=other: film(v())
            yield "clipping", "limited", lambda v=other: film(limited(v()))
            for cut in CUTS_DB:
                yield (
                    "clipping",
                    f"cut {cut} dB",
                    lambda v=other, c=cut, s=seed: film(cut_off(v(), c) * (1.0, 0.5, 0.25)[s % 3]),
                )
        yield from pairs(family, seed)


def pairs(family: str, seed: int) -> Iterator[Clip]:
    """Clips whose left and right differ, rightly or wrongly."""
    both = lambda: spoken(family, seed * 13 + 3, SECONDS)  # noqa: E731
    make = next(iter(MUSIC[family].values()))
    bed = lambda s: 0.3 * make(np.random.default_rng(s), SECONDS)  # noqa: E731
    for name, left, right in (
        ("one dead", 1.0, 0.0), ("leaning 12 dB", 1.0, 0.25), ("leaning 3 dB", 0.7, 1.0),
        ("opposite phase", 1.0, -1.0), ("equal", 1.0, 1.0),
    ):  # fmt: skip
        yield (
            "balance",
            name,
            lambda a=left, b=right: through_aac(
                np.stack((both() * a, both() * b)).astype(np.float32)
            ),
        )
    yield (
        "balance",
        "wide stereo music",
        lambda: through_aac(
            np.stack((both() + bed(seed), both() + bed(seed + 500))).astype(np.float32)
        ),
    )


def film(wave: Wave) -> Wave:
    """One channel, through AAC."""
    return through_aac(wave[None].astype(np.float32), 96_000)


def over(voice: Wave, other: Wave, below_db: float) -> Wave:
    """Speech with something laid under it, so many dB below its level; nothing clips."""
    other = other[: len(voice)] / np.sqrt(np.square(other).mean())
    mixed = voice + other * (speech_level(voice) * 10 ** (-below_db / 20))
    return (mixed * (0.7 / max(0.7, float(np.abs(mixed).max())))).astype(np.float32)


def cut_off(wave: Wave, drive_db: float) -> Wave:
    """Driven so far over the ceiling and cut there, at full scale."""
    return np.clip(wave / np.abs(wave).max() * 10 ** (drive_db / 20), -1, 1).astype(np.float32)


def limited(wave: Wave, drive_db: float = 9.0) -> Wave:
    """Driven as far, but held down by a limiter that looks ahead 5 ms, as mastering does."""
    driven = wave / np.abs(wave).max() * 10 ** (drive_db / 20)
    size = RATE // 200
    tallest = maximum_filter1d(np.abs(driven), 2 * size + 1)
    gain = np.minimum(1, 1 / np.maximum(tallest, 1e-9))
    smooth = np.convolve(np.pad(gain, size, mode="edge"), np.hanning(2 * size + 1) / size, "valid")
    return (driven * smooth * 0.95).astype(np.float32)


def headlines(tallies: dict[tuple[str, str], Tally]) -> dict[str, Tally]:
    """The figures that have a target."""
    sums: dict[str, Tally] = {}
    for (check, kind), tally in tallies.items():
        name = headline(check, kind)
        if name:
            total = sums.setdefault(name, Tally())
            total.found += tally.found
            total.doubtful += tally.doubtful
            total.clear += tally.clear
            total.seconds += tally.seconds
    return sums


def headline(check: str, kind: str) -> str:
    """The headline that a kind belongs to, if any."""
    if check == "noise":
        what, _, level = kind.rpartition(" ")[0].rpartition(" ")
        if what in BROADBAND:
            return "noise.recall" if int(level) <= 15 else ""
        if what in DEEP:
            return "noise.deep_recall" if int(level) <= 15 else ""
        if kind.startswith("music"):
            return "noise.false_on_music"
        return "noise.false_on_clean" if kind.startswith("clean") else ""
    if check == "hum":
        return "hum.recall" if kind.endswith(("-15 dB", "-20 dB")) else (
            "" if "Hz" in kind else "hum.false"
        )  # fmt: skip
    if check == "clipping":
        if kind.startswith(("cut 9", "cut 12")):
            return "clipping.recall"
        return "clipping.false" if "cut" not in kind else ""
    wrong = kind in ("one dead", "leaning 12 dB", "opposite phase")
    return "balance.recall" if wrong else "balance.false"


def interval(hits: int, of: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share."""
    z, share = 1.96, hits / of
    middle = (share + z * z / (2 * of)) / (1 + z * z / of)
    half = z * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of)) / (1 + z * z / of)
    return max(0.0, middle - half), min(1.0, middle + half)


LIMITS = {
    "noise.recall": 0.85, "noise.deep_recall": 0.85, "noise.false_on_music": 0.05, "noise.false_on_clean": 0.05,
    "hum.recall": 0.85, "hum.false": 0.05, "clipping.recall": 0.85, "clipping.false": 0.05,
    "balance.recall": 0.95, "balance.false": 0.02,
}  # fmt: skip


def say(name: str, family: str, kind: str, tally: Tally) -> None:
    """One line of JSON; the figure is the share of clips in which the fault was found."""
    of = tally.found + tally.doubtful + tally.clear
    low, high = interval(tally.found, of)
    line = {
        "name": name, "family": family, "kind": kind, "figure": round(tally.found / of, 3),
        "unit": "share found", "interval": [round(low, 3), round(high, 3)], "clips": of,
        "doubtful": tally.doubtful, "cpu_s_a_clip": round(tally.seconds / of, 3),
    }  # fmt: skip
    if name in LIMITS:
        line["against"] = LIMITS[name]
    print(json.dumps(line, ensure_ascii=False), flush=True)


def costs() -> Iterator[dict[str, Any]]:
    """Processor seconds to decode and hear five minutes of stereo AAC, and of each check in it."""
    part = spoken("tuning", 1, 30)
    rush = NOISES["tuning"]["pink"](np.random.default_rng(1), len(part))
    for name, wave in (("clean", part), ("noisy", over(part, rush, 12))):
        film_bytes = encoded(np.tile(np.stack((wave, wave)), 10))
        listener = Listener()
        spent = watched(listener)
        began = time.process_time()
        with av.open(io.BytesIO(film_bytes)) as container:
            for frame in container.decode(audio=0):
                listener.hear(frame)
        listener.finish()
        listener.measures()
        total = time.process_time() - began
        yield {
            "name": "sound.cost", "figure": round(total, 2), "unit": "cpu-s / 5 min", "film": name,
            "against": MOST_CPU_S, "ratio": round(MOST_CPU_S / total, 2),
            "checks": {each: round(seconds, 2) for each, seconds in spent.items()},
        }  # fmt: skip


def watched(listener: Listener) -> dict[str, float]:
    """Processor seconds by name of what the listener feeds from now on, with checks of its own."""
    spent: dict[str, float] = {}

    def timed(name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*given: Any) -> Any:
            began = time.process_time()
            try:
                return call(*given)
            finally:
                spent[name] = spent.get(name, 0.0) + time.process_time() - began

        return counted

    checks = [make() for make in CHECKS]
    listener.checks = Together(checks)
    for meter in (*listener.meters, *checks):
        for method in ("feed", "result"):
            setattr(meter, method, timed(meter.name, getattr(meter, method)))
    return spent


if __name__ == "__main__":
    main()
