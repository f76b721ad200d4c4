"""A contest, the versions of its rulebook, the answers to its open questions, its units and roles.

Also the notice that it comes from, as text, and the amendments to its rules.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone

from fengcai.apps.contests import duties  # noqa: F401  (Django looks for an app's rows here)
from fengcai.apps.contests.roles import Role


class Contest(models.Model):
    """One edition (届) of a contest. Its rules stand in `version`, nowhere else.

    While it is a draft, `version` is the newest text that reads as a rulebook; newer ones with faults
    are kept beside it. `series` joins the editions of one contest, `follows` is the one it was
    copied from. `amended` counts its amendments, so that a page without any asks for none.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "筹备中"
        OPEN = "open", "已启动"

    slug = models.SlugField(unique=True, max_length=60)
    title = models.CharField(max_length=200)
    demo = models.BooleanField(default=False)
    label = models.CharField(max_length=40, blank=True)
    shift_days = models.IntegerField(default=0)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    series = models.SlugField(max_length=60)
    edition = models.PositiveIntegerField(default=1)
    follows = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="followers"
    )
    version = models.ForeignKey(
        "RulebookVersion", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    amended = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    opened_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "pk"]

    def __str__(self) -> str:
        return self.title

    def save(self, **options: Any) -> None:
        """A contest that names no series begins one."""
        self.series = self.series or self.slug
        super().save(**options)

    @property
    def is_open(self) -> bool:
        """Whether its rules are frozen and it has started."""
        return self.state == self.State.OPEN

    @property
    def chain(self) -> str:
        """The name of its audit chain."""
        return f"contest:{self.pk}"


class RulebookVersion(models.Model):
    """A rulebook's text as it stood; `resolved` and `hash` once every question is answered.

    Every save is a row; none is ever changed. `sound` says that the text reads as a rulebook.
    """

    contest = models.ForeignKey(Contest, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    text = models.TextField()
    sound = models.BooleanField(default=True)
    note = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    hash = models.CharField(max_length=64, blank=True)
    resolved = models.JSONField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["contest", "number"], name="one_text_per_version")
        ]

    def __str__(self) -> str:
        return f"第 {self.number} 版"


class Answer(models.Model):
    """The organiser's answer to an open question: what, who, when, why.

    A changed answer is another row; the former keeps its words and gets `replaced_at`.
    """

    contest = models.ForeignKey(Contest, on_delete=models.PROTECT, related_name="answers")
    question = models.CharField(max_length=20)
    choice = models.CharField(max_length=60, blank=True)
    value = models.JSONField(null=True, blank=True)
    by = models.CharField(max_length=60)
    reason = models.TextField()
    at = models.DateTimeField()
    replaced_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["contest", "question"],
                condition=models.Q(replaced_at=None),
                name="one_answer_per_question",
            )
        ]


class Unit(models.Model):
    """A unit (单位、科室) that may or must enter.

    `district` is its 片区、院区 or 地区 as the office says it; `aliases` are other names that it is
    called by. Names are unique in a contest: two 检验科 of two districts are told apart in their
    names and share an alias. A unit that is closed, or was merged into another, is owed nothing and
    begins nothing; what it did stays.
    """

    contest = models.ForeignKey(Contest, on_delete=models.PROTECT, related_name="units")
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    name = models.CharField(max_length=100)
    unit_class = models.CharField(max_length=40)
    order = models.PositiveIntegerField(default=0)
    district = models.CharField(max_length=60, blank=True)
    aliases = models.JSONField(default=list, blank=True)
    email = models.CharField(max_length=120, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_reason = models.CharField(max_length=200, blank=True)
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged"
    )

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


class OfficeRight(models.Model):
    """The right to lay contests down, given to a person by an administrator, and taken back."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="office_rights"
    )
    since = models.DateTimeField(default=timezone.now)
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=models.Q(until=None), name="one_office_right_each"
            )
        ]


class Amendment(models.Model):
    """A 补充通知: which version it replaced by which, why, under which number, what changed in words.

    `changes` are `core.rulebook.Change` rows as they were shown before it was published.
    """

    contest = models.ForeignKey(Contest, on_delete=models.PROTECT, related_name="amendments")
    number = models.PositiveIntegerField()
    notice_number = models.CharField(max_length=100)
    reason = models.TextField()
    before = models.ForeignKey(RulebookVersion, on_delete=models.PROTECT, related_name="+")
    after = models.OneToOneField(
        RulebookVersion, on_delete=models.PROTECT, related_name="amendment"
    )
    changes = models.JSONField()
    effects = models.JSONField(default=dict)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["contest", "number"], name="one_amendment_per_number"),
            models.UniqueConstraint(
                fields=["contest", "notice_number"], name="one_amendment_per_notice"
            ),
        ]


class AmendmentSeen(models.Model):
    """That a person has said to have read an amendment, and when."""

    amendment = models.ForeignKey(Amendment, on_delete=models.PROTECT, related_name="seen")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["amendment", "user"], name="amendment_seen_once")
        ]


class NoticeFile(models.Model):
    """A notice as it was brought in: its name and fingerprint. Its text stands in `paragraphs`."""

    contest = models.ForeignKey(Contest, on_delete=models.PROTECT, related_name="notices")
    name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    replaced_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["at", "pk"]


class NoticeText(models.Model):
    """One paragraph of a notice, in its order, with the section that it stands in."""

    notice = models.ForeignKey(NoticeFile, on_delete=models.PROTECT, related_name="paragraphs")
    number = models.PositiveIntegerField()
    section = models.CharField(max_length=200, blank=True)
    heading = models.BooleanField(default=False)
    text = models.TextField()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["notice", "number"], name="one_paragraph_per_number")
        ]
