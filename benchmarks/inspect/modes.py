"""Swift mode against thorough: which findings of the example rulebook's "must" it makes too.

Films of a minute at 960 × 540 with one planted fault each, some over the whole film, some for a part of
it. What only the header tells (format, size, rate) is left out: both modes read it alike. A finding
that swift mode leaves open is listed as missed; there an inspection goes on in thorough mode.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from benchmarks.media.clips.camera import Camera, hand, path
from benchmarks.media.clips.worlds import Family, Rgb
from benchmarks.media.sound.noises import coloured, hum
from benchmarks.media.sound.run import cut_off, over
from benchmarks.media.sound.voices import RATE, Wave, spoken
from fengcai.core.inspection import holds
from fengcai.core.rulebook import parse_predicate
from fengcai.media import Limits, inspect_file

SIZE, FPS = (960, 540), 25
SHOTS, SHOT_S, TURNS = 5, 4, 3
MUSTS = {
    "true_orientation": "true_width > true_height",
    "true_resolution": "not upscaled",
    "true_fps": "true_fps >= 25fps",
    "steady": "not shaky",
    "audio_clean": "not noisy and not hum and not clipped",
    "no_watermark": "not watermark",
    "deidentified": "not personal_data",
}
"""The demands of examples/rulebooks/jiangxi-2026.yaml that pictures and sound decide."""
FONT = Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Bold.ttc")
IDENTITY = "11010519491231002X"

Change = Callable[[int, Rgb], Rgb]


def compared(only: tuple[str, ...] = ()) -> tuple[int, int, list[dict[str, object]]]:
    """Findings that swift mode made, those that thorough mode made, and a line for each miss."""
    made = total = opened = 0
    lines: list[dict[str, object]] = []
    with tempfile.TemporaryDirectory(prefix="bench-modes-") as folder:
        for name, family, write in FILMS:
            if only and name not in only:
                continue
            film = Path(folder) / "film.mp4"
            _written(film, family, *write(family))
            swift, thorough = (failed(film, mode) for mode in ("swift", "thorough"))
            film.unlink()
            for each in (key for key, verdict in thorough.items() if verdict == "fail"):
                total += 1
                made += swift[each] == "fail"
                opened += swift[each] == "undetermined"
                if swift[each] != "fail":
                    lines.append({"name": "inspect.quality.modes.missed", "film": name,
                                  "family": family, "finding": each, "swift": swift[each]})  # fmt: skip
            for each, verdict in swift.items():
                if verdict == "fail" and thorough[each] == "pass":
                    lines.append({"name": "inspect.quality.modes.false", "film": name,
                                  "family": family, "finding": each})  # fmt: skip
    lines.append({
        "name": "inspect.quality.modes.made_or_left_open", "unit": "share", "n": total,
        "figure": round((made + opened) / max(1, total), 4),
    })  # fmt: skip
    return made, total, lines


def failed(film: Path, mode: str) -> dict[str, str]:
    """The verdict on each demand."""
    facts = inspect_file(film, limits=Limits(mode=mode))  # type: ignore[arg-type]
    assert facts.verdict == "readable", facts.reason
    told = facts.flat()
    held = {name: holds(parse_predicate(text), told) for name, text in MUSTS.items()}
    return {name: {True: "pass", False: "fail", None: "undetermined"}[held[name]] for name in held}


# -- the films -------------------------------------------------------------------------------------

Made = tuple[list[Rgb], Wave]


def shot_frames(family: Family, *, tremor: float = 0.0, only: int | None = None) -> list[Rgb]:
    """Five shots of four seconds; `tremor` as a share of the width, in one shot alone if `only`."""
    frames: list[Rgb] = []
    for number in range(SHOTS):
        rng = np.random.default_rng([number, ord(family)])
        count = SHOT_S * FPS
        way = path(("pan", "tilt", "drift", "zoom", "ease")[number], count, FPS, rng)  # type: ignore[arg-type]
        if tremor and only in (None, number):
            way = way.held_by(hand(family, count, FPS, tremor, rng))
        shown = Camera(family, 70 + number, *SIZE, way, subject=0.2 * (number % 2), noise=1.5)
        frames += list(shown.frames())
    return frames


def voice(family: Family) -> Wave:
    """Twenty seconds of speech."""
    return spoken("tuning" if family == "A" else "reporting", 1, SHOTS * SHOT_S)


def sound_film(family: Family) -> Made:
    return shot_frames(family), voice(family)


def shaky(family: Family) -> Made:
    return shot_frames(family, tremor=0.006), voice(family)


def shaky_in_one_shot(family: Family) -> Made:
    return shot_frames(family, tremor=0.008, only=2), voice(family)


def padded(family: Family) -> Made:
    frames = shot_frames(family)
    return [frames[number - number % 2] for number in range(len(frames))], voice(family)


def enlarged(family: Family) -> Made:
    way = cv2.INTER_CUBIC if family == "A" else cv2.INTER_LANCZOS4

    def change(_: int, shown: Rgb) -> Rgb:
        small = cv2.resize(shown, (640, 360), interpolation=cv2.INTER_AREA)
        return np.asarray(cv2.resize(small, SIZE, interpolation=way), dtype=np.uint8)

    return _changed(shot_frames(family), change), voice(family)


def upright(family: Family) -> Made:
    """A portrait picture between black bars (A) or blurred ones (B)."""

    def change(_: int, shown: Rgb) -> Rgb:
        middle = shown[:, 328:632].copy()
        sides = np.zeros_like(shown)
        if family == "B":
            behind = cv2.resize(middle[180:350], SIZE, interpolation=cv2.INTER_AREA)
            sides = np.asarray(cv2.GaussianBlur(behind, (0, 0), 22), dtype=np.uint8)
        sides[:, 328:632] = middle
        return sides

    return _changed(shot_frames(family), change), voice(family)


def marked(family: Family) -> Made:
    mark = _lettering("健康视频", 30)
    left = 30 if family == "A" else SIZE[0] - mark.shape[1] - 30

    def change(_: int, shown: Rgb) -> Rgb:
        return _laid(shown, mark, left, 26, 0.7 if family == "A" else 0.45)

    return _changed(shot_frames(family), change), voice(family)


def travelling(family: Family) -> Made:
    mark = _lettering("@用户8821", 30)
    places = ((30, 26), (SIZE[0] - mark.shape[1] - 30, SIZE[1] - 60))

    def change(number: int, shown: Rgb) -> Rgb:
        return _laid(shown, mark, *places[number // 125 % 2], 0.8)

    return _changed(shot_frames(family), change), voice(family)


def showing_a_number(family: Family) -> Made:
    """For three seconds of twenty."""
    line = _lettering(f"身份证号 {IDENTITY}", 30)

    def change(number: int, shown: Rgb) -> Rgb:
        if not 260 <= number < 335:
            return shown
        plate = shown.copy()
        plate[300:350, 300 : 320 + line.shape[1]] = 30
        return _laid(plate, line, 310, 305, 1.0)

    return _changed(shot_frames(family), change), voice(family)


def noisy(family: Family) -> Made:
    rng = np.random.default_rng(3)
    rush = coloured(rng, SHOTS * SHOT_S * RATE, -3.0 if family == "A" else -1.0)
    return shot_frames(family), over(voice(family), rush, 12)


def humming(family: Family) -> Made:
    return shot_frames(family), over(voice(family), hum(SHOTS * SHOT_S * RATE, 50.0, 2), 15)


def cut(family: Family) -> Made:
    return shot_frames(family), cut_off(voice(family), 12)


FILMS: list[tuple[str, Family, Callable[[Family], Made]]] = [
    (make.__name__, family, make)
    for make in (shaky, shaky_in_one_shot, padded, enlarged, upright, marked, travelling,
                 showing_a_number)
    for family in ("A", "B")
] + [("noisy", "A", noisy), ("humming", "B", humming), ("cut", "A", cut), ("sound_film", "B", sound_film)]  # fmt: skip
"""Sound is heard alike in both modes: one family is enough."""


def _changed(frames: list[Rgb], change: Change) -> list[Rgb]:
    return [change(number, shown) for number, shown in enumerate(frames)]


def _lettering(text: str, height: int) -> NDArray[np.float32]:
    font = ImageFont.truetype(str(FONT), height)
    _, _, right, bottom = font.getbbox(text)
    drawn = Image.new("L", (round(right) + 4, round(bottom) + 4))
    ImageDraw.Draw(drawn).text((2, 2), text, 255, font)
    return np.asarray(drawn, dtype=np.float32) / 255


def _laid(shown: Rgb, mark: NDArray[np.float32], x: int, y: int, alpha: float) -> Rgb:
    high, wide = mark.shape
    out = shown.copy()
    cover = mark[:, :, None] * alpha
    part = out[y : y + high, x : x + wide]
    out[y : y + high, x : x + wide] = part * (1 - cover) + 250 * cover
    return out


def _written(to: Path, family: Family, frames: list[Rgb], wave: Wave) -> None:
    """The twenty seconds three times over: pictures by x264 (A) or x265 (B), sound in AAC."""
    codec = "libx264" if family == "A" else "libx265"
    options = {"preset": "ultrafast" if family == "B" else "veryfast", "crf": "23"}
    if family == "B":
        options["x265-params"] = "log-level=none:pools=2"
    with av.open(str(to), "w", options={"movflags": "+faststart"}) as out:
        film = out.add_stream(codec, rate=FPS)
        film.width, film.height, film.pix_fmt = *SIZE, "yuv420p"
        film.codec_context.gop_size = 2 * FPS
        film.codec_context.options = options
        track = out.add_stream("aac", rate=RATE, layout="stereo")
        whole = np.tile(wave[: SHOTS * SHOT_S * RATE], TURNS)
        both = np.stack((whole, whole)).astype(np.float32)
        for begin in range(0, both.shape[1], 1024):
            part = np.ascontiguousarray(both[:, begin : begin + 1024])
            block = av.AudioFrame.from_ndarray(part, format="fltp", layout="stereo")
            block.sample_rate, block.pts = RATE, begin
            out.mux(track.encode(block))
        out.mux(track.encode(None))
        for number, shown in enumerate(_turns(frames)):
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(shown), format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, FPS)
            out.mux(film.encode(frame))
        out.mux(film.encode(None))


def _turns(frames: list[Rgb]) -> Iterator[Rgb]:
    for _ in range(TURNS):
        yield from frames
