"""The `Move` row: what a database knows of having been moved into, or out of."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q


class Move(models.Model):
    """One move as one of its two databases sees it. It stays behind when the other rows travel."""

    class Direction(models.TextChoices):
        INTO = "into", "搬入"
        OUT_OF = "out_of", "搬出"
        FILES = "files", "文件搬到"

    move = models.UUIDField(default=uuid.uuid4)
    """The same in both databases."""
    direction = models.CharField(max_length=6, choices=Direction)
    other = models.CharField(max_length=500)
    """The other database, by the name that may stand in a log (no password); or the files' store."""
    began = models.DateTimeField()
    finished = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "搬迁"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["direction"],
                condition=Q(finished__isnull=True),
                name="transfer_one_unfinished_each_way",
            )
        ]

    def __str__(self) -> str:
        return f"{self.direction} {self.other} {'done' if self.finished else 'unfinished'}"
