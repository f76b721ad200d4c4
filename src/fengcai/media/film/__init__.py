"""Checks on moving pictures. A new one is one module here and one line in `CHECKS`."""

from __future__ import annotations

from fengcai.media.checks import PictureCheck
from fengcai.media.film.brightness import Brightness

CHECKS: tuple[type[PictureCheck], ...] = (Brightness,)
