"""A file of a work: its bytes in storage, what was measured on it, what was found."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone

from fengcai.apps.contests.models import Contest


class Asset(models.Model):
    """One received file. It never changes: a replacement is another asset.

    `closer_since` is when a person asked for a closer look (every frame) that has not ended yet.
    `scan` is what a virus scanner said ("" where none was set), `scan_said` the signature that it found,
    or why it did not look.
    """

    class State(models.TextChoices):
        RECEIVED = "received", "等待检查"
        INSPECTED = "inspected", "已检查"
        DAMAGED = "damaged", "文件不完整"
        UNREADABLE = "unreadable", "无法读取"

    class Scan(models.TextChoices):
        CLEAN = "clean", "没有发现病毒"
        INFECTED = "infected", "有病毒，已隔离"
        UNSCANNED = "unscanned", "没有查毒"

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
    closer_since = models.DateTimeField(null=True, blank=True)
    scan = models.CharField(max_length=10, choices=Scan, blank=True)
    scan_said = models.CharField(max_length=200, blank=True)
    scanned_at = models.DateTimeField(null=True, blank=True)


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
    """What one requirement of the rulebook says about one asset.

    `names` are the facts that it was judged by (moments are found by them), `note` says in words what
    this contest's own setting of a check changed.
    """

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
    names = models.JSONField(default=list)
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["asset", "order"]
        constraints = [
            models.UniqueConstraint(fields=["asset", "requirement"], name="one_finding_each")
        ]


class Tuning(models.Model):
    """How a contest has one check judge, from when on and why. A change is another row.

    `factor` makes the limit of the check wider (over 1) or stricter.
    """

    class Stance(models.TextChoices):
        JUDGE = "judge", "照常判断"
        ADVISE = "advise", "只提示，由人判断"
        OFF = "off", "不用机器判断"

    contest = models.ForeignKey(Contest, on_delete=models.PROTECT, related_name="tunings")
    check_name = models.CharField(max_length=40)
    stance = models.CharField(max_length=8, choices=Stance, default=Stance.JUDGE)
    factor = models.DecimalField(max_digits=4, decimal_places=2, default=1)
    reason = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    replaced_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["contest", "check_name"],
                condition=models.Q(replaced_at=None),
                name="one_tuning_each",
            )
        ]
