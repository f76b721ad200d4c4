"""What analysers are fed: one decoded picture or one block of sound, with its place in time."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import av
import numpy as np
from numpy.typing import NDArray

_BT709 = 1
_UNSPECIFIED = 2
_LUMA_WIDTH = 320


@dataclass(frozen=True)
class Sound:
    """`planes`: float32, shape (channels, samples), full scale ±1; `names`: FL, FR, LFE, …"""

    planes: NDArray[np.float32]
    rate_hz: int
    names: tuple[str, ...]


class Picture:
    """A decoded frame and cheap, shared views of it: upright, at the aspect it is shown in."""

    def __init__(self, frame: av.VideoFrame, time_s: Fraction, sample_aspect: Fraction) -> None:
        self.frame = frame
        self.time_s = time_s
        self.sample_aspect = sample_aspect
        self.quarter_turns = turns_upright(frame.rotation)

    @cached_property
    def luma(self) -> NDArray[np.float32]:
        """Brightness 0–255, shape (height, 320), not turned."""
        height = max(2, round(self.frame.height * _LUMA_WIDTH / max(1, self.frame.width)))
        small = self.frame.reformat(
            width=_LUMA_WIDTH, height=min(height, 2 * _LUMA_WIDTH), format="gray"
        )
        return small.to_ndarray().astype(np.float32)

    def rgb(self, width: int, most_height: int) -> NDArray[np.uint8]:
        """Upright RGB, shape (h, w, 3), w ≤ width and h ≤ most_height, never enlarged."""
        shown_w = Fraction(self.frame.width) * self.sample_aspect
        shown_h = Fraction(self.frame.height)
        if self.quarter_turns % 2:
            shown_w, shown_h = shown_h, shown_w
        shrink = min(Fraction(width) / shown_w, Fraction(most_height) / shown_h, Fraction(1))
        w, h = max(2, round(shown_w * shrink)), max(2, round(shown_h * shrink))
        if self.quarter_turns % 2:
            w, h = h, w
        unspecified = self.frame.colorspace == _UNSPECIFIED
        flat = self.frame.reformat(
            width=w,
            height=h,
            format="rgb24",
            # Untagged high-definition film is BT.709 by convention; swscale would assume BT.601.
            src_colorspace=_BT709 if unspecified and self.frame.height >= 720 else None,
        ).to_ndarray()
        return np.ascontiguousarray(np.rot90(flat, self.quarter_turns))


def turns_upright(rotation_deg: int) -> int:
    """Counter-clockwise quarter turns that make a frame upright, from its display matrix angle."""
    return round(rotation_deg / 90) % 4
