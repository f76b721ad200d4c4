"""Orders and lists: a unit puts its works into its own order, a collecting unit passes works on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from fengcai.apps.contests.models import Contest, Unit
from fengcai.apps.contests.queries import rules_of
from fengcai.apps.contests.rules import acts_for
from fengcai.apps.entries.actions.desk import note
from fengcai.apps.entries.governing import (
    class_of,
    collector_over,
    handing_in,
    in_time,
    passing_on,
)
from fengcai.apps.entries.models import Entry, GivenBack, Passage
from fengcai.apps.entries.passages import room_of
from fengcai.apps.entries.states import State
from fengcai.apps.people.models import User
from fengcai.apps.refusals import NotPermitted, Refused
from fengcai.apps.texts import storable


@transaction.atomic
def rank_entries(
    *, contest: Contest, unit: Unit, order: Sequence[UUID], by: User, at: datetime
) -> None:
    """Put a unit's works into its order of preference. `order` names every work that is not
    withdrawn, the best first."""
    if unit.contest_id != contest.pk or not acts_for(by, unit):
        raise NotPermitted("只有本单位的联络员或负责人可以排序。")
    rules = rules_of(contest)
    if not rules.quota_of(unit.unit_class).ranked:
        raise Refused("通知没有要求本单位对作品排序。")
    in_time(rules, handing_in(rules, unit), at)
    rows = {row.pk: row for row in _locked(Entry.objects.filter(unit=unit))}
    mine = {pk for pk, row in rows.items() if row.state != State.WITHDRAWN}
    if len(set(order)) != len(order) or set(order) != mine:
        raise Refused("作品有增减，请刷新页面后再排序。原来的顺序没有改动。")
    for place, pk in enumerate(order, 1):
        Entry.objects.filter(pk=pk).update(place=place)
    if order:
        first = Entry.objects.select_related("contest").get(pk=order[0])
        note(first, by, "entries.rank", {"unit": unit.pk, "order": [str(p) for p in order]}, at)


@transaction.atomic
def pass_on(
    *, contest: Contest, collector: Unit, order: Sequence[UUID], by: User, at: datetime
) -> int:
    """Pass gathered works on, in this order, to the next collector or to the office. The number.

    Refused outside the collector's own time, beyond the number or the share that it may pass on,
    and for works that do not lie with it. All of the list is passed on, or none.
    """
    if collector.contest_id != contest.pk or not acts_for(by, collector):
        raise NotPermitted("只有汇总单位的联络员或负责人可以上报。")
    rules = rules_of(contest)
    of_class = class_of(rules, collector)
    rule = of_class.collects if of_class else None
    if rule is None:
        raise NotPermitted(f"按通知，{collector.name}不是汇总单位。")
    if not order:
        raise Refused("请先勾选要上报的作品。")
    in_time(rules, passing_on(rules, collector), at)
    rows = {row.pk: row for row in _locked(Entry.objects.filter(pk__in=list(order)))}
    Unit.objects.select_for_update(no_key=True).get(pk=collector.pk)
    lying = [
        pk
        for pk in order
        if pk in rows
        and rows[pk].state == State.GATHERED
        and rows[pk].gathered_by_id == collector.pk
    ]
    if lying != list(order) or len(set(order)) != len(order):
        raise Refused("有的作品已被取回或已经上报，请刷新页面后重新勾选。没有上报任何作品。")
    room = room_of(rule, collector)
    if room.left is not None and len(order) > room.left:
        raise Refused(
            f"{collector.name}最多上报 {room.most} 件，已报 {room.passed} 件，"
            f"这次勾选了 {len(order)} 件（依据通知{rule.cite}）。没有上报任何作品。"
        )
    above = collector_over(rules, collector)
    last = collector.passages.aggregate(most=Max("place"))["most"] or 0
    for place, pk in enumerate(order, last + 1):
        entry = rows[pk]
        Passage.objects.create(entry=entry, collector=collector, place=place, by=by, at=at)
        entry.gathered_by = above[0] if above else None
        entry.state = State.GATHERED if above else State.CONFIRMED
        entry.updated_by, entry.updated_at = by, at
        entry.save(update_fields=["gathered_by", "state", "updated_by", "updated_at"])
        note(entry, by, "entries.pass_on", {"collector": collector.pk, "place": place}, at)
    return len(order)


@transaction.atomic
def give_back(
    *, contest: Contest, collector: Unit, entry_id: UUID, reasons: str, by: User, at: datetime
) -> None:
    """Give a gathered work back to its unit, to be mended until the collector itself has to pass on.

    Refused outside the collector's own time, without a reason, and for works that do not lie with it.
    """
    if collector.contest_id != contest.pk or not acts_for(by, collector):
        raise NotPermitted("只有汇总单位的联络员或负责人可以退回。")
    rules = rules_of(contest)
    window = passing_on(rules, collector)
    in_time(rules, window, at)
    words = storable(reasons).strip()[:500]
    if not words:
        raise Refused(
            "请写明退回的原因，让单位知道要改什么。", fields={"reasons": "请填写退回原因"}
        )
    rows = _locked(Entry.objects.filter(pk=entry_id, contest=contest))
    if not rows or rows[0].state != State.GATHERED or rows[0].gathered_by_id != collector.pk:
        raise Refused("这件作品已被取回或已经上报，请刷新页面。没有退回。")
    entry = rows[0]
    GivenBack.objects.create(entry=entry, collector=collector, reasons=words, by=by, at=at)
    entry.state, entry.gathered_by, entry.mend_until = State.RETURNED, None, window.closes
    entry.confirmed_by = entry.confirmed_at = None
    entry.version += 1
    entry.updated_by, entry.updated_at = by, at
    entry.save()
    note(entry, by, "entries.give_back", {"collector": collector.pk}, at)


def _locked(rows):  # type: ignore[no-untyped-def]
    """Works locked in the order of their keys, so that two lists cannot wait for each other."""
    rows = rows.select_for_update(of=("self",), no_key=True).select_related("contest", "unit")
    return list(rows.order_by("pk"))
