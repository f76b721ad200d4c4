"""How well an inspection sees: the figures of recall and false alarms that have a goal, each with its
95 % interval, beside what it must keep and what it aims at.

Every figure is printed for two families. Thresholds were chosen on "tuning"; "reporting" shares no
texture, voice, encoder, scaler nor maker of faults with it. `doubtful` is the share that goes to a
person instead: neither found nor clear. Films are made as the benchmark runs (see `benchmarks.media`).
FFmpeg's filters and PySceneDetect judge the same films where one of them asks the same question.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from functools import cache

import cv2
import numpy as np

from benchmarks.inspect import cutting, modes, peers
from benchmarks.inspect.telling import Goal, show, took
from benchmarks.media.clips.worlds import Family
from benchmarks.media.frame import run as frame
from benchmarks.media.frame.rates import wilson
from benchmarks.media.frame.scenes import FAMILIES, Scene
from benchmarks.media.motion import run as motion
from benchmarks.media.screen import run as screen
from benchmarks.media.sound import run as sound
from benchmarks.media.watermark import run as watermark
from fengcai.media.film.upscaling import Upscaling

FILMS = 12
"""Ten minutes of two cores; half of it halves the films of every kind but of swift against thorough."""
ROLES = {"tuning": ("A", "leaves", "tuning"), "reporting": ("B", "rooms", "reporting")}
"""The family's name in the benches of motion and screen, of frames and watermarks, and of sound."""


GOALS = {
    "shake.recall": Goal(0.95, 0.98),
    "shake.false": Goal(0.05, 0.05, most=True),
    "watermark.recall": Goal(0.95, 0.98),
    "watermark.false": Goal(0.02, 0.02, most=True),
    "watermark.static_shot_called_found": Goal(0.03, 0.01, most=True),
    "upscaling.720.recall": Goal(0.9, 0.95),
    "upscaling.540.recall": Goal(0.7, 0.9),
    "upscaling.false": Goal(0.02, 0.02, most=True),
    "noise.recall": Goal(0.85, 0.92),
    "noise.deep.recall": Goal(0.85, 0.92),
    "noise.music.false": Goal(0.05, 0.02, most=True),
    "numbers.20_px.recall": Goal(0.98, 1.0),
    "numbers.16_px.recall": Goal(0.95, 0.98),
    "modes.swift_of_thorough": Goal(0.98, 1.0),
}
Answers = Counter[tuple[str, str, str]]
"""(figure, role, answer) → films."""
Task = tuple[str, str, int]
"""What is made, the role of its family, and its number."""


def shake(role: str, number: int) -> Answers:
    """A film that trembles and one that does not."""
    family: Family = "A" if role == "tuning" else "B"
    told: Answers = Counter()
    for each in motion.round_of(("shake", family, number)):
        if each.label in ("fault", "sound"):
            told["shake.recall" if each.label == "fault" else "shake.false", role, each.answer] += 1
    return told


@cache
def _scenes(family: str) -> list[Scene]:
    return [watermark.smaller(FAMILIES[family](300 + n)) for n in range(10)]


def marks(role: str, number: int) -> Answers:
    """One film of each kind: logos that stay and travel, captions, titles, single shots."""
    family = ROLES[role][1]
    told: Answers = Counter()
    for kind in watermark.KINDS:
        measure, *_ = watermark.answered(family, kind, _scenes(family), (300, number))
        name = kind[0]
        what = "static_shot_called_found" if name.startswith("unmoving") else (
            "false" if name.startswith("none") else "recall"
        )  # fmt: skip
        told[f"watermark.{what}", role, measure.answer] += 1
    return told


def enlargement(role: str, number: int) -> Answers:
    """Films of one scene: as it is, soft, made smaller, enlarged from 720 and from 540 lines."""
    family = ROLES[role][1]
    scene = FAMILIES[family](100 + number)
    told: Answers = Counter()
    for kind in ("native", "soft", "1440", "720", "540"):
        rng = np.random.default_rng((100 + number, frame.hash_of(family + kind)))
        encoder = frame.ENCODERS[family][int(rng.integers(len(frame.ENCODERS[family])))]
        runs = frame.scaled(family, kind, scene, rng)
        answer, _ = frame.answered(Upscaling, runs, encoder, [])
        what = f"{kind}.recall" if kind in ("720", "540") else "false"
        told[f"upscaling.{what}", role, answer] += 1
    return told


def noise(role: str, number: int) -> Answers:
    """One voice under every noise at 5, 10 and 15 dB, and under every kind of music."""
    names = {
        "noise.recall": "noise.recall",
        "noise.deep_recall": "noise.deep.recall",
        "noise.false_on_music": "noise.music.false",
    }
    told: Answers = Counter()
    for check, kind, make in sound.clips(role, number + 1, first=number):
        name = names.get(sound.headline(check, kind)) if check == "noise" else None
        if name is not None:
            measures, _ = sound.heard(make(), only="noise").measures()
            told[name, role, measures["noise"]["answer"]] += 1
    return told


@cache
def _reader() -> None:
    screen._load()


def numbers(role: str, number: int) -> Answers:
    """Two pages of seven identity numbers and seven phones, of 20 and of 16 pixels."""
    _reader()
    told: Answers = Counter()
    for px in (20, 16):
        family: Family = "A" if role == "tuning" else "B"
        counts = screen._read_one((family, number, px, 130, False))
        read, all_of = (counts["number", family, px, what] for what in ("read", "all"))
        told[f"numbers.{px}_px.recall", role, "found"] += read
        told[f"numbers.{px}_px.recall", role, "clear"] += all_of - read
    return told


PARTS: dict[str, tuple[Callable[[str, int], Answers], float]] = {
    "shake": (shake, 3.0),
    "watermark": (marks, 0.5),
    "upscaling": (enlargement, 1.0),
    "noise": (noise, 1 / 4),
    "numbers": (numbers, 0.5),
}
"""What makes the films of each part, and how many rounds it makes for one of `--films`."""
NAMES = [*PARTS, "peers", "cuts", "modes"]


def main() -> None:
    """Print one JSON line for each figure and family."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--films", type=int, default=FILMS, help="scales how many films are made")
    parser.add_argument("--only", nargs="*", choices=NAMES, default=NAMES)
    options = parser.parse_args()
    tell(options.films, options.only)


def tell(films: int = FILMS, only: Iterable[str] = tuple(NAMES)) -> None:
    """Make the films, ask the checks, print the figures; after each part, how long it took."""
    for part in [name for name in NAMES if name in only]:
        with took(f"inspect.quality.{part}"):
            for line in _told(part, films):
                show(line)


def _told(part: str, films: int) -> Iterable[dict[str, object]]:
    if part == "peers":
        return peers.figures(max(2, films // 3))
    if part == "cuts":
        return cutting.figures(max(2, films // 2))
    if part == "modes":
        found, all_of, lines = modes.compared()
        return [*lines, figure("modes.swift_of_thorough", "both", found, all_of)]
    told: Answers = Counter()
    rounds = max(1, round(films * PARTS[part][1]))
    tasks = [(part, role, number) for number in range(rounds) for role in ROLES]
    with multiprocessing.get_context("fork").Pool(min(2, os.cpu_count() or 1), _quiet) as pool:
        for answers in pool.imap_unordered(_made, tasks, chunksize=1):
            told.update(answers)
    return figures(told)


def figures(told: Answers) -> Iterator[dict[str, object]]:
    """One line for each figure and role, in the order of the goals, with the doubtful share."""
    sums: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for (name, role, answer), count in told.items():
        sums[name, role][answer] += count
    for name in GOALS:
        for role in ROLES:
            if counts := sums.get((name, role)):
                total = sum(counts.values())
                doubtful = round(counts["doubtful"] / total, 3)
                yield figure(name, role, counts["found"], total) | {"doubtful": doubtful}


def figure(name: str, role: str, found: int, total: int) -> dict[str, object]:
    """A share with its interval (Wilson, 95 %) beside its goal; a ratio of 1 or more keeps it."""
    share = found / max(1, total)
    low, high = wilson(found, total)
    return {
        "name": f"inspect.quality.{name}", "figure": round(share, 4), "unit": "share",
        "interval": [round(low, 3), round(high, 3)], "n": total, "family": role,
        **GOALS[name].about(share),
    }  # fmt: skip


def _made(task: Task) -> Answers:
    part, role, number = task
    return PARTS[part][0](role, number)


def _quiet() -> None:
    cv2.setNumThreads(1)
    os.environ["OMP_THREAD_LIMIT"] = "1"


if __name__ == "__main__":
    main()
