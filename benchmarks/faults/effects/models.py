"""What the drill's jobs leave behind."""

from __future__ import annotations

from django.db import models


class Effect(models.Model):
    """One effect of one job. No constraint on purpose: twice must be possible to be counted."""

    number = models.PositiveIntegerField(db_index=True)
