"""The `Upload` row: what is being received, for whom, and how far it has come.

The row's `offset` is a note, made when a request breaks and every ten seconds; while an upload is
being received the length of its file on disk, or what S3 holds of it, is the truth (see `parts`).
"""

from __future__ import annotations

import uuid

from django.db import models


class Upload(models.Model):
    """One upload, from its creation to the moment its purpose has taken the file over."""

    class State(models.TextChoices):
        RECEIVING = "receiving", "接收中"
        FINISHED = "finished", "已收齐，待登记"
        CONSUMED = "consumed", "已登记"
        REFUSED = "refused", "已拒收"
        EXPIRED = "expired", "已过期"
        TERMINATED = "terminated", "已取消"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    purpose = models.CharField(max_length=64)
    subject = models.JSONField(default=dict)
    owner = models.CharField(max_length=128)
    filename = models.CharField(max_length=255, blank=True, default="")
    metadata = models.TextField(blank=True, default="")
    length = models.BigIntegerField()
    offset = models.BigIntegerField(default=0)
    unverified = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField()
    sha256 = models.CharField(max_length=64, blank=True, default="")
    size = models.BigIntegerField(null=True, blank=True)
    state = models.CharField(max_length=12, choices=State.choices, default=State.RECEIVING)
    refusal = models.TextField(blank=True, default="")

    # Where the file arrives in S3; on a local disk these stay as they are. `key` names the object
    # for as long as it is this upload's and not yet adopted. `epoch` counts the holders there have
    # been: only the newest may change the row. `void_parts` are part numbers that never count;
    # pieces that were put before the epoch `fence` do not count either.
    key = models.CharField(max_length=120, blank=True, default="")
    multipart = models.CharField(max_length=1024, blank=True, default="")
    void_parts = models.JSONField(default=list)
    fence = models.BigIntegerField(default=0)
    epoch = models.BigIntegerField(default=0)
    holder = models.CharField(max_length=32, blank=True, default="")
    held_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["state", "expires_at"], name="uploads_state_expires"),
            models.Index(fields=["owner", "state"], name="uploads_owner_state"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(length__gte=0, offset__gte=0)
                & models.Q(offset__lte=models.F("length")),
                name="uploads_offset_within_length",
            )
        ]

    def __str__(self) -> str:
        return f"{self.id} {self.purpose} {self.offset}/{self.length} {self.state}"
