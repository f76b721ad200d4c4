"""The `Verification` row: when a stored file was last looked at, and what was found.

The engine knows no more of a file than its key; who owns it is asked anew at every look.
"""

from __future__ import annotations

from django.db import models


class Verification(models.Model):
    """One key and the last look at it."""

    class State(models.TextChoices):
        GOOD = "good", "完好"
        MISSING = "missing", "缺失"
        CHANGED = "changed", "内容变了"
        UNKNOWN = "unknown", "没有登记"

    key = models.CharField(max_length=120, primary_key=True)
    owner = models.CharField(max_length=40, blank=True, default="")
    state = models.CharField(max_length=8, choices=State.choices)
    checked_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["state", "checked_at"], name="storage_state_checked")]

    def __str__(self) -> str:
        return f"{self.key} {self.state} {self.checked_at:%Y-%m-%d}"
