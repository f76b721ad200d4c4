"""The sound of a film as one channel at 16 kHz, behind the walls: decoded here, written down elsewhere.

The samples (16-bit, little-endian) go through a pipe as they are decoded, so that nothing grows with
the film; who reads the pipe bounds how much he takes.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import av
from av.audio.frame import AudioFrame

from fengcai.media.opening import Faults, Order, Tell, decoded, open_input, packets, sound_of
from fengcai.media.verdicts import Unreadable

RATE_HZ = 16_000


def take_sound(order: Order, give: Callable[[bytes], object], tell: Tell) -> Fraction:
    """Give all samples of the first sound; seconds that were given. Raises Unreadable, BrokenPipeError.

    Where packets are missing the sound moves together, as it does for the checks.
    """
    with open_input(order) as container:
        track = sound_of(container)
        if track is None:
            raise Unreadable("no_streams")
        faults = Faults()
        resampler = _resampler()
        shape: tuple[str, int, str] | None = None
        given, told = 0, 0.0
        for packet in packets(container, track, faults):
            for frame in decoded(packet, faults):
                if not isinstance(frame, AudioFrame):
                    continue
                now = frame.format.name, frame.sample_rate, frame.layout.name
                if now != shape:
                    shape, resampler = now, _resampler()
                frame.pts = None  # the resampler would fill gaps that a broken film only claims
                for converted in resampler.resample(frame):
                    samples = converted.to_ndarray().astype("<i2", copy=False).tobytes()
                    give(samples)
                    given += len(samples) // 2
            if packet.pos is not None and order.size and packet.pos / order.size - told >= 0.01:
                told = packet.pos / order.size
                tell(min(1.0, told))
            if faults.too_many:
                break
        return Fraction(given, RATE_HZ)


def _resampler() -> av.AudioResampler:
    return av.AudioResampler(format="s16", layout="mono", rate=RATE_HZ)
