"""Recall of near-duplicates under each change, false alarms among strangers, and the time of a query
against 10 000 works of three minutes; stock PDQ in the same run.

Thresholds were chosen on the family `leaves`; figures are of `streets`, whose painter shares nothing
with it, and both are printed. Copies are sampled half a second beside the original and at random
keyframes, in turn. A pair counts as found when its verdict is copy or shares. Every pair of strangers
is compared whole, as if the index had proposed it. Works of the query are simulated: random words and
signs of the real shape, with the copies of one real film among them.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from collections.abc import Callable
from itertools import combinations

import numpy as np
import pdqhash

from benchmarks.lookalike import scenes
from benchmarks.lookalike.simulated import simulated
from fengcai.media import fingerprints
from fengcai.media.fingerprints import Fingerprint
from fengcai.media.likeness import Index, compare

SECONDS = 30.0
WORKS = 10_000
PDQ_NEAR = 31
FOUND = ("copy", "shares")


def main() -> None:
    """Print one JSON line for each figure; the last is the headline."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--films", type=int, default=12, help="of each family, copied by each change"
    )
    parser.add_argument("--strangers", type=int, default=450, help="films, compared each with each")
    parser.add_argument("--works", type=int, default=WORKS)
    parser.add_argument("--only", choices=("recall", "strangers", "query"))
    options = parser.parse_args()
    if options.only in (None, "recall"):
        for family in scenes.FAMILIES:
            recall(family, options.films)
    if options.only in (None, "strangers"):
        for family in scenes.FAMILIES:
            strangers(family, options.strangers)
    if options.only in (None, "query"):
        query(options.works)


def recall(family: str, films: int) -> None:
    """Share of copies found, for each change and over all, with the peer's beside it."""
    tally = {name: [0, 0, 0] for name in (*scenes.CHANGES, *scenes.LOPSIDED)}
    for seed in range(films):
        shots = scenes.film(family, seed, SECONDS)
        original = read(scenes.fingerprint(scenes.pictures(shots, np.arange(0, SECONDS))))
        plain = np.stack([pdq(p) for _, p in scenes.pictures(shots, np.arange(0, SECONDS))])
        for name, change in {**scenes.CHANGES, **scenes.LOPSIDED}.items():
            times = sampled(seed, len(name))
            copy = read(scenes.fingerprint(scenes.pictures(shots, times), change))
            found = compare(original, copy)
            tally[name][0] += found.verdict in FOUND
            tally[name][1] += found.verdict == "copy"
            tally[name][2] += pdq_alike(plain, shots, times, change)
    for names, figure, must in (
        (scenes.CHANGES, "near_duplicates", 0.97),
        (scenes.LOPSIDED, "lopsided_crop", 0.6),
    ):
        for name in names:
            say(f"lookalike.{figure}.{name}", tally[name][0] / films, "recall", must, family=family,
                of=films, copy=tally[name][1], pdq=round(tally[name][2] / films, 3))  # fmt: skip
        total = films * len(names)
        share = sum(tally[name][0] for name in names) / total
        say(f"lookalike.{figure}", share, "recall", must, family=family, of=total,
            interval=wilson(round(share * total), total),
            pdq=round(sum(tally[name][2] for name in names) / total, 3))  # fmt: skip


def strangers(family: str, films: int) -> None:
    """False alarms among all pairs of films that share nothing, and the time of a comparison."""
    prints = [
        read(
            scenes.fingerprint(
                scenes.pictures(scenes.film(family, 10_000 + seed, SECONDS / 2), sampled(seed, 0))
            )
        )
        for seed in range(films)
    ]
    pairs = list(combinations(prints, 2))
    began = time.process_time()
    verdicts = [compare(a, b).verdict for a, b in pairs]
    each = (time.process_time() - began) / len(pairs)
    false = sum(verdict in FOUND for verdict in verdicts)
    say("lookalike.compare", each * 1000, "ms", 10, family=family)
    say("lookalike.false_alarms", false * 100_000 / len(pairs), "per 100 000 pairs", 1,
        family=family, of=len(pairs), found=false, at_most=round(upper(false, len(pairs)), 2),
        template=verdicts.count("template"))  # fmt: skip


def query(works: int) -> None:
    """Seconds to find a lopsided, marked copy among `works` works, comparisons included."""
    rng = np.random.default_rng(3)
    index = Index()
    began = time.process_time()
    stored = {}
    for number in range(works):
        data = simulated(rng)
        if number % 500 == 0:
            stored[number] = data
        index.add(number, read(data))
    filling = time.process_time() - began
    shots = scenes.film("streets", 1, 180)
    original = scenes.fingerprint(scenes.pictures(shots, np.arange(0, 180.0)))
    index.add(works, read(original))
    change = scenes.LOPSIDED["left 20, logo"]
    copy = read(scenes.fingerprint(scenes.pictures(shots, np.arange(0.5, 180)), change))
    index.candidates(copy)  # sorts what was added
    spare = next(iter(stored.values()))
    figures, rank = [], 0
    for _ in range(5):
        began, cpu = time.perf_counter(), time.process_time()
        candidates = index.candidates(copy)
        proposing = time.perf_counter() - began
        verdicts = {
            each.work: compare(read(original if each.work == works else spare), copy).verdict
            for each in candidates
        }
        figures.append((time.perf_counter() - began, proposing, time.process_time() - cpu))
        rank = [each.work for each in candidates].index(works) + 1
        assert verdicts[works] in FOUND
    taken, proposing, cpu = sorted(figures)[2]
    say("lookalike.fill", filling, "s", 120, works=works)
    say("lookalike.memory", index.memory_bytes / 1e6, "MB", 600, works=works)
    say("lookalike.query", taken, "s", 1.0, works=works, proposing_s=round(proposing, 3), cpu_s=round(cpu, 3),
        candidates=len(verdicts), rank=rank)  # fmt: skip


def sampled(seed: int, salt: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Times of a copy's pictures: half a second beside the original's, or random keyframes."""
    if (seed + salt) % 2:
        return np.arange(0.5, SECONDS)
    rng = np.random.default_rng([seed, salt])
    times = np.cumsum(rng.uniform(0.5, 4.0, 40))
    return times[times < SECONDS]


def pdq_alike(
    originals: np.ndarray[tuple[int, ...], np.dtype[np.uint8]],
    shots: list[scenes.Shot],
    times: np.ndarray[tuple[int, ...], np.dtype[np.float64]],
    change: Callable[[scenes.Gray], scenes.Gray],
) -> bool:
    """Whether stock PDQ at its customary distance finds half of the copy's pictures in the film."""
    b = np.stack([pdq(change(p)) for _, p in scenes.pictures(shots, times)])
    near = (originals[None, :, :] != b[:, None, :]).sum(axis=2).min(axis=1) <= PDQ_NEAR
    return bool(near.mean() >= 0.5)


def pdq(picture: scenes.Gray) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """The 256 bits of stock PDQ."""
    bits, _ = pdqhash.compute(np.repeat(picture[:, :, None], 3, axis=2))
    return np.asarray(bits)


def read(data: bytes) -> Fingerprint:
    """The fingerprint in some bytes."""
    return fingerprints.read(data)


def wilson(hits: int, tries: int) -> list[float]:
    """The 95 % interval of a share (Wilson)."""
    z, p = 1.96, hits / tries
    middle = p + z * z / (2 * tries)
    reach = z * math.sqrt(p * (1 - p) / tries + z * z / (4 * tries * tries))
    low, high = ((middle + way * reach) / (1 + z * z / tries) for way in (-1, 1))
    return [round(max(0.0, low), 3), round(min(1.0, high), 3)]


def upper(hits: int, tries: int) -> float:
    """The upper 95 % bound of the rate per 100 000 (Poisson; three for none)."""
    return (hits + 3 if hits == 0 else hits + 1.96 * math.sqrt(hits) + 2) * 100_000 / tries


def say(name: str, figure: float, unit: str, limit: float, **about: object) -> None:
    """One line of JSON; a ratio above 1 is in our favour."""
    line: dict[str, object] = {"name": name, "figure": round(figure, 3), "unit": unit}
    if unit == "recall":
        line["ratio"] = round(figure / limit, 2)
    else:
        line["ratio"] = round(limit / figure, 2) if figure else None
    print(json.dumps({**line, "against": limit, **about}), flush=True)


if __name__ == "__main__":
    main()
