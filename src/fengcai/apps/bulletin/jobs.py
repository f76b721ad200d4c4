"""Sending an announcement to everybody: one message each, however often the job runs."""

from __future__ import annotations

from django.utils import timezone

from fengcai.apps.bulletin.announcing import TEMPLATE, addressees, words_of
from fengcai.apps.bulletin.models import Announcement
from fengcai.apps.messages.actions import post
from fengcai.apps.messages.recipients import Recipient
from fengcai.engines.jobs import JobContext, Lane, handler


@handler("bulletin.tell", title="发送公告", lane=Lane.DEFAULT, max_attempts=5)
def tell(job: JobContext, *, announcement_id: int) -> None:
    """Post an announcement to the contacts and heads of all units.

    Each message has its own key: if the machine dies in the middle, those that were posted are not
    posted again. One that ended meanwhile is not sent.
    """
    row = Announcement.objects.select_related("contest").get(pk=announcement_id)
    people = addressees(row.contest) if row.state == Announcement.State.PUBLISHED else ()
    words = words_of(row)
    for number, user in enumerate(people, 1):
        post(
            template=TEMPLATE,
            to=Recipient.of(user),
            context=words,
            key=f"bulletin.announcement:{row.pk}:{user.pk}",
            contest=row.contest_id,
            at=timezone.now(),
        )
        if number % 50 == 0:
            job.progress(number / len(people), f"{number} / {len(people)}")
    with job.completing() as outcome:
        outcome["people"] = len(people)
