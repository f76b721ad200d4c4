"""The bytes of a fingerprint: a mark, a version, and sections that each have a version of their own.

A reader skips sections that it does not know, so that newer fingerprints do no harm to older
programs and older ones stay readable. Layout: `FCFP`, u8 version, then for each section four letters,
u8 version, u32 length (little-endian), payload.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from fengcai.media.fingerprints import pictures, sound, stills, text
from fengcai.media.fingerprints.pictures import Pictures
from fengcai.media.fingerprints.sound import Sounds
from fengcai.media.fingerprints.stills import Still
from fengcai.media.fingerprints.text import Texts, folded

MARK = b"FCFP"
VERSION = 1
MOST_BYTES = 1024**2
PICTURES, STILL, SOUND, TEXT = b"PICT", b"STIL", b"SOND", b"TEXT"
CUTS, TITLE = b"CUTS", b"TITL"
_HEAD = struct.Struct("<4sBI")
_CURRENT = {
    PICTURES: pictures.VERSION, STILL: stills.VERSION, SOUND: sound.VERSION, TEXT: text.VERSION,
    CUTS: 1, TITLE: 1,
}  # fmt: skip


class NoFingerprint(ValueError):
    """The bytes are no fingerprint, or one that was cut."""


@dataclass(frozen=True)
class Fingerprint:
    """Sections as they were written; each is read when it is first asked for."""

    sections: dict[bytes, tuple[int, bytes]]

    @cached_property
    def pictures(self) -> Pictures | None:
        """The pictures, None when there are none or they are of an unknown version."""
        found = self._readable(PICTURES, pictures.VERSION)
        return pictures.read(found, self.sections[PICTURES][0]) if found else None

    @cached_property
    def still(self) -> Still | None:
        """The many points of a single picture, None for films and for what was kept before there were any."""
        found = self._readable(STILL, stills.VERSION)
        return stills.read(found, self.sections[STILL][0]) if found else None

    @cached_property
    def sound(self) -> Sounds | None:
        """The sound, None when there is none or it is of an unknown version."""
        found = self._readable(SOUND, sound.VERSION)
        return sound.read(found, self.sections[SOUND][0]) if found else None

    @cached_property
    def text(self) -> Texts | None:
        """The text, None when there is none or it is of an unknown version."""
        found = self._readable(TEXT, text.VERSION)
        return text.read(found, self.sections[TEXT][0]) if found else None

    @cached_property
    def cuts_s(self) -> tuple[float, ...]:
        """The moments of the film's cuts as measured, empty when nobody measured them."""
        found = self._readable(CUTS, 1)
        return tuple((np.frombuffer(found, dtype="<u4") / 1000).tolist()) if found else ()

    def _readable(self, name: bytes, newest: int) -> bytes:
        version, payload = self.sections.get(name, (0, b""))
        return payload if 1 <= version <= newest else b""

    @property
    def empty(self) -> bool:
        """Whether there is nothing to compare."""
        return self.pictures is None and self.sound is None and self.text is None


def join(
    *,
    pictures: bytes = b"",
    still: bytes = b"",
    sound: bytes = b"",
    text: bytes = b"",
    cuts_s: tuple[float, ...] = (),
    title: str = "",
) -> bytes:
    """The fingerprint of what the makers returned; empty parts are left out.

    Of the `title` four bytes are kept, so that a work's fingerprint changes with it; titles
    themselves are compared by whoever holds them.

    `cuts_s` are the moments of cuts in seconds, where a film's shots were measured; else the
    comparison makes do with jumps between the sampled pictures.
    """
    cuts = np.array([min(max(round(at * 1000), 0), 2**32 - 1) for at in cuts_s], dtype="<u4")
    named = zlib.crc32(folded(title).encode()).to_bytes(4, "little") if title else b""
    parts = {
        PICTURES: pictures, STILL: still, SOUND: sound, TEXT: text, CUTS: cuts.tobytes(), TITLE: named,
    }  # fmt: skip
    return b"".join(
        [
            MARK + bytes([VERSION]),
            *(
                _HEAD.pack(name, _CURRENT[name], len(payload)) + payload
                for name, payload in parts.items()
                if payload
            ),
        ]
    )


def read(data: bytes) -> Fingerprint:
    """The fingerprint in some bytes. Raises NoFingerprint."""
    if len(data) > MOST_BYTES or data[:4] != MARK or len(data) < 5:
        raise NoFingerprint("not a fingerprint")
    sections: dict[bytes, tuple[int, bytes]] = {}
    at = 5
    while at < len(data):
        if at + _HEAD.size > len(data):
            raise NoFingerprint("cut inside a section's head")
        name, version, length = _HEAD.unpack_from(data, at)
        at += _HEAD.size
        if at + length > len(data) or name in sections:
            raise NoFingerprint(f"section {name!r} is cut or there twice")
        sections[name] = version, data[at : at + length]
        at += length
    found = Fingerprint(sections)
    try:
        found.empty  # noqa: B018  reads every known section: better now than in the middle of a job
        found.still  # noqa: B018
        found.cuts_s  # noqa: B018
    except ValueError as problem:
        raise NoFingerprint(str(problem)) from None
    return found
