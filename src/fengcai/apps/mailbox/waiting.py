"""What of the mailbox waits for an officer: letters to decide, large files about to expire."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Count, Min

from fengcai.apps.mailbox.models import Case, PendingFile
from fengcai.apps.mailbox.states import PendingState, State
from fengcai.apps.people.models import User
from fengcai.apps.people.waiting import OfContest, Waiting, waits

SOON = timedelta(days=3)
TO_DECIDE = timedelta(days=15)
"""As long as an answer to a person's request may take."""


@waits("mailbox")
def waiting(contest: OfContest, user: User, at: datetime) -> Iterable[Waiting]:
    """Letters that a person has to resolve; files that are only a link and expire within 3 days;
    originals that name somebody whose data were erased. 4 SQL."""
    cases = Case.objects.filter(contest=contest.pk, state=State.RESOLVE)
    yield Waiting("封来信待处理", cases.count(), "office-mailbox")
    files = PendingFile.objects.filter(
        case__contest=contest.pk,
        state=PendingState.WAITING,
        expires_at__gt=at,
        expires_at__lte=at + SOON,
    )
    first = files.order_by("expires_at").values_list("expires_at", flat=True).first()
    yield Waiting(
        "个超大附件还没有收到，链接快过期", files.count(), "office-mailbox", due=first, urgent=True
    )
    named = Case.objects.filter(contest=contest.pk).exclude(named_at=None)
    oldest = named.aggregate(number=Count("pk"), first=Min("named_at"))
    due = oldest["first"] + TO_DECIDE if oldest["first"] else None
    yield Waiting(
        "封来信的原件里有已要求删除的个人信息，待决定", oldest["number"], "office-mailbox", query="?show=named",
        due=due, urgent=due is not None and due <= at,
    )  # fmt: skip
