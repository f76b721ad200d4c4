"""A contest, the versions of its rulebook, the answers to its open questions, its units and roles."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from fengcai.apps.contests.roles import Role


class Contest(models.Model):
    """One edition of a contest. Its rules stand in `version`, nowhere else."""

    class State(models.TextChoices):
        DRAFT = "draft", "筹备中"
        OPEN = "open", "已启动"

    slug = models.SlugField(unique=True, max_length=60)
    title = models.CharField(max_length=200)
    demo = models.BooleanField(default=False)
    label = models.CharField(max_length=40, blank=True)
    shift_days = models.IntegerField(default=0)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    version = models.ForeignKey(
        "RulebookVersion", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)
    opened_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "pk"]

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        """Whether its rules are frozen and it has started."""
        return self.state == self.State.OPEN

    @property
    def chain(self) -> str:
        """The name of its audit chain."""
        return f"contest:{self.pk}"


class RulebookVersion(models.Model):
    """A rulebook's text as it stood; `resolved` and `hash` once every question is answered."""

    contest = models.ForeignKey(Contest, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    text = models.TextField()
    hash = models.CharField(max_length=64, blank=True)
    resolved = models.JSONField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["contest", "number"], name="one_text_per_version")
        ]


class Answer(models.Model):
    """The organiser's answer to an open question: what, who, when, why."""

    contest = models.ForeignKey(Contest, on_delete=models.PROTECT, related_name="answers")
    question = models.CharField(max_length=20)
    choice = models.CharField(max_length=60, blank=True)
    value = models.JSONField(null=True, blank=True)
    by = models.CharField(max_length=60)
    reason = models.TextField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["contest", "question"], name="one_answer_per_question")
        ]


class Unit(models.Model):
    """A unit (单位、科室) that may or must enter."""

    contest = models.ForeignKey(Contest, on_delete=models.PROTECT, related_name="units")
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    name = models.CharField(max_length=100)
    unit_class = models.CharField(max_length=40)
    order = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["contest", "name"], name="one_unit_per_name")
        ]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """A role of a person in a contest; contacts and heads act for `unit`, a judge belongs to it."""

    contest = models.ForeignKey(Contest, on_delete=models.PROTECT, related_name="memberships")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="memberships"
    )
    role = models.CharField(max_length=20, choices=Role)
    unit = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="memberships"
    )
    since = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["contest", "user", "role", "unit"], name="one_membership_per_unit"
            ),
            models.UniqueConstraint(
                fields=["contest", "user", "role"],
                condition=models.Q(unit=None),
                name="one_membership_without_unit",
            ),
        ]
