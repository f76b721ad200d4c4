"""The checks that share one pass over a film.

A new check is one new module with a class of the protocol below, and one line in a registry here.
Analysers keep a bounded amount of state, whatever the film's length.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from fengcai.media.analysers.brightness import Brightness
from fengcai.media.analysers.loudness import Loudness
from fengcai.media.analysers.peaks import Peaks
from fengcai.media.analysers.samples import Picture, Sound


class PictureAnalyser(Protocol):
    """Fed the sampled pictures of a film in order; answers once."""

    name: str

    def feed(self, picture: Picture) -> None: ...

    def result(self) -> dict[str, Any]: ...


class SoundAnalyser(Protocol):
    """Fed every block of sound in order; `facts` of the audio section come out."""

    name: str

    def feed(self, sound: Sound) -> None: ...

    def result(self) -> dict[str, Any]: ...


# Results go to facts.measures[name].
PICTURE_ANALYSERS: tuple[Callable[[], PictureAnalyser], ...] = (Brightness,)

# Results are fields of facts.audio.
SOUND_ANALYSERS: tuple[Callable[[], SoundAnalyser], ...] = (Loudness, Peaks)
