"""A file of a work: its bytes in storage, what was measured on it, what was found."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils import timezone

from fengcai.apps.contests.models import Contest


class Asset(models.Model):
    """One received file. It never changes: a replacement is another asset.

    `requirements_at` is the rulebook version whose requirements the findings were judged by.
    """

    class State(models.TextChoices):
        RECEIVED = "received", "等待检查"
        INSPECTED = "inspected", "已检查"
        DAMAGED = "damaged", "文件不完整"
        UNREADABLE = "unreadable", "无法读取"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    contest = models.ForeignKey(Contest, on_delete=models.PROTECT, related_name="assets")
    track = models.CharField(max_length=40)
    slot = models.CharField(max_length=40)
    filename = models.CharField(max_length=255)
    key = models.CharField(max_length=120, unique=True)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64, db_index=True)
    began_at = models.DateTimeField()
    received_at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=12, choices=State, default=State.RECEIVED)
    trouble = models.TextField(blank=True)
    facts = models.JSONField(null=True, blank=True)
    poster_key = models.CharField(max_length=120, blank=True)
    sprite_key = models.CharField(max_length=120, blank=True)
    fingerprint_key = models.CharField(max_length=120, blank=True)
    inspected_at = models.DateTimeField(null=True, blank=True)


class Output(models.Model):
    """One file that the inspection left: an evidence picture, or text.

    Files of the same bytes share their keys. `private` pictures show somebody's number or record as
    it is; each has a twin whose name ends in `-masked.jpg`. Texts are never sent to a browser.
    """

    class Kind(models.TextChoices):
        EVIDENCE = "evidence", "证据图片"
        TEXT = "text", "读出的文字"

    asset = models.ForeignKey(Asset, on_delete=models.CASCADE, related_name="outputs")
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=10, choices=Kind)
    private = models.BooleanField(default=False)
    key = models.CharField(max_length=120, db_index=True)

    class Meta:
        ordering = ["asset", "name"]
        constraints = [models.UniqueConstraint(fields=["asset", "name"], name="one_output_each")]


class Finding(models.Model):
    """What one requirement of the rulebook says about one asset."""

    class Verdict(models.TextChoices):
        PASS = "pass", "符合"
        FAIL = "fail", "不符合"
        UNDETERMINED = "undetermined", "未能判定"
        PERSON = "person", "由人判断"

    asset = models.ForeignKey(Asset, on_delete=models.CASCADE, related_name="findings")
    order = models.PositiveSmallIntegerField()
    requirement = models.CharField(max_length=60)
    severity = models.CharField(max_length=10)
    verdict = models.CharField(max_length=14, choices=Verdict)
    measured = models.CharField(max_length=200, blank=True)
    required = models.CharField(max_length=200, blank=True)
    text = models.TextField()
    section = models.CharField(max_length=60)
    words = models.CharField(max_length=200)

    class Meta:
        ordering = ["asset", "order"]
        constraints = [
            models.UniqueConstraint(fields=["asset", "requirement"], name="one_finding_each")
        ]
