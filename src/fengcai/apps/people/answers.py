"""Answers kept for a day, so that a program that asks the same thing twice is not served twice.

`claim` and `keep` belong in the transaction of the effect: either both stand or neither. The first
transaction to claim a key holds it; a second one waits in the database and then finds the answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction

from fengcai.apps.people.models import KeptAnswer, User
from fengcai.apps.refusals import Refused

KEPT_FOR = timedelta(hours=24)


class KeyReused(Refused):
    """The same key came with another request."""

    code = "key-reused"


@dataclass(frozen=True)
class Kept:
    """An answer as it was given."""

    status: int
    body: str
    location: str


def claim(*, user: User, key: str, fingerprint: str, at: datetime) -> Kept | None:
    """Take `key` for this request; an answer already given to it is returned instead.

    Raises `KeyReused` when the key stands for another request. A key older than a day is new.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("claim() belongs in the effect's transaction")
    KeptAnswer.objects.filter(user=user, key=key, created_at__lte=at - KEPT_FOR).delete()
    mine = KeptAnswer(user=user, key=key, fingerprint=fingerprint, created_at=at)
    # On conflict nothing is written and, on PostgreSQL, the transaction stays usable; there the
    # insert waits until whoever holds the key has committed or rolled back.
    KeptAnswer.objects.bulk_create([mine], ignore_conflicts=True)
    row = KeptAnswer.objects.get(user=user, key=key)
    if row.fingerprint != fingerprint:
        raise KeyReused(
            "这个 Idempotency-Key 已用于另一个请求，这次没有执行。新的请求请换一个新的键。",
        )
    return Kept(row.status, row.body, row.location) if row.status else None


def keep(*, user: User, key: str, kept: Kept) -> None:
    """Store the answer under a key that this transaction claimed."""
    KeptAnswer.objects.filter(user=user, key=key).update(
        status=kept.status, body=kept.body, location=kept.location
    )


def purge(at: datetime) -> int:
    """Delete the answers that are over at `at`; returns how many."""
    deleted, _ = KeptAnswer.objects.filter(created_at__lte=at - KEPT_FOR).delete()
    return deleted
