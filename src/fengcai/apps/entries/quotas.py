"""How many works a unit, a region and the contest take: what is full, and what minima are not met.

Maxima refuse at the moment where they bite, with the clause: a work that cannot have room is not
begun, one that would be too many is not handed in. Minima refuse nothing; boards show them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from fengcai.apps.contests.models import Contest, Unit
from fengcai.apps.entries.models import Entry
from fengcai.apps.entries.scope import Scope, exempt, region_of, theme_names, track_of
from fengcai.apps.entries.states import HANDED_IN, State
from fengcai.apps.refusals import Refused
from fengcai.core.rulebook import Citation, Rules
from fengcai.core.rulebook.rules import Mix, Region

COUNTED = (*HANDED_IN, State.RETURNED)
"""Works that take up room of the contest or a region: handed in, or given back to be mended."""


@dataclass(frozen=True)
class Counted:
    """A work as quotas see it."""

    id: UUID
    track: str
    themes: Sequence[str]
    divisions: Sequence[str]
    state: str

    @property
    def handed_in(self) -> bool:
        """Whether it is in, or was and is being mended."""
        return self.state in COUNTED


@dataclass(frozen=True)
class Shortfall:
    """A minimum that a unit has not reached yet."""

    text: str
    cite: Citation


def works_of(unit: Unit) -> list[Counted]:
    """A unit's works that were not withdrawn. 1 SQL."""
    rows = Entry.objects.filter(unit=unit).exclude(state=State.WITHDRAWN)
    return [
        Counted(*row) for row in rows.values_list("pk", "track", "themes", "divisions", "state")
    ]


def check_beginning(*, contest: Contest, rules: Rules, unit: Unit, track: str) -> None:
    """Refuse a new work that could not be handed in. The unit's row is locked by the caller."""
    if Unit.objects.filter(pk=unit.pk).exclude(closed_at=None).exists():  # `unit` may be older
        raise Refused(f"{unit.name}在名单中已经停用，不能新建作品；已有的作品都在。请联系主办方。")
    if exempt(rules, unit, "quota"):
        return
    quota = rules.quota_of(unit.unit_class)
    mine = works_of(unit)
    if quota.max is not None and len(mine) >= quota.max:
        raise Refused(
            f"{unit.name}已有 {len(mine)} 件作品，每个单位最多 {quota.max} 件{_by(quota.cite)}。"
        )
    for mix in quota.mix:
        if mix.of == "track" and mix.max is not None and track in rules.tracks_in(mix.ref):
            count = sum(1 for work in mine if _belongs(rules, mix, work))
            if count >= mix.max:
                raise Refused(
                    f"{unit.name}已有 {count} 件{name_of(rules, mix)}，最多 {mix.max} 件{_by(mix.cite)}。"
                )
    _check_contest(contest, rules, unit, besides=None)


def check_handing_in(*, entry: Entry, rules: Rules, scope: Scope) -> None:
    """Refuse a work that would be one too many, counted in the lock of contest and unit."""
    unit = entry.unit
    if exempt(rules, unit, "quota"):
        return
    quota = rules.quota_of(unit.unit_class)
    bounded = [mix for mix in quota.mix if mix.max is not None]
    region = _region(rules, unit)
    whole = rules.entry_capacity is not None or (region is not None and region.max is not None)
    if whole:
        Contest.objects.select_for_update(no_key=True).get(pk=entry.contest_id)
    if bounded:
        Unit.objects.select_for_update(no_key=True).get(pk=unit.pk)
        here = Counted(
            entry.pk, entry.track, entry.themes, sorted(scope.division_ids), State.SUBMITTED
        )
        others = [each for each in works_of(unit) if each.id != entry.pk and each.handed_in]
        for mix in bounded:
            count = sum(1 for each in others if _belongs(rules, mix, each))
            if mix.max is not None and _belongs(rules, mix, here) and count >= mix.max:
                raise Refused(
                    f"{unit.name}已报 {count} 件{name_of(rules, mix)}，最多 {mix.max} 件"
                    f"{_by(mix.cite)}。可以改选，或先取回另一件。"
                )
    if whole:
        _check_contest(entry.contest, rules, unit, besides=entry.pk)


def _check_contest(contest: Contest, rules: Rules, unit: Unit, *, besides: UUID | None) -> None:
    region = _region(rules, unit)
    if rules.entry_capacity is None and (region is None or region.max is None):
        return
    rows = Entry.objects.filter(contest=contest, state__in=COUNTED)
    rows = rows.exclude(pk=besides) if besides else rows
    free = {name for each in rules.exemptions if each.of == "quota" for name in each.units}
    rows = rows.exclude(unit__name__in=free) if free else rows
    if rules.entry_capacity is not None and (count := rows.count()) >= rules.entry_capacity:
        raise Refused(
            f"本活动最多收 {rules.entry_capacity} 件作品，已收 {count} 件{_by(rules.entry_cite)}。"
            "草稿保留着；如有作品退出，可以再试。"
        )
    if region is not None and region.max is not None:
        units = Unit.objects.filter(contest=contest).select_related("parent")
        ids = [each.pk for each in units if _region(rules, each) == region]
        count = rows.filter(unit__in=ids).count()
        if count >= region.max:
            raise Refused(
                f"{region.name}最多报 {region.max} 件，已报 {count} 件{_by(region.cite)}。草稿保留着。"
            )


def shortfalls(rules: Rules, unit: Unit, works: Iterable[Counted]) -> list[Shortfall]:
    """The minima that a unit's handed-in works do not reach yet. Nothing for those who may stay away."""
    unit_class = next((c for c in rules.unit_classes if c.id == unit.unit_class), None)
    if unit_class is None or exempt(rules, unit, "must") or exempt(rules, unit, "quota"):
        return []
    handed = [each for each in works if each.handed_in]
    if not handed and not unit_class.must_enter:
        return []
    quota = rules.quota_of(unit.unit_class)
    found = []
    if len(handed) < quota.min:
        found.append(Shortfall(f"至少 {quota.min} 件，已报 {len(handed)} 件", quota.cite))
    for mix in quota.mix:
        count = sum(1 for each in handed if _belongs(rules, mix, each))
        if count < mix.min:
            text = f"{name_of(rules, mix)}至少 {mix.min} 件，已报 {count} 件"
            found.append(Shortfall(text, mix.cite))
        # Exact: 3 of 5 is 60 %, not 0.6000000001 of anything.
        if mix.min_share is not None and Decimal(count) < mix.min_share * len(handed):
            share = f"{(mix.min_share * 100).normalize():f}%"
            text = f"{name_of(rules, mix)}应占 {share} 以上，现为 {count}/{len(handed)}"
            found.append(Shortfall(text, mix.cite))
    return found


def name_of(rules: Rules, mix: Mix) -> str:
    """The Chinese name of what a mix counts."""
    if mix.of == "track":
        names = {each.id: each.name for each in rules.tracks}
        names |= {each.id: each.name for each in rules.groups}
        return names.get(mix.ref, mix.ref)
    if mix.of == "division":
        return next((each.name for each in rules.divisions if each.id == mix.ref), mix.ref)
    for track in rules.tracks:
        if name := theme_names(rules, track.id).get(mix.ref):
            return f"“{name}”作品"
    return mix.ref


def _belongs(rules: Rules, mix: Mix, work: Counted) -> bool:
    if mix.of == "track":
        return work.track in rules.tracks_in(mix.ref)
    if mix.of == "theme":
        return mix.ref in work.themes
    scope = Scope(rules, track_of(rules, work.track), tuple(work.divisions))
    return mix.ref in scope.division_ids


def _region(rules: Rules, unit: Unit) -> Region | None:
    parent = unit.parent if rules.regions else None
    above = [parent.name, parent.district] if parent else []
    return region_of(rules, unit, above)


def _by(cite: Citation) -> str:
    return f"（依据通知{cite}）"
