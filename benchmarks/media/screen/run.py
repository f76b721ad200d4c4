"""What is read on screen: identity and phone numbers by the height of their letters, subtitles letter by
letter, QR codes by size, false hits on random numbers, numbers that stand for two seconds, and the cost.

Shares have Wilson's 95 % intervals. Nothing was tuned on either family. A number counts as read when the
whole of it is right; one JSON line for each figure, the last is the headline: 16-pixel numbers, both
families.
"""

from __future__ import annotations

import argparse
import json
import math
import multiprocessing
import os
import random
import re
import sys
import tempfile
import time
from collections import Counter
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from PIL import Image, ImageDraw

from benchmarks.media.clips.worlds import Family, world
from benchmarks.media.screen.pages import SIZE, _opened, identity, made
from fengcai.media.checks import Page
from fengcai.media.samples import Picture, Scalers
from fengcai.media.screen.choosing import ROWS, Choice, Chooser
from fengcai.media.screen.codes import Codes
from fengcai.media.screen.personal import personal
from fengcai.media.screen.recognition import Recogniser

FAMILIES: tuple[Family, ...] = ("A", "B")
LETTERS_PX = {14: 0.9, 16: 0.95, 20: 0.98, 28: 0.98, 40: 0.98}
CODES_PX = {90: 0.9, 130: 0.95, 200: 0.98}
RANDOM_NUMBERS = 100_000
PAGE_S, BAND_S, SAMPLE_MS = 0.35, 0.1, 0.5
_STANDS_S = 2


def main() -> None:
    """Print one JSON line for each figure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=4, help="pages of each size and family")
    parser.add_argument("--wrong", action="store_true", help="list what was misread on stderr")
    options = parser.parse_args()
    sizes = list(LETTERS_PX)
    tasks = [
        (family, number, px, list(CODES_PX)[(number + at) % len(CODES_PX)], options.wrong)
        for family in FAMILIES
        for at, px in enumerate(sizes)
        for number in range(options.rounds)
    ]
    counts: Counter[tuple[str, str, int, str]] = Counter()
    with multiprocessing.Pool(min(2, os.cpu_count() or 1), initializer=_load) as pool:
        for part in pool.imap(_read_one, tasks):
            counts.update(part)
        stands = pool.map(_standing, [(family, seed) for family in FAMILIES for seed in range(2)])
    for family in FAMILIES:
        _tell(counts, family)
    for family in FAMILIES:
        ours = [each for each in stands if each[0] == family]
        seen, all_of = sum(each[1] for each in ours), sum(each[2] for each in ours)
        pages = sum(each[3] for each in ours) / sum(each[4] for each in ours)
        say("stands_2_s", seen, all_of, family, least=0.95, pages_a_minute=round(pages, 1))
    false_hits()
    costs()
    read = sum(counts["number", family, 16, "read"] for family in FAMILIES)
    say(
        "number_16_px",
        read,
        sum(counts["number", f, 16, "all"] for f in FAMILIES),
        "A, B",
        least=0.95,
    )


_recogniser = Recogniser()


def _load() -> None:
    _recogniser.warm_up()
    Codes.warm_up()


def _read_one(
    task: tuple[Family, int, int, int, bool],
) -> Counter[tuple[str, str, int, str]]:
    """Make a page, read it, count what was right."""
    family, number, px, code_px, wrong = task
    with tempfile.TemporaryDirectory(prefix="fengcai-screen-") as folder:
        page = made(family, number, px, code_px, Path(folder))
    _recogniser.forget()
    lines = _recogniser.read(page.rgb)
    found = {(datum.kind, datum.value) for line in lines for datum in personal(line.text)}
    counts: Counter[tuple[str, str, int, str]] = Counter()
    for kind, numbers in (("identity", page.identities), ("mobile", page.mobiles)):
        for value in numbers:
            counts["number", family, px, "all"] += 1
            counts["number", family, px, "read"] += (kind, value) in found
            counts[kind, family, px, "all"] += 1
            counts[kind, family, px, "read"] += (kind, value) in found
            if wrong and (kind, value) not in found:
                print(family, px, kind, value, [line.text for line in lines], file=sys.stderr)
    counts["false", family, 0, "all"] += len(page.others)
    truth = {*page.identities, *page.mobiles, *(each for each in page.others if personal(each))}
    counts["false", family, 0, "read"] += len([value for _, value in found if value not in truth])
    counts["subtitle", family, 0, "all"] += 1
    texts = {re.sub(r"[\s,，]", "", line.text) for line in lines}
    counts["subtitle", family, 0, "read"] += re.sub(r"[\s,，]", "", page.subtitle) in texts
    check = Codes(None)
    said = [sighting.text for sighting in check.find(Page(Fraction(0), page.rgb))]
    counts["code", family, code_px, "all"] += 1
    counts["code", family, code_px, "read"] += f"二维码：{page.code}" in said
    counts["false_code", family, 0, "all"] += 1
    counts["false_code", family, 0, "read"] += any(page.code not in text for text in said)
    return counts


def _tell(counts: Counter[tuple[str, str, int, str]], family: Family) -> None:
    def pair(what: str, size: int) -> tuple[int, int]:
        return counts[what, family, size, "read"], counts[what, family, size, "all"]

    for px, least in LETTERS_PX.items():
        each = {kind: pair(kind, px)[0] for kind in ("identity", "mobile")}
        say(f"number_{px}_px", *pair("number", px), family, least=least, read=each)
    say("subtitle_exact", *pair("subtitle", 0), family, least=0.9)
    for px, least in CODES_PX.items():
        say(f"code_{px}_px", *pair("code", px), family, least=least)
    say("false_on_pages", *pair("false", 0), family, most=0.01)
    say("false_codes", *pair("false_code", 0), family, most=0.02)


def _standing(task: tuple[Family, int]) -> tuple[Family, int, int, int, float]:
    """A minute, sampled twice a second, with a number for two seconds every ten: rows that were read.

    Answers (family, numbers chosen, numbers, whole pictures' worth of rows, minutes).
    """
    family, seed = task
    chance = random.Random(f"{family} {seed}")
    scene = world(family, seed + 500, SIZE[0] + 400, SIZE[1] + 200)
    spots = [(10 * at + 4, chance.randint(100, 1500), chance.randint(60, 980)) for at in range(6)]
    rows: list[tuple[Fraction, tuple[float, float]]] = []

    def take(picture: Picture, choice: Choice) -> None:
        if choice.rows is not None:
            rows.append((picture.time_s, choice.rows))

    choose = Chooser(take)
    for half in range(120):
        time_s = Fraction(half, 2)
        dx, dy = (round(180 + 180 * math.sin(half / 9)), round(90 + 90 * math.cos(half / 11)))
        if seed % 2:
            dx = dy = 0
        picture = Image.fromarray(scene[dy : dy + SIZE[1], dx : dx + SIZE[0]])
        pen = ImageDraw.Draw(picture)
        for start, left, top in spots:
            if start <= time_s < start + _STANDS_S:
                font = _opened("NotoSansSC-Regular.ttf", 24)
                pen.rectangle((left - 6, top - 4, left + 290, top + 34), fill=(235, 235, 235))
                pen.text((left, top), identity(random.Random(start)), font=font, fill=(20, 20, 20))
        frame = av.VideoFrame.from_ndarray(np.asarray(picture), format="rgb24")
        yuv = frame.reformat(format="yuv420p")
        choose(Picture(yuv, time_s, Fraction(1), Scalers()))
    seen = sum(
        any(
            start <= time_s < start + _STANDS_S
            and low <= top / SIZE[1]
            and (top + 30) / SIZE[1] <= high + 1 / ROWS
            for time_s, (low, high) in rows
        )
        for start, _, top in spots
    )
    return family, seen, len(spots), round(sum(high - low for _, (low, high) in rows)), 1.0


def false_hits() -> None:
    """Random strings of 8 to 20 digits, alone on their line: how many look like personal data."""
    chance = random.Random(11)
    texts = [
        "".join(chance.choices("0123456789", k=chance.randint(8, 20)))
        for _ in range(RANDOM_NUMBERS)
    ]
    kinds = Counter(datum.kind for text in texts for datum in personal(text))
    # Eleven digits that begin as a phone's are a phone's: nothing tells them apart.
    phones = sum(len(text) == 11 and text[0] == "1" and text[1] in "3456789" for text in texts)
    hits = sum(kinds.values()) - min(kinds["mobile"], phones)
    say("false_on_numbers", hits, RANDOM_NUMBERS, "", most=0.001, kinds=dict(kinds))


def costs() -> None:
    """Processor seconds of a whole picture with ten lines and of a subtitle's band, and the memory;
    milliseconds of a sample in the decoding process. Medians."""
    _load()
    with tempfile.TemporaryDirectory(prefix="fengcai-screen-") as folder:
        shown = [made("A", seed, 20, 130, Path(folder)).rgb for seed in (901, 903)]
    pages, bands = [], []
    for turn in range(6):
        began = time.process_time()
        _recogniser.read(shown[turn % 2], None)
        pages.append(time.process_time() - began)
        mixed = shown[turn % 2].copy()
        mixed[930:] = shown[1 - turn % 2][930:]
        began = time.process_time()
        _recogniser.read(mixed, (930, 1080))
        bands.append(time.process_time() - began)
    empty = [np.full((SIZE[1], SIZE[0], 3), 40 * turn, dtype=np.uint8) for turn in range(1, 6)]
    looks = []
    for rgb in empty:
        began = time.process_time()
        _recogniser.read(rgb)
        looks.append(time.process_time() - began)
    limit("page_without_text", _median(looks), "s", PAGE_S)
    limit("page_with_21_lines", _median(pages), "s", 3 * PAGE_S)
    limit("band", _median(bands), "s", 2 * BAND_S)
    frames = [
        av.VideoFrame.from_ndarray(rgb, format="rgb24").reformat(format="yuv420p") for rgb in shown
    ]
    choose = Chooser(lambda picture, choice: None)
    samples = []
    for turn in range(200):
        picture = Picture(frames[turn // 20 % 2], Fraction(turn, 4), Fraction(1), Scalers())
        began = time.process_time()
        choose(picture)
        samples.append(time.process_time() - began)
    limit("sample", _median(samples) * 1000, "ms", SAMPLE_MS)


def say(
    name: str,
    count: int,
    total: int,
    family: str,
    *,
    least: float = 0.0,
    most: float = 0.0,
    **about: object,
) -> None:
    """One line of JSON; a ratio of 1 or more is in our favour."""
    share = count / total if total else 0.0
    low, high = wilson(count, total)
    ratio = share / least if least else most / max(share, most / 10)
    line = {
        "name": f"media.screen.{name}", "figure": round(share, 5), "unit": "share",
        "ratio": round(ratio, 2), "against": least or most, "family": family,
        "low": round(low, 4), "high": round(high, 4), "of": total,
    }  # fmt: skip
    print(json.dumps({**line, **about}, ensure_ascii=False), flush=True)


def limit(name: str, figure: float, unit: str, most: float) -> None:
    """A cost against its limit."""
    line = {"name": f"media.screen.{name}", "figure": round(figure, 3), "unit": unit}
    print(json.dumps({**line, "ratio": round(most / figure, 2), "against": most}), flush=True)


def wilson(count: int, total: int) -> tuple[float, float]:
    """The 95 % score interval of a share (E. B. Wilson, 1927)."""
    if total == 0:
        return 0.0, 1.0
    z, share = 1.959964, count / total
    middle = share + z * z / (2 * total)
    reach = z * math.sqrt(share * (1 - share) / total + z * z / (4 * total * total))
    below = 1 + z * z / total
    return (middle - reach) / below, (middle + reach) / below


def _median(figures: list[float]) -> float:
    return sorted(figures)[len(figures) // 2]


if __name__ == "__main__":
    main()
