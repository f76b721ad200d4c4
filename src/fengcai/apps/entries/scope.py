"""Which of a contest's rules govern one entry: by its track, its divisions, its unit's class.

Here alone stands what "empty means all" is; forms, owed things, checklists and windows ask here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from fengcai.core.rulebook import Rules, Track
from fengcai.core.rulebook.rules import (
    Channel,
    Declaration,
    Division,
    Novelty,
    Qualification,
    Region,
    Requirement,
    Slot,
)

if TYPE_CHECKING:
    from fengcai.apps.contests.models import Unit
    from fengcai.apps.entries.models import Entry

MADE_ON = "made-on-"
PRIZES = "prizes-"
"""What keys of an entry's `fields` begin with that no field of the track asks: the day a work was
made, the prizes it has won. A clause's id follows."""


class _Scoped(Protocol):
    @property
    def tracks(self) -> tuple[str, ...]: ...


def track_of(rules: Rules, track: str) -> Track:
    """The track with this id. Raises KeyError."""
    for each in rules.tracks:
        if each.id == track:
            return each
    raise KeyError(track)


@dataclass(frozen=True)
class Scope:
    """The rules as they bind one entry."""

    rules: Rules
    track: Track
    chosen: tuple[str, ...] = ()
    """The divisions that the entry is in."""

    @cached_property
    def axes(self) -> dict[str, tuple[Division, ...]]:
        """The divisions open to the track, by axis. Of each axis the entry is in exactly one."""
        found: dict[str, list[Division]] = {}
        for each in self.rules.divisions:
            mine = not self.track.divisions or each.id in self.track.divisions
            if mine and (not each.tracks or self.track.id in each.tracks):
                found.setdefault(each.axis, []).append(each)
        return {axis: tuple(rows) for axis, rows in found.items()}

    @cached_property
    def divisions(self) -> tuple[Division, ...]:
        """The divisions that the entry is in: as chosen, or the only one of an axis."""
        own: list[Division] = []
        for rows in self.axes.values():
            picked = [row for row in rows if row.id in self.chosen]
            own += picked or (rows if len(rows) == 1 else ())
        return tuple(own)

    @cached_property
    def division_ids(self) -> frozenset[str]:
        """Their ids."""
        return frozenset(each.id for each in self.divisions)

    @cached_property
    def slots(self) -> tuple[Slot, ...]:
        """The places for files, links and things that this entry fills."""
        return tuple(s for s in self.track.slots if self._in_divisions(s.divisions))

    def slot(self, id: str) -> Slot | None:
        """A slot of this entry by its id."""
        return next((each for each in self.slots if each.id == id), None)

    def declarations(self, when: str) -> tuple[Declaration, ...]:
        """What is promised at this step."""
        return tuple(
            each
            for each in self.rules.declarations
            if each.when == when and self._binds(each) and self._in_divisions(each.divisions)
        )

    @cached_property
    def signed_at_award(self) -> frozenset[str]:
        """The slots whose scan is signed by winners only: nobody owes them before."""
        scans = {when: {d.slot for d in self.declarations(when) if d.evidence == "signed_scan"}
                 for when in ("submit", "confirm", "award")}  # fmt: skip
        later = scans["award"] - scans["submit"] - scans["confirm"]
        return frozenset(slot for slot in later if slot is not None)

    @cached_property
    def qualifications(self) -> tuple[Qualification, ...]:
        """Who may take part in this entry."""
        return tuple(
            each
            for each in self.rules.qualifications
            if self._binds(each) and self._in_divisions(each.divisions)
        )

    @cached_property
    def novelty(self) -> tuple[Novelty, ...]:
        """Whether this work must be new."""
        return tuple(each for each in self.rules.novelty if self._binds(each))

    @cached_property
    def requirements(self) -> tuple[Requirement, ...]:
        """The demands on the work as a whole."""
        return tuple(each for each in self.rules.requirements if self.demands(each))

    def demands(self, requirement: Requirement) -> bool:
        """Whether a demand binds this entry at all, at the submission or later."""
        return self._binds(requirement) and self._in_divisions(requirement.divisions)

    @cached_property
    def channels(self) -> tuple[Channel, ...]:
        """The ways in which this entry is handed in; the authoritative one first."""
        mine = [each for each in self.rules.channels if self._binds(each)]
        return tuple(sorted(mine, key=lambda each: not each.authoritative))

    @property
    def paper(self) -> Channel | None:
        """The channel of paper where it is the authoritative one."""
        first = self.channels[0] if self.channels else None
        return first if first and first.authoritative and first.kind == "paper" else None

    def _binds(self, rule: _Scoped) -> bool:
        return not rule.tracks or self.track.id in rule.tracks

    def _in_divisions(self, wanted: Collection[str]) -> bool:
        return not wanted or bool(self.division_ids.intersection(wanted))


def scope_of(entry: Entry, rules: Rules) -> Scope:
    """The rules as they bind this entry."""
    return Scope(rules, track_of(rules, entry.track), tuple(entry.divisions))


def demand_at_submission(requirement: Requirement | None) -> bool:
    """Whether a demand bites from the submission on, and not only at a later round."""
    return requirement is None or requirement.round is None


def region_of(rules: Rules, unit: Unit, parents: Iterable[str] = ()) -> Region | None:
    """The region that a unit belongs to: by its own name, its district, its superior's, or its class."""
    classes = {each.id: each.name for each in rules.unit_classes}
    names = [unit.name, unit.district, *parents, unit.unit_class, classes.get(unit.unit_class, "")]
    for name in filter(None, names):
        for each in rules.regions:
            if name in each.members or (name == each.name and name == unit.district):
                return each
    return None


def exempt(rules: Rules, unit: Unit, of: str) -> bool:
    """Whether a unit is exempt from having to enter (`must`) or from being counted (`quota`)."""
    return any(each.of == of and unit.name in each.units for each in rules.exemptions)


def theme_names(rules: Rules, track: str) -> dict[str, str]:
    """Theme ids of a track with their Chinese names."""
    themes = track_of(rules, track).themes
    return {t.id: t.name for t in themes.options} if themes else {}


def people_of(scope: Scope, fields: Mapping[str, object]) -> list[tuple[str, dict[str, str]]]:
    """Everybody whom the form names, as (field id, row)."""
    found: list[tuple[str, dict[str, str]]] = []
    for field in scope.track.fields:
        rows = fields.get(field.id)
        if field.kind == "people" and isinstance(rows, list):
            found += [(field.id, row) for row in rows if str(row.get("name", "")).strip()]
    return found
