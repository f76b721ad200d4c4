"""What stands before the camera: large still pictures with the statistics of real scenes.

Family A: dead leaves, opaque ellipses of every size lying over each other, each with cloud-like
texture (a spectrum that falls with frequency and has sharp edges, as photographs have). Family B:
rooms and façades, perspective rows of panels with grain of wood and cloth, glyph-like strokes and
lamps. They share no routine that draws.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

Family = Literal["A", "B"]
Rgb = NDArray[np.uint8]


def world(family: Family, seed: int, width: int, height: int) -> Rgb:
    """A still scene, RGB, shape (height, width, 3)."""
    rng = np.random.default_rng([seed, ord(family)])
    return (_leaves if family == "A" else _rooms)(rng, width, height)


def _leaves(rng: np.random.Generator, width: int, height: int) -> Rgb:
    canvas = np.full((height, width, 3), rng.integers(60, 190, 3), dtype=np.uint8)
    largest = height / 2.2
    for _ in range(420):
        # Sizes fall with the cube, which is what makes the picture scale-free.
        size = min(largest, 9.0 * (1 - rng.random()) ** -0.5 * height / 360)
        axes = (max(2, int(size)), max(2, int(size * rng.uniform(0.3, 1))))
        centre = (int(rng.uniform(0, width)), int(rng.uniform(0, height)))
        tone = rng.uniform(25, 230)
        colour = np.clip(tone + rng.normal(0, 22, 3), 8, 248)
        cv2.ellipse(
            canvas, centre, axes, rng.uniform(0, 180), 0, 360, colour.tolist(), -1, cv2.LINE_AA
        )
    clouds = _clouds(rng, width, height)
    return np.clip(canvas + clouds[:, :, None] * rng.uniform(9, 20), 0, 255).astype(np.uint8)


def _clouds(rng: np.random.Generator, width: int, height: int) -> NDArray[np.float32]:
    """Noise whose octaves weigh the same, standard deviation 1."""
    total = np.zeros((height, width), dtype=np.float32)
    step = 64
    while step >= 1:
        coarse = rng.standard_normal((height // step + 2, width // step + 2)).astype(np.float32)
        fine = cv2.resize(coarse, None, fx=step, fy=step, interpolation=cv2.INTER_LINEAR)
        total += fine[:height, :width] * (1.0 if step > 1 else 0.5)
        step //= 2
    return total / float(total.std())


def _rooms(rng: np.random.Generator, width: int, height: int) -> Rgb:
    wall = rng.uniform(70, 200, 3)
    shade = np.linspace(rng.uniform(0.7, 1), rng.uniform(0.8, 1.25), width)[None, :, None]
    fall = np.linspace(1.1, rng.uniform(0.55, 0.95), height)[:, None, None]
    picture = np.ascontiguousarray(np.clip(wall * shade * fall, 0, 255).astype(np.uint8))
    floor = int(height * rng.uniform(0.6, 0.8))
    vanishing = np.array([rng.uniform(0.3, 0.7) * width, floor * rng.uniform(0.3, 0.6)])
    _boards(rng, picture, floor, vanishing)
    for _ in range(rng.integers(14, 26)):
        _panel(rng, picture, vanishing)
    _strokes(rng, picture)
    grain = rng.normal(0, 1, (height, width // 6 + 1)).astype(np.float32)
    grain = cv2.GaussianBlur(cv2.resize(grain, (width, height)), (0, 0), 0.8)
    grain *= rng.uniform(3, 8) / float(grain.std())
    return np.clip(picture + grain[:, :, None], 0, 255).astype(np.uint8)


def _boards(
    rng: np.random.Generator, picture: Rgb, floor: int, vanishing: NDArray[np.float64]
) -> None:
    height, width = picture.shape[:2]
    edges = np.cumsum(rng.uniform(0.05, 0.16, 40)) * width - width
    colour = rng.uniform(50, 170, 3)
    for left, right in pairwise(edges):
        corners = []
        for x in (left, right):
            for y in (height, floor):
                share = (height - y) / max(1.0, height - vanishing[1])
                corners.append((x + (vanishing[0] - x) * share, y))
        a, b, c, d = corners
        shape = np.array([a, b, d, c], dtype=np.int32)
        tint = np.clip(colour * rng.uniform(0.75, 1.25), 5, 250).tolist()
        cv2.fillPoly(picture, [shape], tint, cv2.LINE_AA)


def _panel(rng: np.random.Generator, picture: Rgb, vanishing: NDArray[np.float64]) -> None:
    """A door, a window, a cupboard or a poster, its far edge shortened."""
    height, width = picture.shape[:2]
    w, h = rng.uniform(0.04, 0.22) * width, rng.uniform(0.08, 0.4) * height
    x, y = rng.uniform(-0.02, 0.98) * width, rng.uniform(0, 0.75) * height
    lean = rng.uniform(0, 0.3)
    near = np.array([[x, y], [x, y + h]])
    far = np.array([[x + w, y], [x + w, y + h]])
    far += (vanishing - far) * lean
    shape = np.array([near[0], far[0], far[1], near[1]], dtype=np.int32)
    colour = np.clip(rng.uniform(20, 240) + rng.normal(0, 25, 3), 5, 250)
    cv2.fillPoly(picture, [shape], colour.tolist(), cv2.LINE_AA)
    rim = np.clip(colour * rng.uniform(0.4, 0.8), 0, 255).tolist()
    cv2.polylines(picture, [shape], True, rim, int(rng.integers(1, 4)), cv2.LINE_AA)
    for k in range(1, int(rng.integers(1, 5))):
        at = k / 5
        top, bottom = near[0] + (far[0] - near[0]) * at, near[1] + (far[1] - near[1]) * at
        cv2.line(
            picture, top.astype(int).tolist(), bottom.astype(int).tolist(), rim, 1, cv2.LINE_AA
        )


def _strokes(rng: np.random.Generator, picture: Rgb) -> None:
    """Blocks of short strokes, as notices on a wall have, and a few bright lamps."""
    height, width = picture.shape[:2]
    for _ in range(7):
        x0, y0 = rng.uniform(0, 0.85) * width, rng.uniform(0, 0.85) * height
        size = rng.uniform(0.012, 0.035) * height
        ink = rng.integers(0, 70) if rng.random() < 0.6 else rng.integers(200, 255)
        for row in range(int(rng.integers(1, 5))):
            for column in range(int(rng.integers(4, 12))):
                corner = np.array([x0 + column * size * 1.15, y0 + row * size * 1.5])
                for _ in range(4):
                    a, b = corner + rng.random((2, 2)) * size
                    cv2.line(
                        picture, a.astype(int).tolist(), b.astype(int).tolist(),
                        (int(ink),) * 3, 1, cv2.LINE_AA,
                    )  # fmt: skip
    for _ in range(int(rng.integers(1, 4))):
        centre = (int(rng.uniform(0, width)), int(rng.uniform(0, 0.3) * height))
        cv2.circle(picture, centre, int(rng.uniform(0.01, 0.03) * height), (250, 248, 240), -1)
