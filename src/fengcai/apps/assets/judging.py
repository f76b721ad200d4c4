"""Stored facts of a file against the rules of its work, as the contest has tuned its checks.

It decodes nothing: an amended rulebook or a moved limit is applied to what was measured.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from fractions import Fraction
from typing import Any

from fengcai import media
from fengcai.apps.assets.governing import rules_of_file
from fengcai.apps.assets.models import Asset, Tuning
from fengcai.core import inspection
from fengcai.core.inspection import Measured, evaluate, for_each_file, retuned
from fengcai.core.rulebook import Requirement, Rules, Slot
from fengcai.media.facts import Measure
from fengcai.media.remarks import NAMES

Tunings = Mapping[str, inspection.Tuning]

CLOSER = frozenset({
    "shots", "shake", "freeze", "black", "cadence", "stutter", "interlacing", "flashing", "grain",
})  # fmt: skip
"""Checks that a look at every frame may answer where the swift one could not."""


@dataclass(frozen=True)
class Judged:
    """What one requirement says about a file; the fields of a `Finding` row."""

    requirement: str
    severity: str
    verdict: str
    measured: str
    required: str
    text: str
    section: str
    words: str
    names: tuple[str, ...] = ()
    note: str = ""


def tunings_of(contest: int) -> dict[str, inspection.Tuning]:
    """How a contest has its checks judge, where that is not as they come. 1 SQL."""
    rows = Tuning.objects.filter(contest_id=contest, replaced_at=None)
    found = {
        row.check_name: inspection.Tuning(
            stance={"advise": "advise", "off": "off"}.get(row.stance, "judge"),  # type: ignore[arg-type]
            factor=Fraction(row.factor),
        )
        for row in rows
    }
    return {name: each for name, each in found.items() if not each.plain}


def slot_of(rules: Rules, track: str, slot: str) -> Slot:
    """The place for files that the rules describe. Raises StopIteration for an unknown one."""
    return next(
        place
        for each in rules.tracks
        if each.id == track
        for place in each.slots
        if place.id == slot
    )


def requirements_on(rules: Rules, track: str, slot: str) -> tuple[Requirement, ...]:
    """What one file in this place is judged by."""
    return for_each_file(rules.judged_on(track, slot))


def judge(facts: media.Facts, asset: Asset, rules: Rules, tunings: Tunings) -> tuple[Judged, ...]:
    """The findings on a file by these facts; none on one that cannot be read."""
    if facts.verdict == "unreadable":
        return ()
    requirements = requirements_on(rules, asset.track, asset.slot)
    tuned, touched = tuned_facts(facts, tunings)
    found = evaluate(requirements, {**tuned.flat(), "filename": asset.filename})
    return tuple(
        Judged(
            requirement=each.requirement,
            severity=each.severity,
            verdict=each.verdict,
            measured=each.measured,
            required=each.required,
            text=wording(requirement),
            section=each.cite.section,
            words=each.cite.words,
            names=each.names,
            note=_note(each.names, facts, touched, tunings),
        )
        for requirement, each in zip(requirements, found, strict=True)
    )


def judge_again(asset: Asset, tunings: Tunings) -> tuple[Judged, ...]:
    """The findings on a file by what was measured on it before, of whatever version."""
    facts = media.Facts.model_validate(asset.facts)
    return judge(facts, asset, rules_of_file(asset), tunings)


def tuned_facts(facts: media.Facts, tunings: Tunings) -> tuple[media.Facts, frozenset[str]]:
    """The facts as a contest reads them, and the checks whose answer that changed."""
    changed: dict[str, Measure] = {}
    for name, tuning in tunings.items():
        measure = facts.measures.get(name)
        if measure is None:
            continue
        told = Measured(measure.answer, measure.facts, measure.values, measure.limits)
        answer, known = retuned(name, told, measure.about, tuning)
        if (answer, known) != (measure.answer, measure.facts):
            changed[name] = measure.model_copy(update={"answer": answer, "facts": known})
    measures = {**facts.measures, **changed}
    return facts.model_copy(update={"measures": measures}), frozenset(changed)


def in_doubt(facts: media.Facts, findings: Iterable[Judged], tunings: Tunings) -> tuple[str, ...]:
    """The binding requirements that a swift look left open and a look at every frame may settle."""
    if mode_of(facts.model_dump(include={"decoding"})) != "swift":
        return ()
    open_checks = [
        measure
        for name, measure in facts.measures.items()
        if name in CLOSER
        and measure.answer in ("doubtful", "unmeasured")
        and (name not in tunings or tunings[name].stance == "judge")
    ]
    named = {fact for measure in open_checks for fact in measure.about}
    return tuple(
        each.requirement
        for each in findings
        if each.severity == "must"
        and each.verdict == "undetermined"
        and named.intersection(each.names)
    )


def checks_behind(facts: Mapping[str, Any] | None, names: Iterable[str]) -> tuple[str, ...]:
    """The checks that speak of these facts, by stored facts of any version."""
    wanted = frozenset(names)
    measures: Mapping[str, Any] = (facts or {}).get("measures") or {}
    return tuple(
        sorted(
            name
            for name, each in measures.items()
            if isinstance(each, dict) and wanted.intersection(each.get("about") or ())
        )
    )


def mode_of(facts: Mapping[str, Any] | None) -> str:
    """How a film was looked at: swift or thorough; "" for everything else."""
    return str(((facts or {}).get("decoding") or {}).get("mode") or "")


ABOUT_THE_MACHINE = ("timeout", "cpu", "memory", "crashed", "changed", "infected")
"""Reasons that speak of the attempt and not of the file (or of signatures that may be withdrawn):
another attempt may do better,
and none is taken over from a twin."""


def may_look_closer(asset: Asset) -> bool:
    """Whether another look may tell more: a film that was looked at swiftly, an attempt that failed
    for the machine's sake, facts of an earlier version of the measuring."""
    facts = asset.facts
    if facts is None or asset.state == Asset.State.RECEIVED:
        return False
    older = facts.get("version") != media.FACTS_VERSION
    failed = facts.get("reason_code") in ABOUT_THE_MACHINE
    return older or failed or mode_of(facts) == "swift"


def wording(requirement: Requirement) -> str:
    """The requirement as a line of a checklist, with what is allowed all the same."""
    allowed = f"（{requirement.exception}）" if requirement.exception else ""
    return f"{requirement.text}{allowed}"


def said(name: str, tuning: inspection.Tuning) -> str:
    """A contest's own setting of a check in words: 抖动的判定界限放宽为 1.5 倍."""
    what = NAMES.get(name, name)
    parts = []
    if tuning.factor != 1:
        way = "放宽" if tuning.factor > 1 else "收紧"
        parts.append(f"判定界限{way}为默认的 {float(tuning.factor):g} 倍")
    if tuning.stance != "judge":
        parts.append({"advise": "只提示，由人判断", "off": "不用机器判断"}[tuning.stance])
    return f"“{what}”{'，'.join(parts)}"


def _note(
    names: Sequence[str], facts: media.Facts, touched: frozenset[str], tunings: Tunings
) -> str:
    told = [
        said(name, tunings[name])
        for name in sorted(touched)
        if set(facts.measures[name].about).intersection(names)
    ]
    return f"按本活动的设定：{'；'.join(told)}" if told else ""


def as_row(judged: Judged) -> dict[str, Any]:
    """What a finding's row holds, to tell whether judging again changed anything."""
    row = asdict(judged)
    cut = {name: row[name][:200] for name in ("measured", "required", "note")}
    return {**row, **cut, "names": list(judged.names)}
