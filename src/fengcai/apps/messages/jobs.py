"""Jobs: send one message."""

from __future__ import annotations

from django.utils import timezone

from fengcai.apps.messages.queueing import KIND
from fengcai.apps.messages.sending import carry_out
from fengcai.engines.jobs import JobContext, Lane, handler


@handler(KIND, title="发送消息", lane=Lane.MAIL, lease=120)
def send(job: JobContext, *, message_id: str, turn: int) -> dict[str, str]:
    """Send one message, if this is still its turn. The row is the truth, not this job.

    If the machine dies before the row says `sending`, it is sent then; if it dies after, the message is
    held as one that may have gone out, or sent again where twice does no harm; if it dies after `sent`,
    nothing happens.
    """
    return {"state": carry_out(message_id, turn, at=timezone.now())}
