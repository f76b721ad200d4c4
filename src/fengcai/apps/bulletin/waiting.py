"""What of the bulletin waits for the office: questions without an answer, drafts of announcements."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from fengcai.apps.bulletin.models import Announcement, Question
from fengcai.apps.people.models import User
from fengcai.apps.people.waiting import OfContest, Waiting, waits

TWO_DAYS = 2


@waits("bulletin")
def waiting(contest: OfContest, user: User, at: datetime) -> Iterable[Waiting]:
    """Questions to answer, urgent once one is two days old; announcements not published. 3 SQL."""
    asked = Question.objects.filter(contest=contest.pk, state=Question.State.OPEN)
    oldest = asked.order_by("asked_at").values_list("asked_at", flat=True).first()
    old = oldest is not None and (at - oldest).days >= TWO_DAYS
    drafts = Announcement.objects.filter(contest=contest.pk, state=Announcement.State.DRAFT)
    note = "最早的已等了两天以上" if old else ""
    yield Waiting("个提问待答复", asked.count(), "office-questions-asked", note=note, urgent=old)
    yield Waiting("条公告还是草稿", drafts.count(), "office-bulletin")
