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

    @property
    def settled(self) -> bool:
        """May be served from."""
        return not (self.arriving_from or self.leaving_to or self.left_to)


def standing(using: str = DEFAULT_DB_ALIAS) -> Standing:
    """How the database stands; one statement, none that fails on one that is older than marks."""
    if Move._meta.db_table not in connections[using].introspection.table_names():
        return Standing()
    found: dict[str, str] = {}
    for mark in Move.objects.using(using).order_by("pk"):
        if mark.direction == Direction.INTO:
            if mark.finished is None:
                found["arriving_from"] = mark.other
        else:
            found["leaving_to" if mark.finished is None else "left_to"] = mark.other
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
    gone, _ = Move.objects.using(source).filter(direction=Direction.OUT_OF).delete()
    return gone


def arrive(destination: str, *, source: str, move: UUID, at: datetime) -> bool:
    """Mark the destination as half moved in; False when this very move has arrived already.

    Raises TransferRefused when it is, or was, moved into by another move.
    """
    mark = Move.objects.using(destination).filter(direction=Direction.INTO).order_by("pk").last()
    if mark is None:
        Move.objects.using(destination).create(
            move=move, direction=Direction.INTO, other=source, began=at
        )
        return True
    if mark.finished is not None:
        if mark.move == move:
            return False
        raise TransferRefused(
            f"目的数据库已在 {mark.finished:%Y-%m-%d} 从 {mark.other} 搬入完毕，没有改动它。"
            "若要重新搬，请换一个空库。"
        )
    if mark.other != source:
        raise TransferRefused(
            f"目的数据库里有一次从 {mark.other} 开始、没有完成的搬迁，不能混入这一套。"
            "请换一个空库，或先完成那一次。"
        )
    Move.objects.using(destination).filter(pk=mark.pk).update(move=move)
    return True


def arrived(destination: str, *, move: UUID, at: datetime) -> None:
    """All rows are there; called in the transaction that brought them."""
    Move.objects.using(destination).filter(move=move, finished=None).update(finished=at)
