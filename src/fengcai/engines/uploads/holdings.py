"""What S3 holds of an upload, and what this process remembers of it between two holds."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from uuid import UUID

from fengcai.engines.storage import Piece

_KEPT = 32


@dataclass(frozen=True, slots=True, order=True)
class Tail:
    """A piece: the bytes after `index` full parts. The newest of an index is the one that counts.

    `serial` grows with every piece of an upload: a hold's epoch, then a number within the hold.
    """

    index: int
    serial: int
    size: int = field(compare=False)
    modified: float = field(compare=False, default=0.0)

    def name(self, upload_id: UUID) -> str:
        """As it lies in S3."""
        return f"{upload_id}/{self.index:05d}-{self.serial:018d}"

    @classmethod
    def of(cls, piece: Piece) -> Tail:
        """The tail that a piece is."""
        index, serial = map(int, piece.name.rpartition("/")[2].split("-"))
        return cls(index, serial, piece.size, piece.modified)


@dataclass(slots=True)
class Held:
    """What S3 holds of an upload, as its last holder left it."""

    epoch: int = 0
    parts: list[tuple[int, str]] = field(default_factory=list)  # number and tag of each full part
    tails: list[Tail] = field(default_factory=list)
    assembled: bool = False
    modified: float = 0.0


_known: OrderedDict[UUID, Held] = OrderedDict()


def recall(upload_id: UUID) -> Held | None:
    """What was remembered, once."""
    return _known.pop(upload_id, None)


def remember(upload_id: UUID, held: Held) -> None:
    """Keep it for the next hold, which has to see that nobody held the upload in between."""
    _known[upload_id] = held
    while len(_known) > _KEPT:
        _known.popitem(last=False)
