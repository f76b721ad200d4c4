"""The rows of jobs and of workers. Only this engine writes them; others use the public functions."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


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
    """What it is about, such as `asset:<id>`."""
    scope = models.CharField(max_length=200, default="", blank=True)
    """Whose it is, such as `contest:<id>`: who may see it when it was given up."""
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    priority = models.SmallIntegerField(default=0)
    run_at = models.DateTimeField(db_default=Now())
    carried_at = models.DateTimeField(null=True, blank=True)
    """When its number was last handed to a broker; none where there is no broker, or it is to be
    handed over again."""

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

    created = models.DateTimeField(db_default=Now())
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
            models.Index(
                fields=["run_at"],
                condition=Q(state="queued", carried_at=None),
                name="jobs_to_carry",
            ),
            models.Index(fields=["lease_until"], condition=Q(state="running"), name="jobs_held"),
            models.Index(
                fields=["scope", "kind"],
                condition=Q(state__in=["failed", "dead"]),
                name="jobs_given_up",
            ),
            models.Index(fields=["subject", "id"], name="jobs_by_subject"),
            models.Index(fields=["state", "finished"], name="jobs_by_ending"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} #{self.pk} {self.state}"


class Worker(models.Model):
    """A worker process's sign of life, so that any machine can tell who serves."""

    name = models.CharField(max_length=255, unique=True)
    engine = models.CharField(max_length=20)
    lanes = models.JSONField(default=list)
    """The lanes it serves."""
    concurrency = models.PositiveSmallIntegerField()
    started = models.DateTimeField()
    seen = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = "后台任务进程"
        verbose_name_plural = "后台任务进程"

    def __str__(self) -> str:
        return self.name
