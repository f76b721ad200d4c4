"""The office notes what arrives as paper or as a thing: when it came, how many, whether in time."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from fengcai.apps.contests.queries import rules_of
from fengcai.apps.contests.roles import Role
from fengcai.apps.contests.rules import require_role
from fengcai.apps.entries.actions.desk import locked, note
from fengcai.apps.entries.governing import paper_in
from fengcai.apps.entries.models import Arrival
from fengcai.apps.entries.scope import scope_of
from fengcai.apps.entries.states import State
from fengcai.apps.people.models import User
from fengcai.apps.refusals import NotFound, Refused, TooLate
from fengcai.apps.texts import storable
from fengcai.core.timetable import admit

MOST = 999


@transaction.atomic
def note_arrival(
    *,
    entry_id: UUID,
    what: str,
    count: int,
    arrived_at: datetime,
    remark: str,
    by: User,
    at: datetime,
) -> Arrival:
    """Note that `count` pieces of a thing (a slot's id) or of paper (a channel's id) have come.

    `arrived_at` is the instant that the rules count: of arrival, or of the post mark. What came
    too late is refused, marked or let in as the window says.
    """
    entry = locked(entry_id)
    require_role(by, entry.contest, Role.ORGANISER, Role.REVIEWER)
    if entry.state in (State.DRAFT, State.WITHDRAWN):
        raise Refused(f"作品现在是“{entry.get_state_display()}”，还没有报送，不能登记收件。")
    rules = rules_of(entry.contest)
    scope = scope_of(entry, rules)
    slot = scope.slot(what)
    channel = next((c for c in scope.channels if c.id == what and c.kind == "paper"), None)
    if channel is None and (slot is None or slot.kind != "physical"):
        raise NotFound("规则中没有这一项纸质材料或实物。")
    if not 1 <= count <= MOST:
        raise Refused("请填写收到的件数。", fields={"count": f"1 至 {MOST}"})
    if arrived_at > at:
        raise Refused("收到的时间不能晚于现在。", fields={"arrived_at": "请选择已过去的时间"})
    named = channel.window if channel else slot.window if slot else None
    window = paper_in(rules, entry.unit, entry.track, named)
    late = False
    if window is not None:
        admission = admit(window, arrived=arrived_at)
        if not admission.accepted:
            raise TooLate(f"{admission.reason}（依据通知{admission.cite}）。没有登记。")
        late = admission.late
    row = Arrival.objects.create(
        entry=entry,
        what=what,
        count=count,
        arrived_at=arrived_at,
        late=late,
        note=storable(remark).strip()[:200],
        by=by,
        at=at,
    )
    note(entry, by, "entries.received", {"what": what, "count": count, "late": late}, at)
    return row


@transaction.atomic
def void_arrival(*, entry_id: UUID, arrival: int, by: User, at: datetime) -> None:
    """Take back a note that was made in error; it stays on record."""
    entry = locked(entry_id)
    require_role(by, entry.contest, Role.ORGANISER, Role.REVIEWER)
    found = entry.arrivals.filter(pk=arrival, void_at=None).update(void_at=at)
    if not found:
        raise NotFound("没有这条收件登记。")
    note(entry, by, "entries.received_void", {"arrival": arrival}, at)
