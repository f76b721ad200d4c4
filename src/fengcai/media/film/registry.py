"""Checks on moving pictures. A new one is one module here and one line in `CHECKS`."""

from __future__ import annotations

from fengcai.media.checks import PictureCheck
from fengcai.media.film.bars import Bars
from fengcai.media.film.black import Black
from fengcai.media.film.cadence import Cadence, Stutter
from fengcai.media.film.dynamic_range import DynamicRange
from fengcai.media.film.exposure import Exposure
from fengcai.media.film.fingerprint import Fingerprint
from fengcai.media.film.flashing import Flashing
from fengcai.media.film.freeze import Freeze
from fengcai.media.film.grain import Grain
from fengcai.media.film.interlacing import Interlacing
from fengcai.media.film.shake import Shake
from fengcai.media.film.sharpness import Sharpness
from fengcai.media.film.shots import Shots
from fengcai.media.film.upscaling import Upscaling
from fengcai.media.film.watermark import Watermark

CHECKS: tuple[type[PictureCheck], ...] = (
    Shots,
    Shake,
    Freeze,
    Black,
    Cadence,
    Stutter,
    Interlacing,
    Flashing,
    Exposure,
    Sharpness,
    Grain,
    DynamicRange,
    Bars,
    Upscaling,
    Watermark,
    Fingerprint,
)
