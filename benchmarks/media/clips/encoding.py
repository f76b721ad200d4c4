"""Writing frames into files, as the encoders in PyAV's wheel have it.

Family A writes H.264 and MPEG-4 part 2, family B HEVC and VP9.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from benchmarks.media.clips.worlds import Family, Rgb

CODECS: dict[Family, tuple[str, ...]] = {
    "A": ("libx264", "mpeg4"),
    "B": ("libx265", "libvpx-vp9"),
}
_OPTIONS = {
    "libx264": {"preset": "veryfast", "crf": "24"},
    "libx265": {"preset": "ultrafast", "crf": "26", "x265-params": "log-level=none:pools=1"},
    "libvpx-vp9": {"deadline": "realtime", "cpu-used": "8", "crf": "34", "b": "0"},
    "mpeg4": {"qmin": "3", "qmax": "6"},
}


def encode(
    to: Path,
    frames: Iterable[Rgb],
    *,
    fps: Fraction | int = 25,
    codec: str = "libx264",
    gop: int = 48,
    options: dict[str, str] | None = None,
    pixel_format: str = "yuv420p",
    transfer: int | None = None,
) -> Path:
    """Write RGB frames of one size; `transfer` is the code of ITU-T H.273 (16 PQ, 18 HLG)."""
    with av.open(str(to), "w") as out:
        film = None
        for i, shown in enumerate(frames):
            if film is None:
                film = out.add_stream(codec, rate=Fraction(fps))
                film.height, film.width = shown.shape[:2]
                film.pix_fmt = pixel_format
                film.codec_context.thread_count = 1
                film.codec_context.gop_size = gop
                film.codec_context.options = {**_OPTIONS.get(codec, {}), **(options or {})}
                if transfer is not None:
                    film.codec_context.color_trc = transfer
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(shown), format="rgb24")
            frame.pts = i
            out.mux(film.encode(frame))
        if film is not None:
            out.mux(film.encode(None))
    return to
