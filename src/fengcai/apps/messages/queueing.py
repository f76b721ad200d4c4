"""Putting a message into the jobs' queue, for its present turn, and back into it later."""

from __future__ import annotations

from datetime import datetime

from fengcai.apps.messages.models import Message, State
from fengcai.apps.messages.templates import is_urgent
from fengcai.engines.jobs import Priority, enqueue

KIND = "messages.send"


def put_into_queue(row: Message) -> None:
    """Have a worker send `row` when it is due. Call it in the transaction that writes the row."""
    priority = Priority.WAITED_FOR if is_urgent(row.template) else Priority.NORMAL
    enqueue(
        KIND,
        {"message_id": str(row.pk), "turn": row.turn},
        subject=f"message:{row.pk}",
        scope=f"contest:{row.contest}" if row.contest else "",
        priority=Priority.BULK if row.bulk_id else priority,
        run_at=row.due_at if row.due_at > row.created_at else None,
    )


def queue_again(row: Message, *, due: datetime, cause: str = "") -> None:
    """Another turn for `row`, which the caller has locked; jobs of the turns before do nothing."""
    row.state, row.turn, row.due_at, row.cause = State.QUEUED, row.turn + 1, due, cause
    row.unsure = False
    row.save(update_fields=["state", "turn", "due_at", "cause", "unsure"])
    put_into_queue(row)
