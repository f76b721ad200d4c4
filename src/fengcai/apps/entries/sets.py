"""Demands on a set of files as a whole (组照 4 至 10 幅): judged by what stands in the place now."""

from __future__ import annotations

from collections.abc import Mapping

from fengcai.apps.assets.models import Finding
from fengcai.apps.assets.queries import FindingRow
from fengcai.apps.entries.scope import Scope
from fengcai.core.inspection import COUNT, evaluate, of_the_set


def findings_of_sets(scope: Scope, counts: Mapping[str, int]) -> dict[str, list[FindingRow]]:
    """What the rules demand of how many stand in each place, judged. Empty places are only owed.

    `counts` are the files, links or things in each slot.
    """
    found: dict[str, list[FindingRow]] = {}
    for slot in scope.slots:
        demands = [each for each in slot.requirements if of_the_set(each) and scope.demands(each)]
        many = counts.get(slot.id, 0)
        if not demands or not many:
            continue
        rows = []
        for demand, finding in zip(demands, evaluate(demands, {COUNT: many}), strict=True):
            round = scope.rules.round(demand.round) if demand.round else None
            later = round.name if round else demand.round or ""
            rows.append(
                FindingRow(
                    requirement=demand.id,
                    severity=demand.severity,
                    verdict=finding.verdict,
                    verdict_name=str(Finding.Verdict(finding.verdict).label),
                    measured=finding.measured,
                    required=finding.required,
                    text=f"{demand.text}（{later}起须符合）" if later else demand.text,
                    section=demand.cite.section,
                    words=demand.cite.words,
                    later=later,
                )
            )
        found[slot.id] = rows
    return found
