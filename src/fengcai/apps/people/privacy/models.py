"""What people were told about their data, what they agreed to apart, and what they ask for."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models

EVERYWHERE = 0
"""In the place of a contest's number: the whole installation. Contests stand above this context."""


ANSWER_WITHIN = timedelta(days=15)
"""Until when the office answers. The law says "in time" (个人信息保护法 §50); the days are this system's."""


class PrivacyText(models.Model):
    """One version of the notice (个人信息保护法 §17) of the installation or of one contest. Added, never
    changed. A field that is empty says what the shipped text says."""

    contest = models.PositiveBigIntegerField(default=EVERYWHERE)
    version = models.PositiveIntegerField()
    controller = models.CharField(max_length=120)
    contact = models.CharField(max_length=200)
    retention = models.TextField(blank=True)
    extra = models.TextField(blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        app_label = "people"
        ordering = ["contest", "-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["contest", "version"], name="one_privacy_text_per_version"
            )
        ]


class PrivacyAnswer(models.Model):
    """That a person was asked, under which version; what was agreed to stands in `Consent`."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="privacy_answers"
    )
    contest = models.PositiveBigIntegerField(default=EVERYWHERE)
    version = models.PositiveIntegerField()
    at = models.DateTimeField()

    class Meta:
        app_label = "people"
        constraints = [
            models.UniqueConstraint(
                fields=["user", "contest", "version"], name="asked_once_per_version"
            )
        ]


class Consent(models.Model):
    """One separate consent (单独同意) to one purpose, with the words that were read. Withdrawing closes
    the row; giving it again makes another."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="consents"
    )
    contest = models.PositiveBigIntegerField(default=EVERYWHERE)
    purpose = models.CharField(max_length=20)
    version = models.PositiveIntegerField()
    wording = models.TextField()
    given_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        app_label = "people"
        ordering = ["-given_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "contest", "purpose"],
                condition=models.Q(withdrawn_at=None),
                name="one_open_consent",
            )
        ]


class DataRequest(models.Model):
    """What a person asks of the office about the own data (§44 to §48), and the answer. `purpose` is the
    consent that was taken back, for a request of that kind."""

    class Kind(models.TextChoices):
        """What is asked for."""

        CORRECT = "correct", "更正或补充"
        DELETE = "delete", "删除"
        WITHDRAWN = "withdrawn", "撤回了同意"
        OTHER = "other", "查询、说明或其他"

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="data_requests"
    )
    kind = models.CharField(max_length=12, choices=Kind.choices)
    purpose = models.CharField(max_length=20, blank=True)
    text = models.TextField()
    made_at = models.DateTimeField(db_index=True)
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        app_label = "people"
        ordering = ["-made_at", "-pk"]

    @property
    def due_at(self) -> datetime:
        """Until when it is to be answered."""
        return self.made_at + ANSWER_WITHIN
