"""Broken binding demands in lists: those that bind the work now, by the rules it was handed in under.

A file was measured against every demand of its place. What binds another division, only a later
round, or a set as a whole, is no breach of this file.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from fengcai.apps.contests.models import Contest, RulebookVersion
from fengcai.apps.contests.queries import rules_at, rules_of
from fengcai.apps.entries.scope import Scope, track_of
from fengcai.apps.entries.states import WRITABLE
from fengcai.core.inspection import of_the_set
from fengcai.core.rulebook import Rules


@dataclass(frozen=True)
class Bound:
    """What of a work says which demands bind it."""

    track: str
    divisions: tuple[str, ...]
    state: str
    rulebook: int


class Binding:
    """Which findings are breaches, for many works of one contest. 1 SQL where an amendment came
    between them; none otherwise."""

    def __init__(self, contest: Contest, works: Iterable[Bound]) -> None:
        self._current = rules_of(contest)
        older = {w.rulebook for w in works if w.state not in WRITABLE} - {contest.version_id}
        rows = RulebookVersion.objects.filter(pk__in=older).defer("text", "resolved")
        self._older = {row.pk: rules_at(row) for row in rows} if older else {}
        self._known: dict[tuple[str, str, tuple[str, ...]], frozenset[str]] = {}

    def many(self, work: Bound, requirements: Collection[str]) -> int:
        """How many of these broken demands bind the work now."""
        return len(requirements) - len(self._not_binding(work).intersection(requirements))

    def binds(self, work: Bound, requirement: str) -> bool:
        """Whether this demand binds the work now."""
        return requirement not in self._not_binding(work)

    def _not_binding(self, work: Bound) -> frozenset[str]:
        written = work.state in WRITABLE
        rules = self._current if written else self._older.get(work.rulebook, self._current)
        key = (rules.hash, work.track, work.divisions)
        if key not in self._known:
            self._known[key] = frozenset(_not_binding(rules, work))
        return self._known[key]


def _not_binding(rules: Rules, work: Bound) -> Iterable[str]:
    try:
        scope = Scope(rules, track_of(rules, work.track), work.divisions)
    except KeyError:  # a category that was amended away
        return
    for slot in scope.track.slots:
        for each in slot.requirements:
            if not scope.demands(each) or each.round is not None or of_the_set(each):
                yield each.id
