"""Cuts between shots beside PySceneDetect's: the same films, each detector as it comes.

A cut counts as found when one is told within two frames of it; what is told elsewhere is false. The films
are those of the motion bench: three or four shots, in "reporting" with a fast pan and a flash. Nothing is
told where the peer cannot be installed.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from benchmarks import peers
from benchmarks.media.clips.encoding import CODECS, encode
from benchmarks.media.clips.feeding import measure
from benchmarks.media.clips.worlds import Family
from benchmarks.media.frame.rates import wilson
from benchmarks.media.motion.faults import SETS
from fengcai.media.film.shots import Shots

LOCK = Path(__file__).with_name("scenedetect.txt")
NEAR_FRAMES = 2
DETECTORS = ("ContentDetector", "AdaptiveDetector")


def figures(rounds: int) -> Iterator[dict[str, object]]:
    """Recall and false cuts of our check and of the peer's detectors."""
    packages = peers.installed("scenedetect", LOCK)
    if packages is None:
        return
    told: Counter[tuple[str, str, str]] = Counter()
    families: tuple[Family, ...] = ("A", "B")
    with tempfile.TemporaryDirectory(prefix="bench-cuts-") as folder:
        for family in families:
            for number in range(rounds):
                _ask(Path(folder), family, number, packages, told)
    for family in families:
        for who in ("ours", *DETECTORS):
            hits, false = told[family, who, "hit"], told[family, who, "false"]
            cuts = told[family, "all", "cuts"]
            low, high = wilson(hits, cuts)
            yield {
                "name": "inspect.quality.cuts", "who": who, "figure": round(hits / cuts, 4),
                "unit": "share of cuts", "interval": [round(low, 3), round(high, 3)], "n": cuts,
                "false_cuts": false, "family": "tuning" if family == "A" else "reporting",
            }  # fmt: skip


def _ask(
    folder: Path, family: Family, number: int, packages: Path, told: Counter[tuple[str, str, str]]
) -> None:
    rng = np.random.default_rng([number, ord(family), *b"shots"])
    for at, case in enumerate(SETS["shots"](family, rng, number)):
        codec = CODECS[family][(number + at) % 2]
        film = encode(
            folder / f"{family}{number}-{at}.mp4", case.frames(), fps=case.fps, codec=codec
        )
        ours = measure(film, Shots).values.get("cuts_s", "")
        answers = {"ours": [round(float(each) * case.fps) for each in str(ours).split()]}
        answers |= _theirs(film, packages)
        told[family, "all", "cuts"] += len(case.cuts)
        for who, cuts in answers.items():
            hits = sum(_near(cut, cuts) for cut in case.cuts)
            told[family, who, "hit"] += hits
            told[family, who, "false"] += sum(not _near(cut, case.cuts) for cut in cuts)


def _near(cut: int, among: Sequence[int]) -> bool:
    return any(abs(cut - each) <= NEAR_FRAMES for each in among)


def _theirs(film: Path, packages: Path) -> dict[str, list[int]]:
    """Frames after cuts by each of PySceneDetect's detectors, with its own thresholds."""
    program = [sys.executable, "-c", _PROGRAM, str(film), *DETECTORS]
    said = subprocess.run(
        program, env={**os.environ, "PYTHONPATH": str(packages)}, check=True,
        capture_output=True, text=True,
    ).stdout  # fmt: skip
    found: dict[str, list[int]] = json.loads(said.splitlines()[-1])
    return found


_PROGRAM = """
import json, sys
import scenedetect
film, *names = sys.argv[1:]
told = {}
for name in names:
    scenes = scenedetect.detect(film, getattr(scenedetect, name)())
    told[name] = [start.frame_num for start, _ in scenes[1:]]
print(json.dumps(told))
"""
