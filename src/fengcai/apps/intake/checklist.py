"""The reviewer's checklist of one work: what the machine measured, what a person has to judge.

Built from the file's findings and the entry-level requirements of the rulebook, each with its
clause. It decides nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from fengcai.apps.assets.judging import checks_behind
from fengcai.apps.entries.doubts import doubts
from fengcai.apps.entries.governing import rules_for
from fengcai.apps.entries.models import Entry, FileVersion
from fengcai.apps.entries.owed import filled_by, items_of
from fengcai.apps.entries.scope import Scope, demand_at_submission, scope_of
from fengcai.apps.entries.sets import findings_of_sets
from fengcai.apps.intake.models import Ruling
from fengcai.apps.prepared import Given, Prepared
from fengcai.core.inspection import of_the_set
from fengcai.core.rulebook import Requirement, Rules

DECISIONS = ("ok", "broken")


@dataclass(frozen=True)
class Said:
    """A reviewer's word on one requirement, with what the machine had said by then."""

    says: str
    says_name: str
    reason: str
    machine: str
    machine_name: str
    by: str
    at: datetime

    @property
    def overrules(self) -> bool:
        """Whether it contradicts what the machine had measured."""
        return overrules(self.machine, self.says)


def overrules(machine: str, says: str) -> bool:
    """Whether a person's word contradicts the machine's: doubt contradicts nothing."""
    return (machine, says) in (("pass", "broken"), ("fail", "ok"))


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
    assets: tuple[str, ...] = ()
    """The current files that the machine's word is about; none for what it says nothing of."""
    checks: tuple[str, ...] = ()
    setting: str = ""
    """What this contest's own setting of a check changed, in words."""
    ruling: Said | None = None
    """What a reviewer said of it before, about these very files."""

    @property
    def changed(self) -> bool:
        """Whether the machine says something else than when a reviewer last spoke: by another
        inspection, amended rules or a moved limit. His word stands until he changes it."""
        return self.ruling is not None and self.ruling.machine != self.machine

    @property
    def settled_by_machine(self) -> bool:
        """Measured and in order, and nobody said otherwise: shown as one quiet line."""
        return self.machine == "pass" and self.said != "broken" and not self.changed

    @property
    def said(self) -> str:
        """A reviewer's word that stands, or ""."""
        return self.ruling.says if self.ruling else ""

    @property
    def said_why(self) -> str:
        """Why it was given, or ""."""
        return self.ruling.reason if self.ruling else ""

    def with_decision(self, decision: str, note: str) -> Point:
        """The same point with the reviewer's judgement: the one given, else the one that stands from
        before; what the machine passed and nobody spoke of stands as ok."""
        note = note.strip()[:500]
        if decision not in DECISIONS and self.ruling is not None:
            decision, note = self.ruling.says, note or self.ruling.reason
        elif decision not in DECISIONS:
            decision = "ok" if self.settled_by_machine else ""
        elif self.ruling is not None and decision == self.ruling.says:
            note = note or self.ruling.reason
        return replace(self, decision=decision, note=note)

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
    is doubtful about it. 3 SQL, and what `doubts` asks."""
    files = entry.files.filter(current=True).select_related("asset")
    files = files.prefetch_related("asset__findings")
    return with_rulings(entry, points_of(entry, rules_for(entry), files))


def with_rulings(entry: Entry, points: Iterable[Point]) -> list[Point]:
    """The points with what reviewers said of them before, about the same files. 1 SQL."""
    said = {row.requirement: row for row in _RULINGS(entry=entry.pk)}
    found = []
    for point in points:
        row = said.get(point.requirement)
        fits = row is not None and point.assets and sorted(row.assets) == sorted(point.assets)
        found.append(replace(point, ruling=said_of(row)) if row is not None and fits else point)
    return found


_RULINGS = Prepared(
    lambda: Ruling.objects.filter(entry=Given("entry"), replaced_at=None).select_related("by")
)


def said_of(row: Ruling) -> Said:
    """A ruling ready to show."""
    return Said(
        says=row.says,
        says_name=row.get_says_display(),
        reason=row.reason,
        machine=row.machine,
        machine_name=row.get_machine_display(),
        by=str(row.by),
        at=row.at,
    )


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
                assets=(str(version.asset_id),),
                checks=checks_behind(version.asset.facts, f.names),
                setting=f.note,
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
        for doubt in doubts(entry, scope, files)
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
    worse = one
    if _BADNESS.index(other.machine) > _BADNESS.index(one.machine):
        worse = other
    elif one.machine == other.machine and other.measured and one.machine != "pass":
        worse = replace(one, measured=f"{one.measured}；{other.measured}"[:200])
    assets = (*one.assets, *other.assets)
    checks = tuple(sorted({*one.checks, *other.checks}))
    return replace(worse, assets=assets, checks=checks)


def _for_the_desk(rule: Requirement, scope: Scope) -> bool:
    return rule.checked_by != "judge" and demand_at_submission(rule) and scope.demands(rule)
