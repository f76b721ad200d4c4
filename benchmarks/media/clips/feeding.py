"""Giving a film to picture checks directly, as the child process does, without its walls.

For tests and benchmarks of one method; `fengcai.media.inspect_file` is what products use.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np

from fengcai.media.checks import Film, PictureCheck
from fengcai.media.facts.measures import Measure
from fengcai.media.film.windows import Window, windows
from fengcai.media.samples import Picture, Scalers


def survey(path: Path, *, thorough: bool) -> Film:
    """What the headers and packets say."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        base = Fraction(stream.time_base or 1)
        rows = sorted(
            (packet.pts * base, packet.size, packet.is_keyframe)
            for packet in container.demux(stream)
            if packet.size and packet.pts is not None
        )
        fps = Fraction(stream.average_rate or 25)
        times = np.array([float(row[0] - rows[0][0]) for row in rows])
        return Film(
            width_px=stream.codec_context.width,
            height_px=stream.codec_context.height,
            fps=fps,
            duration_s=len(rows) / fps,
            codec=stream.codec_context.name,
            pixel_format=stream.codec_context.pix_fmt,
            thorough=thorough,
            has_sound=bool(container.streams.audio),
            packet_times_s=times,
            packet_bytes=np.array([row[1] for row in rows], dtype=np.int64),
            packet_keys=np.array([row[2] for row in rows], dtype=bool),
        )


def feed(
    path: Path, kinds: Sequence[type[PictureCheck]], *, thorough: bool = True
) -> list[PictureCheck]:
    """The checks after the whole film went through them."""
    cv2.setNumThreads(1)
    film = survey(path, thorough=thorough)
    chosen = () if thorough else windows(film)
    checks = [kind(film) for kind in kinds]
    next_sample = {id(check): Fraction(0) for check in checks}
    stretch = None
    scalers = Scalers()
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        start = None
        for frame in container.decode(stream):
            at = frame.pts * Fraction(frame.time_base)
            start = at if start is None else start
            picture = Picture(frame, at - start, Fraction(1), scalers)
            here = 0 if thorough else _which(chosen, float(picture.time_s))
            for check in checks:
                if here is not None:
                    check.run(picture, first=here != stretch)
                if picture.time_s >= next_sample[id(check)] and (thorough or frame.key_frame):
                    next_sample[id(check)] = picture.time_s + check.SAMPLE_STEP_S
                    check.sample(picture)
            if here is not None:
                stretch = here
    return checks


def measure(path: Path, kind: type[PictureCheck], *, thorough: bool = True) -> Measure:
    """One check's answer; an error of the caller if it gives none."""
    [check] = feed(path, [kind], thorough=thorough)
    result = check.result()
    if result is None:
        raise ValueError(f"{kind.name} does not speak of this film")
    return result


def _which(chosen: Sequence[Window], at: float) -> int | None:
    for index, window in enumerate(chosen):
        if window.from_s - 0.001 <= at <= window.to_s:
            return index
    return None
