"""Begin a work, write in its draft, take it out of the contest."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from fengcai.apps.contests.models import Contest, Unit
from fengcai.apps.contests.queries import rules_of
from fengcai.apps.contests.rules import acts_for
from fengcai.apps.entries.actions.desk import note, own, writing_window
from fengcai.apps.entries.governing import class_of, in_time, registering
from fengcai.apps.entries.models import Entry
from fengcai.apps.entries.owed import track_of
from fengcai.apps.entries.quotas import check_beginning
from fengcai.apps.entries.scope import MADE_ON, PRIZES, scope_of
from fengcai.apps.entries.states import WRITABLE, State
from fengcai.apps.entries.values import (
    Misfit,
    answer_from,
    divisions_from,
    themes_from,
    value_for,
)
from fengcai.apps.people.models import User
from fengcai.apps.refusals import NotFound, NotPermitted, Refused, Stale
from fengcai.core.rulebook import Rules


@transaction.atomic
def start_entry(*, contest: Contest, unit: Unit, track: str, by: User, at: datetime) -> Entry:
    """Begin a draft for `unit`. Refused outside the window or beyond the unit's quota."""
    if unit.contest_id != contest.pk or not acts_for(by, unit):
        raise NotPermitted("您不是这个科室的联络员或负责人，不能为它报送作品。")
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
    note(entry, by, "entries.start", {"unit": unit.pk, "track": track}, at)
    return entry


@transaction.atomic
def save_draft(
    *, entry_id: UUID, changes: Mapping[str, Any], expected_version: int, by: User, at: datetime
) -> Entry:
    """Keep what was typed; it may be unfinished. `changes` maps field ids (and `themes`) to values.

    Raises `Stale` with what stands now when another tab or person saved first.
    """
    entry = own(entry_id, by)
    if entry.state not in WRITABLE:
        raise Refused(f"作品现在是“{entry.get_state_display()}”，不能修改。可先取回修改。")
    rules = rules_of(entry.contest)
    in_time(rules, writing_window(entry, rules), at)
    if entry.version != expected_version:
        raise Stale(
            f"{entry.updated_by or '另一位同事'}刚刚保存过这份草稿。您的文字还在页面上，请选择保留哪一份。",
            version=entry.version,
            current=standing_values(entry),
        )
    track = track_of(rules, entry.track)
    known = {field.id: field for field in track.fields}
    asked = {f"{kind}{n.id}" for n in scope_of(entry, rules).novelty for kind in (MADE_ON, PRIZES)}
    problems: dict[str, str] = {}
    for name, value in changes.items():
        try:
            if name == "themes":
                entry.themes = themes_from(value)
            elif name == "divisions":
                entry.divisions = divisions_from(value)
            elif name in asked:
                entry.fields[name] = answer_from(value)
            elif name not in known:
                problems[name] = "规则中没有这一栏"
            elif name == "title":
                entry.title = " ".join(value_for(known[name], value).split())[:200]
            else:
                entry.fields[name] = value_for(known[name], value)
        except Misfit as misfit:
            problems[name] = str(misfit)
    if problems:
        raise Refused("有的内容没有保存，请看各栏说明；其余内容仍在页面上。", fields=problems)
    entry.version += 1
    entry.updated_by, entry.updated_at = by, at
    entry.save()
    return entry


def standing_values(entry: Entry) -> dict[str, Any]:
    """What stands in the draft, for a tab that was overtaken."""
    chosen = {"themes": entry.themes, "divisions": entry.divisions}
    return {"title": entry.title, **chosen, **entry.fields}


def _mandatory(rules: Rules, track: str) -> list[str]:
    themes = track_of(rules, track).themes
    return [option.id for option in themes.options if option.mandatory] if themes else []


@transaction.atomic
def withdraw_entry(*, entry_id: UUID, by: User, at: datetime) -> Entry:
    """Take the work out of the contest. Its files and history stay on record."""
    entry = own(entry_id, by)
    if entry.state in (State.WITHDRAWN, State.ACCEPTED):
        raise Refused(f"作品现在是“{entry.get_state_display()}”，不能自行撤回，请联系组织者。")
    entry.state, entry.gathered_by = State.WITHDRAWN, None
    entry.version += 1
    entry.updated_by, entry.updated_at = by, at
    entry.save()
    note(entry, by, "entries.withdraw", {}, at)
    return entry
