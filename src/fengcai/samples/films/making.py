"""Makes a sample film: paint, letter, speak, encode. H.264 and AAC in a faststart MP4.

The same film comes out byte for byte the same wherever the same fonts and voice are installed.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from multiprocessing import get_context
from pathlib import Path
from zlib import crc32

import av
import numpy as np
from av.audio.stream import AudioStream
from av.video.frame import VideoFrame
from av.video.reformatter import VideoReformatter
from av.video.stream import VideoStream
from numpy.typing import NDArray

from fengcai.samples.films import voice
from fengcai.samples.films.catalogue import Film
from fengcai.samples.films.lettering import (
    Overlay,
    Planes,
    chinese_font,
    corner_mark,
    subtitle,
    title_card,
)
from fengcai.samples.films.painting import PAINTERS

_BT709 = 1
_TITLE_S = 1.5
_PAUSE_S = 0.2
_TAIL_S = 0.4
_TOO_LONG_S = 312
_APART_S = 6.7
"""Between the stills of two shots, in the time of the painting."""
_MARKS = {"watermark": "抖音号：fengcai_yanshi", "copy": "花信影像"}
_LEAST_SHOT_S = 2.8
_LEAST_MEAN = 0.27
_GLIDES = ((1, 0), (-1, 0), (0, 1), (1, 1), (-1, -1))
"""Directions across and down, one a shot."""


@dataclass(frozen=True)
class _Line:
    start: float
    end: float
    overlay: Overlay


def make_film(
    film: Film,
    out_path: Path,
    *,
    speech: voice.Speech = "auto",
    serif: Path | None = None,
    sans: Path | None = None,
    threads: int = 2,
) -> Path:
    """Write the film to `out_path` and return it. Raises NoFont without any Chinese font."""
    out_path.parent.mkdir(parents=True, exist_ok=True)
    if film.fault == "too_long":
        short = out_path.with_suffix(".once.mp4")
        _encode(film, short, speech, serif, sans, threads)
        _loop(short, out_path, Fraction(_TOO_LONG_S))
        short.unlink()
    else:
        _encode(film, out_path, speech, serif, sans, threads)
    return out_path


def make_films(
    films: Sequence[Film],
    folder: Path,
    *,
    speech: voice.Speech = "auto",
    workers: int | None = None,
) -> Iterator[tuple[Film, Path]]:
    """Make many films side by side in processes; yields each with its path, in order."""
    workers = workers or max(1, min(len(films), os.cpu_count() or 1))
    if workers == 1:
        for film in films:
            yield film, make_film(film, folder / f"{film.slug}.mp4", speech=speech)
        return
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        jobs = [
            pool.submit(make_film, film, folder / f"{film.slug}.mp4", speech=speech, threads=1)
            for film in films
        ]
        for film, job in zip(films, jobs, strict=True):
            yield film, job.result()


def _encode(
    film: Film,
    path: Path,
    speech: voice.Speech,
    serif: Path | None,
    sans: Path | None,
    threads: int,
) -> None:
    serif, sans = serif or chinese_font("serif"), sans or chinese_font("sans")
    seed = crc32((film.copied or film.slug).encode())
    size, rate = film.size, film.fps
    lines: list[_Line] = []
    sounds: list[tuple[float, NDArray[np.float32]]] = []
    clock = _TITLE_S
    phrases = [phrase for line in film.lines for phrase in line.split("，")]
    for text in phrases:
        said = voice.spoken(text, speech, seed)
        end = clock + len(said) / voice.RATE
        lines.append(_Line(clock, end, subtitle(size, text, sans)))
        sounds.append((clock, said))
        clock = end + _PAUSE_S
    frames = round((clock + _TAIL_S) * rate)
    cuts = _cuts(lines, clock + _TAIL_S, rate)
    seconds = Fraction(frames, rate)
    card = title_card(size, film.title, film.unit_name, serif, sans)
    sound = voice.mixed(sounds, float(seconds), seed)
    if film.fault == "silent":
        sound = np.zeros_like(sound)
    if film.fault == "hum":
        sound = voice.hummed(sound)
    with av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"}) as out:
        out.metadata["title"] = film.title
        picture = out.add_stream("libx264", rate=rate)
        assert isinstance(picture, VideoStream)
        turned = film.fault == "rotated"
        picture.width, picture.height = size[::-1] if turned else size
        picture.pix_fmt = "yuv420p"
        picture.codec_context.thread_count = threads
        for tag in ("colorspace", "color_primaries", "color_trc"):
            setattr(picture.codec_context, tag, _BT709)
        picture.codec_context.options = {
            # What is looped for minutes is worth packing well.
            "preset": "veryfast" if film.fault == "too_long" else "ultrafast",
            "crf": str(film.crf), "g": str(2 * rate),
        }  # fmt: skip
        if turned:
            picture.set_display_rotation(90)
        track = out.add_stream("aac", rate=voice.RATE, layout="stereo")
        assert isinstance(track, AudioStream)
        track.codec_context.options = {"aac_coder": "fast"}
        track.bit_rate = 64_000 if film.fault == "too_long" else 112_000
        _write_sound(out, track, sound)
        for number, frame in enumerate(_frames(film, frames, cuts, lines, card, seed)):
            shown = _turned(frame) if turned else frame
            shown.pts, shown.time_base = number, Fraction(1, rate)
            out.mux(picture.encode(shown))
        out.mux(picture.encode(None))


def _write_sound(
    out: av.container.OutputContainer, track: AudioStream, sound: NDArray[np.float32]
) -> None:
    for start in range(0, sound.shape[1], 1024):
        part = np.ascontiguousarray(sound[:, start : start + 1024])
        frame = av.AudioFrame.from_ndarray(part, format="fltp", layout="stereo")
        frame.sample_rate, frame.pts = voice.RATE, start
        frame.time_base = Fraction(1, voice.RATE)
        out.mux(track.encode(frame))
    out.mux(track.encode(None))


def _frames(
    film: Film, count: int, cuts: Sequence[int], lines: list[_Line], card: Overlay, seed: int
) -> Iterator[VideoFrame]:
    """Each shot glides over a still of its own, painted larger than the picture: every point is
    painted, none computed from others, and painting costs a few pictures a film."""
    w, h = film.size
    said = _MARKS.get(film.fault or "")
    mark = corner_mark(film.size, said, chinese_font("sans")) if said else None
    for number, shown_planes in _glided(film, count, cuts, seed):
        t = number / film.fps
        shown = min(1.0, max(0.0, (_TITLE_S + 0.1 - t) / 0.4))
        frame = VideoFrame(w, h, "yuv420p")
        frame.colorspace = _BT709
        planes = _planes(frame)
        for plane, part, black in zip(planes, shown_planes, (16, 128, 128), strict=True):
            # The title stands on a darkened picture.
            plane[...] = _darkened(part, black, shown) if shown > 0 else part
        card.lay(planes, shown)
        if mark is not None:
            mark.lay(planes, 1.0)
        for line in lines:
            if line.start - 0.1 <= t <= line.end + 0.15:
                line.overlay.lay(planes, min(t - line.start + 0.2, line.end + 0.2 - t) / 0.15)
        yield frame


def _glided(film: Film, count: int, cuts: Sequence[int], seed: int) -> Iterator[tuple[int, Planes]]:
    w, h = film.size
    wide, high = w * 5 // 8 * 2, h * 5 // 8 * 2
    rng = np.random.default_rng(seed)
    painters = [
        PAINTERS[scene]((wide, high), film.palette, rng) for scene in (film.scene, film.beside)
    ]
    turn, begins = int(rng.integers(len(_GLIDES))), float(rng.uniform(0, 60))
    for shot, (begin, end) in enumerate(pairwise((*cuts, count))):
        painted = painters[shot % len(painters)].paint(begins + _APART_S * shot)
        y, cb, cr = _yuv(painted)
        y = _lifted(y)
        across, down = _GLIDES[(turn + shot) % len(_GLIDES)]
        dx, dy = (_pace(room, end - begin) for room in (wide - w, high - h))
        if dy == 0:  # a long shot has room to the side only, and must not stand still
            across, down = across or 1, 0
        for number in range(begin, end):
            i = number - begin
            x = i * dx if across > 0 else wide - w - i * dx if across < 0 else (wide - w) // 4 * 2
            top = i * dy if down > 0 else high - h - i * dy if down < 0 else (high - h) // 4 * 2
            if film.fault == "shaky":
                x = min(wide - w, max(0, x + _tremor(number / film.fps, 0.0)))
                top = min(high - h, max(0, top + _tremor(number / film.fps, 1.9)))
            half = slice(top // 2, (top + h) // 2), slice(x // 2, (x + w) // 2)
            yield number, (y[top : top + h, x : x + w], cb[half], cr[half])


def _cuts(lines: Sequence[_Line], seconds: float, rate: int) -> list[int]:
    """First frames of the shots: a cut comes with a phrase, and no shot is over at once."""
    at = [0.0]
    for line in lines:
        if min(line.start - at[-1], seconds - line.start) >= _LEAST_SHOT_S:
            at.append(line.start)
    return [round(each * rate) for each in at]


def _pace(room: int, frames: int) -> int:
    """Points a frame, even, so that colours go along; the whole shot stays inside the room."""
    return min(4, room // max(1, frames) // 2 * 2)


def _tremor(t: float, phase: float) -> int:
    """How far a hand is off its way, in points, even: two tremors of 3 and 5.4 a second."""
    off = math.sin(2 * math.pi * 3.0 * t + phase) + 0.7 * math.sin(
        2 * math.pi * 5.4 * t + 2 * phase
    )
    return round(off * 6) * 2


def _darkened(plane: NDArray[np.uint8], black: int, shown: float) -> NDArray[np.uint8]:
    keep = np.int32(round(256 - 96 * shown))
    return ((plane.astype(np.int32) - black) * keep // 256 + black).astype(np.uint8)


def _lifted(y: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A dark still lightened to a mean that a screen in a bright room still shows."""
    levels = np.clip((np.arange(256) - 16) / 219, 0, 1)
    counts = np.bincount(y[::4, ::4].ravel(), minlength=256)
    for bend in (1.0, 0.85, 0.72, 0.61, 0.52, 0.44):
        curve = levels**bend
        if (curve * counts).sum() / counts.sum() >= _LEAST_MEAN:
            break
    return (16 + 219 * curve + 0.5).astype(np.uint8)[y]


def _yuv(painted: NDArray[np.uint8]) -> Planes:
    """RGB as the three planes of a frame, copied out of it."""
    whole = VideoFrame.from_ndarray(np.ascontiguousarray(painted), format="rgb24")
    frame = VideoReformatter().reformat(
        whole, format="yuv420p", dst_colorspace=_BT709, interpolation="BILINEAR", threads=1
    )
    y, cb, cr = (plane.copy() for plane in _planes(frame))
    return y, cb, cr


def _planes(frame: VideoFrame) -> Planes:
    """Writable views of the three planes."""
    y, cb, cr = (
        np.frombuffer(memoryview(plane), np.uint8).reshape(plane.height, plane.line_size)[
            :, : plane.width
        ]
        for plane in frame.planes
    )
    return y, cb, cr


def _turned(frame: VideoFrame) -> VideoFrame:
    """The picture laid on its side, as a phone stores it."""
    turned = VideoFrame(frame.height, frame.width, "yuv420p")
    for source, target in zip(_planes(frame), _planes(turned), strict=True):
        target[...] = np.rot90(source, -1)
    return turned


def _loop(source: Path, target: Path, at_least: Fraction) -> None:
    """Repeat a film's packets, without decoding, until it lasts `at_least` seconds."""
    with av.open(str(source)) as film:
        picture, sound = film.streams.video[0], film.streams.audio[0]
        assert picture.time_base is not None
        assert sound.time_base is not None
        with av.open(str(target), "w", format="mp4", options={"movflags": "+faststart"}) as out:
            to = {
                picture.index: out.add_stream_from_template(picture),
                sound.index: out.add_stream_from_template(sound),
            }
            length = (picture.duration or 0) * picture.time_base
            first = {picture.index: picture.time_base, sound.index: sound.time_base}
            rounds = int(at_least / length) + 1
            for turn in range(rounds):
                film.seek(0)
                for packet in film.demux(picture, sound):
                    if packet.dts is None or packet.pts is None:
                        continue
                    base = first[packet.stream.index]
                    # Sound that would overlap the next round is left out.
                    if packet.stream is sound and packet.pts * base > length - Fraction(1, 20):
                        continue
                    shift = round(turn * length / base)
                    packet.pts, packet.dts = packet.pts + shift, packet.dts + shift
                    packet.stream = to[packet.stream.index]
                    out.mux(packet)
