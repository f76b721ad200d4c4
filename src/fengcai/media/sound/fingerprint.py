"""The sound's part of a film's fingerprint, made on the way; it judges nothing."""

from __future__ import annotations

from fengcai.media.checks import SoundCheck
from fengcai.media.facts.measures import Measure
from fengcai.media.fingerprints.sound import SoundFingerprint
from fengcai.media.samples import Sound

SOUND_FILE = "fingerprint-sound.bin"


class Fingerprint(SoundCheck):
    """Leaves a file and no measure."""

    name = "fingerprint"

    def __init__(self) -> None:
        super().__init__()
        self._making = SoundFingerprint()

    def feed(self, sound: Sound) -> None:
        self._making.feed(sound)

    def result(self) -> Measure | None:
        self.files[SOUND_FILE] = self._making.result()
        return None
