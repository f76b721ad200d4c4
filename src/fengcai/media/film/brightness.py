"""How bright the sampled pictures are, and how many are black. No claim about single moments."""

from __future__ import annotations

from fengcai.media.checks import Film, PictureCheck
from fengcai.media.facts.measures import Measure
from fengcai.media.samples import Picture

BLACK_BELOW = 20.0


class Brightness(PictureCheck):
    """Mean luma (0–255) over the sampled pictures and the share of nearly black ones."""

    name = "brightness"

    def __init__(self, film: Film) -> None:
        super().__init__(film)
        self._total = 0.0
        self._count = 0
        self._black = 0

    def sample(self, picture: Picture) -> None:
        mean = float(picture.luma.mean())
        self._total += mean
        self._count += 1
        self._black += mean < BLACK_BELOW

    def result(self) -> Measure | None:
        if self._count == 0:
            return None
        return Measure(
            method="mean luma of sampled pictures",
            answer="clear",
            values={
                "pictures": self._count,
                "mean_luma": round(self._total / self._count, 1),
                "black_share": round(self._black / self._count, 4),
            },
            limits={"black_below_luma": BLACK_BELOW},
        )
