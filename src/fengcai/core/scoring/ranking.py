"""From signed sheets to one exact ranking, with the reason of every place.

The rule, in order: trim and average each work's sheets exactly; round once, to the official
figure; compare official figures; where they are equal, walk the tie chain on exact values; what is
still equal shares a place until the committee decides. It gives no award and judges no
eligibility: see ``core.allocation``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from fractions import Fraction
from typing import Any

from fengcai.core.scoring.composition import Extras
from fengcai.core.scoring.counting import tallies_of
from fengcai.core.scoring.numbers import ScoringError, exact, show_apart
from fengcai.core.scoring.results import Ranking, Separation, Standing, Tie, TieDecision
from fengcai.core.scoring.scheme import Scheme, TieStep
from fengcai.core.scoring.sheet import read_sheet
from fengcai.core.scoring.tally import Tally

_Groups = list[tuple[Separation | None, list[str]]]


def rank(
    scheme: Scheme,
    sheets: Iterable[Mapping[str, Any]],
    *,
    works: Iterable[str],
    decisions: Iterable[TieDecision] = (),
    submitted: Mapping[str, datetime] | None = None,
    extras: Extras | None = None,
) -> Ranking:
    """Rank ``works`` by their sheets; the order of the inputs never matters.

    ``sheets`` are mappings ``{"judge", "work", "values": {criterion: "18.5"}}``; a recused judge
    has no sheet for the work. ``submitted`` (work → aware instant of the submission that counts)
    is needed only where the tie chain has ``earlier_submission``, ``extras`` where the scheme asks
    for more than sheets. Raises ``ScoringError`` for an invalid or double sheet, an unknown work, a
    malformed decision, or anything that the scheme needs and that is missing.
    """
    entered = sorted(set(works))
    more = extras or Extras()
    by_work = _sheets_by_work(scheme, sheets, entered, more.panels)
    made = tuple(decisions)
    _check_decisions(made, entered)
    tallies = tallies_of(scheme, by_work, more)
    groups = _by_figure(tallies)
    last: TieStep | None = None
    for step in scheme.tie_break:
        if step.by in ("committee", "extra_vote", "share_rank"):
            # What follows an extra vote waits for it: nobody knows yet whether it will be needed.
            last = step
            break
        groups = _by_step(groups, scheme, step, tallies, submitted or {}, more)
    by_vote = last is not None and last.by == "extra_vote"
    groups, unused = _by_committee(groups, made, by_vote)
    return Ranking(
        standings=_standings(groups, tallies, [work for work in entered if work not in tallies]),
        ties=_ties(groups, last),
        unused=unused,
    )


def _by_step(
    groups: _Groups,
    scheme: Scheme,
    step: TieStep,
    tallies: Mapping[str, Tally],
    submitted: Mapping[str, datetime],
    extras: Extras,
) -> _Groups:
    if step.by == "criterion":
        # A panel whose sheets never came (and are left out) has said nothing on its own lines.
        values = {work: one.criteria.get(step.id, Fraction(0)) for work, one in tallies.items()}
        return _by_value(groups, step, scheme.criterion(step.id).name, values, tallies)
    if step.by == "component":
        values = {work: one.part(step.id) * 100 for work, one in tallies.items()}
        name = next(one.name for one in scheme.components if one.id == step.id)
        return _by_value(groups, step, f"{name}（百分制）", values, tallies)
    if step.by == "round":
        values = _figures(step.id, tallies, extras)
        return _by_value(groups, step, "前一轮得分", values, tallies)
    if step.by == "lot":
        return _by_lot(groups, extras.seed)
    return _by_submission(groups, _instants(tallies, submitted))


def _sheets_by_work(
    scheme: Scheme,
    sheets: Iterable[Mapping[str, Any]],
    works: Sequence[str],
    panels: Mapping[str, str],
) -> dict[str, dict[str, dict[str, Fraction]]]:
    """Work → judge → exact marks by criterion; ``ScoringError`` naming every unusable sheet.

    A sheet has the lines of its judge's panel, all of them and no others.
    """
    own = {panel: scheme.for_panel(panel) for panel in scheme.panels}
    found: dict[str, dict[str, dict[str, Fraction]]] = {work: {} for work in works}
    problems: list[str] = []
    for sheet in sheets:
        judge, work, values = str(sheet["judge"]), str(sheet["work"]), sheet["values"]
        where = f"评委 {judge} 对作品 {work} 的评分表"
        if work not in found:
            problems.append(f"{where}：这件作品不在参评名单里。")
        elif judge in found[work]:
            problems.append(f"{where}出现了两份，只能有一份计分。")
        elif own and panels.get(judge) not in own:
            problems.append(f"评委 {judge} 没有编入评委组，不知道该评哪几项。")
        else:
            lines = own[panels[judge]] if own else scheme
            found[work][judge], wrong = read_sheet(lines, values)
            problems.extend(f"{where}：{problem}" for problem in wrong)
    if problems:
        raise ScoringError(sorted(set(problems)))
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


def _by_value(
    groups: _Groups,
    step: TieStep,
    name: str,
    values: Mapping[str, Fraction],
    tallies: Mapping[str, Tally],
) -> _Groups:
    def told(upper: str, lower: str) -> Separation:
        high, low = show_apart(values[upper], values[lower])
        same = f"{tallies[upper].figure:f}"
        return Separation(step.by, step.id, f"综合得分同为 {same}，比“{name}”：{high} 高于 {low}")

    return _split(groups, lambda work: values[work], told, reverse=True)


def _figures(id: str, tallies: Mapping[str, Tally], extras: Extras) -> dict[str, Fraction]:
    given = extras.rounds.get(id, {})
    found = {work: exact(given.get(work)) for work in tallies}
    lost = [f"规则按“{id}”一轮的得分区分并列，但作品 {work} 没有这一轮的得分。"
            for work in sorted(found) if found[work] is None]  # fmt: skip
    if lost:
        raise ScoringError(lost)
    return {work: value for work, value in found.items() if value is not None}


def _by_lot(groups: _Groups, seed: str) -> _Groups:
    """The order of SHA-256(seed ‖ 0 ‖ work), which anybody can draw again from the seed."""
    if not any(len(members) > 1 for _, members in groups):
        return groups
    try:
        secret = bytes.fromhex(seed)
    except ValueError:
        secret = b""
    if len(secret) < 16:
        raise ScoringError(["规则按抽签区分并列，但没有事先封存的抽签种子。"])

    def drawn(work: str) -> str:
        return hashlib.sha256(secret + b"\0" + work.encode()).hexdigest()

    def told(upper: str, lower: str) -> Separation:
        text = f"综合得分相同，抽签分先后：{drawn(upper)[:8]} 在 {drawn(lower)[:8]} 之前"
        return Separation("lot", "", text)

    return _split(groups, drawn, told, reverse=False)


def _by_submission(groups: _Groups, submitted: Mapping[str, datetime]) -> _Groups:
    def told(upper: str, lower: str) -> Separation:
        first, then = (submitted[work].isoformat(" ") for work in (upper, lower))
        return Separation(
            "earlier_submission", "", f"综合得分相同，先提交者在前：{first} 早于 {then}"
        )

    return _split(groups, lambda work: submitted[work], told, reverse=False)


def _by_committee(
    groups: _Groups, decisions: Sequence[TieDecision], by_vote: bool
) -> tuple[_Groups, tuple[TieDecision, ...]]:
    """Order each tied group that a decision names exactly; return also the decisions unused."""
    named = {frozenset(decision.order): decision for decision in decisions}
    result: _Groups = []
    for above, members in groups:
        decision = named.pop(frozenset(members), None) if len(members) > 1 else None
        if decision is None:
            result.append((above, members))
            continue
        how, by = ("加投", "extra_vote") if by_vote else ("裁定", "committee")
        text = f"综合得分相同，由{decision.by}{how}先后：{decision.reason}"
        for place, work in enumerate(decision.order):
            result.append((Separation(by, "", text) if place else above, [work]))
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
                    parts=one.parts,
                    taken=one.taken,
                )
            )
    found.extend(Standing.unranked(work, "没有收到有效评分，不参加排名。") for work in unmarked)
    return tuple(found)


def _ties(groups: _Groups, last: TieStep | None) -> tuple[Tie, ...]:
    by = "" if last is None else last.by
    person = by in ("committee", "extra_vote")
    said = by if by in ("extra_vote", "share_rank") else ""
    ties: list[Tie] = []
    place = 1
    for _, members in groups:
        if len(members) > 1:
            ties.append(Tie(tuple(members), place, place + len(members) - 1, person, said))
        place += len(members)
    return tuple(ties)
