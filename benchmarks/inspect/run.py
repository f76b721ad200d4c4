"""What a whole inspection costs, and how well it sees: every figure of both, beside what it must keep
and what it aims at.

Speed is wall time in swift and thorough mode against pure decoding of the same film with two threads in
the same run, beside it the processor time of all readers against that of the decoding. The film is five
minutes of 1080p25 H.264 at about 10 Mb/s with a melody: twenty seconds of a moving camera in five shots,
whose packets are repeated. Memory is what the parent, the nursery and the readers hold together, counting
what they share once (PSS), in a run that is not timed. `--only` makes single parts (`speed` and those of
`benchmarks.inspect.quality`); how long each took is told.
"""

from __future__ import annotations

import argparse
import contextlib
import multiprocessing
import os
import statistics
import tempfile
import threading
import time
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np

from benchmarks.inspect import quality
from benchmarks.inspect.telling import Goal, took
from benchmarks.inspect.telling import tell as say
from benchmarks.media.clips.camera import Camera, path
from fengcai.media import Limits, inspect_file

WIDTH, HEIGHT, FPS = 1920, 1080, 25
SHOT_S, SHOTS, SOUND_HZ = 4, 5, 48_000
BITS = 10_000_000
GOALS = {
    "start": Goal(0.3, 0.15, most=True),
    "memory": Goal(900, 600, most=True),
    "thorough": Goal(1.5, 1.25, most=True),
    "swift": Goal(1.0, 0.7, most=True),
}


def main() -> None:
    """Print one JSON line for each figure; the last is the headline."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument(
        "--films", type=int, default=quality.FILMS, help="scales the films of the quality parts"
    )
    parts = [*quality.NAMES, "speed"]
    parser.add_argument("--only", nargs="*", choices=parts, default=parts)
    options = parser.parse_args()
    quality.tell(options.films, [part for part in options.only if part != "speed"])
    if "speed" in options.only:
        with took("inspect.speed"):
            apart(speed, options.seconds, options.rounds)


def apart(work: Callable[..., None], *given: Any) -> None:
    """Do it in a process of its own: what making films leaves behind is no memory of an inspection."""
    process = multiprocessing.get_context("fork").Process(target=work, args=given)
    process.start()
    process.join()
    if process.exitcode:
        raise SystemExit(process.exitcode)


def speed(seconds: int, rounds: int) -> None:
    """Time inspections of the film, in turn with decoding it."""
    with tempfile.TemporaryDirectory(prefix="bench-inspect-") as folder:
        piece, film = Path(folder) / "piece.mp4", Path(folder) / "film.mp4"
        apart(write_piece, piece)
        repeat(piece, film, seconds)
        inspect_file(piece)  # the nursery loads
        say("inspect.short", timed(piece, "thorough")[0], "s", seconds=SHOT_S * SHOTS)
        say("inspect.start", start(folder), "s", GOALS["start"])
        with Watch() as watch:
            timed(film, "thorough")
        say("inspect.memory", watch.peak / 1e6, "MB", GOALS["memory"])
        walls: dict[str, list[float]] = {"decode": [], "thorough": [], "swift": []}
        work: dict[str, list[float]] = {"decode": [], "thorough": [], "swift": []}
        for _ in range(rounds):  # in turn: the machine's speed wanders
            for mode, (wall, spent) in {
                "decode": decode(film),
                "swift": timed(film, "swift"),
                "thorough": timed(film, "thorough"),
            }.items():
                walls[mode].append(wall)
                work[mode].append(spent)
        decoding = statistics.median(walls["decode"])
        decoding_cpu = statistics.median(work["decode"])
        for mode in ("thorough", "swift"):
            say(
                f"inspect.{mode}", statistics.median(walls[mode]) / decoding, "x of decoding",
                GOALS[mode],
                processor=round(statistics.median(work[mode]) / decoding_cpu, 2),
                walls_s=[round(each, 1) for each in walls[mode]],
                decode_s=[round(each, 1) for each in walls["decode"]],
                decode_cores=round(decoding_cpu / decoding, 2),
                film_bytes=film.stat().st_size, seconds=seconds,
            )  # fmt: skip


def write_piece(to: Path) -> None:
    """Five shots of moving textures with a hand's tremor of none, and a melody."""
    with av.open(str(to), "w", options={"movflags": "+faststart"}) as out:
        film = out.add_stream("libx264", rate=FPS)
        film.width, film.height, film.pix_fmt, film.bit_rate = WIDTH, HEIGHT, "yuv420p", BITS
        film.codec_context.options = {"preset": "veryfast"}
        film.codec_context.gop_size = 2 * FPS
        track = out.add_stream("aac", rate=SOUND_HZ, layout="stereo")
        at = np.arange(SHOT_S * SHOTS * SOUND_HZ) / SOUND_HZ
        notes = 220 * 2 ** (np.floor(at * 2) % 8 / 12)
        tune = 0.2 * np.sin(2 * np.pi * np.cumsum(notes) / SOUND_HZ) * (1 + np.sin(5 * at)) / 2
        both = np.tile(tune.astype(np.float32), (2, 1))
        for begin in range(0, both.shape[1], 1024):
            part = np.ascontiguousarray(both[:, begin : begin + 1024])
            block = av.AudioFrame.from_ndarray(part, format="fltp", layout="stereo")
            block.sample_rate, block.pts = SOUND_HZ, begin
            out.mux(track.encode(block))
        out.mux(track.encode(None))
        number = 0
        for shot in range(SHOTS):
            rng = np.random.default_rng(shot)
            way = path("pan" if shot % 2 else "still", SHOT_S * FPS, FPS, rng)
            camera = Camera("A", 40 + shot, WIDTH, HEIGHT, way, subject=0.2, noise=2.5)
            for shown in camera.frames():
                frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(shown), format="rgb24")
                frame.pts = number
                number += 1
                out.mux(film.encode(frame))
        out.mux(film.encode(None))


def repeat(source: Path, target: Path, seconds: int) -> None:
    """The film's packets again and again, without decoding."""
    with av.open(str(source)) as film, av.open(str(target), "w", format="mp4",
                                               options={"movflags": "+faststart"}) as out:  # fmt: skip
        streams = [film.streams.video[0], film.streams.audio[0]]
        to = {each.index: out.add_stream_from_template(each) for each in streams}
        length = Fraction(SHOT_S * SHOTS)
        for turn in range(seconds // int(length)):
            film.seek(0)
            for packet in film.demux(*streams):
                if packet.dts is None or packet.pts is None or packet.time_base is None:
                    continue
                if packet.stream.type == "audio" and packet.pts * packet.time_base > length - 1:
                    continue  # it would overlap the next turn
                shift = round(turn * length / packet.time_base)
                packet.pts, packet.dts = packet.pts + shift, packet.dts + shift
                packet.stream = to[packet.stream.index]
                out.mux(packet)


def decode(film: Path) -> tuple[float, float]:
    """Seconds and processor seconds to decode every picture with two threads, and do nothing with it."""
    began, spent = time.perf_counter(), time.process_time()
    with av.open(str(film)) as container:
        stream = container.streams.video[0]
        stream.codec_context.thread_count = 2
        stream.codec_context.thread_type = "AUTO"
        count = sum(1 for _ in container.decode(stream))
    assert count > 0
    return time.perf_counter() - began, time.process_time() - spent


def timed(film: Path, mode: str) -> tuple[float, float]:
    """Seconds of a whole inspection, outputs written, and the processor seconds of this process and
    its readers."""
    with tempfile.TemporaryDirectory(prefix="bench-outputs-") as folder:
        began, spent = time.perf_counter(), time.process_time()
        facts = inspect_file(film, outputs=Path(folder), limits=Limits(mode=mode))  # type: ignore[arg-type]
        wall = time.perf_counter() - began
    if facts.verdict != "readable":
        raise SystemExit(f"the film was not read: {facts.reason}")
    return wall, time.process_time() - spent + (facts.cost.cpu_s or 0.0 if facts.cost else 0.0)


def start(folder: str) -> float:
    """Seconds that the walls and the processes take: a still of 16 pixels, whose reading is nothing."""
    from PIL import Image

    tiny = Path(folder) / "tiny.png"
    Image.new("RGB", (16, 16)).save(tiny)
    inspect_file(tiny, expected="image")
    walls = []
    for _ in range(9):
        began = time.perf_counter()
        inspect_file(tiny, expected="image")
        walls.append(time.perf_counter() - began)
    return statistics.median(walls)


class Watch(threading.Thread):
    """The most memory that this process and all below it held at one moment, in bytes."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.peak = 0
        self._over = threading.Event()

    def __enter__(self) -> Watch:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self.join()

    def run(self) -> None:
        while not self._over.wait(0.1):
            self.peak = max(self.peak, sum(map(pss, family(os.getpid()))))


def family(root: int) -> list[int]:
    """The process and all that descend from it."""
    found, ahead = [], [root]
    while ahead:
        each = ahead.pop()
        found.append(each)
        for task in Path(f"/proc/{each}/task").glob("*/children"):
            with contextlib.suppress(OSError):
                ahead += map(int, task.read_text().split())
    return found


def pss(pid: int) -> int:
    """Bytes that a process holds, its share of what it shares; 0 when it is gone."""
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0
    line = next((each for each in text.splitlines() if each.startswith("Pss:")), "Pss: 0 kB")
    return int(line.split()[1]) * 1024


if __name__ == "__main__":
    main()
