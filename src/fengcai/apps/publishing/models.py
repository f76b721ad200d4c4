"""What the public may see: single works in the gallery, and the result of a contest."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from fengcai.apps.awards.models import Result
from fengcai.apps.contests.models import Contest
from fengcai.apps.entries.models import Entry


class Publication(models.Model):
    """A work's place in the gallery, under the number that it was accepted with.

    Hiding keeps the row; showing again clears it. Whether the work may be shown is asked again each time it is read.
    """

    contest = models.ForeignKey(Contest, on_delete=models.PROTECT, related_name="publications")
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, related_name="publication")
    number = models.CharField(max_length=40)
    themes = models.JSONField(default=list)
    """The work's themes when it was put here. An accepted work keeps its themes."""
    published_at = models.DateTimeField()
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    hidden_at = models.DateTimeField(null=True, blank=True)
    hidden_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    hidden_reason = models.TextField(blank=True)

    class Meta:
        ordering = ["contest", "number"]
        indexes = [
            models.Index(fields=["contest", "hidden_at", "entry"], name="publication_shown"),
            # The gallery counts its works by theme at each reading.
            models.Index(fields=["contest", "hidden_at", "themes"], name="publication_themes"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["contest", "number"], name="one_publication_per_number")
        ]


class ResultsPublication(models.Model):
    """That a contest's approved result was made public, when and by whom."""

    contest = models.OneToOneField(
        Contest, on_delete=models.PROTECT, related_name="results_publication"
    )
    result = models.OneToOneField(Result, on_delete=models.PROTECT, related_name="publication")
    published_at = models.DateTimeField()
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
