"""Awards that run down a line of competitors: by rank, by votes, by points of units.

Awards of one ladder run down together (first 1, second 2–4, …). A tie that lies wholly inside an
award's places wins whole; one that crosses a border leaves its places open with a flag, unless a
person has put its members in order. Where caps count, the line is walked one by one.
"""

from __future__ import annotations

from collections.abc import Sequence

from fengcai.core.allocation.decisions import AwardOrder, AwardRule, Vacated
from fengcai.core.allocation.field import Cell, Runner
from fengcai.core.allocation.state import State

Line = Sequence[Sequence[Runner]]


def by_line(
    state: State,
    rule: AwardRule,
    cell: Cell,
    line: Line,
    number: int,
    before: int,
    left: Vacated | None,
) -> None:
    """Give ``number`` places of an award down a line, behind the first ``before`` of it."""
    given = number
    if left is not None:
        given = max(0, number - left.places)
        text = f"{left.by}决定空缺 {number - given} 名：{left.reason}"
        state.vacate(rule, cell, number - given, text)
    if state.walked(rule) and rule.decided_by != "formula":
        _one_by_one(state, rule, cell, line, given)
    else:
        _by_places(state, rule, cell, line, given, before)


def competing(state: State, rule: AwardRule, line: Line) -> list[list[Runner]]:
    """The line without those whom another award keeps out, its ties in a person's order."""
    found: list[list[Runner]] = []
    for block in line:
        members = [one for one in block if not state.elsewhere(one.work, rule)]
        order = state.order_of(rule, members) if len(members) > 1 else None
        found.extend(_split(members, order) if order else [members])
    return found


def _split(members: Sequence[Runner], order: AwardOrder) -> list[list[Runner]]:
    by_work = {one.work: one for one in members}
    text = f"，并列先后由{order.by}裁定：{order.reason}"
    found = []
    for work in order.works:
        one = by_work[work]
        said = one.said + text
        found.append([Runner(work, one.rank, one.figure, said, one.above, one.below)])
    return found


def _by_places(
    state: State, rule: AwardRule, cell: Cell, line: Line, number: int, before: int
) -> None:
    first = before + 1
    last = first + number - 1
    state.cursor[rule.ladder, cell] = last
    place = 1
    many = 0
    for members in line:
        end = place + len(members) - 1
        inside = max(0, min(end, last) - max(place, first) + 1)
        if inside and inside == len(members):
            for one in members:
                reason = _reason(rule, one, place, end, first, last)
                state.win(rule, cell, one.work, reason, place=place, ranked=one)
        elif inside:
            _tie(state, rule, cell, members, place, end, first, last, inside)
        many += len(members)
        place = end + 1
    vacant = last - max(many, first - 1)
    if vacant > 0:
        what = "单位" if rule.decided_by == "formula" else "作品"
        unit = "个" if rule.decided_by == "formula" else "件"
        state.vacate(
            rule,
            cell,
            vacant,
            f"参加{rule.name}排名的{what}共 {many} {unit}，{_places(last - vacant + 1, last)}空缺。",
        )


def _one_by_one(state: State, rule: AwardRule, cell: Cell, line: Line, number: int) -> None:
    """Down the line, passing over whom a cap keeps out; a cap that binds inside a tie is a flag."""
    room = number
    place = 0
    for block in line:
        members = [one for one in block if not state.has_place(rule, one.work)]
        free = [one for one in members if not state.over_cap(rule, one.work)]
        place += len(block) - len(members)
        if not free or not room:
            continue
        if len(free) > room or not _all_fit(state, rule, free):
            works = tuple(one.work for one in free)
            state.open |= set(works)
            text = (
                f"{len(free)} 件作品并列（{free[0].said}），{rule.name}余下 {room} 个名额，"
                "按名额和每单位、每人的上限不能都给：须由评委会裁定先后。"
            )
            state.flag(rule, cell, "tie", works, room, text)
            return
        for one in free:
            reason = f"{one.said}，第 {place + 1} 名；{rule.name}名额 {number} 名"
            passed = [other for earlier in line for other in earlier if other.rank < one.rank]
            skipped = [each for each in passed if not state.held.get(each.work)]
            if skipped:
                reason += f"，排在前面的 {len(skipped)} 件因每单位、每人的上限或不可兼得让出"
            state.win(rule, cell, one.work, reason, place=place + 1, ranked=one)
        place += len(free)
        room -= len(free)
    if room:
        text = f"参加{rule.name}排名的作品按每单位、每人的上限评完，{room} 个名额空缺。"
        state.vacate(rule, cell, room, text)


def _all_fit(state: State, rule: AwardRule, free: Sequence[Runner]) -> bool:
    """Whether all can win at once within the caps."""
    mark = len(state.winners)
    fit = True
    for one in free:
        fit = fit and not state.over_cap(rule, one.work)
        state.win(rule, (), one.work, "", ranked=one)
    for one in free:
        state.held[one.work].pop()
    del state.winners[mark:]
    return fit


def _reason(rule: AwardRule, one: Runner, place: int, end: int, first: int, last: int) -> str:
    tied = "并列" if end > place else ""
    parts = [f"{one.said}，{tied}第 {place} 名"]
    if one.rank != place:
        passed = (
            f"总排名{tied}第 {one.rank}，排在前面的作品有不参与本奖项的，递补为{tied}第 {place} 名"
        )
        behind = f"{tied}第 {place} 名（同分中先后已定）"
        parts[0] = f"{one.said}，{passed if one.rank > place else behind}"
    for label, border in (("与前一名", one.above), ("与后一名", one.below)):
        if border is not None and border.by not in ("figure", "tied"):
            parts.append(f"{label}：{border.text}")
    parts.append(f"{rule.name}名额 {last - first + 1} 名（{_places(first, last)}）")
    return "；".join(parts)


def _places(first: int, last: int) -> str:
    return f"第 {first} 名" if first == last else f"第 {first}–{last} 名"


def _tie(
    state: State,
    rule: AwardRule,
    cell: Cell,
    members: Sequence[Runner],
    place: int,
    end: int,
    first: int,
    last: int,
    inside: int,
) -> None:
    unit = "个单位" if rule.decided_by == "formula" else "件作品"
    text = (
        f"{_places(place, end)}的 {len(members)} {unit}并列，跨过{rule.name}的名额"
        f"（{_places(first, last)}），其中 {inside} 个名额待定：须由评委会裁定先后。"
    )
    works = tuple(one.work for one in members)
    state.open |= set(works)
    state.flag(rule, cell, "tie", works, inside, text)
