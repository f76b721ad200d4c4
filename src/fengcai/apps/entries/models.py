"""A work that a unit enters: fields, state, file versions, declarations."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone

from fengcai.apps.assets.models import Asset
from fengcai.apps.contests.models import Contest, RulebookVersion, Unit
from fengcai.apps.entries.states import State


class Entry(models.Model):
    """One work. `version` counts saves, so that two tabs cannot overwrite each other unseen."""

    State = State

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    contest = models.ForeignKey(Contest, on_delete=models.PROTECT, related_name="entries")
    rulebook = models.ForeignKey(RulebookVersion, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="entries")
    track = models.CharField(max_length=40)
    themes = models.JSONField(default=list)
    title = models.CharField(max_length=200, blank=True)
    fields = models.JSONField(default=dict)
    state = models.CharField(max_length=12, choices=State, default=State.DRAFT)
    number = models.CharField(max_length=40, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    updated_at = models.DateTimeField(default=timezone.now)
    submitted_at = models.DateTimeField(null=True, blank=True)
    late = models.BooleanField(default=False)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    confirmed_at = models.DateTimeField(null=True, blank=True)
    mend_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["created_at"]
        # A list of 20 000 works reads its page and an index, never the rows of the others: hence the
        # keys in them. The widest one holds all that a search looks at.
        indexes = [
            models.Index(
                fields=["contest", "state", "updated_at", "id"], name="entry_state_updated"
            ),
            models.Index(
                fields=["contest", "state", "submitted_at", "id"], name="entry_state_submitted"
            ),
            models.Index(fields=["contest", "updated_at", "id"], name="entry_updated"),
            models.Index(fields=["contest", "submitted_at", "id"], name="entry_submitted"),
            models.Index(fields=["contest", "unit", "state"], name="entry_unit_state"),
            models.Index(fields=["contest", "state", "number", "id"], name="entry_state_number"),
            models.Index(fields=["contest", "number", "id"], name="entry_number"),
            models.Index(
                fields=[
                    *("contest", "title", "id", "state", "number", "unit"),
                    *("updated_at", "submitted_at"),
                ],
                name="entry_search",
            ),
            models.Index(fields=["contest", "created_at", "id"], name="entry_begun"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["contest", "number"],
                condition=~models.Q(number=""),
                name="one_entry_per_number",
            )
        ]

    def __str__(self) -> str:
        return self.title or "未命名作品"


class FileVersion(models.Model):
    """A version of the file in one slot of an entry; the highest version is the current one."""

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="files")
    slot = models.CharField(max_length=40)
    version = models.PositiveIntegerField()
    asset = models.OneToOneField(Asset, on_delete=models.PROTECT, related_name="version")
    current = models.BooleanField(default=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["slot", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["entry", "slot", "version"], name="one_file_version"),
            models.UniqueConstraint(
                fields=["entry", "slot"],
                condition=models.Q(current=True),
                name="one_current_file_per_slot",
            ),
        ]


class Declaration(models.Model):
    """A declaration signed for an entry, with the words as they stood."""

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="declarations")
    declaration = models.CharField(max_length=60)
    text = models.TextField()
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    signed_name = models.CharField(max_length=60)
    at = models.DateTimeField(default=timezone.now)
    void_at = models.DateTimeField(null=True, blank=True)
