"""Enlargement and bars: recall and false alarms over labelled films, and milliseconds a picture.

Thresholds were chosen on "leaves" (x264, swscale); "rooms" shares neither its textures, nor its encoders
(x265, MPEG-4, x264 with other tools), nor its scalers (OpenCV, Pillow). "1440": made smaller by 4 : 3,
which is no enlargement. Each film is four moments
(eight for bars) of two encoded frames. The last line is the headline: recall of 720 → 1080 on the
family not tuned on.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from fractions import Fraction
from functools import partial

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.media.frame.filming import Encoder, enlarged, film, grey_of, pictures
from benchmarks.media.frame.rates import Tally, say, wilson
from benchmarks.media.frame.scenes import FAMILIES, Scene
from fengcai.media.checks import Film, PictureCheck
from fengcai.media.film.bars import Bars
from fengcai.media.film.upscaling import Upscaling

Grey = NDArray[np.uint8]
FULL = (1920, 1080)
ENCODERS = {
    "leaves": [Encoder(options={"preset": "veryfast", "crf": crf}) for crf in ("18", "21", "24")],
    "rooms": [
        Encoder("libx265", {"preset": "ultrafast", "crf": "22", "x265-params": "log-level=none"}),
        Encoder("mpeg4", {"flags": "+qscale", "global_quality": "472"}),
        Encoder(options={"preset": "fast", "crf": "22"}),
        Encoder(options={"preset": "ultrafast", "crf": "20"}),
    ],
}
SCALERS = {
    "leaves": ("sws:bilinear", "sws:bicubic", "sws:lanczos"),
    "rooms": ("cv:linear", "cv:cubic", "cv:lanczos4", "pil:bicubic", "pil:lanczos"),
}
MOMENTS, RUN = 4, 2
UPSCALING = ("native", "soft", "1440", "720", "900", "540")
ENLARGED = ("720", "900", "540")
BARS = ("none", "none dark", "bars letter", "bars pillar", "bars blurred")


def header(size: tuple[int, int]) -> Film:
    """What a check is told of a film of `MOMENTS` seconds."""
    return Film(
        width_px=size[0], height_px=size[1], fps=Fraction(25), duration_s=Fraction(MOMENTS),
        codec="h264", pixel_format="yuv420p", thorough=False, has_sound=False,
        packet_times_s=np.zeros(0), packet_bytes=np.zeros(0, np.int64),
        packet_keys=np.zeros(0, bool),
    )  # fmt: skip


def drawn(scene: Scene, size: tuple[int, int], start: float, cut: bool = False) -> list[list[Grey]]:
    """Runs of pictures as a camera of that size sees them."""
    step = 9.7 if cut else 1.3
    moments = 2 * MOMENTS if cut else MOMENTS
    return [[scene.at(start + step * n + j / 25, size) for j in range(RUN)] for n in range(moments)]


def changed(runs: list[list[Grey]], change: Callable[[Grey], Grey]) -> list[list[Grey]]:
    return [[change(picture) for picture in run] for run in runs]


def noisy(level: float, rng: np.random.Generator, grey: Grey) -> Grey:
    return cv2.add(grey, rng.normal(0, level, grey.shape).astype(np.float32), dtype=cv2.CV_8U)


def scaled(family: str, kind: str, scene: Scene, rng: np.random.Generator) -> list[list[Grey]]:
    """The pictures of one film of the enlargement set, before its encoder."""
    start, noise = float(rng.uniform(0, 5)), float(rng.uniform(0, 3))
    lines = int(kind) if kind.isdigit() else 1080
    runs = changed(drawn(scene, (lines * 16 // 9, lines), start), partial(noisy, noise, rng))
    if kind.startswith("soft"):
        blur = float(rng.uniform(0.6, 1.8))
        return changed(runs, lambda grey: cv2.GaussianBlur(grey, (0, 0), blur))
    if lines == 1080:
        return runs
    if rng.random() < 0.5:  # as a smaller camera would have recorded it first
        frames = film(runs, Encoder(options={"preset": "veryfast", "crf": "20"}))
        runs = [[grey_of(frame)] * RUN for frame in frames]
    scaler = str(rng.choice(SCALERS[family]))
    return changed(runs, lambda grey: enlarged(grey, FULL, scaler))


def framed(kind: str, scene: Scene, rng: np.random.Generator) -> tuple[list[list[Grey]], int, int]:
    """The pictures of one film of the bars set, and the true size."""
    runs = drawn(scene, (1280, 720), float(rng.uniform(0, 5)), cut=True)
    if kind == "none":
        return runs, 1280, 720
    if kind == "none dark":
        dim = [0.12, 1.0, 0.1, 0.9] * 2
        return (
            [
                changed([run], lambda grey, k=dim[n]: (grey * k).astype(np.uint8))[0]
                for n, run in enumerate(runs)
            ],
            1280,
            720,
        )
    if kind == "bars blurred":
        wide = 2 * int(rng.integers(180, 260))
        tall = changed(runs, lambda grey: cv2.resize(grey[:, 400 : 400 + wide], (wide, 720)))

        def sided(grey: Grey) -> Grey:
            high = round(720 * 1280 / wide)
            behind = cv2.resize(grey, (1280, high))[(high - 720) // 2 :][:720]
            behind = cv2.GaussianBlur(behind, (0, 0), float(rng.uniform(12, 30)))
            behind[:, (1280 - wide) // 2 :][:, :wide] = grey
            return behind

        return changed(tall, sided), wide, 720
    level = int(rng.choice([0, 0, 8, 235]))
    top = 2 * int(rng.integers(12, 60)) if kind != "bars pillar" else 0
    left = 2 * int(rng.integers(20, 110)) if kind != "bars letter" else 0

    def barred(grey: Grey) -> Grey:
        out = np.full_like(grey, level)
        size = (1280 - 2 * left, 720 - 2 * top)
        shrunk = cv2.resize(grey, size, interpolation=cv2.INTER_AREA)
        out[top : 720 - top, left : 1280 - left] = shrunk
        return out

    return changed(runs, barred), 1280 - 2 * left, 720 - 2 * top


def main() -> None:
    """Print one JSON line for each figure; the last is the headline."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--films", type=int, default=8, help="for each family and kind")
    parser.add_argument("--first", type=int, default=100, help="seed of the first scene")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    spent: dict[str, list[float]] = {"upscaling": [], "bars": []}
    headline: tuple[int, int] = (0, 0)
    for family, make in FAMILIES.items():
        scales, frames = Tally(family), Tally(family)
        heights_right = exact = barred = 0
        for number in range(options.first, options.first + options.films):
            scene = make(number)
            for kind in UPSCALING:
                rng = np.random.default_rng((number, hash_of(family + kind)))
                encoder = ENCODERS[family][int(rng.integers(len(ENCODERS[family])))]
                runs = scaled(family, kind, scene, rng)
                told, values = answered(Upscaling, runs, encoder, spent["upscaling"])
                scales.add(kind, told)
                heights_right += kind in ENLARGED and values["original_short_side_px"] == int(kind)
            for kind in BARS:
                rng = np.random.default_rng((number, hash_of(family + kind)))
                encoder = ENCODERS[family][int(rng.integers(len(ENCODERS[family])))]
                runs, wide, high = framed(kind, scene, rng)
                told, values = answered(Bars, runs, encoder, spent["bars"])
                frames.add(kind, told)
                if kind.startswith("bars") and told in ("found", "doubtful"):
                    barred += 1
                    off = (
                        abs(values["true_width_px"] - wide) / wide,
                        abs(values["true_height_px"] - high) / high,
                    )
                    exact += max(off) <= 0.02
        for line in scales.lines("upscaling", ENLARGED):
            say(line)
        for line in frames.lines("bars", ("bars",)):
            say(line)
        say({"name": "media.bars.within_2_percent", "family": family,
             "figure": round(exact / max(1, barred), 3), "films": barred, "unit": "share"})  # fmt: skip
        say({"name": "media.upscaling.heights_told_right", "family": family,
             "figure": round(heights_right / (3 * options.films), 3), "unit": "share"})  # fmt: skip
        headline = scales.share(("720",))
    for check, times in spent.items():
        say({"name": f"media.{check}.sample", "figure": round(1000 * float(np.median(times)), 2),
             "unit": "ms", "pictures": len(times)})  # fmt: skip
    low, high_end = wilson(*headline)
    figure = headline[0] / headline[1]
    say({"name": "media.upscaling.720.recall", "family": "rooms", "figure": round(figure, 3),
         "interval": [round(low, 3), round(high_end, 3)], "unit": "share",
         "ratio": round(figure / 0.9, 2), "against": 0.9})  # fmt: skip


def answered(
    kind: type[PictureCheck], runs: list[list[Grey]], encoder: Encoder, spent: list[float]
) -> tuple[str, dict]:
    """The check's answer and values; seconds of each `sample` go to `spent`."""
    check = kind(header((runs[0][0].shape[1], runs[0][0].shape[0])))
    for picture in pictures(film(runs, encoder)):
        began = time.process_time()
        check.sample(picture)
        spent.append(time.process_time() - began)
    measure = check.result()
    assert measure is not None
    return measure.answer, measure.values


def hash_of(text: str) -> int:
    """The same number for the same text in every process."""
    return int.from_bytes(text.encode()[-7:], "big")


if __name__ == "__main__":
    main()
