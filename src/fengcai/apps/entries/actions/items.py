"""Links and things of a work: filled in, changed, taken out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction

from fengcai.apps.contests.queries import rules_of
from fengcai.apps.entries import identity
from fengcai.apps.entries.actions.desk import Through, note, own, writing_window
from fengcai.apps.entries.actions.mending import check_open
from fengcai.apps.entries.governing import in_time, window_of_slot
from fengcai.apps.entries.models import Entry, Item
from fengcai.apps.entries.scope import scope_of
from fengcai.apps.entries.snapshots import order_snapshot
from fengcai.apps.entries.states import FILE_WRITABLE, WRITABLE
from fengcai.apps.people.models import User
from fengcai.apps.refusals import NotFound, Refused
from fengcai.apps.texts import storable
from fengcai.core.rulebook.rules import Slot

LENGTHS = {"url": 500, "title": 200, "platform": 60, "account": 60}


@transaction.atomic
def save_item(
    *,
    entry_id: UUID,
    slot: str,
    place: int | None,
    values: Mapping[str, str],
    by: User,
    at: datetime,
    through: Through | None = None,
) -> Item:
    """Keep a link or a thing at `place` of the slot, or as a further one (None).

    `values`: url, title, platform, account, published_on (a day). It may be unfinished: what is
    missing is said at the submission. Only a day that is none is refused.
    """
    entry, there = _there(entry_id, slot, by, at, through)
    standing = {row.place: row for row in entry.items.filter(slot=slot, removed_at=None)}
    if place is not None and place not in standing:
        raise NotFound("这一条已经不在了，请刷新页面。")
    if place is None:
        free = [n for n in range(1, there.max + 1) if n not in standing]
        if not free:
            raise Refused(f"{there.name}最多 {there.max} 个，已经满了。")
        place = free[0]
    row = standing.get(place) or Item(entry=entry, slot=slot, place=place, by=by)
    for name, longest in LENGTHS.items():
        if name in values:
            text = storable(values[name]).strip()
            if len(text) > longest:
                raise Refused(f"最多 {longest} 个字符，没有保存。", fields={name: "太长"})
            setattr(row, name, text)
    if "published_on" in values:
        said = values["published_on"].strip()
        day = identity.day_of(said)
        if said and day is None:
            raise Refused(
                "发布日期请写成 2026-04-30，没有保存。", fields={"published_on": "日期不对"}
            )
        row.published_on = day
    row.by, row.at = by, at
    former = Item.objects.filter(pk=row.pk).values_list("url", flat=True).first()
    row.save()
    if there.kind == "link" and row.url != (former or ""):
        order_snapshot(row)
    _touched(entry, by, at)
    note(entry, by, "entries.item", {"slot": slot, "place": place, **(through or {})}, at)
    return row


@transaction.atomic
def remove_item(*, entry_id: UUID, slot: str, place: int, by: User, at: datetime) -> None:
    """Take a link or a thing out of the work; it and its screenshot stay on record."""
    entry, _ = _there(entry_id, slot, by, at)
    found = entry.items.filter(slot=slot, place=place, removed_at=None).update(removed_at=at)
    if not found:
        raise NotFound("这一条已经不在了，请刷新页面。")
    entry.files.filter(slot=slot, place=place, current=True).update(current=False)
    _touched(entry, by, at)
    note(entry, by, "entries.item_out", {"slot": slot, "place": place}, at)


def _there(
    entry_id: UUID, slot: str, by: User, at: datetime, through: Through | None = None
) -> tuple[Entry, Slot]:
    entry = own(entry_id, by, through)
    rules = rules_of(entry.contest)
    there = scope_of(entry, rules).slot(slot)
    if there is None or there.kind not in ("link", "physical"):
        raise NotFound("规则中没有这一项。")
    later = window_of_slot(rules, there)
    if entry.state not in (FILE_WRITABLE if later is not None else WRITABLE):
        raise Refused(f"作品现在是“{entry.get_state_display()}”，不能修改。可先取回修改。")
    window = later if later and entry.mend_until is None else writing_window(entry, rules)
    in_time(rules, window, at)
    check_open(entry, rules, [f"slot-{slot}"])
    return entry, there


def _touched(entry: Entry, by: User, at: datetime) -> None:
    # The form's own version stays: links are saved beside it and overwrite none of its texts.
    entry.updated_by, entry.updated_at = by, at
    entry.save(update_fields=["updated_by", "updated_at"])
