"""A round's own line in the audit record."""

from __future__ import annotations

from datetime import datetime

from fengcai.apps.audit.actions import record
from fengcai.apps.judging.models import Round
from fengcai.apps.people.models import User


def note(
    round: Round, by: User, action: str, details: dict[str, object], at: datetime, reason: str = ""
) -> None:
    """Append what `by` did with the round; the reason can be erased."""
    record(
        round.contest.chain,
        actor=f"user:{by.pk}",
        action=action,
        subject=f"round:{round.pk}",
        details=details,
        personal={"reason": reason.strip()} if reason else {},
        at=at,
    )
