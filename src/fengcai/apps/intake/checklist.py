"""The reviewer's checklist of one work: what the machine measured, what a person has to judge.

Built from the file's findings and the entry-level requirements of the rulebook, each with its
clause. It decides nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from fengcai.apps.entries.doubts import doubts
from fengcai.apps.entries.governing import rules_for
from fengcai.apps.entries.models import Entry, FileVersion
from fengcai.apps.entries.owed import filled_by, items_of
from fengcai.apps.entries.scope import Scope, demand_at_submission, scope_of
from fengcai.apps.entries.sets import findings_of_sets
from fengcai.core.inspection import of_the_set
from fengcai.core.rulebook import Requirement, Rules

DECISIONS = ("ok", "broken")


@dataclass(frozen=True)
class Point:
    """One requirement with the machine's verdict and the reviewer's own."""

    requirement: str
    text: str
    severity: str
    machine: str
    measured: str
    required: str
    section: str
    words: str
    decision: str = ""
    note: str = ""

    @property
    def settled_by_machine(self) -> bool:
        """Measured and in order: shown as one quiet line."""
        return self.machine == "pass"

    def with_decision(self, decision: str, note: str) -> Point:
        """The same point with the reviewer's judgement; what the machine passed stands as ok."""
        if decision not in DECISIONS:
            decision = "ok" if self.settled_by_machine else ""
        return replace(self, decision=decision, note=note.strip()[:500])

    def as_json(self) -> dict[str, str]:
        """What is kept of it with the review."""
        return {
            "requirement": self.requirement,
            "machine": self.machine,
            "measured": self.measured,
            "decision": self.decision,
            "note": self.note,
        }


def checklist(entry: Entry) -> list[Point]:
    """Every point of one entry: the current files' findings first, then the whole work's, then what
    is doubtful about it. 2 SQL, and what `doubts` asks."""
    files = entry.files.filter(current=True).prefetch_related("asset__findings")
    return points_of(entry, rules_for(entry), files)


def points_of(entry: Entry, rules: Rules, files: Iterable[FileVersion]) -> list[Point]:
    """The same, of current files that are read already with their findings.

    What the rulebook leaves to the judges (短片优先 …), what binds another division, and what holds
    only from a later round on is not the reviewer's. A demand on several files of a set is one
    point with the worst of its verdicts.
    """
    scope = scope_of(entry, rules)
    points: dict[str, Point] = {}
    files = list(files)
    for version in sorted(files, key=lambda row: (row.slot, row.place)):
        for f in version.asset.findings.all():
            rule = rules.requirement(f.requirement)
            if rule is not None and (not _for_the_desk(rule, scope) or of_the_set(rule)):
                continue
            measured = f"第 {version.place} 个：{f.measured}" if version.place > 1 else f.measured
            point = Point(
                requirement=f.requirement,
                text=f.text,
                severity=f.severity,
                machine=f.verdict,
                measured=measured,
                required=f.required,
                section=f.section,
                words=f.words,
            )
            earlier = points.get(f.requirement)
            points[f.requirement] = point if earlier is None else _worse(earlier, point)
    found = [*points.values(), *_of_sets(entry, scope, files)]
    found += [
        Point(
            requirement=r.id,
            text=r.text + (f"（{EFFECTS[r.effect]}）" if r.effect in EFFECTS else ""),
            severity=r.severity,
            machine="person",
            measured="",
            required=r.required_text or "",
            section=r.cite.section,
            words=r.cite.words,
        )
        for r in scope.requirements
        if r.checked_by == "human" and demand_at_submission(r) and r.id not in points
    ]
    found += [
        Point(
            requirement=doubt.id,
            text=doubt.text,
            severity="must",
            machine="person",
            measured=doubt.found,
            required="",
            section=doubt.cite.section,
            words=doubt.cite.words,
        )
        for doubt in doubts(entry, scope)
    ]
    return found


def _of_sets(entry: Entry, scope: Scope, files: list[FileVersion]) -> list[Point]:
    """What sets have to be as a whole. 1 SQL where the rules ask for links or things."""
    filled = filled_by(scope, files, items_of(entry, scope))
    return [
        Point(
            requirement=row.requirement,
            text=row.text,
            severity=row.severity,
            machine=row.verdict,
            measured=row.measured,
            required=row.required,
            section=row.section,
            words=row.words,
        )
        for rows in findings_of_sets(scope, filled.counts).values()
        for row in rows
        if not row.later
    ]


EFFECTS = {"tie_break": "并列时作为依据", "bonus": "符合的加分", "none": "只作提倡，不影响名次"}
"""What a preference does when awards are decided, in words."""

_BADNESS = ("pass", "person", "undetermined", "fail")


def _worse(one: Point, other: Point) -> Point:
    """The worse of two verdicts on one demand; equal ones are said together."""
    if _BADNESS.index(other.machine) > _BADNESS.index(one.machine):
        return other
    if one.machine == other.machine and other.measured and one.machine != "pass":
        return replace(one, measured=f"{one.measured}；{other.measured}"[:200])
    return one


def _for_the_desk(rule: Requirement, scope: Scope) -> bool:
    return rule.checked_by != "judge" and demand_at_submission(rule) and scope.demands(rule)
