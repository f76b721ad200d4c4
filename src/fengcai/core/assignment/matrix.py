"""The matrix of judges and works: who is eligible, who is recused and why, where judges run short.

It reads plain mappings and keeps no record; the judge's own declarations come in as rows.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any


class AssignmentError(ValueError):
    """The judges, works or declarations cannot be used; ``problems`` says why, in Chinese."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("；".join(self.problems))


@dataclass(frozen=True, slots=True)
class Pair:
    """One judge and one work; ``reasons`` (Chinese) say why he may not mark it, empty if he may.

    ``given`` is false where works are shared out and this one went to others.
    """

    judge: str
    work: str
    reasons: tuple[str, ...] = ()
    given: bool = True

    @property
    def eligible(self) -> bool:
        """Whether the judge may mark the work."""
        return not self.reasons

    @property
    def marks(self) -> bool:
        """Whether the judge marks the work: he may, and it is his."""
        return self.given and not self.reasons


@dataclass(frozen=True, slots=True)
class Matrix:
    """All pairs, by work and then by judge; ``names`` are what to call each work on a page."""

    judges: tuple[str, ...]
    works: tuple[str, ...]
    pairs: tuple[Pair, ...]
    names: tuple[tuple[str, str], ...]

    def judges_of(self, work: str) -> tuple[str, ...]:
        """The judges who mark this work."""
        return tuple(pair.judge for pair in self.pairs if pair.work == work and pair.marks)

    def works_of(self, judge: str) -> tuple[str, ...]:
        """The works that this judge marks."""
        return tuple(pair.work for pair in self.pairs if pair.judge == judge and pair.marks)

    def pair(self, judge: str, work: str) -> Pair:
        """One pair; ``KeyError`` if either is unknown."""
        for pair in self.pairs:
            if pair.judge == judge and pair.work == work:
                return pair
        raise KeyError((judge, work))


@dataclass(frozen=True, slots=True)
class Shortage:
    """A work with ``left`` eligible judges where the rulebook wants at least ``required``."""

    work: str
    left: int
    required: int
    recused: tuple[str, ...]
    text: str


def eligible_pairs(
    judges: Iterable[Mapping[str, Any]],
    works: Iterable[Mapping[str, Any]],
    *,
    recuse_own_unit: bool,
    declared: Iterable[Mapping[str, Any]] = (),
    given: Mapping[str, Collection[str]] | None = None,
) -> Matrix:
    """Pair every judge with every work, with the reasons of each recusal.

    ``judges``: ``{"id", "units": [unit, …]}`` (or ``"unit"``), every unit that counts as his own;
    ``works``: ``{"id", "unit", "name"?}``; ``declared``: ``{"judge", "reason"}`` with ``"work"``
    or ``"unit"``, one row per conflict that a judge declared, or with ``"found"`` true one that the
    rules found (the reason then stands as it is); ``given``: judge → his works, for each judge among
    whom works are shared out. The order of the inputs does not
    matter. Raises ``AssignmentError`` for a repeated id, or a row that names nobody or nothing.
    """
    own = _by_id(judges, "评委")
    entered = _by_id(works, "作品")
    conflicts = _conflicts(declared, own, entered)
    units = {judge: _units(row) for judge, row in own.items()}
    shared = given or {}
    pairs: list[Pair] = []
    for work, row in entered.items():
        unit = _unit(row)
        for judge in own:
            reasons = conflicts.get((judge, "work", work), []) + conflicts.get(
                (judge, "unit", unit), []
            )
            if recuse_own_unit and unit in units[judge]:
                reasons.insert(0, "作品由评委所在单位报送，按规则回避。")
            his = shared.get(judge)
            pairs.append(Pair(judge, work, tuple(reasons), his is None or work in his))
    names = tuple((work, str(row.get("name") or work)) for work, row in entered.items())
    return Matrix(tuple(own), tuple(entered), tuple(pairs), names)


def check_panel(
    matrix: Matrix, *, min_judges: int, judges: Collection[str] | None = None
) -> tuple[Shortage, ...]:
    """Name each work that recusals leave with fewer than ``min_judges`` judges; empty if none.

    With ``judges`` only those are counted: the panel that the number is asked of.
    """
    names = dict(matrix.names)
    counted = frozenset(matrix.judges if judges is None else judges)
    recused: dict[str, list[str]] = {work: [] for work in matrix.works}
    marking = dict.fromkeys(matrix.works, 0)
    for pair in matrix.pairs:
        if pair.judge in counted:
            marking[pair.work] += pair.marks
            if not pair.eligible and pair.given:
                recused[pair.work].append(pair.judge)
    found: list[Shortage] = []
    for work, out in recused.items():
        left = marking[work]
        if left < min_judges:
            after = "回避后仅剩" if out else "只有"
            text = f"作品 {names[work]} {after} {left} 位评委，少于规则要求的 {min_judges} 位。"
            found.append(Shortage(work, left, min_judges, tuple(out), text))
    return tuple(found)


def _by_id(rows: Iterable[Mapping[str, Any]], label: str) -> dict[str, Mapping[str, Any]]:
    found: dict[str, Mapping[str, Any]] = {}
    twice: set[str] = set()
    for row in rows:
        id = str(row["id"])
        if id in found:
            twice.add(id)
        found[id] = row
    if twice:
        raise AssignmentError(f"{label} {id} 出现了两次。" for id in sorted(twice))
    return dict(sorted(found.items()))


def _unit(row: Mapping[str, Any]) -> str:
    """The row's unit as text; empty if it has none, which no judge's unit equals."""
    return "" if row.get("unit") is None else str(row["unit"])


def _units(judge: Mapping[str, Any]) -> frozenset[str]:
    units = {str(unit) for unit in judge.get("units") or ()} | {_unit(judge)}
    return frozenset(units - {""})


def _conflicts(
    declared: Iterable[Mapping[str, Any]],
    judges: Mapping[str, Any],
    works: Mapping[str, Any],
) -> dict[tuple[str, str, str], list[str]]:
    """Declared reasons by judge, by what the conflict is with (work or unit), and by its id."""
    rows: set[tuple[str, str, str, bool, str]] = set()
    problems: list[str] = []
    for row in declared:
        judge, reason = str(row["judge"]), str(row.get("reason") or "").strip()
        target = "work" if row.get("work") is not None else "unit"
        id = "" if row.get(target) is None else str(row[target])
        if judge not in judges:
            problems.append(f"回避声明里的评委 {judge} 不在评委组里。")
        if not id:
            problems.append(f"评委 {judge} 的回避声明没有写明作品或单位。")
        elif target == "work" and id not in works:
            problems.append(f"回避声明里的作品 {id} 不在参评名单里。")
        if not reason:
            problems.append(f"评委 {judge} 的回避声明没有写明理由。")
        rows.add((judge, target, id, not row.get("found"), reason))
    if problems:
        raise AssignmentError(sorted(problems))
    found: dict[tuple[str, str, str], list[str]] = {}
    for judge, target, id, own_words, reason in sorted(rows):
        text = f"评委声明回避：{reason}" if own_words else reason
        found.setdefault((judge, target, id), []).append(text)
    return found
