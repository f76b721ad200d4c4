"""Shake: the camera trembles, where it should stand or move steadily.

The camera's path (`camera`) is freed of what a tripod, a pan, a zoom or a slow gimbal does, by
fitting a parabola through each second of it; what is left is tremor. Its root mean square over a
second, in percent of the picture's width, has to hold in four of the five seconds around (they lie
over each other by half), so that a knock is no shake. Doubtful: pictures repeated in a pattern (3:2 pulldown) that alone make the tremor; a
moving thing that has nearly all the corners; a camera that could not be followed.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from fengcai.media.checks import Film, PictureCheck
from fengcai.media.facts.measures import Answer, Measure
from fengcai.media.film.camera import Follower, Motion
from fengcai.media.film.moments import Moments, Plot, Watched, evidence
from fengcai.media.samples import Picture

TREMOR_PERCENT = 0.12
DOUBT_FROM = 0.85
"""Doubtful between this share of the threshold and the threshold."""
WINDOW_S = Fraction(1)
STRIDE_S = Fraction(1, 2)
WINDOWS = 5
QUANTILE = 0.4
FEWEST_WINDOWS = 3
SPREAD = 0.3
STANDING = 0.3
LOST = 0.4
CALM = 0.6
"""Share of the threshold up to which every other picture will do."""
LEAST_FPS = 22
MOVING, STANDS = 0.0005, 0.15
MOST_STEPS = 400
AGREEING = 0.3
GAP_S = Fraction(1, 2)
REPEATED = (0.1, 0.85)
ENOUGH_FPS = 40
EASING = 0.015
"""What starting or stopping a pan leaves of the path, for each unit of speed gained in the second."""
ROLL = 0.25
"""A turn counts as what it moves at a quarter of the width from the middle."""
WHOLE_SHARE = 0.9

_PULLDOWN = "画面按固定规律重复（如 24 帧转 30 帧），看上去像抖动"
_SUBJECT = "画面大部分平坦，动的可能是被摄主体而不是镜头"
_LOST = "画面晃动或模糊到无法跟踪"
_NEAR = "抖动接近界限"


@dataclass(frozen=True)
class Second:
    """One window: tremor in percent of the width, and what speaks against believing it."""

    from_s: Fraction
    to_s: Fraction
    tremor: float
    doubt: str


class Shake(PictureCheck):
    """`shaky`: at least about two seconds in which the tremor reaches the threshold."""

    name = "shake"

    def __init__(self, film: Film) -> None:
        super().__init__(film)
        self._follower = Follower()
        self._skips = round(float(film.fps) / 27) if film.fps and film.fps > ENOUGH_FPS else 1
        self._may_rest = film.fps is not None and film.fps / self._skips >= LEAST_FPS
        self._calm = False
        self._skipped = 0
        self._steps: deque[tuple[Fraction, Motion]] = deque(maxlen=MOST_STEPS)
        self._seconds: deque[Second] = deque(maxlen=WINDOWS)
        self._next = Fraction(0)
        self._moments = Moments(self.name)
        self._plot = Plot("percent")
        self._watched = Watched()
        self._open: list[Second] = []
        self._open_jpeg: bytes | None = None
        self._last_gap: Fraction | None = None
        self._highest = 0.0
        self._judged = 0
        self._found_s = 0.0
        self._lost_frames = 0
        self._doubts: dict[str, float] = {}

    def run(self, picture: Picture, *, first: bool) -> None:
        self._watched.see(picture.time_s, first=first)
        if first:
            self._last_gap = None
            self._break(picture.time_s)
            self._follower.forget()
        # Tremor up to 8 Hz needs no more than some 25 pictures a second, and half of them to be noticed.
        every = self._skips * (2 if self._calm else 1)
        if every > 1 and not first:
            self._skipped = (self._skipped + 1) % every
            if self._skipped:
                return
        motion = self._follower.step(picture.small)
        if motion is None:
            self._next = picture.time_s + WINDOW_S
            return
        self._lost_frames += motion.kind == "lost"
        if motion.kind != "repeated" and motion.agreeing < AGREEING:
            alone = self._last_gap is None or picture.time_s - self._last_gap > GAP_S
            self._last_gap = picture.time_s
            if alone:  # a cut; where they come thick, the picture is violently blurred
                self._break(picture.time_s)
                return
        self._steps.append((picture.time_s, motion))
        begins = picture.time_s - WINDOW_S
        while self._steps[0][0] < begins:
            self._steps.popleft()
        if picture.time_s >= self._next:
            self._next = picture.time_s + STRIDE_S
            now = second(list(self._steps))
            self._judge(now, picture)
            self._look_closely(now)

    def _look_closely(self, now: Second) -> None:
        """Every other picture is passed over as long as nothing trembles: what steps of two pictures
        miss of a tremor in one place they show in another."""
        self._calm = self._may_rest and now.tremor < CALM * TREMOR_PERCENT and not now.doubt

    def _break(self, at: Fraction) -> None:
        """A new stretch: nothing before it belongs to it."""
        self._close()
        self._steps.clear()
        self._seconds.clear()
        self._next = at + WINDOW_S

    def _judge(self, now: Second, picture: Picture) -> None:
        self._seconds.append(now)
        self._plot.add(now.from_s, now.tremor)
        if len(self._seconds) < FEWEST_WINDOWS:
            return
        self._judged += 1
        ranked = sorted(each.tremor for each in self._seconds)
        usual = ranked[int(QUANTILE * (len(ranked) - 1))]
        self._highest = max(self._highest, usual)
        lost = sum(each.doubt == _LOST for each in self._seconds) * 2 > len(self._seconds)
        if usual < DOUBT_FROM * TREMOR_PERCENT and not lost:
            self._close()
            return
        middle = self._seconds[len(self._seconds) // 2]
        whys = [each.doubt for each in self._seconds if each.doubt]
        doubt = max(set(whys), key=whys.count) if len(whys) * 2 > len(self._seconds) else ""
        if not self._open:
            # The first bad one of the windows that were judged together: there the shaking began.
            bad = [each for each in self._seconds if each.tremor >= DOUBT_FROM * TREMOR_PERCENT]
            began = (bad or [middle])[0].from_s
            self._open.append(Second(began, middle.to_s, usual, doubt))
            self._open_jpeg = evidence(picture)
        self._open.append(Second(middle.from_s, now.to_s, usual, doubt))

    def _close(self) -> None:
        if not self._open:
            return
        from_s, to_s = self._open[0].from_s, self._open[-1].to_s
        sure = [each for each in self._open if not each.doubt and each.tremor >= TREMOR_PERCENT]
        usual = float(np.median([each.tremor for each in self._open]))
        why = ""
        if len(sure) * 2 >= len(self._open):
            self._found_s += float(to_s - from_s)
        else:
            whys = [each.doubt or _NEAR for each in self._open]
            why = max(set(whys), key=whys.count)
            self._doubts[why] = self._doubts.get(why, 0.0) + float(to_s - from_s)
        self._moments.add(
            from_s,
            to_s,
            weight=(2.0 if not why else 1.0) * usual * float(to_s - from_s),
            value=round(usual, 3),
            text=why,
            jpeg=self._open_jpeg,
        )
        self._open.clear()
        self._open_jpeg = None

    def result(self) -> Measure | None:
        if self._watched.frames == 0:
            return None
        self._close()
        answer, why = self._answer()
        spans, self.files = self._moments.told()
        return Measure(
            method="corners followed by Lucas-Kanade, RANSAC similarity on 320-px luma; "
            "RMS of the path freed of a parabola each second, lower quantile over 3 s",
            answer=answer,
            about=("shaky",),
            facts={"shaky": answer == "found"} if answer in ("found", "clear") else {},
            values={
                "tremor_percent": round(self._highest, 3),
                "shaky_s": round(self._found_s, 1),
                "doubtful_s": round(sum(self._doubts.values()), 1),
                "watched_s": round(self._watched.seconds, 1),
                "lost_share": round(self._lost_frames / self._watched.frames, 3),
            },
            limits={"tremor_percent": TREMOR_PERCENT},
            spans=spans,
            curve=self._plot.curve(),
            why=why,
        )

    def _answer(self) -> tuple[Answer, str]:
        if self._found_s > 0:
            return "found", ""
        if self._doubts:
            return "doubtful", max(self._doubts, key=self._doubts.__getitem__)
        if self._judged == 0:
            return "unmeasured", "连续画面不足两秒，看不出抖动"
        whole = float(self.film.duration_s or 0)
        if not self.film.thorough and self._watched.seconds < WHOLE_SHARE * whole:
            return "unmeasured", f"{self._watched.said()}，其中没有抖动；其余时间没有看"
        return "clear", ""


def second(steps: list[tuple[Fraction, Motion]]) -> Second:
    """Tremor and doubt over the given steps (about one second of them)."""
    times = np.array([float(at) for at, _ in steps])
    motions = [motion for _, motion in steps]
    rows = np.array([(m.x, m.y, ROLL * m.angle) for m in motions])
    repeated = np.array([m.kind == "repeated" for m in motions])
    speed = np.hypot(rows[:, 0], rows[:, 1])
    usual = float(np.median(speed[~repeated])) if not repeated.all() else 0.0
    if usual > MOVING:
        # Coded anew, a repeated frame differs a little, but it does not move.
        repeated |= speed < STANDS * usual
    followed = [m for m in motions if m.kind == "followed"]
    raw = tremor(times, rows)
    clean, doubt = raw, ""
    if REPEATED[0] <= float(repeated.mean()) <= REPEATED[1]:
        # Without the repetitions the film runs at its true rate, evenly.
        kept = rows[~repeated]
        clean = tremor(np.linspace(times[0], times[-1], len(kept)), kept) if len(kept) > 4 else raw
        if raw >= TREMOR_PERCENT > clean:
            clean, doubt = raw, _PULLDOWN
    if sum(m.kind in ("lost", "coarse") for m in motions) > LOST * len(motions):
        doubt = _LOST
        if sum(m.kind == "coarse" for m in motions) * 2 > len(motions):
            doubt = ""
    elif followed and not doubt:
        spread = float(np.median([m.spread for m in followed]))
        standing = float(np.mean([m.standing for m in followed]))
        if spread < SPREAD or standing > STANDING:
            doubt = _SUBJECT
    return Second(steps[0][0], steps[-1][0], clean, doubt)


def tremor(times: NDArray[np.float64], rows: NDArray[np.float64]) -> float:
    """Root mean square, in percent of the width, of what a parabola leaves of the path.

    `rows`: shape (n, 3), steps in x, y and roll, each a share of the width.
    """
    if len(rows) < 5:
        return 0.0
    path = np.cumsum(rows, axis=0)
    t = times - times.mean()
    basis = np.stack([np.ones_like(t), t, t * t], axis=1)
    coefficients, *_ = np.linalg.lstsq(basis, path, rcond=None)
    rest = path - basis @ coefficients
    # A pan that starts or stops within the second is no parabola either.
    box = max(1, len(rows) // 3)
    marks = np.vstack([np.zeros(3), path])[::box]
    at = np.concatenate([[times[0] - float(np.median(np.diff(times)))], times])[::box]
    usual = np.diff(marks, axis=0) / np.maximum(np.diff(at), 1e-3)[:, None]
    gained = EASING * float(np.hypot(*np.ptp(usual[:, :2], axis=0)))
    return 100 * float(np.sqrt(max(0.0, (rest**2).sum(axis=1).mean() - gained**2)))
