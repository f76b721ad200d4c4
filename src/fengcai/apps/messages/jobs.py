"""Jobs: send one message."""

from __future__ import annotations

from django.db.models import F
from django.utils import timezone

from fengcai.apps.messages.models import Message, State
from fengcai.engines.jobs import JobContext, Lane, handler


@handler("messages.send", title="发送消息", lane=Lane.MAIL)
def send(job: JobContext, *, message_id: str, turn: int) -> None:
    """Send one message."""
    rows = Message.objects.filter(pk=message_id, turn=turn)
    now = timezone.now()
    rows.filter(state=State.QUEUED).update(
        state=State.HELD, attempts=F("attempts") + 1, started_at=now, cause="还没有设置发信的方式。"
    )
