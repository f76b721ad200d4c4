"""Begin a work, write in its draft, take it out of the contest."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from fengcai.apps.contests.models import Contest, Unit
from fengcai.apps.contests.naming import plain
from fengcai.apps.contests.queries import rules_of
from fengcai.apps.contests.rules import acts_for
from fengcai.apps.entries.actions.desk import Through, note, own, writing_window
from fengcai.apps.entries.actions.mending import check_open
from fengcai.apps.entries.actions.merging import Merged, merge, remember, same, standing_values
from fengcai.apps.entries.governing import class_of, in_time, registering
from fengcai.apps.entries.lists import SAID
from fengcai.apps.entries.models import Entry
from fengcai.apps.entries.owed import track_of
from fengcai.apps.entries.quotas import check_beginning
from fengcai.apps.entries.rules import may_bring
from fengcai.apps.entries.scope import MADE_ON, PRIZES, scope_of
from fengcai.apps.entries.states import WRITABLE, State
from fengcai.apps.entries.values import (
    Misfit,
    answer_from,
    asked_beside,
    divisions_from,
    said_from,
    themes_from,
    value_for,
)
from fengcai.apps.people.models import User
from fengcai.apps.refusals import NotFound, NotPermitted, Refused, Stale
from fengcai.apps.texts import storable
from fengcai.core.rulebook import Rules

LONGEST_REASON = 500


@transaction.atomic
def start_entry(
    *,
    contest: Contest,
    unit: Unit,
    track: str,
    by: User,
    at: datetime,
    through: Through | None = None,
) -> Entry:
    """Begin a draft for `unit`. Refused outside the window or beyond the unit's quota."""
    brought = through is not None and may_bring(by, contest)
    if unit.contest_id != contest.pk or not (acts_for(by, unit) or brought):
        raise NotPermitted("您不是这个单位的联络员或负责人，不能为它报送作品。")
    rules = rules_of(contest)
    if track not in {each.id for each in rules.tracks}:
        raise NotFound("没有这个作品类别。")
    in_time(rules, registering(rules, unit, track), at)
    unit_class = class_of(rules, unit)
    if unit_class is None or not unit_class.may_enter:
        raise Refused(f"{unit.name}所属的单位类别不在本活动的参赛范围内。")
    Unit.objects.select_for_update(no_key=True).get(pk=unit.pk)
    check_beginning(contest=contest, rules=rules, unit=unit, track=track)
    place = 0
    if rules.quota_of(unit.unit_class).ranked:
        last = Entry.objects.filter(unit=unit).exclude(state=State.WITHDRAWN)
        place = (last.aggregate(most=Max("place"))["most"] or 0) + 1
    assert contest.version is not None
    entry = Entry.objects.create(
        contest=contest,
        rulebook=contest.version,
        unit=unit,
        track=track,
        themes=_mandatory(rules, track),
        place=place,
        created_by=by,
        updated_by=by,
        created_at=at,
        updated_at=at,
    )
    note(entry, by, "entries.start", {"unit": unit.pk, "track": track, **(through or {})}, at)
    return entry


def save_draft(
    *,
    entry_id: UUID,
    changes: Mapping[str, Any],
    expected_version: int,
    by: User,
    at: datetime,
    through: Through | None = None,
) -> Entry:
    """Keep what was typed; it may be unfinished. `changes` maps field ids (and `themes`,
    `divisions`, `said-<list>`) to values.

    Where somebody saved since `expected_version`, fields that only one of both changed are merged.
    Raises `Stale` for those that both changed, with what stands in them now; the others are kept.
    """
    with transaction.atomic():
        entry, merged = _saved(entry_id, changes, expected_version, by, at, through)
    if merged.conflicts:
        now = standing_values(entry)
        names = "、".join(_labels(rules_of(entry.contest), entry, merged.conflicts))
        raise Stale(
            f"{merged.by or entry.updated_by or '另一位同事'}刚刚也改了“{names}”。"
            "两份都在页面上，请选择保留哪一份；其余各栏已经保存。",
            version=entry.version,
            current={name: now.get(name, "") for name in merged.conflicts},
        )
    return entry


def _saved(
    entry_id: UUID,
    changes: Mapping[str, Any],
    expected_version: int,
    by: User,
    at: datetime,
    through: Through | None,
) -> tuple[Entry, Merged]:
    entry = own(entry_id, by, through)
    if entry.state not in WRITABLE:
        raise Refused(f"作品现在是“{entry.get_state_display()}”，不能修改。可先取回修改。")
    rules = rules_of(entry.contest)
    in_time(rules, writing_window(entry, rules), at)
    values = _values(entry, rules, changes)
    merged = merge(entry, values, expected_version)
    before = standing_values(entry)
    changed = {name for name, value in merged.changes.items() if not same(before.get(name), value)}
    check_open(entry, rules, changed)
    for name in changed:
        value = merged.changes[name]
        if name in ("themes", "divisions", "title"):
            setattr(entry, name, value)
        else:
            entry.fields[name] = value
    if changed or expected_version == entry.version:
        entry.version += 1
        remember(entry, before, changed, by, at)
        entry.updated_by, entry.updated_at = by, at
        entry.save()
    return entry, merged


def _values(entry: Entry, rules: Rules, changes: Mapping[str, Any]) -> dict[str, Any]:
    """The changes as they are kept. Raises `Refused` with what fits no field."""
    track = track_of(rules, entry.track)
    known = {field.id: field for field in track.fields}
    asked = {f"{kind}{n.id}" for n in scope_of(entry, rules).novelty for kind in (MADE_ON, PRIZES)}
    beside = asked_beside(track.fields)
    values: dict[str, Any] = {}
    problems: dict[str, str] = {}
    for name, value in changes.items():
        try:
            if name == "themes":
                values[name] = themes_from(value)
            elif name == "divisions":
                values[name] = divisions_from(value)
            elif name in asked:
                values[name] = answer_from(value)
            elif name in beside:
                values[name] = said_from(value)
            elif name not in known:
                problems[name] = "规则中没有这一栏"
            elif name == "title":
                values[name] = plain(value_for(known[name], value))[:200]
            else:
                values[name] = value_for(known[name], value)
        except Misfit as misfit:
            problems[name] = str(misfit)
    if problems:
        raise Refused("有的内容没有保存，请看各栏说明；其余内容仍在页面上。", fields=problems)
    return values


def _labels(rules: Rules, entry: Entry, names: list[str]) -> list[str]:
    labels = {field.id: field.label for field in track_of(rules, entry.track).fields}
    labels |= {"themes": "创作方向", "divisions": "组别"}
    return list(dict.fromkeys(labels.get(name.removeprefix(SAID), "其他内容") for name in names))


def _mandatory(rules: Rules, track: str) -> list[str]:
    themes = track_of(rules, track).themes
    return [option.id for option in themes.options if option.mandatory] if themes else []


@transaction.atomic
def withdraw_entry(*, entry_id: UUID, by: User, at: datetime, reason: str = "") -> Entry:
    """Take the work out of the contest, and say why. Its files and history stay on record."""
    entry = own(entry_id, by)
    if entry.state in (State.WITHDRAWN, State.ACCEPTED):
        raise Refused(f"作品现在是“{entry.get_state_display()}”，不能自行撤回，请联系组织者。")
    reason = storable(reason).strip()
    if len(reason) > LONGEST_REASON:
        raise Refused(f"撤回原因最多 {LONGEST_REASON} 字，没有撤回。", fields={"reason": "太长"})
    before = entry.state
    entry.state, entry.gathered_by = State.WITHDRAWN, None
    entry.withdrawn_why = reason
    entry.version += 1
    entry.updated_by, entry.updated_at = by, at
    entry.save()
    # The words stand on the work, where they can be erased; the record says that there are some.
    note(entry, by, "entries.withdraw", {"from": before, "reason": bool(reason)}, at)
    return entry
