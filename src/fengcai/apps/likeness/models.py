"""Fingerprints of files and texts, what two of them have in common, and what a person decided."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from fengcai.apps.assets.models import Asset
from fengcai.apps.contests.models import Contest
from fengcai.apps.entries.models import Entry


class Fingerprint(models.Model):
    """The fingerprint of one file of a work, or of its text where `asset` is empty.

    `data` are the bytes of `fengcai.media.fingerprints`; the index in memory is built from this
    table alone. A file's row stays when the work gets a newer file; it is not compared any more.
    """

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="fingerprints")
    asset = models.OneToOneField(
        Asset, null=True, blank=True, on_delete=models.CASCADE, related_name="fingerprint"
    )
    data = models.BinaryField()
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["entry"], condition=models.Q(asset=None), name="one_text_fingerprint"
            )
        ]


class Likeness(models.Model):
    """That two fingerprints of different works have something in common, with the evidence.

    `one` is the older row of the two. `evidence` is `media.likeness.Comparison.as_json()`, in which a
    is `one` and b is `other`. The decision is a person's: the machine's verdict stands beside it.
    """

    class Verdict(models.TextChoices):
        COPY = "copy", "疑似同一作品"
        SHARES = "shares", "部分素材相同"
        TEMPLATE = "template", "模板相似"

    class Decision(models.TextChoices):
        COPY = "copy", "认定重复"
        ALLOWED = "allowed", "允许"

    one = models.ForeignKey(Fingerprint, on_delete=models.CASCADE, related_name="+")
    other = models.ForeignKey(Fingerprint, on_delete=models.CASCADE, related_name="+")
    first = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="+")
    verdict = models.CharField(max_length=10, choices=Verdict)
    evidence = models.JSONField()
    compared_at = models.DateTimeField(default=timezone.now)
    decision = models.CharField(max_length=10, choices=Decision, blank=True)
    reason = models.TextField(blank=True)
    decided_in = models.ForeignKey(
        Contest, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["one", "other"], name="one_likeness_per_pair")
        ]
