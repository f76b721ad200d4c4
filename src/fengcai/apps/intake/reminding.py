"""Rows of 催报: what a contest's reminders say and when, and each reminder that went to a unit."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from fengcai.apps.contests.models import Contest, Unit

DAYS = (7, 3, 1, 0)
HOUR = 9


def usual_days() -> list[int]:
    """The days before a deadline on which units are reminded unless the office says otherwise."""
    return list(DAYS)


def usual_channels() -> list[str]:
    """By which ways unless the office says otherwise."""
    return ["mail"]


class ReminderPlan(models.Model):
    """Whether, when, by which ways and in which words a contest's units are reminded by themselves.

    `since` is when it was switched on: what fell due before is not sent.
    """

    contest = models.OneToOneField(Contest, on_delete=models.PROTECT, related_name="reminder_plan")
    on = models.BooleanField(default=False)
    days = models.JSONField(default=usual_days)
    hour = models.PositiveSmallIntegerField(default=HOUR)
    channels = models.JSONField(default=usual_channels)
    subject = models.CharField(max_length=120, blank=True)
    text = models.TextField(blank=True)
    since = models.DateTimeField(null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()


class Reminder(models.Model):
    """That a unit was reminded on one occasion by one way; of a group's robot, the whole contest.

    The row is written with its message in one transaction, so there is never one without the other,
    and never two for one occasion. `trouble` says why nobody could be reached; then there is no message.
    """

    stays_at_merging = True

    contest = models.ForeignKey(Contest, on_delete=models.PROTECT, related_name="reminders")
    unit = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="reminders"
    )
    occasion = models.CharField(max_length=60)
    channel = models.CharField(max_length=8)
    messages = models.JSONField(default=list)
    trouble = models.CharField(max_length=120, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["contest", "-at"], name="reminders_of_contest")]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "occasion", "channel"],
                condition=models.Q(unit__isnull=False),
                name="one_reminder_per_occasion",
            ),
            models.UniqueConstraint(
                fields=["contest", "occasion", "channel"],
                condition=models.Q(unit=None),
                name="one_group_reminder_per_occasion",
            ),
        ]
