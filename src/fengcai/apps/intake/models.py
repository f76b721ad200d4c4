"""The review desk's decisions on works."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from fengcai.apps.assets.models import Asset
from fengcai.apps.entries.models import Entry


class Review(models.Model):
    """One decision of a reviewer on an entry as it stood, with the checklist that led to it."""

    class Decision(models.TextChoices):
        ACCEPT = "accept", "通过"
        RETURN = "return", "退回修改"

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="reviews")
    entry_version = models.PositiveIntegerField()
    asset = models.ForeignKey(Asset, null=True, on_delete=models.PROTECT, related_name="+")
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    decision = models.CharField(max_length=8, choices=Decision)
    checklist = models.JSONField(default=list)
    reasons = models.TextField(blank=True)
    mend_until = models.DateTimeField(null=True, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["at"]
