"""The outbox's rows: what was said to whom by which way, and what became of it."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models


class Channel(models.TextChoices):
    """The ways by which a message goes."""

    MAIL = "mail", "邮件"
    SMS = "sms", "短信"
    ROBOT = "robot", "企业微信群"
    SITE = "site", "站内"


class State(models.TextChoices):
    """What became of it. Held: a person has to decide or to set something up first."""

    QUEUED = "queued", "等待发送"
    SENDING = "sending", "正在发送"
    SENT = "sent", "已发出"
    FAILED = "failed", "未能发出"
    HELD = "held", "待处理"
    SUPPRESSED = "suppressed", "不再打扰"
    CANCELLED = "cancelled", "已取消"


class Message(models.Model):
    """One message to one recipient by one way.

    `key` names the occasion and the person; the same key never makes a second row. `turn` counts the
    times it was put into the queue: a job of an earlier turn does nothing. `sealed` holds, encrypted
    and only until it is sent, what the kept `body` must not show. `contest` is a plain number, since
    contests stand above. The recipient's name, address and body can be erased; the rest stays.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.CharField(max_length=200, unique=True)
    template = models.CharField(max_length=60)
    channel = models.CharField(max_length=8, choices=Channel)
    contest = models.PositiveBigIntegerField(null=True, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    name = models.CharField(max_length=120, blank=True)
    address = models.CharField(max_length=320, blank=True)
    subject = models.CharField(max_length=300)
    body = models.TextField()
    headers = models.JSONField(default=dict, blank=True)
    params = models.JSONField(default=dict, blank=True)
    sealed = models.TextField(blank=True)
    state = models.CharField(max_length=12, choices=State, default=State.QUEUED)
    cause = models.CharField(max_length=400, blank=True)
    turn = models.PositiveIntegerField(default=0)
    attempts = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)
    provider_id = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["contest", "-created_at"], name="outbox_of_contest"),
            models.Index(fields=["user", "-created_at"], name="outbox_of_user"),
            models.Index(fields=["state", "channel"], name="outbox_by_state"),
        ]

    def __str__(self) -> str:
        return f"{self.template} {self.channel} {self.state}"
