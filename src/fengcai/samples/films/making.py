"""Makes a sample film: paint, letter, speak, encode. H.264 and AAC in a faststart MP4.

The same film comes out byte for byte the same wherever the same fonts and voice are installed.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from fractions import Fraction
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
from fengcai.samples.films.lettering import Overlay, Planes, chinese_font, subtitle, title_card
from fengcai.samples.films.painting import PAINTERS

_BT709 = 1
_TITLE_S = 1.5
_PAUSE_S = 0.2
_TAIL_S = 0.4
_TOO_LONG_S = 312


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
    seed = crc32(film.slug.encode())
    size, rate = film.size, film.fps
    lines: list[_Line] = []
    sounds: list[tuple[float, NDArray[np.float32]]] = []
    clock = _TITLE_S
    for text in film.lines:
        said = voice.spoken(text, speech, seed)
        end = clock + len(said) / voice.RATE
        lines.append(_Line(clock, end, subtitle(size, text, sans)))
        sounds.append((clock, said))
        clock = end + _PAUSE_S
    frames = round((clock + _TAIL_S) * rate)
    seconds = Fraction(frames, rate)
    card = title_card(size, film.title, film.unit_name, serif, sans)
    sound = voice.mixed(sounds, float(seconds), seed)
    if film.fault == "silent":
        sound = np.zeros_like(sound)
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
        for number, frame in enumerate(_frames(film, frames, lines, card, seed)):
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
    film: Film, count: int, lines: list[_Line], card: Overlay, seed: int
) -> Iterator[VideoFrame]:
    w, h = film.size
    painter = PAINTERS[film.scene]((w // 2, h // 2), film.palette, np.random.default_rng(seed))
    scaler = VideoReformatter()
    for number in range(count):
        t = number / film.fps
        shown = min(1.0, max(0.0, (_TITLE_S + 0.1 - t) / 0.4))
        painted = np.ascontiguousarray(painter.paint(t))
        if shown > 0:  # the title stands on a darkened picture
            painted = (painted * np.uint16(round(256 - 150 * shown)) >> 8).astype(np.uint8)
        frame = scaler.reformat(
            VideoFrame.from_ndarray(painted, format="rgb24"),
            width=w, height=h, format="yuv420p", dst_colorspace=_BT709,
            interpolation="BILINEAR", threads=1,
        )  # fmt: skip
        planes = _planes(frame)
        card.lay(planes, shown)
        for line in lines:
            if line.start - 0.1 <= t <= line.end + 0.15:
                line.overlay.lay(planes, min(t - line.start + 0.2, line.end + 0.2 - t) / 0.15)
        yield frame


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
