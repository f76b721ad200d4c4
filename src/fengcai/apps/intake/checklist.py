"""The reviewer's checklist of one work: what the machine measured, what a person has to judge.

Built from the file's findings and the entry-level requirements of the rulebook, each with its
clause. It decides nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from fengcai.apps.contests.queries import rules_of
from fengcai.apps.entries.models import Entry, FileVersion
from fengcai.core.rulebook import Rules

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
    """Every point of one entry: the current files' findings first, then the whole work's. 2 SQL."""
    files = entry.files.filter(current=True).prefetch_related("asset__findings")
    return points_of(rules_of(entry.contest), files)


def points_of(rules: Rules, files: Iterable[FileVersion]) -> list[Point]:
    """The same, of current files that are read already with their findings. No SQL. What the
    rulebook leaves to the judges (短片优先 …) is not the reviewer's."""
    points = []
    for version in files:
        points += [
            Point(
                requirement=f.requirement,
                text=f.text,
                severity=f.severity,
                machine=f.verdict,
                measured=f.measured,
                required=f.required,
                section=f.section,
                words=f.words,
            )
            for f in version.asset.findings.all()
            if not _for_judges(rules, f.requirement)
        ]
    points += [
        Point(
            requirement=r.id,
            text=r.text,
            severity=r.severity,
            machine="person",
            measured="",
            required=r.required_text or "",
            section=r.cite.section,
            words=r.cite.words,
        )
        for r in rules.requirements
        if r.checked_by == "human"
    ]
    return points


def _for_judges(rules: Rules, requirement: str) -> bool:
    known = rules.requirement(requirement)
    return known is not None and known.checked_by == "judge"
