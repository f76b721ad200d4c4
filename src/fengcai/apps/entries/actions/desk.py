"""What the actions on an entry share: who may touch it, the row's lock, the window it stands in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from fengcai.apps.audit.actions import record
from fengcai.apps.contests.queries import rules_of
from fengcai.apps.entries.governing import collector_over, handing_in, registering
from fengcai.apps.entries.models import Entry
from fengcai.apps.entries.promises import promises
from fengcai.apps.entries.rules import may_bring, may_write
from fengcai.apps.entries.scope import scope_of
from fengcai.apps.entries.states import State
from fengcai.apps.people.models import User
from fengcai.apps.refusals import NotFound
from fengcai.core.rulebook import Rules, Window
from fengcai.core.timetable import held_open
from fengcai.engines.jobs import enqueue

Through = Mapping[str, Any]
"""From where an organiser brings a unit's work in (an import and its row). It stands in each record,
beside the unit that the work is for: what was brought in does not read as typed by the unit."""


def own(entry_id: UUID, by: User, through: Through | None = None) -> Entry:
    """The entry, locked, for somebody of its own unit, or an organiser who brings it in `through`
    something; for anybody else there is none."""
    entry = locked(entry_id)
    if not may_act(by, entry, through):
        # Another unit's work by its address: it looks as if there were none.
        raise NotFound("没有这件作品，或它不属于您的单位。")
    return entry


def may_act(by: User, entry: Entry, through: Through | None) -> bool:
    """Whether `by` may write in the work: its unit's own people, or who brings it in for them."""
    return may_write(by, entry) or (through is not None and may_bring(by, entry.contest))


def locked(entry_id: UUID) -> Entry:
    """The entry with its contest and unit, locked until the transaction ends. Or `NotFound`."""
    entry = (
        Entry.objects.select_for_update(of=("self",), no_key=True)
        .select_related("contest__version", "unit__parent")
        .filter(pk=entry_id)
        .first()
    )
    if entry is None:
        raise NotFound("没有这件作品，或它不属于您的单位。")
    return entry


def mending_window(entry: Entry, rules: Rules) -> Window:
    """The window in which this unit hands in; for a returned work its closing instant is the day
    given to mend."""
    window = handing_in(rules, entry.unit, entry.track)
    if entry.mend_until is None:
        return _held_open(window, entry)
    closes = max(entry.mend_until, window.closes)
    return window.model_copy(update={"closes": closes, "original": "退回修改的期限"})


def _held_open(window: Window, entry: Entry) -> Window:
    """The window, longer where an upload that began in time ended after it. 1 SQL, and none where
    the rules do not count what began in time."""
    if not window.begun_counts:
        return window
    rows = entry.files.filter(current=True, asset__received_at__gt=window.closes)
    last = rows.order_by("-asset__received_at").values_list(
        "asset__began_at", "asset__received_at"
    ).first()  # fmt: skip
    return held_open(window, began=last[0], arrived=last[1]) if last else window


def writing_window(entry: Entry, rules: Rules) -> Window:
    """The window in which the draft is filled in: from the registration on, where that is earlier."""
    window = mending_window(entry, rules)
    opens = min(window.opens, registering(rules, entry.unit, entry.track).opens)
    return window.model_copy(update={"opens": opens})


def send_on(entry: Entry, rules: Rules) -> None:
    """Where a work goes that its unit answers for: to the unit that gathers, else to the office.

    A work that was passed on once and came back to be mended goes to the office straight.
    """
    above = collector_over(rules, entry.unit)
    passed = above is not None and entry.passages.filter(void_at=None).exists()
    if above is None or passed:
        entry.state, entry.gathered_by = State.CONFIRMED, None
    else:
        entry.state, entry.gathered_by = State.GATHERED, above[0]


def void_confirmation(entry: Entry, at: datetime) -> None:
    """What the head confirmed is no longer what stands there: it has to be confirmed again."""
    entry.confirmed_by, entry.confirmed_at, entry.gathered_by = None, None, None
    scope = scope_of(entry, rules_of(entry.contest))
    entry.declarations.filter(void_at=None).exclude(
        declaration__in=[promise.id for promise in promises(scope, "submit")]
    ).update(void_at=at)


def note(entry: Entry, by: User, action: str, details: dict[str, Any], at: datetime) -> None:
    """Append to the contest's audit record. Call it last: it holds the chain's lock.

    A work that was handed in is told to its unit, by a job: who hands in must not wait for that.
    """
    if action == "entries.submit":
        stamp = f"{entry.version}-{int(at.timestamp())}"
        enqueue(
            "entries.tell",
            {"entry_id": str(entry.pk), "event": "submitted", "stamp": stamp},
            scope=f"contest:{entry.contest_id}",
        )
    record(
        entry.contest.chain,
        actor=f"user:{by.pk}",
        action=action,
        subject=f"entry:{entry.pk}",
        details=details,
        at=at,
    )
