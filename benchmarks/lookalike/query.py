"""The time of a query against many works, what their index takes, and how often it proposes the original.

Works are simulated (random words and signs of the real shape), with real painted films among them.
"""

from __future__ import annotations

import time
from itertools import pairwise

import numpy as np

from benchmarks.lookalike import films, scenes
from benchmarks.lookalike.counting import LOPSIDED, NEAR, QUERY, Goal, say, share
from benchmarks.lookalike.simulated import simulated, sounding
from fengcai.media import fingerprints
from fengcai.media.fingerprints import Fingerprint
from fengcai.media.likeness import Index, compare

WORKS = 10_000
FAMILY = "streets"
_LENGTH_S = 180
_SHORT = 12
_PIECE_S = 10


def query(works: int) -> None:
    """Seconds to find a lopsided, marked copy among `works` works, comparisons included."""
    rng = np.random.default_rng(3)
    index = Index()
    filling = 0.0
    stored = {}
    for number in range(works):
        print_ = fingerprints.read(simulated(rng))
        if number % 500 == 0:
            stored[number] = print_
        began = time.process_time()
        index.add(number, print_)
        filling += time.process_time() - began
    shots = scenes.film(FAMILY, 1, _LENGTH_S)
    change = films.changes(FAMILY)[1]["right 20, logo"]
    track = sounding(rng)
    original = _print(list(scenes.pictures(shots, np.arange(0, float(_LENGTH_S)))), track)
    taken = list(scenes.pictures(shots, np.arange(0.5, _LENGTH_S)))
    seen = change([picture for _, picture in taken], 0)
    copy = _print([(t, p) for (t, _), p in zip(taken, seen, strict=True)], track ^ _noise(rng))
    index.add(works, original)
    began = time.process_time()
    index.candidates(copy)  # sorts what was added
    filling += time.process_time() - began
    spare = next(iter(stored.values()))
    figures, rank = [], 0
    for _ in range(5):
        began, cpu = time.perf_counter(), time.process_time()
        candidates = index.candidates(copy)
        proposing = time.perf_counter() - began
        verdicts = {
            each.work: compare(original if each.work == works else spare, copy).verdict
            for each in candidates
        }
        figures.append((time.perf_counter() - began, proposing, time.process_time() - cpu))
        rank = [each.work for each in candidates].index(works) + 1
        assert verdicts[works] in films.FOUND
    wall, proposing, cpu = sorted(figures)[2]
    say("lookalike.fill", filling, "s", Goal(120, 20, most=True), works=works)
    say("lookalike.memory", index.memory_bytes / 1e6, "MB", Goal(600, 150, most=True), works=works)
    say("lookalike.query", cpu, "CPU-s", QUERY, works=works, proposing_s=round(proposing, 3),
        wall_s=round(wall, 3), candidates=len(verdicts), rank=rank)  # fmt: skip
    _growing(index, rng)
    _proposed(index, works)


def _growing(index: Index, rng: np.random.Generator) -> None:
    """Seconds until a work that was added can be found, sorting included; the slowest of ten."""
    slowest = 0.0
    number = 1_000_000
    for _ in range(10):
        print_ = fingerprints.read(simulated(rng))
        began = time.perf_counter()
        index.add(number, print_)
        assert index.candidates(print_)[0].work == number
        slowest = max(slowest, time.perf_counter() - began)
        number += 1
    say("lookalike.insert_and_ask", slowest, "s", Goal(1.0, 0.5, most=True), works=len(index))


def _proposed(index: Index, works: int) -> None:
    """How often the index proposes the original: of whole copies, and of ten seconds taken over."""
    plain, lopsided = films.changes(FAMILY)
    changes = list({**plain, **lopsided}.items())
    found = {"whole": 0, "piece": 0}
    for seed in range(_SHORT):
        shots = scenes.film(FAMILY, 300 + seed, films.SECONDS)
        other = scenes.film(FAMILY, 400 + seed, films.SECONDS)
        index.add(
            works + 1 + seed, _print(list(scenes.pictures(shots, np.arange(0, films.SECONDS))))
        )
        _, change = changes[seed % len(changes)]
        taken = [p for _, p in scenes.pictures(shots, np.arange(0.5, films.SECONDS))]
        around = [p for _, p in scenes.pictures(other, np.arange(0.5, films.SECONDS))]
        piece = [*around[:8], *taken[8 : 8 + _PIECE_S], *around[8 + _PIECE_S :]]
        for name, shown in (("whole", taken), ("piece", piece)):
            seen = change(shown, seed)
            asked = _print(list(enumerate(seen)))
            found[name] += works + 1 + seed in [each.work for each in index.candidates(asked)]
    for name, hits in found.items():
        share(f"lookalike.index_proposes.{name}", hits, _SHORT, NEAR if name == "whole" else LOPSIDED,
              works=works)  # fmt: skip


def _print(shown: list[tuple[float, scenes.Gray]], track: np.ndarray | None = None) -> Fingerprint:
    assert all(a[0] < b[0] for a, b in pairwise(shown))
    sound = b"" if track is None else track.tobytes()
    return fingerprints.read(scenes.fingerprint(iter(shown)) + fingerprints.join(sound=sound)[5:])


def _noise(rng: np.random.Generator) -> np.ndarray:
    """Of a recoded sound about an eighth of the signs differ."""
    bits = rng.random((_LENGTH_S * 8, 32)) < 0.13
    return np.packbits(bits, axis=1).view("<u4").reshape(-1)
