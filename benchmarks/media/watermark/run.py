"""Watermarks: recall with the right place, false alarms, and what single unmoving shots are called.

Logos of several alphas and sizes over films of several shots, jumping ones, captions in Noto CJK, title
cards; films of 48 sampled pictures at 1280 × 720, each through JPEG, fine for "leaves" and coarse
for "rooms", as keyframes go through their encoder. Thresholds were chosen on "leaves". The last line is the
headline: recall over several shots on "rooms".
"""

from __future__ import annotations

import argparse
import time
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from benchmarks.media.frame.filming import frame_of, pictures
from benchmarks.media.frame.rates import Tally, say, wilson
from benchmarks.media.frame.run import hash_of, header
from benchmarks.media.frame.scenes import FAMILIES, Scene
from fengcai.media.facts.measures import Measure
from fengcai.media.film.watermark import Watermark

Grey = NDArray[np.uint8]
PICTURES = 48
SIZE = (1280, 720)
FONT = Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Bold.ttc")
LOGOS = ("抖音", "健康江西", "@用户8821", "HEALTH TV", "快手 ID:66012")
CAPTIONS = (
    "今天我们来讲一讲高血压",
    "每天一杯温水",
    "记得按时复诊",
    "医生提醒您注意休息",
    "如何正确洗手",
)
CODING = {
    "leaves": (".jpg", cv2.IMWRITE_JPEG_QUALITY, 72),
    "rooms": (".jpg", cv2.IMWRITE_JPEG_QUALITY, 45),
}
KINDS = (
    ("none", 10, 0.0), ("none captions", 12, 0.0), ("none title", 8, 0.0), ("none few shots", 4, 0.0),
    ("logo 0.9", 10, 0.9), ("logo 0.5 captions", 12, 0.5), ("logo 0.3", 10, 0.3), ("logo 0.2", 8, 0.2),
    ("jump 0.8", 14, 0.8), ("jump 0.4 captions", 14, 0.4),
    ("jump four 0.6", 14, 0.6),
    ("unmoving", 1, 0.0), ("unmoving walker", 1, 0.0), ("unmoving logo", 1, 0.6),
)  # fmt: skip
PLACES = ("左上角", "右上角", "左下角", "右下角")


def smaller(scene: Scene) -> Scene:
    """The same scene for cameras of 1280 × 720: a third of the points, nine times as quick to see."""
    third = {"fx": 1 / 3, "fy": 1 / 3, "interpolation": cv2.INTER_AREA}
    return replace(
        scene,
        canvas=cv2.resize(scene.canvas, None, **third),
        passers=[(cv2.resize(thing, None, **third), where) for thing, where in scene.passers],
    )


def lettering(text: str, height: int) -> Grey:
    font = ImageFont.truetype(str(FONT), height)
    _, _, right, bottom = font.getbbox(text)
    drawn = Image.new("L", (round(right) + 4, round(bottom) + 4))
    ImageDraw.Draw(drawn).text((2, 2), text, 255, font)
    return np.asarray(drawn)


def lay(grey: Grey, mark: Grey, x: int, y: int, alpha: float, shade: int = 250) -> None:
    high, wide = mark.shape
    part = grey[y : y + high, x : x + wide].astype(np.float32)
    cover = mark / 255 * alpha
    grey[y : y + high, x : x + wide] = part * (1 - cover) + shade * cover


def filmed(
    family: str, kind: str, shots: int, alpha: float, scenes: list[Scene], rng: np.random.Generator
) -> tuple[list[Grey], set[str]]:
    """Pictures and the places in which a logo stands."""
    cuts = np.sort(rng.choice(np.arange(2, PICTURES - 1), shots - 1, replace=False))
    order, starts = rng.integers(0, len(scenes), shots), rng.uniform(0, 40, shots)
    mark = lettering(str(rng.choice(LOGOS)), int(rng.integers(20, 44)))
    margin = int(rng.integers(14, 40))
    right, low = SIZE[0] - mark.shape[1] - margin, SIZE[1] - mark.shape[0] - margin
    spots = [(margin, margin), (right, margin), (margin, low), (right, low)]
    home = int(rng.integers(4))
    way = [home, 3 - home] if kind.startswith("jump") else [home]
    if "four" in kind:
        way = [home, 3 - home, home ^ 1, 3 - (home ^ 1)]
    there = {PLACES[each] for each in way}
    suffix, setting, quality = CODING[family]
    taken = []
    for number in range(PICTURES):
        shot = int(np.searchsorted(cuts, number, side="right"))
        still = kind.startswith("unmoving")
        moment = starts[shot] + (0 if still else 0.6 * number)
        scene = scenes[order[shot]]
        grey = seen(replace(scene, passers=[]) if still else scene, moment)
        if kind == "unmoving walker":
            left = 26 * number % 1200
            grey[200:, left : left + 160] = 50
        if kind == "none title" and number < 4:
            grey[:] = 30
            lay(grey, lettering("高血压防治知识", 80), 300, 300, 1.0)
        if "captions" in kind:
            words = lettering(CAPTIONS[number // 3 % 5], 38)
            lay(grey, words, (SIZE[0] - words.shape[1]) // 2, 640, 1.0)
        if alpha:
            lay(grey, mark, *spots[way[number // 4 % len(way)]], alpha)
        grey = cv2.add(grey, rng.normal(0, 2, grey.shape).astype(np.float32), dtype=cv2.CV_8U)
        taken.append(cv2.imdecode(cv2.imencode(suffix, grey, [setting, quality])[1], 0))
    return taken, there if alpha else set()


def seen(scene: Scene, t: float) -> Grey:
    """A 1280 × 720 view of a scene made `smaller`."""
    high, wide = scene.canvas.shape
    x, y = scene.path(t)
    left = round(min(1, max(0, x)) * (wide - SIZE[0]))
    top = round(min(1, max(0, y)) * (high - SIZE[1]))
    view = scene.canvas[top : top + SIZE[1], left : left + SIZE[0]].copy()
    for thing, where in scene.passers:
        px, py = where(t)
        a, b = round(px * SIZE[0]), round(py * SIZE[1])
        x0, y0 = max(0, a), max(0, b)
        x1, y1 = min(SIZE[0], a + thing.shape[1]), min(SIZE[1], b + thing.shape[0])
        if x1 > x0 and y1 > y0:
            view[y0:y1, x0:x1] = thing[y0 - b : y1 - b, x0 - a : x1 - a]
    return view


def answered(
    family: str, kind: tuple[str, int, float], scenes: list[Scene], seed: tuple[int, int]
) -> tuple[Measure, set[str], list[float], float]:
    """The check's answer to one film, the places in which a logo stands, seconds of each `sample` and of
    `result`. `seed`: that of the first scene, and the number of the film."""
    name, shots, alpha = kind
    rng = np.random.default_rng((*seed, hash_of(family + name)))
    greys, there = filmed(family, name, shots, alpha, scenes, rng)
    check = Watermark(replace(header(SIZE), duration_s=Fraction(PICTURES)))
    sampling = []
    for picture in pictures(frame_of(grey) for grey in greys):
        began = time.process_time()
        check.sample(picture)
        sampling.append(time.process_time() - began)
    began = time.process_time()
    measure = check.result()
    assert measure is not None
    return measure, there, sampling, time.process_time() - began


def main() -> None:
    """Print one JSON line for each figure; the last is the headline."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--films", type=int, default=8, help="for each family and kind")
    parser.add_argument("--first", type=int, default=300, help="seed of the first scene")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    sampling: list[float] = []
    concluding: list[float] = []
    headline = (0, 0)
    for family, make in FAMILIES.items():
        scenes = [smaller(make(options.first + n)) for n in range(10)]
        tally = Tally(family)
        placed = marked = 0
        for number in range(options.films):
            for kind in KINDS:
                measure, there, spent, ended = answered(
                    family, kind, scenes, (options.first, number)
                )
                sampling += spent
                concluding.append(ended)
                tally.add(kind[0], measure.answer)
                if there and measure.answer == "found":
                    marked += 1
                    placed += {span.text for span in measure.spans} <= there
        for line in tally.lines("watermark", ("logo", "jump")):
            say(line)
        say({"name": "media.watermark.only_in_the_right_place", "family": family,
             "figure": round(placed / max(1, marked), 3), "films": marked, "unit": "share"})  # fmt: skip
        for name, kinds, right in (
            ("several_shots.recall", ("logo", "jump"), "≥ 0.95"),
            ("several_shots.false_alarms", ("none",), "≤ 0.02"),
            ("unmoving_shot.called_found", ("unmoving",), "≤ 0.03"),
        ):
            hits, total = tally.share(kinds)
            low, high = wilson(hits, total)
            say({"name": f"media.watermark.{name}", "family": family,
                 "figure": round(hits / total, 3), "interval": [round(low, 3), round(high, 3)],
                 "films": total, "unit": "share", "must": right})  # fmt: skip
        headline = tally.share(("logo", "jump"))
    say({"name": "media.watermark.sample", "figure": round(1000 * float(np.median(sampling)), 2),
         "unit": "ms"})  # fmt: skip
    say({"name": "media.watermark.result", "figure": round(float(np.median(concluding)), 2),
         "unit": "s"})  # fmt: skip
    figure = headline[0] / headline[1]
    low, high = wilson(*headline)
    say({"name": "media.watermark.several_shots.recall", "family": "rooms",
         "figure": round(figure, 3), "interval": [round(low, 3), round(high, 3)],
         "unit": "share", "ratio": round(figure / 0.95, 2), "against": 0.95})  # fmt: skip


if __name__ == "__main__":
    main()
