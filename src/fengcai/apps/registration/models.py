"""A unit's own registration: what it said, who confirmed it, what the office decided."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models

from fengcai.apps.contests.models import Contest, Unit
from fengcai.apps.registration.states import State


class Registration(models.Model):
    """One unit that puts itself down. `digest` is that of its own link, `nonce` what the link is made
    of besides the installation's key. `origin` is a keyed hash of the address it came from, kept to
    bound how many come from one."""

    State = State

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    contest = models.ForeignKey(Contest, on_delete=models.PROTECT, related_name="registrations")
    name = models.CharField(max_length=100)
    folded = models.CharField(max_length=100, db_index=True)
    unit_class = models.CharField(max_length=40)
    district = models.CharField(max_length=60, blank=True)
    code = models.CharField(max_length=18, blank=True)
    parent = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="registrations_below"
    )
    contact = models.CharField(max_length=60)
    phone = models.CharField(max_length=40)
    email = models.CharField(max_length=120, blank=True)
    proof_key = models.CharField(max_length=200, blank=True)
    proof_sha256 = models.CharField(max_length=64, blank=True)
    proof_name = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.PENDING)
    question = models.CharField(max_length=300, blank=True)
    answer = models.CharField(max_length=500, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    unit = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="registrations"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    digest = models.CharField(max_length=64, unique=True)
    nonce = models.CharField(max_length=32)
    origin = models.CharField(max_length=64, blank=True)
    turn = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    confirmed_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["contest", "state", "created_at"], name="registrations_by_state"),
            models.Index(fields=["origin", "created_at"], name="registrations_by_origin"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def open(self) -> bool:
        """Whether nobody has decided on it yet."""
        return self.state in (self.State.UPPER, self.State.PENDING, self.State.ASKED)
