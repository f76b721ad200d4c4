"""Films that no one makes on purpose: every check answers, and none breaks."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import av
import numpy as np
import pytest

from benchmarks.media.clips.feeding import survey
from fengcai.media.samples import Picture, Scalers
from tests.media.film.conftest import OURS
from tests.media.film.shooting import answers, film, shoot

pytestmark = pytest.mark.media


def pictures(sizes, times):
    """Pictures of noise, of the given sizes at the given times."""
    rng = np.random.default_rng(3)
    scalers = Scalers()
    for (width, height), at in zip(sizes, times, strict=True):
        noise = rng.integers(0, 255, (height, width, 3), dtype=np.uint8)
        frame = av.VideoFrame.from_ndarray(noise, format="rgb24").reformat(format="yuv420p")
        yield Picture(frame, Fraction(at), Fraction(1), scalers)


def fed(header, shown):
    """Every check after the pictures, each of which goes to `run` and `sample`."""
    checks = [kind(header) for kind in OURS]
    for i, picture in enumerate(shown):
        for check in checks:
            check.run(picture, first=i == 0)
            check.sample(picture)
    return {check.name: check.result() for check in checks}


@pytest.fixture(scope="module")
def header(shelf):
    return survey(film(shelf / "plain.mp4", shoot(frames=30)), thorough=True)


@pytest.mark.parametrize("size", [(16, 16), (2, 2), (640, 8), (8, 640)])
def test_tiny_and_narrow_pictures(size, header):
    told = fed(header, pictures([size] * 40, [Fraction(k, 25) for k in range(40)]))
    assert told["black"].facts == {"longest_black": "0"}
    assert told["shake"].answer in ("unmeasured", "doubtful")


def test_sizes_that_change_on_the_way(header):
    sizes = [(64, 36), (64, 36), (36, 64), (32, 32)] * 15
    told = fed(header, pictures(sizes, [Fraction(k, 25) for k in range(60)]))
    assert None not in told.values()


def test_times_that_stand_still_or_go_back(header):
    still = fed(header, pictures([(64, 36)] * 60, [1] * 60))
    back = fed(header, pictures([(64, 36)] * 60, [Fraction(60 - k, 25) for k in range(60)]))
    for told in (still, back):
        assert told["shake"].answer != "clear"
        assert told["black"].facts == {"longest_black": "0"}


def test_one_picture_and_none(header):
    one = fed(header, pictures([(64, 36)], [0]))
    assert one["shake"].answer == one["cadence"].answer == "unmeasured"
    assert set(fed(header, []).values()) == {None}


def test_a_film_without_a_rate(header):
    told = fed(
        replace(header, fps=None, duration_s=None),
        pictures([(64, 36)] * 30, [Fraction(k, 25) for k in range(30)]),
    )
    assert told["cadence"] is None
    assert told["freeze"].facts == {"longest_freeze": "0"}


@pytest.mark.parametrize("thorough", [True, False])
def test_a_single_frame_in_a_file(thorough, shelf):
    told = answers(film(shelf / "one.mp4", shoot(frames=1)), OURS, thorough=thorough)
    assert told["shots"].answer == ("clear" if thorough else "unmeasured")
