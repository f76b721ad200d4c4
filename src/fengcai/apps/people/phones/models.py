"""Telephone numbers that their owners have proved, and the codes by which they prove them."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class VerifiedPhone(models.Model):
    """A mobile number whose holder has entered a code for this account.

    One account has one; one person may hold several accounts (of several years), so a number may
    stand here more than once.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="verified_phone"
    )
    number = models.CharField(max_length=11, db_index=True)
    verified_at = models.DateTimeField()

    class Meta:
        app_label = "people"


class PhoneCode(models.Model):
    """A code that was sent to a number. Neither stands here: only keyed digests of both.

    `minute` is counted since 1970; at most one code a minute goes to a number, however many ask at
    once. Rows count for the limits until they are a day old, then they go.
    """

    number = models.CharField(max_length=64)
    address = models.CharField(max_length=64)
    device = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    minute = models.BigIntegerField()
    created_at = models.DateTimeField(db_index=True)
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        app_label = "people"
        constraints = [
            models.UniqueConstraint(fields=["number", "minute"], name="one_code_a_minute")
        ]
        indexes = [
            models.Index(fields=["number", "created_at"], name="codes_of_number"),
            models.Index(fields=["address", "created_at"], name="codes_of_address"),
            models.Index(fields=["device", "created_at"], name="codes_of_device"),
        ]
