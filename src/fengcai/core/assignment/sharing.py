"""Works shared out among judges: each to so many of them, loads as even as recusals allow.

A convex min-cost flow with unit costs, solved by hand: fill from the least loaded, then move single
works along shortest chains from a judge with more to one with two fewer. When no such chain is left,
no other sharing is more even (the residual graph has no improving path). The seed only decides
between equals, so that nobody chooses who judges whom. No caps are known here.
"""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from heapq import nsmallest

from fengcai.core.assignment.matrix import AssignmentError, Matrix, Shortage

TRIES = 8
"""How often equals are shuffled anew for the sake of judges whom common works join."""

_PRIME = (1 << 61) - 1


@dataclass(frozen=True, slots=True)
class Share:
    """The judges of one work; ``kept`` of them had it before. ``text`` says how it came about."""

    work: str
    judges: tuple[str, ...]
    kept: tuple[str, ...]
    text: str

    @property
    def new(self) -> tuple[str, ...]:
        """The judges who get the work now."""
        return tuple(judge for judge in self.judges if judge not in self.kept)


@dataclass(frozen=True, slots=True)
class Sharing:
    """Who marks what, by work; ``loads`` pairs each judge with the number of works.

    ``short`` names works that too few judges may mark at all. ``joined``: some chain of common works
    leads from every judge to every other, so that their marks can be brought to one scale.
    """

    shares: tuple[Share, ...]
    loads: tuple[tuple[str, int], ...]
    short: tuple[Shortage, ...]
    joined: bool

    @property
    def new(self) -> tuple[tuple[str, str], ...]:
        """(judge, work) of everything that is given out now."""
        return tuple((judge, share.work) for share in self.shares for judge in share.new)


def share(
    matrix: Matrix,
    *,
    per_work: int,
    seed: str,
    judges: Collection[str] | None = None,
    kept: Iterable[tuple[str, str]] = (),
    last: Collection[str] = (),
) -> Sharing:
    """Give every work to ``per_work`` of its eligible judges (of ``judges``, where given).

    ``kept`` are (judge, work) that stand, as far as both still take part and the judge may mark the
    work: only what is missing is given out, so a mending moves as little as can be. ``last`` are
    judges who get something only where nobody else can. ``seed`` is at least 16 bytes in hex. The
    order of the inputs does not matter. Raises ``AssignmentError``.
    """
    if per_work < 1:
        raise AssignmentError(["每件作品至少要有 1 位评委评。"])
    try:
        secret = bytes.fromhex(seed)
    except ValueError:
        secret = b""
    if len(secret) < 16:
        raise AssignmentError(["没有事先封存的种子，不能分配作品。"])
    panel = sorted(set(matrix.judges if judges is None else judges))
    able: dict[str, list[str]] = {work: [] for work in matrix.works}
    recused: dict[str, list[str]] = {work: [] for work in matrix.works}
    inside = frozenset(panel)
    for pair in matrix.pairs:
        if pair.judge in inside:
            (able if pair.eligible else recused)[pair.work].append(pair.judge)
    held: dict[str, set[str]] = {work: set() for work in matrix.works}
    for judge, work in kept:
        if judge in able.get(work, ()):
            held[work].add(judge)
    table = _Table(able, held, panel, per_work, frozenset(last))
    joined = False
    for attempt in range(TRIES if per_work > 1 else 1):
        table.deal(secret + attempt.to_bytes(2, "big"))
        table.level()
        joined = _joined(table.given)
        if joined:
            break
    names = dict(matrix.names)
    return Sharing(
        shares=tuple(
            Share(
                work=work,
                judges=tuple(sorted(table.given[work])),
                kept=tuple(sorted(held[work])),
                text=_text(len(able[work]), len(recused[work]), per_work),
            )
            for work in matrix.works
        ),
        loads=tuple(table.load.items()),
        short=tuple(
            Shortage(
                work,
                len(able[work]),
                per_work,
                tuple(recused[work]),
                f"作品 {names[work]} 能评的评委只有 {len(able[work])} 位，规则要求每件由 {per_work} 位评。",
            )
            for work in matrix.works
            if len(able[work]) < per_work
        ),
        joined=joined,
    )


def _text(able: int, recused: int, per_work: int) -> str:
    said = f"{able} 位评委可评" + (f"（{recused} 位回避）" if recused else "")
    if able <= per_work:
        return f"{said}，全部评这件作品。"
    return f"{said}，分给其中 {per_work} 位：件数少的优先，件数相同的按种子的次序。"


class _Table:
    """The sharing while it is made: who has what, and how many each has."""

    def __init__(
        self,
        able: Mapping[str, list[str]],
        held: Mapping[str, set[str]],
        panel: list[str],
        per_work: int,
        last: frozenset[str],
    ) -> None:
        self.able, self.held, self.panel = able, held, panel
        self.per_work, self.last = per_work, last
        self.given: dict[str, set[str]] = {}
        self.load: dict[str, int] = {}

    def deal(self, secret: bytes) -> None:
        """Fill every work from the least loaded, the works with the fewest judges first."""
        self.given = {work: set(judges) for work, judges in self.held.items()}
        self.load = dict.fromkeys(self.panel, 0)
        for judges in self.held.values():
            for judge in judges:
                self.load[judge] += 1
        sign = {judge: _number(secret, "评委", judge) for judge in self.panel}
        lot = {work: _number(secret, "作品", work) for work in self.able}
        for work in sorted(self.able, key=lambda work: (len(self.able[work]), lot[work], work)):
            own, mine = self.given[work], lot[work]
            free = [judge for judge in self.able[work] if judge not in own]
            for judge in nsmallest(
                max(0, self.per_work - len(own)),
                free,
                key=lambda judge: (
                    judge in self.last,
                    self.load[judge],
                    sign[judge] * mine % _PRIME,
                    judge,
                ),
            ):
                own.add(judge)
                self.load[judge] += 1

    def level(self) -> None:
        """Move works from more to fewer until no chain of moves makes the loads more even."""
        movable: dict[str, set[str]] = {judge: set() for judge in self.panel}
        for work, judges in self.given.items():
            for judge in judges - self.held[work]:
                movable[judge].add(work)
        settled: set[str] = set()
        while loaded := [judge for judge in self.panel if judge not in settled and movable[judge]]:
            source = max(loaded, key=lambda judge: (self.load[judge], judge))
            came: dict[str, tuple[str, str]] = {}
            end = self._reach(source, movable, came)
            if end is None:
                # Whoever is reached from here has at least as many, less one: the same holds for them.
                settled |= {source, *came}
                continue
            at = end
            while at != source:
                before, work = came[at]
                self.given[work] = (self.given[work] - {before}) | {at}
                movable[before].discard(work)
                movable[at].add(work)
                at = before
            self.load[source] -= 1
            self.load[end] += 1

    def _reach(
        self, source: str, movable: Mapping[str, set[str]], came: dict[str, tuple[str, str]]
    ) -> str | None:
        """The nearest judge with two works fewer, with the way there in ``came``; None if none."""
        waiting = deque([source])
        while waiting:
            judge = waiting.popleft()
            for work in sorted(movable[judge]):
                for other in self.able[work]:
                    if other in came or other == source or other in self.given[work]:
                        continue
                    if other in self.last:
                        continue
                    came[other] = (judge, work)
                    if self.load[other] <= self.load[source] - 2:
                        return other
                    waiting.append(other)
        return None


def _number(secret: bytes, kind: str, id: str) -> int:
    digest = hashlib.sha256(b"\0".join((secret, kind.encode(), id.encode()))).digest()
    return int.from_bytes(digest[:8], "big") % (_PRIME - 1) + 1


def _joined(given: Mapping[str, Collection[str]]) -> bool:
    """Whether common works join all judges who have any."""
    root: dict[str, str] = {}

    def top(judge: str) -> str:
        while root.setdefault(judge, judge) != judge:
            root[judge] = root[root[judge]]
            judge = root[judge]
        return judge

    for judges in given.values():
        first, *rest = sorted(judges) or [""]
        for judge in rest:
            root[top(judge)] = top(first)
    return len({top(judge) for judges in given.values() for judge in judges}) <= 1
