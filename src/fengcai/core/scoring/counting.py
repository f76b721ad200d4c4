"""From sheets and what comes from elsewhere to one figure for each work.

Sheets that never came, judges of one scale, panels, rounds before, votes, fields, penalties: all
that a scheme may ask for beyond adding sheets up. Comparing the works is ``ranking``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

from fengcai.core.scoring.composition import (
    SHEETS,
    Component,
    Extras,
    Part,
    combined,
    outside,
    taken_off,
)
from fengcai.core.scoring.normalising import FULL, rank_scores, standard_scores
from fengcai.core.scoring.numbers import ScoringError, rounded, show
from fengcai.core.scoring.results import Mark
from fengcai.core.scoring.scheme import Scheme
from fengcai.core.scoring.sheet import total
from fengcai.core.scoring.tally import Tally, criteria_of, tally

Sheets = dict[str, dict[str, dict[str, Fraction]]]
"""Work → judge → exact marks by criterion."""

_SCALES = {
    "standard_score": "各评委的评分先换算为标准分（50 + 10z）。",
    "rank": "各评委的评分先换算为名次分。",
}


def tallies_of(scheme: Scheme, sheets: Sheets, extras: Extras) -> dict[str, Tally]:
    """What every work comes to; works without what the scheme needs are left out.

    Raises ``ScoringError`` naming sheets and values that are missing while the round waits for them.
    """
    absent = _absent(scheme, sheets, extras)
    scores = _scores(scheme, sheets)
    marked = not scheme.components or any(one.of in SHEETS for one in scheme.components)
    counted = [work for work, rows in sheets.items() if rows or not marked]
    beside = outside(scheme.components, extras, counted, wait=scheme.missing == "wait")
    taken = taken_off(scheme.penalties, extras.deductions)
    found: dict[str, Tally] = {}
    for work in counted:
        one = _counted(scheme, sheets[work], scores[work], extras, beside[work])
        if absent.get(work):
            text = f"{one.trimming}缺 {absent[work]} 份评分，按 0 分计入。"
            one = replace(one, trimming=text)
        off = taken.get(work, ())
        if off:
            left = one.aggregate - sum((each.points for each in off), Fraction(0))
            text = one.trimming + "".join(each.text for each in off)
            one = replace(one, aggregate=max(Fraction(0), left), taken=off, trimming=text)
        figure = rounded(one.aggregate, scheme.rounding_places, scheme.rounding_mode)
        found[work] = replace(one, figure=figure)
    return found


def _absent(scheme: Scheme, sheets: Sheets, extras: Extras) -> dict[str, int]:
    """Fill in zeros where the scheme says so; how many for each work."""
    missing = sorted(set(extras.absent))
    if missing and scheme.missing == "wait":
        raise ScoringError(
            [f"评委 {judge} 对作品 {work} 的评分表还没有交。" for judge, work in missing]
        )
    found: dict[str, int] = {}
    for judge, work in missing if scheme.missing == "zero" else ():
        if work in sheets and judge not in sheets[work]:
            lines = scheme.for_panel(extras.panels.get(judge, "")).criteria
            sheets[work][judge] = {one.id: Fraction(0) for one in lines}
            found[work] = found.get(work, 0) + 1
    return found


def _scores(scheme: Scheme, sheets: Sheets) -> Mapping[str, Mapping[str, Fraction]]:
    totals = {
        work: {judge: total(scheme, marks) for judge, marks in rows.items()}
        for work, rows in sheets.items()
    }
    if scheme.normalise == "standard_score":
        return standard_scores(totals)
    return rank_scores(totals) if scheme.normalise == "rank" else totals


def _counted(
    scheme: Scheme,
    sheets: Mapping[str, Mapping[str, Fraction]],
    scores: Mapping[str, Fraction],
    extras: Extras,
    beside: Mapping[str, Part],
) -> Tally:
    full = scheme.sheet_full if scheme.normalise == "none" else FULL
    scale = _SCALES.get(scheme.normalise, "")
    if not scheme.components:
        one = tally(scheme, sheets, scores)
        aggregate = one.aggregate * scheme.total / full
        return replace(one, aggregate=aggregate, trimming=scale + one.trimming)
    parts: list[Part] = []
    marks: list[Mark] = []
    said: list[str] = [scale] if scale else []
    for each in scheme.components:
        if each.of not in SHEETS:
            parts.append(beside[each.id])
            continue
        mine = _of_panel(each.ref, scores, extras) if each.of == "panel" else dict(scores)
        if not mine:
            if scheme.missing == "wait":
                raise ScoringError([f"有作品没有收到“{each.name}”的评分。"])
            parts.append(Part(each.id, each.name, None, full, each.weight))
            continue
        one = tally(_own(scheme, each), {judge: sheets[judge] for judge in mine}, mine)
        parts.append(Part(each.id, each.name, one.aggregate, full, each.weight))
        marks.extend(mark for mark in one.marks if mark not in marks)
        said.append(f"{each.name}：{one.trimming}" if each.of == "panel" else one.trimming)
    aggregate = combined(parts, scheme.total, leave_out=scheme.missing == "leave_out")
    criteria = _criteria(scheme, sheets, extras)
    return Tally(tuple(marks), "".join([*said, _sum(parts)]), aggregate, rounded(
        aggregate, scheme.rounding_places, scheme.rounding_mode
    ), criteria, tuple(parts))  # fmt: skip


def _criteria(
    scheme: Scheme, sheets: Mapping[str, Mapping[str, Fraction]], extras: Extras
) -> dict[str, Fraction]:
    """Each line's aggregate, a panel's own lines as that panel's marks are combined."""
    found = criteria_of(scheme, sheets)
    for each in scheme.components:
        if each.of == "panel" and each.ref in scheme.panels:
            own = {one.id for one in scheme.criteria if one.panel == each.ref}
            theirs = {
                judge: marks
                for judge, marks in sheets.items()
                if extras.panels.get(judge) == each.ref
            }
            mine = criteria_of(_own(scheme, each), theirs)
            found |= {id: value for id, value in mine.items() if id in own}
    return found


def _own(scheme: Scheme, part: Component) -> Scheme:
    """The scheme as the part combines its marks."""
    if part.aggregate is None:
        return scheme
    least = max(scheme.drop_only_if_at_least, part.drop_high + part.drop_low + 1)
    return replace(
        scheme,
        aggregate=part.aggregate,  # type: ignore[arg-type]
        drop_high=part.drop_high,
        drop_low=part.drop_low,
        drop_only_if_at_least=least,
    )


def _of_panel(panel: str, scores: Mapping[str, Fraction], extras: Extras) -> dict[str, Fraction]:
    lost = sorted(judge for judge in scores if judge not in extras.panels)
    if lost:
        raise ScoringError([f"评委 {judge} 没有编入评委组，不知道计入哪一部分。" for judge in lost])
    return {judge: score for judge, score in scores.items() if extras.panels[judge] == panel}


def _sum(parts: list[Part]) -> str:
    return (
        "；".join(
            f"{part.name} {'缺' if part.value is None else show(part.value)}/{show(part.full)}"
            f" × {show(part.weight * 100)}%"
            for part in parts
        )
        + "。"
    )
