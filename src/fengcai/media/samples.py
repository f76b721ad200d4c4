"""What checks are fed: one decoded picture or one block of sound, with its place in time."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property

import cv2
import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import VideoReformatter
from numpy.typing import NDArray

_BT709 = 1
_UNSPECIFIED = 2
_LUMA_WIDTH = 320
COARSE = (80, 45)
_FULL_RANGE = 2
_LIMITED = frozenset({"yuv420p", "yuv422p", "yuv444p", "nv12"})
_PLANAR = _LIMITED | {"yuvj420p", "yuvj422p", "gray"}


@dataclass(frozen=True)
class Sound:
    """`planes`: float32, shape (channels, samples), full scale ±1; `names`: FL, FR, LFE, …

    `speech` is the same sound as one channel at 16 kHz, float32; blocks follow each other without a
    gap there too. It may be some samples behind `planes` in time.
    """

    planes: NDArray[np.float32]
    rate_hz: int
    names: tuple[str, ...]
    from_s: Fraction = Fraction(0)
    speech: NDArray[np.float32] = field(default_factory=lambda: np.zeros(0, dtype=np.float32))


class Scalers:
    """One scaler for each size: setting one up costs more than using it."""

    def __init__(self) -> None:
        self._scalers: dict[tuple[int, int, str], VideoReformatter] = {}

    def scale(self, frame: VideoFrame, width: int, height: int, layout: str) -> VideoFrame:
        """`frame` at the given size and pixel layout, averaging over areas."""
        if len(self._scalers) > 8:
            self._scalers.clear()
        scaler = self._scalers.setdefault((width, height, layout), VideoReformatter())
        # Untagged high-definition film is BT.709 by convention; swscale would assume BT.601.
        bt709 = frame.colorspace == _UNSPECIFIED and frame.height >= 720
        return scaler.reformat(
            frame,
            width=width,
            height=height,
            format=layout,
            src_colorspace=_BT709 if bt709 else None,
            interpolation="AREA",
            threads=1,
        )


class Picture:
    """A decoded frame and cheap, shared views of it: upright, at the aspect it is shown in."""

    def __init__(
        self, frame: VideoFrame, time_s: Fraction, sample_aspect: Fraction, scalers: Scalers
    ) -> None:
        self._scalers = scalers
        self.frame = frame
        self.time_s = time_s
        self.sample_aspect = sample_aspect

    @cached_property
    def quarter_turns(self) -> int:
        """Counter-clockwise quarter turns that make it upright."""
        return turns_upright(self.frame.rotation)

    @property
    def full_range(self) -> bool:
        """Whether black is 0 and white 255, and not 16 and 235."""
        return self.frame.color_range == _FULL_RANGE

    @cached_property
    def plane(self) -> NDArray[np.uint8]:
        """Brightness at full size, 8 bit, shape (frame.height, frame.width), not turned.

        A view without a copy where the format is 8-bit planar YUV; read only, gone with the frame.
        Video range (16–235) stays as it is.
        """
        if self.frame.format.name in _PLANAR:
            first = self.frame.planes[0]
            flat: NDArray[np.uint8] = np.frombuffer(memoryview(first), dtype=np.uint8)
            rows = flat.reshape(-1, first.line_size)
            return rows[: self.frame.height, : self.frame.width]
        whole = self._scalers.scale(self.frame, self.frame.width, self.frame.height, "gray")
        return np.asarray(whole.to_ndarray(), dtype=np.uint8)

    @cached_property
    def small(self) -> NDArray[np.uint8]:
        """The same at 320 pixels in width, averaged over areas, shape (h, 320): for what is fed
        every frame."""
        height = max(2, round(self.frame.height * _LUMA_WIDTH / max(1, self.frame.width)))
        return shrunk(self.plane, _LUMA_WIDTH, min(height, 2 * _LUMA_WIDTH))

    @cached_property
    def coarse(self) -> NDArray[np.uint8]:
        """The same again at 80 × 45 whatever the shape: an encoder's noise averages out, motion does not."""
        return np.asarray(
            cv2.resize(self.small, COARSE, interpolation=cv2.INTER_AREA), dtype=np.uint8
        )

    @cached_property
    def luma(self) -> NDArray[np.float32]:
        """Brightness from black (0) to white (255), shape (height, 320), not turned."""
        luma = self.small.astype(np.float32)
        if self.full_range or self.frame.format.name not in _LIMITED:
            return luma
        full: NDArray[np.float32] = np.clip((luma - 16) * np.float32(255 / 219), 0, 255)
        return full

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
        flat = self._scalers.scale(self.frame, w, h, "rgb24").to_ndarray()
        return np.ascontiguousarray(np.rot90(flat, self.quarter_turns))


def shrunk(plane: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    """An 8-bit picture at a smaller size, averaged. Halving again and again, with a bilinear rest,
    is two and a half times as fast as averaging over areas at once."""
    seen = plane
    while seen.shape[1] >= 2 * width and seen.shape[0] >= 2 * height:
        half = seen.shape[1] // 2, seen.shape[0] // 2
        seen = np.asarray(cv2.resize(seen, half, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    how = cv2.INTER_LINEAR if min(seen.shape) > 2 else cv2.INTER_AREA
    return np.asarray(cv2.resize(seen, (width, height), interpolation=how), dtype=np.uint8)


def turns_upright(rotation_deg: int) -> int:
    """Counter-clockwise quarter turns that make a frame upright, from its display matrix angle."""
    return round(rotation_deg / 90) % 4
