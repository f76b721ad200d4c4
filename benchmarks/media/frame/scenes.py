"""Two families of generated moving scenes that share neither textures nor movement.

A scene is one shot: a canvas of twice the resolution of 4K frames' halves, over which a camera moves
while things pass before it. A picture is what a sensor sees of it: the mean over each of its points,
so a scene rendered at 720 lines holds what a 720-line camera would have caught. Grey only: the checks
on frames look at brightness. Nothing is encoded here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]
CANVAS = (4608, 2592)
"""Width and height in canvas points; a picture shows 3840 × 2160 of them."""
SEEN = (3840, 2160)


@dataclass
class Scene:
    """One shot. `at(t, size)`: the picture at `t` seconds as a camera of that many points sees it."""

    canvas: Grey
    path: Callable[[float], tuple[float, float]]
    passers: list[tuple[Grey, Callable[[float], tuple[float, float]]]]

    def at(self, t: float, size: tuple[int, int]) -> Grey:
        """Shape (size[1], size[0])."""
        room_x, room_y = CANVAS[0] - SEEN[0], CANVAS[1] - SEEN[1]
        x, y = self.path(t)
        left, top = round(min(1, max(0, x)) * room_x), round(min(1, max(0, y)) * room_y)
        view = self.canvas[top : top + SEEN[1], left : left + SEEN[0]]
        if self.passers:
            view = view.copy()
        for thing, where in self.passers:
            h, w = thing.shape
            px, py = where(t)
            a, b = round(px * SEEN[0]), round(py * SEEN[1])
            x0, y0 = max(0, a), max(0, b)
            x1, y1 = min(SEEN[0], a + w), min(SEEN[1], b + h)
            if x1 > x0 and y1 > y0:
                view[y0:y1, x0:x1] = thing[y0 - b : y1 - b, x0 - a : x1 - a]
        return cv2.resize(view, size, interpolation=cv2.INTER_AREA)


def cloud(rng: np.random.Generator, w: int, h: int, fall: float, finest: int = 1) -> Grey:
    """Noise whose strength falls with its fineness: octaves of enlarged random points, 0–255."""
    total = np.zeros((h, w), np.float32)
    octave, strength = 512, 1.0
    while octave >= finest:
        small = rng.random((h // octave + 2, w // octave + 2), np.float32) - 0.5
        total += strength * cv2.resize(small, (w, h), interpolation=cv2.INTER_CUBIC)
        octave //= 2
        strength *= fall
    return cv2.normalize(total, None, 0, 255, cv2.NORM_MINMAX).astype(np.uint8)


def leaves(seed: int, *, still: bool = False) -> Scene:
    """Family one: dead leaves. Discs and plates of all sizes lie over each other; the camera pans."""
    rng = np.random.default_rng((1, seed))
    w, h = CANVAS
    canvas = cloud(rng, w, h, 0.6, 4)
    grain = cloud(rng, w, h, 0.85)
    for _ in range(700):
        r = int(min(700, 14 * rng.pareto(1.3) + 8))
        x, y = int(rng.integers(0, w)), int(rng.integers(0, h))
        shade = int(rng.integers(15, 240))
        if rng.random() < 0.6:
            cv2.circle(canvas, (x, y), r, shade, -1, cv2.LINE_AA)
        else:
            turn = cv2.boxPoints(((x, y), (2 * r, r), float(rng.uniform(0, 180))))
            cv2.fillPoly(canvas, [turn.astype(np.int32)], shade, cv2.LINE_AA)
    rough = float(rng.uniform(0.08, 0.3))
    canvas = cv2.addWeighted(canvas, 1 - rough, grain, rough, 0)
    speed, phase = float(rng.uniform(0.03, 0.15)), float(rng.uniform(0, 6))
    thing = cloud(rng, 500, 700, 0.8)

    def path(t: float) -> tuple[float, float]:
        return 0.5 + 0.45 * np.sin(speed * 5 * t + phase), 0.5 + 0.4 * np.cos(speed * 3 * t)

    def passing(t: float) -> tuple[float, float]:
        return (0.1 * t + phase) % 1.2 - 0.1, 0.45 + 0.1 * np.sin(t + phase)

    return Scene(canvas, (lambda t: (0.5, 0.5)) if still else path, [(thing, passing)])


def rooms(seed: int, *, still: bool = False) -> Scene:
    """Family two: planes in perspective with tiles, lettering and furniture; the camera drifts."""
    rng = np.random.default_rng((2, seed))
    w, h = CANVAS
    down = np.linspace(0, 1, h, dtype=np.float32)[:, None]
    across = np.linspace(0, 1, w, dtype=np.float32)[None, :]
    light = 90 + 110 * np.exp(-((across - rng.random()) ** 2) * 3 - (down - rng.random()) ** 2 * 2)
    tile = float(rng.uniform(25, 60))
    depth = 1 / (0.15 + np.abs(down - rng.uniform(0.3, 0.6)))
    floor = np.sin(across * depth * tile) * np.sin(depth * tile * 0.7)
    canvas = light + float(rng.uniform(8, 25)) * np.tanh(4 * floor)
    canvas = np.clip(canvas, 0, 255).astype(np.uint8)
    for _ in range(60):
        x, y = int(rng.integers(0, w)), int(rng.integers(0, h))
        a, b = int(rng.integers(40, 700)), int(rng.integers(40, 500))
        shade = int(rng.integers(20, 235))
        cv2.rectangle(canvas, (x, y), (x + a, y + b), shade, -1)
        cv2.rectangle(canvas, (x, y), (x + a, y + b), shade // 2, int(rng.integers(3, 12)))
        if rng.random() < 0.5:
            word = "".join(chr(int(c)) for c in rng.integers(65, 91, 9))
            scale = float(rng.uniform(1, 5))
            cv2.putText(canvas, word, (x, y + b // 2), 2, scale, 255 - shade, 3, cv2.LINE_AA)
        else:
            cv2.ellipse(canvas, (x, y), (a // 2, b // 2), 30, 0, 300, 255 - shade, 6, cv2.LINE_AA)
    weave = rng.normal(0, float(rng.uniform(2, 9)), (h, w)).astype(np.float32)
    weave = cv2.GaussianBlur(weave, (0, 0), float(rng.uniform(0.6, 1.4))) * 2
    canvas = cv2.add(canvas, weave, dtype=cv2.CV_8U)
    vx, vy = float(rng.uniform(-0.12, 0.12)), float(rng.uniform(-0.08, 0.08))

    def path(t: float) -> tuple[float, float]:
        return abs((0.5 + vx * t) % 2 - 1), abs((0.5 + vy * t) % 2 - 1)

    things = []
    for _ in range(2):
        body = np.full((int(rng.integers(600, 1200)), int(rng.integers(300, 600))), 60, np.uint8)
        body = cv2.add(body, cloud(rng, body.shape[1], body.shape[0], 0.75) // 2)
        x, v = float(rng.uniform(-0.2, 0.9)), float(rng.uniform(-0.08, 0.08))
        things.append((body, lambda t, x=x, v=v: ((x + v * t + 0.2) % 1.4 - 0.2, 0.45)))
    return Scene(canvas, (lambda t: (0.5, 0.5)) if still else path, things)


FAMILIES = {"leaves": leaves, "rooms": rooms}
