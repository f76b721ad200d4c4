"""The review desk's decisions on works."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from fengcai.apps.assets.models import Asset, Finding
from fengcai.apps.contests.models import Contest
from fengcai.apps.entries.models import Entry
from fengcai.apps.intake import reminding  # noqa: F401  (Django looks for an app's rows here)


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


class Ruling(models.Model):
    """What a reviewer said of one requirement of a work, beside what the machine had said by then.

    It is about the very files in `assets`; of others it says nothing. `checks` are those whose
    measures stood behind the machine's word. Another word is another row; the former one keeps its
    words and gets `replaced_at`. No inspection ever changes one.
    """

    class Says(models.TextChoices):
        OK = "ok", "符合"
        BROKEN = "broken", "不符合"

    contest = models.ForeignKey(Contest, on_delete=models.PROTECT, related_name="rulings")
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="rulings")
    requirement = models.CharField(max_length=60)
    says = models.CharField(max_length=8, choices=Says)
    reason = models.TextField(blank=True)
    machine = models.CharField(max_length=14, choices=Finding.Verdict)
    measured = models.CharField(max_length=200, blank=True)
    assets = models.JSONField(default=list)
    checks = models.JSONField(default=list)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    replaced_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["entry", "requirement"],
                condition=models.Q(replaced_at=None),
                name="one_ruling_each",
            )
        ]
        indexes = [
            models.Index(
                fields=["contest", "requirement", "machine", "says"],
                condition=models.Q(replaced_at=None),
                name="rulings_that_stand",
            )
        ]
