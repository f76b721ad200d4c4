"""Fingerprints of films, sounds, pictures and texts: small versioned bytes that are compared later.

Making them judges nothing: what equals what is `fengcai.media.likeness`.
"""

from __future__ import annotations

from fengcai.media.fingerprints.container import Fingerprint, NoFingerprint, join, read
from fengcai.media.fingerprints.pictures import PictureFingerprint
from fengcai.media.fingerprints.sound import SoundFingerprint
from fengcai.media.fingerprints.text import text_fingerprint

__all__ = [
    "Fingerprint", "NoFingerprint", "PictureFingerprint", "SoundFingerprint",
    "join", "read", "text_fingerprint",
]  # fmt: skip
