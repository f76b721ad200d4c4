"""What the actions on an entry share: who may touch it, the row's lock, the window it stands in."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from fengcai.apps.audit.actions import record
from fengcai.apps.contests.queries import rules_of
from fengcai.apps.entries.models import Entry
from fengcai.apps.entries.rules import may_write
from fengcai.apps.people.models import User
from fengcai.apps.refusals import NotFound, TooLate
from fengcai.core.rulebook import Rules, Window
from fengcai.core.timetable import admit


def own(entry_id: UUID, by: User) -> Entry:
    """The entry, locked, for somebody of its own unit; for anybody else there is none."""
    entry = locked(entry_id)
    if not may_write(by, entry):
        # Another unit's work by its address: it looks as if there were none.
        raise NotFound("没有这件作品，或它不属于您的科室。")
    return entry


def locked(entry_id: UUID) -> Entry:
    """The entry with its contest and unit, locked until the transaction ends. Or `NotFound`."""
    entry = (
        Entry.objects.select_for_update(of=("self",), no_key=True)
        .select_related("contest__version", "unit")
        .filter(pk=entry_id)
        .first()
    )
    if entry is None:
        raise NotFound("没有这件作品，或它不属于您的科室。")
    return entry


def mending_window(entry: Entry, rules: Rules) -> Window:
    """The submission window; for a returned work its closing instant is the day given to mend."""
    if entry.mend_until is None:
        return rules.window
    closes = max(entry.mend_until, rules.window.closes)
    return rules.window.model_copy(update={"closes": closes, "original": "退回修改的期限"})


def in_time(rules: Rules, window: Window, at: datetime, began: datetime | None = None) -> bool:
    """Whether `at` is late but let in; raises `TooLate` when the window lets nothing in."""
    admission = admit(window, arrived=at, began=began)
    if not admission.accepted:
        raise TooLate(f"{admission.reason} 已保存的内容都在，请联系组织者。")
    return admission.late


def void_confirmation(entry: Entry, at: datetime) -> None:
    """What the head confirmed is no longer what stands there: it has to be confirmed again."""
    entry.confirmed_by, entry.confirmed_at = None, None
    entry.declarations.filter(void_at=None).exclude(
        declaration__in=[d.id for d in rules_of(entry.contest).declarations if d.when == "submit"]
    ).update(void_at=at)


def note(entry: Entry, by: User, action: str, details: dict[str, Any], at: datetime) -> None:
    """Append to the contest's audit record. Call it last: it holds the chain's lock."""
    record(
        entry.contest.chain,
        actor=f"user:{by.pk}",
        action=action,
        subject=f"entry:{entry.pk}",
        details=details,
        at=at,
    )
