"""Checks on sound. A new one is one module here and one line in `CHECKS`."""

from __future__ import annotations

from fengcai.media.checks import SoundCheck
from fengcai.media.sound.balance import Balance
from fengcai.media.sound.clipping import Clipping
from fengcai.media.sound.fingerprint import Fingerprint
from fengcai.media.sound.hum import Hum
from fengcai.media.sound.noise import Noise
from fengcai.media.sound.silence import Silence
from fengcai.media.sound.speech import Speech

CHECKS: tuple[type[SoundCheck], ...] = (Clipping, Silence, Hum, Noise, Speech, Balance, Fingerprint)
