"""A small film for the living page's player, drawn on the spot and kept in memory. Debug only."""

from __future__ import annotations

import io
from functools import lru_cache

import av
import numpy as np

WIDTH, HEIGHT, RATE, SECONDS = 640, 360, 25, 8


@lru_cache(maxsize=1)
def film_bytes() -> bytes:
    """H.264 in MP4, 8 s at 25 fps, silent: a light disc crosses a dark ground."""
    file = io.BytesIO()
    rows, columns = np.mgrid[0:HEIGHT, 0:WIDTH]
    with av.open(file, "w", format="mp4") as out:
        stream = out.add_stream("libx264", rate=RATE)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        for number in range(RATE * SECONDS):
            centre = 40 + number * (WIDTH - 80) // (RATE * SECONDS)
            disc = (columns - centre) ** 2 + (rows - 200) ** 2 < 70**2
            picture = np.empty((HEIGHT, WIDTH, 3), dtype=np.uint8)
            picture[:] = (38, 30, 26)
            picture[disc] = (201, 138, 94)
            out.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        out.mux(stream.encode())
    return file.getvalue()
