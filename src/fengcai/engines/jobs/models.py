"""The Job row. Only this engine writes it; everybody else goes through the public functions."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q


class State(models.TextChoices):
    """Where a job stands. `failed` was given up by its handler, `dead` ran out of attempts."""

    QUEUED = "queued", "等待处理"
    RUNNING = "running", "正在处理"
    DONE = "done", "已完成"
    FAILED = "failed", "未能完成"
    DEAD = "dead", "多次尝试未能完成"


UNFINISHED: tuple[State, ...] = (State.QUEUED, State.RUNNING)


class Job(models.Model):
    """One piece of work: what to do, who holds it now and until when, and how it ended."""

    kind = models.CharField(max_length=100)
    arguments = models.JSONField(default=dict)
    subject = models.CharField(max_length=200, default="", blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    priority = models.SmallIntegerField(default=0)
    run_at = models.DateTimeField()

    attempts = models.PositiveIntegerField(default=0)
    """Times a worker began it."""
    failures = models.PositiveIntegerField(default=0)
    """Times its handler raised."""
    interruptions = models.PositiveIntegerField(default=0)
    """Times its worker vanished, or the database did."""
    max_attempts = models.PositiveIntegerField(default=5)
    max_interruptions = models.PositiveIntegerField(default=20)

    worker = models.CharField(max_length=255, default="", blank=True)
    token = models.UUIDField(null=True, blank=True)
    """Fencing: drawn anew at each claim; only its holder may write an ending."""
    lease_until = models.DateTimeField(null=True, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)

    dedupe_key = models.CharField(max_length=200, null=True, blank=True)
    rerun = models.BooleanField(default=False)
    """Asked for again while it was running: goes back to the queue once when it ends."""

    progress = models.FloatField(default=0.0)
    progress_text = models.CharField(max_length=200, default="", blank=True)
    outcome = models.JSONField(null=True, blank=True)
    error = models.TextField(default="", blank=True)
    """In Chinese, for officers."""
    technical = models.TextField(default="", blank=True)
    """The end of the traceback, for engineers."""

    created = models.DateTimeField()
    started = models.DateTimeField(null=True, blank=True)
    finished = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "后台任务"
        verbose_name_plural = "后台任务"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["dedupe_key"],
                condition=Q(state__in=["queued", "running"]),
                name="jobs_one_unfinished_per_key",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["queued", "running", "done", "failed", "dead"]),
                name="jobs_state_known",
            ),
            models.CheckConstraint(
                condition=Q(progress__gte=0.0, progress__lte=1.0), name="jobs_progress_0_1"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["-priority", "run_at", "id"],
                condition=Q(state="queued"),
                name="jobs_to_claim",
            ),
            models.Index(fields=["lease_until"], condition=Q(state="running"), name="jobs_held"),
            models.Index(fields=["subject", "id"], name="jobs_by_subject"),
            models.Index(fields=["state", "finished"], name="jobs_by_ending"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} #{self.pk} {self.state}"
