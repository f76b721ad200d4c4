"""SHA-256 of files that are still growing, in step with their end, kept between requests.

Knows neither disk nor network; a digest that is lost costs only the reading of what it had seen.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

_REMEMBERED = 1024  # digests kept between requests; each is a few hundred bytes


class Hash(Protocol):
    """What hashlib's objects have in common."""

    def update(self, data: bytes, /) -> None: ...
    def digest(self) -> bytes: ...
    def hexdigest(self) -> str: ...
    def copy(self) -> Hash: ...


class Digest:
    """SHA-256 of the first `position` bytes of a file. `of` tells files under one name apart."""

    def __init__(self, of: str = "") -> None:
        self._hash: Hash = hashlib.sha256()
        self.position = 0
        self.of = of

    def copy(self) -> Digest:
        """The same state, to return to when a stretch is thrown away."""
        twin = Digest(self.of)
        twin._hash, twin.position = self._hash.copy(), self.position
        return twin

    def feed(self, pieces: Sequence[bytes], *, at: int) -> bool:
        """Take bytes that begin at `at`; False (nothing taken) when the digest is not there yet."""
        if at != self.position:
            return False
        for piece in pieces:
            self._hash.update(piece)
            self.position += len(piece)
        return True

    def hexdigest(self) -> str:
        """Of the bytes up to `position`."""
        return self._hash.copy().hexdigest()


_digests: OrderedDict[UUID, Digest] = OrderedDict()


def recall_digest(upload_id: UUID, *, of: str = "", until: int) -> Digest:
    """What is remembered of this very file, if it reaches no further than `until`; else anew."""
    digest = _digests.pop(upload_id, None)
    if digest is None or digest.of != of or digest.position > until:
        return Digest(of)
    return digest


def remember_digest(upload_id: UUID, digest: Digest) -> None:
    """Keep a digest for the next request."""
    if digest.position:
        _digests[upload_id] = digest
        while len(_digests) > _REMEMBERED:
            _digests.popitem(last=False)


def forget_digest(upload_id: UUID) -> None:
    """Drop what is remembered of an upload's hash (it is over, or must be hashed afresh)."""
    _digests.pop(upload_id, None)
