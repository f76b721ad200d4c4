"""Films that several tests of the checks on motion look at, made once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from fengcai.media.facts.measures import Measure
from fengcai.media.film.registry import CHECKS
from tests.media.film.shooting import answers, film, shoot

OURS = tuple(
    kind
    for kind in CHECKS
    if kind.name
    in {
        "shots", "shake", "freeze", "black", "cadence", "stutter", "interlacing", "flashing",
        "exposure", "sharpness", "grain", "dynamic_range",
    }
)  # fmt: skip


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for films."""
    return tmp_path_factory.mktemp("motion")


@pytest.fixture(scope="session")
def sound_film(shelf: Path) -> Path:
    """Twenty seconds without a fault: a slow pan, someone moving."""
    return film(shelf / "sound.mp4", shoot("drift", frames=500, subject=0.2, seed=3))


def _faulty() -> Iterator[np.ndarray]:
    """0–5 s steady; 5–11 s another shot, frozen from 7 s; 11–13 s black; 13–20 s another shot,
    shaky; 20–24 s another, flashing from 21 to 23 s at 6 Hz."""
    yield from shoot("pan", frames=125, subject=0.2, seed=21)
    second = list(shoot("pan", frames=51, subject=0.2, seed=22))
    yield from second[:50]
    yield from [second[50]] * 100
    yield from [np.zeros((180, 320, 3), np.uint8)] * 50
    yield from shoot("still", frames=175, tremor=0.006, subject=0.2, seed=23)
    for k, shown in enumerate(shoot("still", frames=100, subject=0.2, seed=24)):
        dark = 25 <= k < 75 and k * 12 // 25 % 2
        yield shown // 4 if dark else shown


@pytest.fixture(scope="session")
def faulty_film(shelf: Path) -> Path:
    """Twenty-four seconds with a freeze, black, shake and flashes (see `_faulty`)."""
    return film(shelf / "faulty.mp4", _faulty())


@pytest.fixture(scope="session")
def faulty(faulty_film: Path) -> dict[str, Measure]:
    """What every check says of the faulty film, every frame fed."""
    return answers(faulty_film, OURS)


@pytest.fixture(scope="session")
def faulty_swift(faulty_film: Path) -> dict[str, Measure]:
    """The same in swift mode."""
    return answers(faulty_film, OURS, thorough=False)


@pytest.fixture(scope="session")
def sound(sound_film: Path) -> dict[str, Measure]:
    """What every check says of the film without a fault, every frame fed."""
    return answers(sound_film, OURS)


@pytest.fixture(scope="session")
def sound_swift(sound_film: Path) -> dict[str, Measure]:
    """The same in swift mode."""
    return answers(sound_film, OURS, thorough=False)
