"""From signed sheets to one exact ranking, with the reason of every place.

The rule, in order: trim and average each work's sheets exactly; round once, to the official
figure; compare official figures; where they are equal, walk the tie chain on exact values; what is
still equal shares a place until the committee decides. It gives no award and judges no
eligibility: see ``core.allocation``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from fractions import Fraction
from typing import Any

from fengcai.core.scoring.results import Ranking, Separation, Standing, Tie, TieDecision
from fengcai.core.scoring.scheme import Scheme, ScoringError, TieStep, show_apart
from fengcai.core.scoring.sheet import read_sheet
from fengcai.core.scoring.tally import Tally, tally

_Groups = list[tuple[Separation | None, list[str]]]


def rank(
    scheme: Scheme,
    sheets: Iterable[Mapping[str, Any]],
    *,
    works: Iterable[str],
    decisions: Iterable[TieDecision] = (),
    submitted: Mapping[str, datetime] | None = None,
) -> Ranking:
    """Rank ``works`` by their sheets; the order of the inputs never matters.

    ``sheets`` are mappings ``{"judge", "work", "values": {criterion: "18.5"}}``; a recused judge
    has no sheet for the work. ``submitted`` (work → aware instant of the submission that counts)
    is needed only where the tie chain has ``earlier_submission``. Raises ``ScoringError`` for an
    invalid or double sheet, an unknown work, a malformed decision or a missing submission time.
    """
    entered = sorted(set(works))
    by_work = _sheets_by_work(scheme, sheets, entered)
    made = tuple(decisions)
    _check_decisions(made, entered)
    tallies = {work: tally(scheme, rows) for work, rows in by_work.items() if rows}
    groups = _by_figure(tallies)
    for step in scheme.tie_break:
        if step.by == "criterion":
            groups = _by_criterion(groups, scheme, step, tallies)
        elif step.by == "earlier_submission":
            groups = _by_submission(groups, _instants(tallies, submitted or {}))
    groups, unused = _by_committee(groups, made)
    committee = any(step.by == "committee" for step in scheme.tie_break)
    return Ranking(
        standings=_standings(groups, tallies, [work for work in entered if work not in tallies]),
        ties=_ties(groups, committee),
        unused=unused,
    )


def _sheets_by_work(
    scheme: Scheme, sheets: Iterable[Mapping[str, Any]], works: Sequence[str]
) -> dict[str, dict[str, dict[str, Fraction]]]:
    """Work → judge → exact marks by criterion; ``ScoringError`` naming every unusable sheet."""
    found: dict[str, dict[str, dict[str, Fraction]]] = {work: {} for work in works}
    problems: list[str] = []
    for sheet in sheets:
        judge, work, values = str(sheet["judge"]), str(sheet["work"]), sheet["values"]
        where = f"评委 {judge} 对作品 {work} 的评分表"
        if work not in found:
            problems.append(f"{where}：这件作品不在参评名单里。")
        elif judge in found[work]:
            problems.append(f"{where}出现了两份，只能有一份计分。")
        else:
            found[work][judge], wrong = read_sheet(scheme, values)
            problems.extend(f"{where}：{problem}" for problem in wrong)
    if problems:
        raise ScoringError(sorted(problems))
    return found


def _check_decisions(decisions: Sequence[TieDecision], works: Sequence[str]) -> None:
    problems: list[str] = []
    seen: set[frozenset[str]] = set()
    for decision in decisions:
        named = "、".join(decision.order)
        members = frozenset(decision.order)
        if len(members) < 2 or len(members) != len(decision.order):
            problems.append(f"并列裁定（{named}）应写出至少两件不同的作品，从先到后。")
        if not decision.by.strip() or not decision.reason.strip():
            problems.append(f"并列裁定（{named}）要写明由谁裁定和理由。")
        unknown = sorted(members - set(works))
        if unknown:
            problems.append(f"并列裁定里的作品 {'、'.join(unknown)} 不在参评名单里。")
        if members in seen:
            problems.append(f"同一组并列作品（{'、'.join(sorted(members))}）有两份裁定。")
        seen.add(members)
    if problems:
        raise ScoringError(problems)


def _instants(
    tallies: Mapping[str, Tally], submitted: Mapping[str, datetime]
) -> Mapping[str, datetime]:
    problems = [
        f"规则按提交先后区分并列，但作品 {work} 没有带时区的提交时间。"
        for work in sorted(tallies)
        if work not in submitted or submitted[work].utcoffset() is None
    ]
    if problems:
        raise ScoringError(problems)
    return submitted


def _split(
    groups: _Groups,
    key: Callable[[str], Any],
    separation: Callable[[str, str], Separation],
    *,
    reverse: bool,
) -> _Groups:
    """Split each tied group by ``key``; ``separation(upper, lower)`` tells of each new border."""
    result: _Groups = []
    for above, members in groups:
        border: Separation | None = above
        upper: str | None = None
        for value in sorted({key(work) for work in members}, reverse=reverse):
            part = [work for work in members if key(work) == value]
            if upper is not None:
                border = separation(upper, part[0])
            result.append((border, part))
            upper = part[0]
    return result


def _by_figure(tallies: Mapping[str, Tally]) -> _Groups:
    def told(upper: str, lower: str) -> Separation:
        high, low = tallies[upper].figure, tallies[lower].figure
        return Separation("figure", "", f"综合得分 {high:f} 高于 {low:f}")

    if not tallies:
        return []
    whole: _Groups = [(None, sorted(tallies))]
    return _split(whole, lambda work: tallies[work].figure, told, reverse=True)


def _by_criterion(
    groups: _Groups, scheme: Scheme, step: TieStep, tallies: Mapping[str, Tally]
) -> _Groups:
    name = scheme.criterion(step.id).name

    def told(upper: str, lower: str) -> Separation:
        high, low = show_apart(tallies[upper].criteria[step.id], tallies[lower].criteria[step.id])
        same = f"{tallies[upper].figure:f}"
        return Separation(
            "criterion", step.id, f"综合得分同为 {same}，比“{name}”：{high} 高于 {low}"
        )

    return _split(groups, lambda work: tallies[work].criteria[step.id], told, reverse=True)


def _by_submission(groups: _Groups, submitted: Mapping[str, datetime]) -> _Groups:
    def told(upper: str, lower: str) -> Separation:
        first, then = (submitted[work].isoformat(" ") for work in (upper, lower))
        return Separation(
            "earlier_submission", "", f"综合得分相同，先提交者在前：{first} 早于 {then}"
        )

    return _split(groups, lambda work: submitted[work], told, reverse=False)


def _by_committee(
    groups: _Groups, decisions: Sequence[TieDecision]
) -> tuple[_Groups, tuple[TieDecision, ...]]:
    """Order each tied group that a decision names exactly; return also the decisions unused."""
    named = {frozenset(decision.order): decision for decision in decisions}
    result: _Groups = []
    for above, members in groups:
        decision = named.pop(frozenset(members), None) if len(members) > 1 else None
        if decision is None:
            result.append((above, members))
            continue
        text = f"综合得分相同，由{decision.by}裁定先后：{decision.reason}"
        for place, work in enumerate(decision.order):
            result.append((Separation("committee", "", text) if place else above, [work]))
    return result, tuple(sorted(named.values(), key=lambda decision: decision.order))


def _standings(
    groups: _Groups, tallies: Mapping[str, Tally], unmarked: Sequence[str]
) -> tuple[Standing, ...]:
    found: list[Standing] = []
    borders = [*(above for above, _ in groups[1:]), None]
    for (above, members), below in zip(groups, borders, strict=False):
        place = len(found) + 1
        for position, work in enumerate(members):
            tied = Separation("tied", "", f"与 {len(members) - 1} 件作品并列，尚未分出先后")
            one = tallies[work]
            found.append(
                Standing(
                    work=work,
                    rank=place,
                    n=len(one.marks),
                    marks=one.marks,
                    trimming=one.trimming,
                    aggregate=one.aggregate,
                    figure=one.figure,
                    criteria=tuple(one.criteria.items()),
                    above=tied if position else above,
                    below=tied if position < len(members) - 1 else below,
                    tied_with=tuple(other for other in members if other != work),
                )
            )
    found.extend(Standing.unranked(work, "没有收到有效评分，不参加排名。") for work in unmarked)
    return tuple(found)


def _ties(groups: _Groups, committee: bool) -> tuple[Tie, ...]:
    ties: list[Tie] = []
    place = 1
    for _, members in groups:
        if len(members) > 1:
            ties.append(Tie(tuple(members), place, place + len(members) - 1, committee))
        place += len(members)
    return tuple(ties)
