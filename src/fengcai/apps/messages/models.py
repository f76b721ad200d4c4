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
    """What became of it. Held: a person has to decide, or to set something up first."""

    QUEUED = "queued", "等待发送"
    SENDING = "sending", "正在发送"
    SENT = "sent", "已发出"
    FAILED = "failed", "未能发出"
    HELD = "held", "待处理"
    SUPPRESSED = "suppressed", "已退订，未发"
    CANCELLED = "cancelled", "已取消"


class BulkSend(models.Model):
    """An officer's own words to many at once, as they were confirmed. `contest` is a plain number."""

    contest = models.PositiveBigIntegerField()
    subject = models.CharField(max_length=300)
    body = models.TextField()
    channel = models.CharField(max_length=8, choices=Channel)
    may_unsubscribe = models.BooleanField(default=False)
    groups = models.JSONField(default=list)
    recipients = models.PositiveIntegerField(default=0)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-pk"]


class Message(models.Model):
    """One message to one recipient by one way.

    `key` names the occasion and the person; the same key never makes a second row. `turn` counts the
    times it was put into the queue: a job of an earlier turn does nothing. `sealed` holds, encrypted
    and only until it is sent, what the kept `body` must not show. `contest` is a plain number, since
    contests stand above. `unsure` marks one that may have gone out although no answer came. The
    recipient's name, address and the words can be erased; the rest stays.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.CharField(max_length=200, unique=True)
    template = models.CharField(max_length=60)
    channel = models.CharField(max_length=8, choices=Channel)
    contest = models.PositiveBigIntegerField(null=True, blank=True)
    bulk = models.ForeignKey(
        BulkSend, null=True, blank=True, on_delete=models.PROTECT, related_name="messages"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    name = models.CharField(max_length=120, blank=True)
    address = models.CharField(max_length=320, blank=True)
    subject = models.CharField(max_length=300)
    body = models.TextField()
    link = models.CharField(max_length=300, blank=True)
    headers = models.JSONField(default=dict, blank=True)
    params = models.JSONField(default=dict, blank=True)
    sealed = models.TextField(blank=True)
    state = models.CharField(max_length=12, choices=State, default=State.QUEUED)
    cause = models.CharField(max_length=400, blank=True)
    unsure = models.BooleanField(default=False)
    may_unsubscribe = models.BooleanField(default=False)
    turn = models.PositiveIntegerField(default=0)
    attempts = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    bounced_at = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)
    provider_id = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["contest", "-created_at"], name="outbox_of_contest"),
            models.Index(fields=["user", "-created_at"], name="outbox_of_user"),
            models.Index(fields=["channel", "state", "due_at"], name="outbox_by_state"),
            models.Index(fields=["channel", "started_at"], name="outbox_by_start"),
        ]

    def __str__(self) -> str:
        return f"{self.template} {self.channel} {self.state}"


class MessageFile(models.Model):
    """An attachment; its bytes lie in the storage under `stored`."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="files")
    name = models.CharField(max_length=255)
    content_type = models.CharField(max_length=160)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    stored = models.CharField(max_length=100, unique=True)

    class Meta:
        ordering = ["pk"]


class Unsubscribed(models.Model):
    """That an address wants no more invitations of a contest (of any, where `contest` is 0).

    Only a keyed hash of the address is kept: it can be found again, not read.
    """

    digest = models.CharField(max_length=64)
    contest = models.PositiveBigIntegerField(default=0)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["digest", "contest"], name="unsubscribed_once")
        ]


class GroupRobot(models.Model):
    """The 企业微信 group robot of a contest; its key is a secret and stands encrypted."""

    contest = models.PositiveBigIntegerField(unique=True)
    sealed = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
