"""Effects that a drill counts. No unique constraint: a second effect must show, not be refused."""

from __future__ import annotations

from django.db import models


class Effect(models.Model):
    """One effect of one job, with the attempt that wrote it and when by the machine's steady clock."""

    job = models.BigIntegerField()
    attempt = models.IntegerField()
    worker_pid = models.IntegerField()
    at = models.FloatField()
