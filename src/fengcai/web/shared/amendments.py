"""A 补充通知 as every audience's pages show it: number, reason, what changed, each with its clause."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from fengcai.core.rulebook import Citation

if TYPE_CHECKING:
    from fengcai.apps.contests.models import Amendment


@dataclass(frozen=True)
class ChangeRow:
    """One rule that changed."""

    chapter: str
    what: str
    kind: str
    before: str
    after: str
    cite: Citation | None


@dataclass(frozen=True)
class AmendmentRow:
    """An amendment, ready to show."""

    number: int
    notice_number: str
    reason: str
    at: datetime
    changes: list[ChangeRow]
    effects: dict[str, int]
    before: int
    after: int


def amendment_row(row: Amendment) -> AmendmentRow:
    """What an amendment shows of itself. No SQL when its versions are joined."""
    return AmendmentRow(
        number=row.number,
        notice_number=row.notice_number,
        reason=row.reason,
        at=row.at,
        changes=[
            ChangeRow(
                each["chapter"],
                each["what"],
                each["kind"],
                each["before"],
                each["after"],
                Citation(**each["cite"]) if each.get("cite") else None,
            )
            for each in row.changes
        ],
        effects={key: count for key, count in row.effects.items() if count},
        before=row.before.number,
        after=row.after.number,
    )
