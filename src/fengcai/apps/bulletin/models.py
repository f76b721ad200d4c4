"""Announcements, and questions with their answers."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models

from fengcai.apps.contests.models import Contest


class Announcement(models.Model):
    """A 公告: a draft, published, or ended. `version` counts saves, `changed_at`
    is touched by every act, so that a kept page knows itself old; `told_at` is when it went out as a
    message to the units."""

    class State(models.TextChoices):
        DRAFT = "draft", "草稿"
        PUBLISHED = "published", "已发布"
        ENDED = "ended", "已结束"

    contest = models.ForeignKey(Contest, on_delete=models.PROTECT, related_name="announcements")
    title = models.CharField(max_length=120)
    text = models.TextField()
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    pinned = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    told_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pinned", "-published_at", "-pk"]
        indexes = [models.Index(fields=["contest", "state"], name="announcement_state")]

    def __str__(self) -> str:
        return self.title


class Question(models.Model):
    """A question to the office. Asked by somebody with an account (`asker`), or by a visitor who may
    leave a mail address; either may be erased. `faq` makes question and answer public, in the office's
    own words where it rewrote them; `section` and `words` are the clause that the answer rests on.
    """

    class State(models.TextChoices):
        OPEN = "open", "待答复"
        ANSWERED = "answered", "已答复"
        CLOSED = "closed", "不予答复"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    contest = models.ForeignKey(Contest, on_delete=models.PROTECT, related_name="asked")
    asker = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    name = models.CharField(max_length=60, blank=True)
    email = models.CharField(max_length=200, blank=True)
    digest = models.CharField(max_length=64, unique=True)
    text = models.TextField()
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    faq = models.BooleanField(default=False)
    faq_text = models.TextField(blank=True)
    section = models.CharField(max_length=60, blank=True)
    words = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["asked_at", "pk"]
        indexes = [
            models.Index(fields=["contest", "state", "asked_at"], name="question_state"),
            models.Index(fields=["contest", "faq"], name="question_faq"),
        ]
