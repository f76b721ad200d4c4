"""Words of a work that a person has to look at, each with its legal basis, and what was decided."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from fengcai.apps.assets.models import Asset
from fengcai.apps.entries.models import Entry


class Remark(models.Model):
    """Doubtful words at one place of a work's texts, as one sentence holds them.

    `key` is a hash of place, words and sentence: the same sentence read again is the same row, so what
    a person decided stays; a changed sentence is another row. `current` is false where a decided row's
    sentence is gone from the work; undecided ones go with it. `before`, `words` and `behind` are masked
    where they hold personal numbers. `moments` are pairs of seconds, for what stood on screen. `bases`
    holds the terms of the lexicon as they were: `law`, `article`, `says`, `reads_as`, `advice`,
    `status`, `key`; the first one leads and gives `law` (the source's id) and `weight`.
    """

    class Decision(models.TextChoices):
        KEEP = "keep", "可以保留"
        CHANGE = "change", "要求修改"
        UNRELATED = "unrelated", "不涉及"

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="remarks")
    key = models.CharField(max_length=64)
    place = models.CharField(max_length=80)
    place_name = models.CharField(max_length=80)
    asset = models.ForeignKey(
        Asset, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    before = models.CharField(max_length=80, blank=True)
    words = models.CharField(max_length=120)
    behind = models.CharField(max_length=80, blank=True)
    alike = models.CharField(max_length=64)
    times = models.PositiveIntegerField(default=1)
    moments = models.JSONField(default=list)
    bases = models.JSONField(default=list)
    law = models.CharField(max_length=40)
    weight = models.CharField(max_length=8)
    current = models.BooleanField(default=True)
    found_at = models.DateTimeField(default=timezone.now)
    decision = models.CharField(max_length=10, choices=Decision, blank=True)
    reason = models.TextField(blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["entry", "current", "decision"], name="remark_of_entry")]
        constraints = [models.UniqueConstraint(fields=["entry", "key"], name="one_remark_per_key")]
