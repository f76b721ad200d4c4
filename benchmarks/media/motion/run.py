"""Recall and false alarms of the checks on motion, with Wilson's 95 % intervals, and their doubt.

Thresholds are tuned on family A; family B shares no texture, encoder or maker of faults with it. One
JSON line for each figure of each family; a fault that is only doubted does not count as found, and the
lines show how many were. `--cost` adds the milliseconds a frame takes at 1080p. The last line is the
headline: recall of shake on family B.
"""

from __future__ import annotations

import argparse
import json
import math
import multiprocessing
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np

from benchmarks.media.clips.camera import Camera
from benchmarks.media.clips.camera import path as camera_path
from benchmarks.media.clips.encoding import CODECS, encode
from benchmarks.media.clips.feeding import measure, survey
from benchmarks.media.clips.worlds import Family
from benchmarks.media.motion.faults import SETS
from fengcai.media.film.registry import CHECKS
from fengcai.media.samples import Picture, Scalers

FAMILIES: tuple[Family, ...] = ("A", "B")
MUST = {"shake": 0.95}
USUAL = 0.9
FALSE_ALARMS = 0.05
ROUNDS = {"shake": 36}
"""Rounds beyond the usual, for the figure that has to be narrow."""
OURS = {f"fengcai.media.film.{room}" for room in (*SETS, "dynamic_range")}
MINE = [kind for kind in CHECKS if kind.name in SETS]
ASKED = {"blending": "cadence"}
"""Sets that ask a check of another name."""
RUN_MS, SAMPLE_MS = 2.5, 3.0


@dataclass(frozen=True)
class Outcome:
    """One film, and what its check said."""

    check: str
    family: Family
    label: str
    kind: str
    codec: str
    answer: str
    values: dict[str, object]
    cuts: int
    told: int


def main() -> None:
    """Print one JSON line for each figure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=12, help="films of each kind and family")
    parser.add_argument("--only", nargs="*", choices=sorted(SETS), default=list(SETS))
    parser.add_argument("--family", nargs="*", choices=FAMILIES, default=list(FAMILIES))
    parser.add_argument("--wrong", action="store_true", help="list the wrong answers on stderr")
    parser.add_argument("--cost", action="store_true", help="measure the cost at 1080p")
    options = parser.parse_args()
    work = [
        (check, family, i)
        for check in options.only
        for family in options.family
        for i in range(max(options.rounds, ROUNDS.get(check, 0) if options.rounds >= 12 else 0))
    ]
    with multiprocessing.Pool(min(2, os.cpu_count() or 1)) as pool:
        outcomes = [each for part in pool.imap(round_of, work, chunksize=1) for each in part]
    if options.cost:
        costs()
    for check in sorted(options.only, key=lambda name: name == "shake"):
        for family in options.family:
            ours = [each for each in outcomes if (each.check, each.family) == (check, family)]
            tell(check, family, ours, wrong=options.wrong)


def round_of(task: tuple[str, Family, int]) -> list[Outcome]:
    """Make and measure the films of one round of one set."""
    check, family, i = task
    rng = np.random.default_rng([i, ord(family), *check.encode()])
    [kind] = [each for each in MINE if each.name == ASKED.get(check, check)]
    outcomes = []
    with tempfile.TemporaryDirectory(prefix="fengcai-motion-") as folder:
        for number, case in enumerate(SETS[check](family, rng, i)):
            codec = CODECS[family][(i + number) % 2]
            file = encode(Path(folder) / f"{number}.mp4", case.frames(), fps=case.fps, codec=codec)
            told = measure(file, kind)
            count = told.facts.get("shots", 1)
            wrong = case.rate and told.answer == "found" and told.facts.get("true_fps") != case.rate
            outcomes.append(
                Outcome(
                    check, family, case.label, case.kind, codec, "wrong" if wrong else told.answer,
                    dict(told.values), len(case.cuts), int(count) - 1,
                )
            )  # fmt: skip
    return outcomes


def tell(check: str, family: Family, ours: Sequence[Outcome], *, wrong: bool) -> None:
    """The figures of one check on one family."""
    if check == "shots":
        truth = sum(each.cuts for each in ours)
        hit = sum(min(each.cuts, each.told) for each in ours)
        told = sum(each.told for each in ours)
        say("shots.false_cuts", told - hit, max(1, told), family, most=FALSE_ALARMS)
        say("shots.recall", hit, truth, family, least=USUAL)
        mistaken = [each for each in ours if each.cuts != each.told]
    else:
        faults = [each for each in ours if each.label == "fault"]
        sound = [each for each in ours if each.label == "sound"]
        doubt = {
            label: dict(Counter(each.answer for each in ours if each.label == label))
            for label in ("fault", "sound", "deceiver")
        }
        alarms = sum(each.answer == "found" for each in sound)
        say(f"{check}.false_alarms", alarms, len(sound), family, most=FALSE_ALARMS)
        found = sum(each.answer == "found" for each in faults)
        least = MUST.get(check, USUAL)
        say(f"{check}.recall", found, len(faults), family, least=least, answers=doubt)
        right = {
            "fault": ("found",),
            "sound": ("clear",),
            "deceiver": ("clear", "doubtful", "unmeasured"),
        }
        mistaken = [each for each in ours if each.answer not in right[each.label]]
    for each in mistaken if wrong else ():
        print(each, file=sys.stderr)


def say(
    name: str,
    count: int,
    total: int,
    family: Family,
    *,
    least: float = 0.0,
    most: float = 0.0,
    **about: object,
) -> None:
    """One line of JSON; a ratio of 1 or more is in our favour."""
    share = count / total if total else 0.0
    low, high = wilson(count, total)
    ratio = share / least if least else most / max(share, most / 10)
    line = {
        "name": f"media.motion.{name}", "figure": round(share, 4), "unit": "share",
        "ratio": round(ratio, 2), "against": least or most, "family": family,
        "low": round(low, 3), "high": round(high, 3), "films": total,
    }  # fmt: skip
    print(json.dumps({**line, **about}, ensure_ascii=False), flush=True)


def wilson(count: int, total: int) -> tuple[float, float]:
    """The 95 % score interval of a share (E. B. Wilson, 1927)."""
    if total == 0:
        return 0.0, 1.0
    z, share = 1.959964, count / total
    middle = share + z * z / (2 * total)
    reach = z * math.sqrt(share * (1 - share) / total + z * z / (4 * total * total))
    below = 1 + z * z / total
    return max(0.0, (middle - reach) / below), min(1.0, (middle + reach) / below)


def costs() -> None:
    """Milliseconds of processor time a 1080p frame takes in every check's `run` and `sample`."""
    with tempfile.TemporaryDirectory(prefix="fengcai-motion-") as folder:
        rng = np.random.default_rng(5)
        shot = Camera("A", 5, 1920, 1080, camera_path("pan", 60, 25, rng), subject=0.3, noise=1.5)
        file = encode(Path(folder) / "large.mp4", shot.frames())
        cv2.setNumThreads(1)
        spent = _spent(file)
    for part, limit in (("run", RUN_MS), ("sample", SAMPLE_MS)):
        each = {name: round(ms, 3) for name, ms in spent[part].items()}
        total = sum(spent[part].values())
        line = {"name": f"media.motion.{part}_cost", "figure": round(total, 2), "unit": "ms"}
        print(
            json.dumps({**line, "ratio": round(limit / total, 2), "against": limit, "each": each})
        )


def _spent(file: Path) -> dict[str, dict[str, float]]:
    """Mean milliseconds of each check over a film, beside the shared small picture ("view")."""
    laps: dict[str, dict[str, list[float]]] = {"run": {}, "sample": {}}
    film = survey(file, thorough=True)
    checks = [kind(film) for kind in CHECKS if kind.__module__ in OURS]
    scalers = Scalers()
    with av.open(str(file)) as container:
        for i, frame in enumerate(container.decode(video=0)):
            picture = Picture(frame, Fraction(i, 25), Fraction(1), scalers)
            for part in ("run", "sample") if i % 12 == 0 else ("run",):
                if part == "run":
                    began = time.thread_time()
                    _ = picture.small
                    laps[part].setdefault("view", []).append(time.thread_time() - began)
                for check in checks:
                    began = time.thread_time()
                    if part == "run":
                        check.run(picture, first=i == 0)
                    else:
                        check.sample(picture)
                    lap = time.thread_time() - began
                    laps[part].setdefault(check.name, []).append(lap)
    return {
        part: {name: 1000 * float(np.mean(each)) for name, each in names.items()}
        for part, names in laps.items()
    }


if __name__ == "__main__":
    main()
