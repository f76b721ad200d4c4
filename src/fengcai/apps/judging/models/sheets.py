"""What a judge writes and signs: marks, notes, the stack that is handed in."""

from __future__ import annotations

import secrets
from typing import Any

from django.conf import settings
from django.db import models

from fengcai.apps.entries.models import Entry
from fengcai.apps.judging.models.rounds import Round
from fengcai.core.ledger import canonical, salted


def fresh_salt() -> str:
    """16 random bytes in hex."""
    return secrets.token_hex(16)


class MarksField(models.PositiveSmallIntegerField):
    """How many marks the sheet's `values` hold, counted whenever the row is written, so that the
    database can tell finished sheets from others without reading any."""

    def pre_save(self, model_instance: models.Model, add: bool) -> int:
        """Count anew: saving and writing in bulk both pass here."""
        sheet: Any = model_instance  # a historical model in a migration
        sheet.marked = len(sheet.values)
        return int(sheet.marked)


class ScoreSheet(models.Model):
    """A judge's marks (评分表) for a work: criterion id → decimal in text. May be incomplete.

    Until the seal nobody but the judge reads it: the audit record holds `commitment` only, which
    `salt` (new at every save) keeps from being guessed.
    """

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="sheets")
    judge = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="sheets")
    values = models.JSONField(default=dict)
    comment = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField()
    handed_in_at = models.DateTimeField(null=True, blank=True)
    salt = models.CharField(max_length=64, default=fresh_salt)
    marked = MarksField(default=0, editable=False)

    class Meta:
        indexes = [models.Index(fields=["round", "judge", "marked"], name="sheet_marked")]
        constraints = [
            models.UniqueConstraint(fields=["round", "judge", "entry"], name="one_sheet_each")
        ]

    @property
    def commitment(self) -> str:
        """A salted commitment (64 hex digits) to marks and comment as they stand."""
        content = canonical({"values": self.values, "comment": self.comment})
        return salted(content.decode(), self.salt)


class Note(models.Model):
    """A judge's private note at a moment of a film; nobody else reads it."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="notes")
    judge = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="+")
    seconds = models.DecimalField(max_digits=9, decimal_places=3)
    text = models.TextField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["seconds", "pk"]
        indexes = [models.Index(fields=["round", "judge", "entry"])]


class HandIn(models.Model):
    """A judge's signature under all of the judge's sheets; void once the stack is reopened."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="hand_ins")
    judge = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    signed_name = models.CharField(max_length=60)
    at = models.DateTimeField()
    hash = models.CharField(max_length=64)
    reopened_at = models.DateTimeField(null=True, blank=True)
    reopened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    reopen_reason = models.TextField(blank=True)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["round", "judge"],
                condition=models.Q(reopened_at=None),
                name="one_standing_hand_in",
            )
        ]
