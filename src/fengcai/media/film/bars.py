"""Bars: how much of the frame the true picture fills. Letterbox, pillarbox, and the blurred sides that
fill up a portrait film in a landscape frame (or a landscape film in a portrait one).

A bar must stand at the same place in nearly all sampled pictures, be one flat level nearly from end to
end, and end in a straight edge behind which the picture changes. A dark scene, a slide's white margin
or lettering on black fulfil only some of that: they are no bars, or doubtful. Sides filled with a drawn
background are not recognised.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import cv2
import numpy as np
from numpy.typing import NDArray

from fengcai.media.checks import Film, PictureCheck
from fengcai.media.facts.measures import Answer, Box, Measure, Span
from fengcai.media.film.evidence import outlined, shrunk, upright_box
from fengcai.media.samples import Picture

MOST_KEPT = 240
LEAST_PICTURES = 3
LEVEL_TOLERANCE = 10
"""Of 255; a bar through a coarse encoder still keeps within."""
FLAT = 0.6
"""Share of a line's points at the bar's level; below one half are lines of the picture."""
LEAST_BAR = 0.012
"""Of the frame's side; less is the ragged edge of a transfer."""
AGREEING, SOME = 0.85, 0.2
CHANGING = 3.0
"""Mean change, in levels, of what stands inside over the film; less may be a slide with margins."""
BLUR_RATIO, BLUR_STEP = 2.8, 2.0
"""Detail inside ÷ detail of the sides, and just inside ÷ just outside of the edges. A soft background
behind a person reaches 2.4 and has no such edge."""
BLUR_AGREEING = 0.7
"""Share of the pictures in which the sides are blurred, from the same edge on."""
_STRIDE = 4
_BLOCKS = 12
_PROFILE = 480

Shares = NDArray[np.float32]
Profile = NDArray[np.float32]


@dataclass(frozen=True)
class _Look:
    """One picture: for each of four sides the shares at that side's level, and the levels."""

    time_s: Fraction
    levels: tuple[int, int, int, int]
    shares: tuple[Shares, Shares, Shares, Shares]


@dataclass(frozen=True)
class _Side:
    """Depth in points of the coded frame, how many pictures show it, and what hinders."""

    depth: int = 0
    share: float = 0.0
    doubt: bool = False


class Bars(PictureCheck):
    """Facts `true_width`, `true_height`: pixels of the true picture as shown."""

    name = "bars"

    def __init__(self, film: Film) -> None:
        super().__init__(film)
        self._looks: list[_Look] = []
        self._across: list[NDArray[np.float32]] = []
        self._down: list[NDArray[np.float32]] = []
        self._thumbs: list[NDArray[np.uint8]] = []
        self._shape: tuple[int, int] | None = None
        self._best: tuple[float, Fraction, NDArray[np.uint8]] | None = None
        self._turns = 0
        self._aspect = Fraction(1)
        self._seen = 0
        self._every = 1

    def sample(self, picture: Picture) -> None:
        plane = picture.plane
        if self._shape is None:
            self._shape = plane.shape
            self._turns, self._aspect = picture.quarter_turns, picture.sample_aspect
        self._seen += 1
        if plane.shape != self._shape or min(plane.shape) < 32 or self._seen % self._every:
            return
        thumb = picture.small
        spread = float(thumb.std())
        look = _look(plane, picture.time_s)
        if look is None:
            return
        self._looks.append(look)
        across, down = _detail(plane)
        self._across.append(across)
        self._down.append(down)
        self._thumbs.append(shrunk(thumb, (64, 36)))
        if self._best is None or spread > 1.25 * self._best[0]:
            self._best = spread, picture.time_s, picture.rgb(640, 640)
        if len(self._looks) > MOST_KEPT:
            for kept in (self._looks, self._across, self._down, self._thumbs):
                del kept[1::2]
            self._every *= 2

    def result(self) -> Measure | None:
        if self._shape is None:
            return None
        if len(self._looks) < LEAST_PICTURES:
            return self._measure(
                "unmeasured", (0, 0, 0, 0), 0.0, "看清的画面太少，量不出有没有黑边"
            )
        sides = [self._side(number) for number in range(4)]
        height, width = self._shape
        deep = [each.depth if not each.doubt else 0 for each in sides]
        answer: Answer = "found" if any(deep) else "clear"
        kind = "level"
        why = ""
        if sum(deep[:2]) >= 0.9 * height or sum(deep[2:]) >= 0.9 * width:
            deep, answer = [0, 0, 0, 0], "clear"
        if answer == "found" and self._change_inside(deep) < CHANGING:
            answer, why = "doubtful", "画面内容几乎不变，分不清是黑边还是画面本身的留白"
        if answer == "clear":
            blurred = self._blurred()
            if blurred is not None:
                deep, certain = blurred
                kind = "blurred"
                answer = "found" if certain else "doubtful"
                why = "" if certain else "两侧明显比中间模糊，可能是竖屏画面加了模糊边框"
            elif any(each.doubt for each in sides):
                answer, why = "doubtful", "只有一部分画面带边框，请人工查看"
                deep = [each.depth for each in sides]
        share = min((each.share for each in sides if each.depth), default=1.0)
        return self._measure(answer, tuple(deep), share, why, kind if any(deep) else "none")

    # -- flat bars ----------------------------------------------------------------------------

    def _side(self, number: int) -> _Side:
        """Sides are top, bottom, left, right of the coded frame, each told from its edge inwards."""
        shares = np.array([look.shares[number] for look in self._looks])
        levels = np.array([look.levels[number] for look in self._looks])
        usual = _commonest(levels)
        same = np.abs(levels - usual) <= LEVEL_TOLERANCE
        flat = (shares >= FLAT) & same[:, None]
        agree = flat.mean(axis=0)
        least = max(4, round(LEAST_BAR * shares.shape[1]))
        for wanted, doubt in ((AGREEING, False), (SOME, True)):
            depth = _prefix(agree >= wanted)
            if depth < least or depth > 0.49 * shares.shape[1]:
                continue
            with_it = flat[:, : depth - 1].mean(axis=1) > 0.9
            inside = shares[with_it, depth + 2 : depth + 2 + max(4, least // 2)]
            if inside.size == 0 or not with_it.any():
                continue
            # A bar's edge is straight: just inside, most of the line is picture in most pictures.
            straight = float(np.mean(inside.mean(axis=1) < 0.5))
            if straight >= 0.5 and _ends_alike(flat[with_it], depth):
                return _Side(depth, float(with_it.mean()), doubt)
        return _Side()

    def _change_inside(self, deep: list[int]) -> float:
        assert self._shape is not None
        height, width = self._shape
        thumbs = np.array(self._thumbs, dtype=np.float32)
        top, bottom = round(36 * deep[0] / height), 36 - round(36 * deep[1] / height)
        left, right = round(64 * deep[2] / width), 64 - round(64 * deep[3] / width)
        inside = thumbs[:, top:bottom, left:right]
        return float(inside.std(axis=0).mean()) if inside.size else 0.0

    # -- blurred bars -------------------------------------------------------------------------

    def _blurred(self) -> tuple[list[int], bool] | None:
        """Depths of sides without detail around a middle with it, and whether that is certain."""
        assert self._shape is not None
        height, width = self._shape
        for axis, told, length in ((0, self._across, width), (1, self._down, height)):
            profile = np.median(np.array(told), axis=0)
            found = _middle(profile)
            if found is None:
                continue
            first, last, ratio, step = found
            left = round(first * length / len(profile))
            right = round((len(profile) - last) * length / len(profile))
            deep = [0, 0, left, right] if axis == 0 else [left, right, 0, 0]
            steady = np.mean([_stands_out(each, first, last) for each in told])
            if ratio >= BLUR_RATIO and step >= BLUR_STEP and steady >= BLUR_AGREEING:
                moving = self._change_inside(deep) >= CHANGING
                return deep, moving and len(self._looks) >= 2 * LEAST_PICTURES
        return None

    # -- the answer ---------------------------------------------------------------------------

    def _measure(
        self, answer: Answer, deep: tuple[int, ...], share: float, why: str, kind: str = "none"
    ) -> Measure:
        assert self._shape is not None
        height, width = self._shape
        top, bottom, left, right = deep
        box = (left / width, top / height, (width - left - right) / width,
               (height - top - bottom) / height)  # fmt: skip
        shown = upright_box(box, self._turns)
        true = _pixels(shown, self.film.width_px, self.film.height_px)
        spans: tuple[Span, ...] = ()
        if any(deep) and answer in ("found", "doubtful"):
            spans = (self._span(shown),)
        facts: dict[str, bool | int | str] = {}
        if answer in ("found", "clear"):
            facts = {"true_width": true[0], "true_height": true[1]}
        return Measure(
            method="lines at one level (share of points), same place in most pictures; "
            "detail of sides against the middle",
            answer=answer,
            about=("true_width", "true_height"),
            facts=facts,
            values={
                "kind": kind,
                "true_width_px": true[0] if answer != "unmeasured" else None,
                "true_height_px": true[1] if answer != "unmeasured" else None,
                "pictures": len(self._looks),
                "pictures_with_bars_share": round(share, 3) if any(deep) else 0.0,
            },
            limits={
                "least_bar_share": LEAST_BAR,
                "agreeing_share": AGREEING,
                "blur_ratio": BLUR_RATIO,
            },
            spans=spans,
            why=why,
        )

    def _span(self, box: Box) -> Span:
        name = None
        if self._best is not None:
            name = "bars-1.jpg"
            self.files[name] = outlined(self._best[2], box)
        last = self._looks[-1].time_s
        return Span(from_s=self._looks[0].time_s, to_s=last, box=box, picture=name)


def _look(plane: NDArray[np.uint8], time_s: Fraction) -> _Look | None:
    """Shares of points at the level of each edge; None for a picture that is flat all over."""
    rows = plane[:, _STRIDE // 2 :: _STRIDE]
    columns = np.ascontiguousarray(plane[_STRIDE // 2 :: _STRIDE].T)
    levels, shares = [], []
    for lines in (rows, rows[::-1], columns, columns[::-1]):
        level = int(np.median(lines[1]))
        half = np.ascontiguousarray(lines[: len(lines) // 2])
        low, top = max(0, level - LEVEL_TOLERANCE), min(255, level + LEVEL_TOLERANCE)
        at = cv2.inRange(half, np.array([low]), np.array([top]))
        share = cv2.reduce(at, 1, cv2.REDUCE_SUM, dtype=cv2.CV_32F)[:, 0] / (255 * half.shape[1])
        levels.append(level)
        shares.append(share.astype(np.float32))
    # Nothing can be said of a picture that is one level nearly everywhere.
    if float(np.mean(shares[0])) > 0.97 and float(np.mean(shares[1])) > 0.97:
        return None
    return _Look(time_s, (levels[0], levels[1], levels[2], levels[3]),
                 (shares[0], shares[1], shares[2], shares[3]))  # fmt: skip


def _detail(plane: NDArray[np.uint8]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Detail along the width and along the height: that of the fourth liveliest of twelve strips."""
    high, wide = plane.shape
    rows = plane[: high // _BLOCKS * _BLOCKS : max(1, high // 270)]
    columns = plane[:, : wide // _BLOCKS * _BLOCKS : max(1, wide // 270)]
    return _profile(rows), _profile(np.ascontiguousarray(columns.T))


def _profile(lines: NDArray[np.uint8]) -> NDArray[np.float32]:
    """`lines`: shape (few, many). Differences along the many, whose grain a blurred copy has lost."""
    edges = np.minimum(cv2.absdiff(lines[:, 2:], lines[:, :-2]), 24)
    strips = np.array_split(edges, _BLOCKS)
    means = np.array([cv2.reduce(each, 0, cv2.REDUCE_AVG, dtype=cv2.CV_32F)[0] for each in strips])
    # The fourth highest: a caption on the side takes up to three strips, a bare wall eight.
    middle = np.sort(means, axis=0)[-4].astype(np.float32)[None]
    profile: Profile = cv2.resize(middle, (_PROFILE, 1), interpolation=cv2.INTER_AREA)[0]
    return profile


def _middle(profile: NDArray[np.float32]) -> tuple[int, int, float, float] | None:
    """First and last point of a middle with detail, its ratio to the sides, and the edges' step."""
    n = len(profile)
    total = np.concatenate([[0.0], np.cumsum(profile, dtype=np.float64)])
    best: tuple[float, int, int] | None = None
    for first in range(n // 12, n // 2 - n // 24):
        last = n - first
        inside = (total[last] - total[first]) / (last - first)
        outside = (total[first] + total[n] - total[last]) / (2 * first)
        score = (inside - outside) * np.sqrt((last - first) * 2 * first)
        if best is None or score > best[0]:
            best = float(score), first, last
    if best is None:
        return None
    _, first, last = best
    # The edge itself is a strong difference on both of its sides: leave it out.
    inside = float(np.mean(profile[first + 3 : last - 3]))
    outside = float(np.mean(np.concatenate([profile[: first - 3], profile[last + 3 :]])))
    return first, last, inside / (outside + 0.15), _steps(profile, first, last)


def _steps(profile: Profile, first: int, last: int) -> float:
    """How much more detail there is just inside than just outside, at the weaker edge."""
    return min(
        _twelve(profile, first + 3) / (_twelve(profile, first - 15) + 0.15),
        _twelve(profile, last - 15) / (_twelve(profile, last + 3) + 0.15),
    )


def _stands_out(profile: Profile, first: int, last: int) -> bool:
    """Whether one picture has most of its detail inside, and little next to the edges outside."""
    inside = float(np.mean(profile[first + 3 : last - 3]))
    outside = max(_twelve(profile, first - 15), _twelve(profile, last + 3))
    return inside >= 2 * (outside + 0.15)


def _twelve(profile: Profile, start: int) -> float:
    """The mean of twelve points from `start` on."""
    return float(np.mean(profile[max(0, start) : start + 12]))


def _commonest(levels: NDArray[np.int64]) -> int:
    """The level around which most of them lie."""
    reach = 2 * LEVEL_TOLERANCE + 1
    around = np.convolve(np.bincount(levels, minlength=256), np.ones(reach), "same")
    near = levels[np.abs(levels - int(np.argmax(around))) <= LEVEL_TOLERANCE]
    return int(np.median(near))


def _prefix(flags: NDArray[np.bool_]) -> int:
    """How many flags are true before the first that is not."""
    wrong = np.flatnonzero(~flags)
    return int(wrong[0]) if len(wrong) else len(flags)


def _ends_alike(flat: NDArray[np.bool_], depth: int) -> bool:
    """Whether the flat part ends at `depth` in at least three pictures and a third of them."""
    ends = np.array([_prefix(each) for each in flat])
    at = np.abs(ends - depth) <= max(2, 0.01 * flat.shape[1])
    return int(at.sum()) >= LEAST_PICTURES and float(at.mean()) >= 1 / 3


def _pixels(box: Box, width_px: int, height_px: int) -> tuple[int, int]:
    return round(box[2] * width_px), round(box[3] * height_px)
