"""How bright the sampled pictures are, and how many are black. No claim about single moments."""

from __future__ import annotations

from typing import Any

from fengcai.media.analysers.samples import Picture

BLACK_BELOW = 20.0


class Brightness:
    """Mean luma (0–255) over the sampled pictures and the share of nearly black ones."""

    name = "brightness"

    def __init__(self) -> None:
        self._total = 0.0
        self._count = 0
        self._black = 0

    def feed(self, picture: Picture) -> None:
        mean = float(picture.luma.mean())
        self._total += mean
        self._count += 1
        self._black += mean < BLACK_BELOW

    def result(self) -> dict[str, Any]:
        if self._count == 0:
            return {}
        return {
            "pictures": self._count,
            "mean_luma": round(self._total / self._count, 1),
            "black_share": round(self._black / self._count, 4),
        }
