"""The choice itself: down the ranking, one tied block after the other, every work with its reason.

A work is taken where its group has a place, no cap is reached and every least number can still be
met. The sets that can be taken are closed downwards, so this finds the best-ranked one. Where
tied works cannot all be taken, nobody is chosen among them: a flag asks for a person's order.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from fengcai.core.selection.groups import SelectionError, group_of, groups_of, number
from fengcai.core.selection.limits import No, Race, bounds_of, broken
from fengcai.core.selection.results import Candidate, Flag, Group, Order, Pick, Selection


@dataclass(slots=True)
class _Run:
    """One race and what came of it."""

    race: Race
    no: dict[str, No] = field(default_factory=dict)
    tied: dict[str, str] = field(default_factory=dict)
    waiting: set[str] = field(default_factory=set)
    ordered: dict[str, Order] = field(default_factory=dict)
    flags: list[Flag] = field(default_factory=list)
    beyond: set[tuple[str, str]] = field(default_factory=set)
    reserves: dict[str, int] = field(default_factory=dict)


def select(
    advance: Mapping[str, Any],
    candidates: Iterable[Candidate],
    *,
    population: Iterable[Candidate] | None = None,
    orders: Iterable[Order] = (),
    aside: Mapping[str, str] | None = None,
    names: Mapping[str, str] | None = None,
) -> Selection:
    """Choose who goes on by ``advance`` (resolved JSON); the order of the inputs never matters.

    ``population`` are the works that a ratio counts (submitted or accepted ones; default: the
    candidates). ``orders`` are persons' decisions on ties. ``aside`` holds works that a person took
    out, with the reason. ``names`` calls tracks, units, themes … by their names. Raises
    ``SelectionError`` for an unusable rule, a work twice, or an order without author or reason.
    """
    rows = sorted(candidates, key=lambda one: (one.rank is None, one.rank or 0, one.work))
    if len({one.work for one in rows}) < len(rows):
        raise SelectionError(["同一件作品在候选名单里出现了两次。"])
    counted = rows if population is None else list(population)
    called = names or {}
    groups = groups_of(advance, rows, counted, called)
    made = _checked(orders)
    out = {work: No(text, advance.get("cite")) for work, text in (aside or {}).items()}
    out |= {one.work: no for one in rows if one.work not in out and (no := _unfit(advance, one))}
    running = [one for one in rows if one.work not in out]
    runs = [
        _run(advance, pool, {id: groups[id] for id in ids}, made, called)
        for ids, pool in _apart(advance, groups, running)
    ]
    flags = [flag for run in runs for flag in run.flags]
    chosen = [one for run in runs for one in run.race.taken.values()]
    if not flags:
        flags += _short(advance, groups, chosen)
    if not any(flag.kind == "tie" for flag in flags):
        flags += _broken(advance, chosen, called, {key for run in runs for key in run.beyond})
    for run in runs:
        _stand_by(run, advance.get("reserve") or 0)
    by_work = {one.work: run for run in runs for one in run.race.pool}
    used = {order.works for run in runs for order in run.ordered.values()}
    flags += [
        Flag(
            "unused",
            one.works,
            0,
            "这份次序裁定没有对上任何一组须裁定的并列作品。",
            advance.get("cite"),
        )
        for one in sorted(made.values(), key=lambda one: one.works)
        if one.works not in used
    ]
    return Selection(
        picks=tuple(_pick(one, advance, groups, out, by_work) for one in rows),
        groups=tuple(groups.values()),
        flags=tuple(flags),
    )


def _checked(orders: Iterable[Order]) -> dict[frozenset[str], Order]:
    found: dict[frozenset[str], Order] = {}
    for one in orders:
        members = frozenset(one.works)
        if len(members) < 2 or len(members) != len(one.works):
            raise SelectionError(["次序裁定应写出至少两件不同的作品，从先到后。"])
        if not one.by.strip() or not one.reason.strip():
            raise SelectionError(["次序裁定要写明由谁裁定和理由。"])
        if members in found:
            raise SelectionError(["同一组并列作品有两份次序裁定。"])
        found[members] = one
    return found


def _unfit(advance: Mapping[str, Any], one: Candidate) -> No | None:
    """Whether a work is out whoever the others are: no place, or under the score."""
    if advance["by"] == "all":
        return None
    if one.rank is None or one.figure is None:
        return No("没有名次，不能入围", advance.get("cite"))
    least = number(advance.get("number"))
    if advance["by"] == "threshold" and least is not None and one.figure < least:
        return No(f"得分 {one.figure:f}，低于 {float(least):g} 分", advance.get("cite"))
    return None


def _apart(
    advance: Mapping[str, Any], groups: Mapping[str, Group], pool: Sequence[Candidate]
) -> list[tuple[list[str], list[Candidate]]]:
    """Groups run by themselves unless a cap or a constraint joins them."""
    joined = advance.get("constraints") or any(
        advance.get(key) is not None for key in ("max_per_unit", "max_per_person")
    )
    if joined:
        return [(list(groups), list(pool))]
    base = advance.get("base")
    return [([id], [one for one in pool if group_of(base, one) == id]) for id in groups]


def _run(
    advance: Mapping[str, Any],
    pool: Sequence[Candidate],
    groups: Mapping[str, Group],
    orders: Mapping[frozenset[str], Order],
    names: Mapping[str, str],
) -> _Run:
    race = Race(
        advance.get("base"), groups, pool, advance.get("max_per_unit"),
        advance.get("max_per_person"), (), advance.get("cite"),
    )  # fmt: skip
    race.bounds = bounds_of(advance, names, race.room())
    run = _Run(race)
    _infeasible(run)
    for block in _blocks(pool):
        if run.tied:
            run.waiting |= {one.work for one in block}
        else:
            _block(run, block, orders)
            race.settle()
    return run


def _infeasible(run: _Run) -> None:
    """Least numbers that the works there are cannot meet; what can be met is still met."""
    race = run.race
    for bound in race.bounds:
        room, have = race.room(), race.supply(bound)
        if bound.key[0] in race.single():
            room -= sum(
                other.least
                for other in race.bounds
                if other.key[0] == bound.key[0] and other is not bound
            )
        possible = max(0, min(have, room))
        if bound.least > possible:
            text = (
                f"“{bound.name}”{bound.text}，应有 {bound.least} 件，"
                f"能入围的最多只有 {possible} 件：这一条无法满足，须由人决定。"
            )
            run.flags.append(Flag("infeasible", (), 0, text, bound.cite))
            run.beyond.add(bound.key)
            bound.least = possible


def _blocks(pool: Sequence[Candidate]) -> list[list[Candidate]]:
    """The pool by equal ranks, first to last; works that nobody ranked are one block."""
    found: dict[int | None, list[Candidate]] = {}
    for one in pool:
        found.setdefault(one.rank, []).append(one)
    return list(found.values())


def _block(run: _Run, block: Sequence[Candidate], orders: Mapping[frozenset[str], Order]) -> None:
    free: list[Candidate] = []
    for one in block:
        no = run.race.no(one)
        if no is None:
            free.append(one)
        else:
            _refuse(run, one, no)
    torn = _torn(run.race, free)
    for one in free:
        if one.work not in torn:
            run.race.take(one)
    if not torn:
        return
    order = orders.get(frozenset(torn))
    if order is None:
        places = len(_taken(run.race, [one for one in free if one.work in torn]))
        text = (
            f"第 {block[0].rank} 名的 {len(torn)} 件作品并列" if block[0].rank is not None
            else f"{len(torn)} 件作品没有排名先后"
        ) + f"，只能有 {places} 件入围：须由人排定先后。"  # fmt: skip
        run.flags.append(Flag("tie", tuple(sorted(torn)), places, text, run.race.cite))
        run.tied |= dict.fromkeys(torn, text)
        return
    by_work = {one.work: one for one in free}
    for work in order.works:
        no = run.race.no(by_work[work])
        run.ordered[work] = order
        if no is None:
            run.race.take(by_work[work])
        else:
            _refuse(run, by_work[work], no)


def _refuse(run: _Run, one: Candidate, no: No) -> None:
    run.no[one.work] = no
    run.race.refuse(one)


def _torn(race: Race, free: Sequence[Candidate]) -> set[str]:
    """Of works that are tied, those whose fate would depend on the order they are looked at in.

    Each is tried first and last; who is taken in every trial is safe.
    """
    if len(free) < 2 or len(_taken(race, free)) == len(free):
        return set()
    safe = {one.work for one in free}
    for line in (list(free), list(reversed(free))):
        for one in free:
            others = [other for other in line if other is not one]
            safe &= _taken(race, [one, *others]) & _taken(race, [*others, one])
    return {one.work for one in free} - safe


def _taken(race: Race, line: Sequence[Candidate]) -> set[str]:
    tried: list[Candidate] = []
    for one in line:
        if race.no(one) is None:
            race.take(one)
            tried.append(one)
    for one in tried:
        race.give_back(one)
    return {one.work for one in tried}


def _short(
    advance: Mapping[str, Any], groups: Mapping[str, Group], chosen: Sequence[Candidate]
) -> list[Flag]:
    least: int = advance.get("min") or 0
    found: list[Flag] = []
    for group in groups.values():
        many = sum(group_of(advance.get("base"), one) == group.id for one in chosen)
        if many < least:
            name = f"{group.name}" if group.name else "全部"
            text = f"{name}入围 {many} 件，规则规定至少 {least} 件，没有更多符合条件的作品。"
            found.append(Flag("short", (), least - many, text, advance.get("cite")))
    return found


def _broken(
    advance: Mapping[str, Any],
    chosen: Sequence[Candidate],
    names: Mapping[str, str],
    told: Collection[tuple[str, str]],
) -> list[Flag]:
    found: list[Flag] = []
    for row, many in broken(advance, chosen):
        if (row["of"], row["ref"]) not in told:
            name = names.get(row["ref"], row["ref"])
            text = (
                f"入围 {len(chosen)} 件中“{name}”有 {many} 件，"
                f"不合规则（{bounds_of({'constraints': [row]}, names, 0)[0].text}），须由人决定。"
            )
            found.append(Flag("broken", (), 0, text, row.get("cite")))
    return found


def _pick(
    one: Candidate,
    advance: Mapping[str, Any],
    groups: Mapping[str, Group],
    out: Mapping[str, No],
    runs: Mapping[str, _Run],
) -> Pick:
    group = groups[group_of(advance.get("base"), one)]
    cite: Any = advance.get("cite")
    said = _said(one)

    def pick(outcome: Any, reason: str, cite: Any = cite, place: int | None = None) -> Pick:
        return Pick(one.work, outcome, group.id, one.rank, one.figure, reason, cite, place)

    if one.work in out:
        return pick("out", f"{out[one.work].text}。", out[one.work].cite)
    run = runs[one.work]
    order = run.ordered.get(one.work)
    if order is not None:
        said += f"，并列先后由{order.by}裁定：{order.reason}"
    if one.work in run.race.taken:
        name = f"{group.name}：" if group.name else ""
        return pick("selected", f"{said}；{name}{group.text}。")
    if one.work in run.tied:
        return pick("tie", run.tied[one.work])
    if one.work in run.waiting:
        return pick("waits", f"{said}；前面的并列裁定之后才能确定。")
    no = run.no[one.work]
    place = run.reserves.get(one.work)
    if place is not None:
        return pick("reserve", f"{said}；{no.text}，列为替补第 {place} 位。", no.cite, place)
    return pick("out", f"{said}；{no.text}。", no.cite)


def _said(one: Candidate) -> str:
    if one.rank is None or one.figure is None:
        return "不排名次"
    return f"得分 {one.figure:f}，第 {one.rank} 名"


def _stand_by(run: _Run, many: int) -> None:
    """The next ``many`` of each group stand by; tied works share a place, and all stand by."""
    if not many or run.tied:
        return
    lines: dict[str, list[Candidate]] = {}
    for one in run.race.pool:
        if one.work in run.no and run.race.capped(one) is None:
            lines.setdefault(group_of(run.race.base, one), []).append(one)
    for line in lines.values():
        line.sort(key=lambda one: (_rank(one), _turn(run, one)))
        place, last = 0, None
        for index, one in enumerate(line, start=1):
            mine = (_rank(one), _turn(run, one))
            place, last = (place, last) if mine == last else (index, mine)
            if place <= many:
                run.reserves[one.work] = place


def _turn(run: _Run, one: Candidate) -> int:
    order = run.ordered.get(one.work)
    return -1 if order is None else order.works.index(one.work)


def _rank(one: Candidate) -> int:
    return one.rank if one.rank is not None else 1 << 60
