"""Who appears in a work, a release of each signer, and until when the work may be shown."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone

from fengcai.apps.contests.models import Contest
from fengcai.apps.entries.models import Entry
from fengcai.core.consent import AGES, CAPACITIES, ON_SCREEN, STATES, WAYS


class NobodyShown(models.Model):
    """A unit's word that nobody can be recognised in its work."""

    entry = models.OneToOneField(
        Entry, primary_key=True, on_delete=models.PROTECT, related_name="nobody_shown"
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()


class Appearance(models.Model):
    """Somebody on screen (出镜人员). Name, guardian and place can be erased; that there was somebody,
    in which part and of what age, stays."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="appearances")
    name = models.CharField(max_length=60, blank=True)
    role = models.CharField(max_length=16, choices=list(ON_SCREEN.items()))
    age = models.CharField(max_length=10, choices=list(AGES.items()), default="adult")
    guardian = models.CharField(max_length=60, blank=True)
    where = models.CharField(max_length=120, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_why = models.CharField(max_length=200, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["entry", "removed_at"], name="appearance_of_entry")]


class Release(models.Model):
    """A release of one signer, from the day it was asked for.

    `digest` is the SHA-256 of its link's token; the token itself is made anew from `nonce` when the
    unit wants to see it. `text` is what the signer reads, frozen when it was asked for, and
    `text_hash` its SHA-256. `offered` are the uses that it names, `purposes` those agreed to. `seal`
    is `core.consent.seal` over all of it with `salt`; both it and the days outlive an erasure.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    appearance = models.ForeignKey(Appearance, on_delete=models.PROTECT, related_name="releases")
    capacity = models.CharField(max_length=10, choices=list(CAPACITIES.items()))
    state = models.CharField(max_length=10, choices=list(STATES.items()), default="asked")
    way = models.CharField(max_length=14, choices=list(WAYS.items()), blank=True)
    nonce = models.CharField(max_length=32)
    digest = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    edition = models.CharField(max_length=20)
    text = models.TextField()
    text_hash = models.CharField(max_length=64)
    offered = models.JSONField(default=list)
    months = models.PositiveIntegerField()
    purposes = models.JSONField(default=list)
    until = models.DateField(null=True, blank=True)
    name = models.CharField(max_length=60, blank=True)
    relation = models.CharField(max_length=20, blank=True)
    drawing = models.TextField(blank=True)
    salt = models.CharField(max_length=32, blank=True)
    seal = models.CharField(max_length=64, blank=True)
    address = models.GenericIPAddressField(null=True, blank=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    scan_key = models.CharField(max_length=100, blank=True)
    scan_sha256 = models.CharField(max_length=64, blank=True)
    scan_type = models.CharField(max_length=40, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=10, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    replaced_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["asked_at", "pk"]
        indexes = [models.Index(fields=["scan_key"], name="release_scan")]
        constraints = [
            models.UniqueConstraint(
                fields=["appearance", "capacity"],
                condition=models.Q(replaced_at=None),
                name="one_release_per_signer",
            )
        ]


class ShownUntil(models.Model):
    """From which instant on the public may not see a work, and from which on judges and experts may not
    watch it (`watched_until`), by its releases; written at every change.

    An instant in the past hides the work at the next reading, whatever else has run by then. None: the
    work may be shown without end. A work without a row is not bound by releases.
    """

    entry = models.OneToOneField(
        Entry, primary_key=True, on_delete=models.CASCADE, related_name="shown_until"
    )
    contest = models.ForeignKey(Contest, on_delete=models.CASCADE, related_name="+")
    ends_at = models.DateTimeField(null=True, blank=True)
    why = models.CharField(max_length=200, blank=True)
    watched_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["contest", "ends_at"], name="shown_until_end"),
            models.Index(fields=["watched_until"], name="watched_until_end"),
        ]
