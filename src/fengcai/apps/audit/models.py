"""The rows of the audit record. Only ``actions`` writes them, and records are never rewritten.

The refusals here stop a programmer's slip, not someone with the database's password: against him
stands the chain itself, which ``queries.verify_chain`` recounts.
"""

from __future__ import annotations

from typing import Any, ClassVar, NoReturn

from django.db import models

PERSONAL = "personal"
"""The key of a record's details that holds the commitments to personal values."""


class Immutable(Exception):
    """Somebody tried to change or delete a record of the audit chain."""

    def __init__(self) -> None:
        super().__init__("审计记录只能追加，不能修改或删除。")


class RecordQuerySet(models.QuerySet["AuditRecord"]):
    """Reads like any other; refuses whatever would change, delete or bypass."""

    def update(self, **kwargs: Any) -> NoReturn:
        """Refuse."""
        raise Immutable

    def delete(self) -> NoReturn:
        """Refuse."""
        raise Immutable

    def bulk_create(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refuse: it could overwrite on conflict, and records are made one by one."""
        raise Immutable

    def bulk_update(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refuse."""
        raise Immutable


class AuditChain(models.Model):
    """The head of one chain: how many records it has, and the hash of the last.

    Its row is the lock that every writer of the chain takes in turn.
    """

    name: models.CharField = models.CharField(max_length=100, unique=True)
    sequence: models.PositiveBigIntegerField = models.PositiveBigIntegerField()
    hash: models.CharField = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.name} #{self.sequence}"


class AuditRecord(models.Model):
    """One event of ``core.ledger`` as a row; ``details`` holds ids and commitments, no names."""

    chain: models.CharField = models.CharField(max_length=100)
    sequence: models.PositiveBigIntegerField = models.PositiveBigIntegerField()
    at: models.DateTimeField = models.DateTimeField()
    actor: models.CharField = models.CharField(max_length=200)
    action: models.CharField = models.CharField(max_length=100)
    subject: models.CharField = models.CharField(max_length=200)
    details: models.JSONField = models.JSONField()
    previous: models.CharField = models.CharField(max_length=64)
    hash: models.CharField = models.CharField(max_length=64)

    objects: ClassVar[models.Manager[AuditRecord]] = RecordQuerySet.as_manager()

    class Meta:
        base_manager_name = "objects"
        ordering = ["chain", "sequence"]
        constraints = [
            models.UniqueConstraint(fields=["chain", "sequence"], name="one_record_per_sequence")
        ]
        indexes = [models.Index(fields=["chain", "subject", "sequence"], name="audit_by_subject")]

    def __str__(self) -> str:
        return f"{self.chain} #{self.sequence} {self.action}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Insert; refuse to write an existing row again."""
        if not self._state.adding or self.pk is not None:
            raise Immutable
        super().save(*args, **{**kwargs, "force_insert": True})

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refuse."""
        raise Immutable


class AuditSecret(models.Model):
    """A personal value beside its record: the chain holds only the commitment to it.

    The row can be erased at the person's request, and the chain stays whole.
    """

    record: models.ForeignKey = models.ForeignKey(
        AuditRecord, on_delete=models.PROTECT, related_name="secrets"
    )
    record_id: int
    name: models.CharField = models.CharField(max_length=100)
    value: models.TextField = models.TextField()
    salt: models.CharField = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["record", "name"], name="one_secret_per_name")
        ]

    def __str__(self) -> str:
        return f"{self.record} {self.name}"
