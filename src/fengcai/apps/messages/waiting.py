"""What of the outbox waits for an officer: messages that failed, or are held until something is set up."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from fengcai.apps.messages.models import Message, State
from fengcai.apps.people.models import User
from fengcai.apps.people.waiting import OfContest, Waiting, waits


@waits("messages")
def waiting(contest: OfContest, user: User, at: datetime) -> Iterable[Waiting]:
    """Messages of the contest that did not go out. 1 SQL."""
    rows = Message.objects.filter(contest=contest.pk, state__in=(State.FAILED, State.HELD))
    yield Waiting("条消息没有发出", rows.count(), "office-outbox")
