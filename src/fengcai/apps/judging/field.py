"""Works as the rules count them: track, divisions, region, unit class, themes, people.

What shortlists and awards ask of a work that has nothing to do with its marks.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from fengcai.apps.contests.models import Contest
from fengcai.apps.entries.contributors import marks_of
from fengcai.apps.entries.models import Entry
from fengcai.apps.entries.scope import people_of, region_of, scope_of
from fengcai.apps.entries.states import State
from fengcai.core.rulebook import Rules

COUNTED = {
    "submitted": tuple(state for state in State if state not in (State.DRAFT, State.WITHDRAWN)),
    "accepted": (State.ACCEPTED,),
}
"""Which works a ratio counts: those handed in, whatever became of them, or those accepted."""


@dataclass(frozen=True)
class Placed:
    """A work and what it belongs to. `people` pairs opaque identities with names and roles."""

    entry: Entry
    divisions: frozenset[str]
    region: str
    headings: frozenset[str]
    people: tuple[tuple[str, str, str], ...]

    @property
    def work(self) -> str:
        """The work's id as core names it."""
        return str(self.entry.pk)

    @property
    def belongs(self) -> frozenset[tuple[str, str]]:
        """(kind, id) of everything it is part of."""
        found = {("track", self.entry.track), ("unit_class", self.entry.unit.unit_class)}
        found |= {("theme", theme) for theme in self.entry.themes}
        found |= {("division", division) for division in self.divisions}
        found |= {("heading", heading) for heading in self.headings}
        return frozenset(found | ({("region", self.region)} if self.region else set()))

    def within(
        self, *, tracks: Sequence[str], divisions: Sequence[str], regions: Sequence[str]
    ) -> bool:
        """Whether it is in a scope; an empty one means all."""
        return (
            (not tracks or self.entry.track in tracks)
            and (not divisions or bool(self.divisions.intersection(divisions)))
            and (not regions or self.region in regions)
        )


def placed(rules: Rules, entries: Iterable[Entry]) -> list[Placed]:
    """The works with what they belong to. No SQL when they are read with their units and those'
    superiors."""
    above = {each.id: each.parent for each in rules.groups}
    parents = {each.id: each.parent for each in rules.tracks}
    found = []
    for entry in entries:
        scope = scope_of(entry, rules)
        headings, at = set(), parents.get(entry.track)
        while at is not None and at not in headings:
            headings.add(at)
            at = above.get(at)
        superior = [entry.unit.parent.name] if entry.unit.parent else []
        region = region_of(rules, entry.unit, superior)
        people = []
        for _, row in people_of(scope, entry.fields):
            name, role = row["name"].strip(), row.get("role", "").strip()
            # Without a number or a telephone, one name in one unit is taken for one person.
            marks = [mark for mark, _ in marks_of(row)] or [f"{entry.unit_id}|{name}"]
            people += [(mark, name, role) for mark in marks]
        found.append(
            Placed(
                entry=entry,
                divisions=scope.division_ids,
                region=region.id if region else "",
                headings=frozenset(headings),
                people=tuple(people),
            )
        )
    return found


def population(contest: Contest, rules: Rules, of: str) -> list[Placed]:
    """The works of a contest that a ratio counts: `submitted` or `accepted`. 1 SQL."""
    rows = Entry.objects.filter(contest=contest, state__in=COUNTED[of])
    return placed(rules, rows.select_related("unit__parent"))


def names_of(rules: Rules) -> dict[str, str]:
    """Ids of tracks, headings, divisions, regions, themes and unit classes with their names."""
    found = {each.id: each.name for each in rules.unit_classes}
    found |= {each.id: each.name for each in rules.groups}
    found |= {each.id: each.name for each in rules.divisions}
    found |= {each.id: each.name for each in rules.regions}
    found |= {each.id: each.name for each in rules.tracks}
    for track in rules.tracks:
        if track.themes:
            found |= {each.id: each.name for each in track.themes.options}
    return found
