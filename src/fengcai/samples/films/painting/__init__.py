"""Painters: moving pictures computed with numpy, one class a scene.

Every painter is made with a size, a palette and a seeded generator, and paints the picture at a
time; the same seed paints the same film. Nothing here knows of video files or lettering.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np

from fengcai.samples.films.painting.blossoms import Blossoms
from fengcai.samples.films.painting.canvas import Palette, Pixels
from fengcai.samples.films.painting.drawers import Drawers
from fengcai.samples.films.painting.flows import Ripples, Silk, Steam
from fengcai.samples.films.painting.helix import Helix
from fengcai.samples.films.painting.landscapes import Mountains, Nightfall, PaperHills
from fengcai.samples.films.painting.pulse import Pulse
from fengcai.samples.films.painting.stars import Stars


class Painter(Protocol):
    """`paint(t)` gives RGB, shape (h, w, 3), at `t` seconds into the scene."""

    def paint(self, t: float) -> Pixels: ...


MakePainter = Callable[[tuple[int, int], Palette, np.random.Generator], Painter]

PAINTERS: dict[str, MakePainter] = {
    "blossoms": Blossoms,
    "drawers": Drawers,
    "helix": Helix,
    "mountains": Mountains,
    "nightfall": Nightfall,
    "paper_hills": PaperHills,
    "pulse": Pulse,
    "ripples": Ripples,
    "silk": Silk,
    "stars": Stars,
    "steam": Steam,
}
