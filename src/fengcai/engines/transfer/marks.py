"""The marks of a move: who may serve from a database, and who must not.

The source is marked as leaving before its rows are read and the destination as arriving before any
row enters it; both keep the move's number. Every command that would serve from a database asks
`standing` first, so that after a crash at any moment one of the two is refused with the way on.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connections

from fengcai.engines.transfer.models import Move
from fengcai.engines.transfer.refusals import TransferRefused

Direction = Move.Direction


@dataclass(frozen=True, slots=True)
class Standing:
    """What a database knows of moves; each the other database's name, or None."""

    arriving_from: str | None = None
    """Half moved in."""
    leaving_to: str | None = None
    """Half moved out."""
    left_to: str | None = None
    """Moved away from."""
    files_at: str | None = None
    """The store that the files were moved to."""


def standing(using: str = DEFAULT_DB_ALIAS) -> Standing:
    """How the database stands; one statement, none that fails on one that is older than marks."""
    if Move._meta.db_table not in connections[using].introspection.table_names():
        return Standing()
    found: dict[str, str] = {}
    for mark in Move.objects.using(using).order_by("pk"):
        if mark.direction == Direction.FILES:
            found["files_at"] = mark.other
        elif mark.direction == Direction.OUT_OF:
            found["leaving_to" if mark.finished is None else "left_to"] = mark.other
        elif mark.finished is None:
            found["arriving_from"] = mark.other
    return Standing(**found)


def leave(source: str, *, destination: str, at: datetime) -> UUID:
    """Mark the source as leaving, or find the mark of the move that goes on; the move's number.

    Raises TransferRefused when it is leaving, or has left, for somewhere else.
    """
    for mark in Move.objects.using(source).filter(direction=Direction.OUT_OF):
        if mark.other != destination:
            raise TransferRefused(
                f"这一套{'已经' if mark.finished else '正在'}搬往 {mark.other}。"
                "若要改搬到别处，先运行 fengcai move --cancel。"
            )
        return mark.move
    mark = Move.objects.using(source).create(
        direction=Direction.OUT_OF, other=destination, began=at
    )
    return mark.move


def left(source: str, *, move: UUID, at: datetime) -> None:
    """The move is done: the source is not served from any more."""
    Move.objects.using(source).filter(move=move, finished=None).update(finished=at)


def stay(source: str = DEFAULT_DB_ALIAS) -> int:
    """Take the marks of leaving off, so that the source may be served again; how many there were."""
    marks = (Direction.OUT_OF, Direction.FILES)
    gone, _ = Move.objects.using(source).filter(direction__in=marks).delete()
    return gone


def note_files(using: str, *, store: str, at: datetime) -> None:
    """The files are in `store` now: the database is served from with no other."""
    Move.objects.using(using).filter(direction=Direction.FILES).delete()
    Move.objects.using(using).create(direction=Direction.FILES, other=store, began=at, finished=at)


def may_arrive(destination: str, *, source: str, move: UUID) -> bool | None:
    """Whether the marks let this move in: True for a move that goes on, False when it has arrived
    already, None when there is no mark. The table of marks must be there.

    Raises TransferRefused for a database that another move knows.
    """
    marks = list(Move.objects.using(destination).order_by("pk"))
    for mark in marks:
        if mark.direction == Direction.INTO and mark.move == move and mark.finished is not None:
            return False
    if not marks:
        return None
    if all(m.direction == Direction.INTO and m.other == source and not m.finished for m in marks):
        return True
    raise TransferRefused(
        f"目的数据库有别的搬迁的记号（{marks[-1].get_direction_display()} {marks[-1].other}），"
        "没有改动它。请换一个空库。"
    )


def arrive(destination: str, *, source: str, move: UUID, at: datetime) -> None:
    """Mark the destination as half moved in by this move."""
    Move.objects.using(destination).update_or_create(
        direction=Direction.INTO, defaults={"move": move, "other": source, "began": at}
    )


def arrived(destination: str, *, move: UUID, at: datetime) -> None:
    """All rows are there; called in the transaction that brought them."""
    Move.objects.using(destination).filter(move=move, finished=None).update(finished=at)


def has_arrived(destination: str, *, move: UUID) -> bool:
    """Whether the rows of this move are all there, asked over a connection of its own."""
    connections[destination].close()
    return Move.objects.using(destination).filter(move=move, finished__isnull=False).exists()
