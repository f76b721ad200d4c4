"""A rehearsal on a film made here: whatever the libraries load late, they load before the walls are up.

Runs in a nursery, on nobody's file. Behind the walls nothing can be opened, so an import, a codec table
or a model that is first wanted there fails; all that a reader will call is called here once.
"""

from __future__ import annotations

import io
import os
import tempfile
from importlib import import_module
from pathlib import Path

import av
import av.logging
import cv2
import numpy as np
from PIL import Image

from fengcai.media.film import registry as film
from fengcai.media.film.stills import jpeg
from fengcai.media.opening import Order
from fengcai.media.reading import read_film
from fengcai.media.screen import reading as screen
from fengcai.media.sound import registry as sound
from fengcai.media.sound.listening import hear_film
from fengcai.media.sound.taking import take_sound

FRAMES, RATE, SOUND_HZ = 40, 20, 48_000
SIZE = (320, 180)


def films(*, read_screen: bool = True) -> None:
    """Look at, hear and read a film of two seconds, in both modes."""
    av.logging.set_level(None)
    cv2.setNumThreads(1)
    for late in ("av.subtitles.stream", "av.subtitles.codeccontext", "av.subtitles.subtitle"):
        import_module(late)
    Image.preinit()
    jpeg(np.zeros((16, 16, 3), dtype=np.uint8), 80)
    for check in (*film.CHECKS, *sound.CHECKS):
        check.warm_up()
    if read_screen:
        screen.warm_up()
    with tempfile.TemporaryDirectory(prefix="rehearsal-") as folder:
        path = Path(folder) / "film.mkv"
        _make(path)
        with path.open("rb") as file:
            os.dup2(file.fileno(), 0)
            for mode in ("thorough", "swift"):
                order = Order("matroska", path.stat().st_size, mode, 1, 1 << 24, 1 << 30, True)
                read_film(order, lambda _: None, lambda _: None, None)
                hear_film(order, lambda _: None, lambda _: None)
            take_sound(order, lambda _: None, lambda _: None)
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.close(nothing)


def papers() -> None:
    """Load what stills and papers need."""
    from fengcai.media import contents, covering, papers, pictures, stills

    Image.preinit()
    picture = io.BytesIO(jpeg(np.zeros((16, 16, 3), dtype=np.uint8), 80))
    pictures.read_still("jpeg", picture)
    size, boxes = len(picture.getvalue()), [covering.WHOLE]
    order = {"target": "x", "offset": 0, "length": size, "boxes": boxes}
    covering.carry_out(picture, [order])
    stills.warm_up()
    papers.warm_up()
    contents.warm_up()


def _make(path: Path) -> None:
    """Moving stripes and a tone, in codecs that every build of the libraries has."""
    with av.open(str(path), "w") as out:
        pictures = out.add_stream("mpeg4", rate=RATE)
        pictures.width, pictures.height = SIZE
        pictures.pix_fmt = "yuv420p"
        pictures.codec_context.gop_size = 10
        track = out.add_stream("pcm_s16le", rate=SOUND_HZ, layout="stereo")
        x, y = np.meshgrid(np.arange(SIZE[0]), np.arange(SIZE[1]))
        for number in range(FRAMES):
            grey = (128 + 90 * np.sin(x / 9 + number) * np.cos(y / 7)).astype(np.uint8)
            frame = av.VideoFrame.from_ndarray(np.repeat(grey[:, :, None], 3, axis=2), "rgb24")
            out.mux(pictures.encode(frame))
        at = np.arange(SOUND_HZ * FRAMES // RATE) / SOUND_HZ
        tone = (8000 * np.sin(2 * np.pi * 440 * at)).astype(np.int16)
        block = av.AudioFrame.from_ndarray(np.repeat(tone, 2)[None, :], "s16", "stereo")
        block.sample_rate = SOUND_HZ
        out.mux(track.encode(block))
        out.mux(pictures.encode(None))
        out.mux(track.encode(None))
