"""The rows of the record's page: who did what when, in words."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from fengcai.apps.audit.queries import RecordRow, records, verify_chain
from fengcai.apps.contests.queries import people_in
from fengcai.web.organiser.pages.audit_words import act_in_words, actor_in_words, subject_in_words

if TYPE_CHECKING:
    from fengcai.apps.contests.models import Contest

PER_PAGE = 50


@dataclass(frozen=True)
class ActRow:
    """One record as the page shows it."""

    sequence: int
    at: datetime
    actor: str
    act: str
    action: str
    subject: str
    details: str
    personal: tuple[tuple[str, str], ...]
    hash: str


def audit_page(contest: Contest, *, before: int | None) -> dict[str, Any]:
    """The page's context. 3 SQL; the first page recounts the whole chain besides (3 more and one
    for each 200 records are read)."""
    names = {f"user:{seat.user_id}": str(seat.user) for seat in people_in(contest)}
    found = records(contest.chain, limit=PER_PAGE + 1, before=before)
    rows = [_row(one, names) for one in found[:PER_PAGE]]
    return {
        "rows": rows,
        "older": rows[-1].sequence if len(found) > PER_PAGE else None,
        "first": before is None,
        "chain": verify_chain(contest.chain) if before is None else None,
    }


def _row(one: RecordRow, names: dict[str, str]) -> ActRow:
    return ActRow(
        sequence=one.sequence,
        at=one.at,
        actor=names.get(one.actor) or actor_in_words(one.actor),
        act=act_in_words(one.action),
        action=one.action,
        subject=names.get(one.subject) or subject_in_words(one.subject),
        details=json.dumps(dict(one.details), ensure_ascii=False, indent=1),
        personal=tuple(
            (each.name, each.value if each.value is not None else "（已按请求删去）")
            for each in one.personal
        ),
        hash=one.hash,
    )
