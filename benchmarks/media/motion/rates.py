"""Labelled films of pictures that were not filmed at the rate at which they are shown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction

import av
import av.filter
import cv2
import numpy as np

from benchmarks.media.clips.worlds import Family, Rgb
from benchmarks.media.motion.cases import WIDE, Case, Rng, shot


def cadence(family: Family, rng: Rng, i: int) -> Iterator[Case]:
    """Repeated, A: 12.5 → 25 and 15 → 30. B: 10 → 30 and 24 → 30."""
    patterns = {"A": ((2,), (2,)), "B": ((3,), (1, 1, 1, 2))}[family]
    source = shot(family, rng, move=("pan", "tilt", "ease")[i % 3])
    pattern = patterns[i % 2]
    fps = 25 if family == "A" and i % 2 else 30
    yield Case("fault", "padded", lambda: _first(repeated(source.frames(), pattern), 90), fps=fps)
    yield Case("sound", "full", shot(family, rng, move=("pan", "drift", "zoom")[i % 3]).frames)


def blending(family: Family, rng: Rng, i: int) -> Iterator[Case]:
    """Means of neighbours. A: weighted by when a frame is shown (12.5 → 25, 15 → 25, 20 → 25, 24 → 30). B: by
    FFmpeg's `framerate` (25 → 30, 20 → 30, 10 → 25, 30 → 50). Sound: every move at its own rate, also with a
    hand's tremor."""
    source, fps = {
        "A": ((12.5, 25), (15, 25), (20, 25), (24, 30)),
        "B": ((25, 30), (20, 30), (10, 25), (30, 50)),
    }[family][i % 4]
    frames = round(5 * source)
    # A camera that moves as fast as people pan, or someone who moves before one that stands.
    way = shot(
        family,
        rng,
        size=WIDE,
        move=("pan", "tilt", "pan", "ease")[i % 4],
        frames=frames,
        fps=source,
        subject=0.35,
    )
    mixed = shown_between if family == "A" else shown_by_ffmpeg
    yield Case(
        "fault",
        f"{source:g} to {fps}",
        lambda: mixed(way.frames(), source, fps),
        fps=fps,
        rate=str(Fraction(source)),
    )
    tremor = 0.004 if i % 2 else 0.0
    sound = shot(
        family,
        rng,
        size=WIDE,
        move=("pan", "zoom", "drift")[i % 3],
        frames=5 * fps,
        fps=fps,
        tremor=tremor,
    )
    yield Case("sound", "full", sound.frames, fps=fps)


def stutter(family: Family, rng: Rng, i: int) -> Iterator[Case]:
    """A: single frames replaced by the one before. B: two frames stuck, then a jump."""
    places = np.sort(rng.choice(np.arange(5, 70), 9, replace=False))
    stuck = 1 if family == "A" else 2
    source = shot(family, rng, move=("pan", "tilt")[i % 2])

    def stumbling() -> Iterator[Rgb]:
        kept: Rgb | None = None
        left = 0
        for k, shown in enumerate(source.frames()):
            left = stuck if k in places else left
            if left and kept is not None:
                left -= 1
                yield kept
            else:
                kept = shown
                yield shown

    yield Case("fault", "stuck", stumbling)
    yield Case("sound", "full", shot(family, rng, move=("pan", "drift", "ease")[i % 3]).frames)


def repeated(frames: Iterable[Rgb], pattern: tuple[int, ...]) -> Iterator[Rgb]:
    """Each frame as often as the pattern says."""
    for k, shown in enumerate(frames):
        for _ in range(pattern[k % len(pattern)]):
            yield shown


def shown_between(frames: Iterable[Rgb], source: float, fps: float) -> Iterator[Rgb]:
    """Each frame the mean of the two pictures between which it is shown, the nearer one weighing more."""
    shown = iter(frames)
    before, after, at = next(shown), next(shown), 0.0
    while True:
        while at >= 1:
            at -= 1
            before = after
            try:
                after = next(shown)
            except StopIteration:
                return
        yield cv2.addWeighted(before, 1 - at, after, at, 0)
        at += source / fps


def shown_by_ffmpeg(frames: Iterable[Rgb], source: float, fps: float) -> Iterator[Rgb]:
    """What FFmpeg's filter `framerate` makes of them."""
    graph, into = av.filter.Graph(), None
    for number, each in enumerate(frames):
        frame = av.VideoFrame.from_ndarray(each, format="rgb24").reformat(format="yuv420p")
        frame.pts, frame.time_base = number, 1 / Fraction(source)
        if into is None:
            into = graph.add_buffer(width=frame.width, height=frame.height,
                                    format="yuv420p", time_base=frame.time_base)  # fmt: skip
            change = graph.add("framerate", f"fps={fps}:scene=100")
            out = graph.add("buffersink")
            into.link_to(change)
            change.link_to(out)
            graph.configure()
        into.push(frame)
        while True:
            try:
                yield np.asarray(out.pull().to_ndarray(format="rgb24"), dtype=np.uint8)
            except (av.BlockingIOError, av.EOFError):
                break


def _first(frames: Iterable[Rgb], count: int) -> Iterator[Rgb]:
    for _, shown in zip(range(count), frames, strict=False):
        yield shown
