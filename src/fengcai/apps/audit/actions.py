"""Writing the audit record: every action of every context calls ``record`` in its transaction."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Q

from fengcai.apps.audit.models import PERSONAL, AuditChain, AuditRecord, AuditSecret
from fengcai.core.ledger import Event, Head, append, salted, start

_LONGEST = {"chain": 100, "actor": 200, "action": 100, "subject": 200}


def record(
    chain: str,
    *,
    actor: str,
    action: str,
    subject: str,
    details: Mapping[str, Any],
    personal: Mapping[str, str] | None = None,
    at: datetime,
) -> AuditRecord:
    """Append one event to ``chain`` in the caller's transaction.

    ``actor`` and ``subject`` are ids (``user:7``, ``entry:12``), never names. ``details`` must
    have a canonical form (no floats; ids and hashes rather than personal data). ``personal`` are
    values of people: the chain gets a salted commitment to each under ``details["personal"]``, and
    the value goes to a table that can be erased. ``at`` is an aware instant.

    The chain stays locked until the caller's transaction ends, so call this last. Raises
    ``TransactionManagementError`` outside an atomic block: an act and its record stand or fall
    together. Raises ``ValueError`` or ``TypeError`` for what cannot be recorded.
    """
    _check(chain=chain, actor=actor, action=action, subject=subject)
    if PERSONAL in details:
        raise ValueError(f'details must not have a key "{PERSONAL}": pass personal=… instead')
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError(
            "an act and its audit record belong in one transaction: call record() inside atomic()"
        )
    values = dict(personal or {})
    salts = {name: secrets.token_hex(16) for name in values}
    told: dict[str, Any] = dict(details)
    if values:
        told[PERSONAL] = {name: salted(value, salts[name]) for name, value in values.items()}
    head = _locked_head(chain)
    event = append(
        Head(head.sequence, head.hash),
        at=at,
        actor=actor,
        action=action,
        subject=subject,
        details=told,
    )
    row = AuditRecord(chain=chain, at=at, **_columns(event))
    row.save()
    head.sequence, head.hash = event.sequence, event.hash
    head.save(update_fields=["sequence", "hash"])
    AuditSecret.objects.bulk_create(
        AuditSecret(record=row, name=name, value=value, salt=salts[name])
        for name, value in values.items()
    )
    return row


@transaction.atomic
def erase_personal(chain: str, *, about: str, actor: str, reason: str, at: datetime) -> int:
    """Erase the personal values in the records by or about ``about`` (``user:7``, ``entry:12``).

    The commitments stay, so the chain still verifies; without value and salt they say nothing. The
    erasure itself is recorded. Returns how many values were erased.
    """
    named = Q(record__subject=about) | Q(record__actor=about)
    erased, _ = AuditSecret.objects.filter(named, record__chain=chain).delete()
    record(
        chain,
        actor=actor,
        action="audit.erase",
        subject=about,
        details={"reason": reason, "values": erased},
        at=at,
    )
    return erased


def _locked_head(chain: str) -> AuditChain:
    """The chain's head row, locked until the transaction ends; made at the first record.

    PostgreSQL locks the row; SQLite ignores the clause, since its transactions (IMMEDIATE) already
    let one writer in at a time. Were both to fail, the unique sequence would stop the second one.
    """
    heads = AuditChain.objects.select_for_update(no_key=True)
    head = heads.filter(name=chain).first()
    if head is not None:
        return head
    empty = start(chain)
    AuditChain.objects.get_or_create(
        name=chain, defaults={"sequence": empty.sequence, "hash": empty.hash}
    )
    return heads.get(name=chain)


def _columns(event: Event) -> dict[str, Any]:
    """The event's fields as columns, save the instant, which has a type of its own."""
    columns = event.to_json()
    del columns["at"]
    return columns


def _check(**texts: str) -> None:
    for name, text in texts.items():
        if not text or len(text) > _LONGEST[name]:
            raise ValueError(f"{name} must have 1 to {_LONGEST[name]} characters")
