"""The groups that a selection counts in, and how many places each of them has.

It counts and rounds, exactly and once; who takes the places is ``choosing``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from math import ceil, floor
from typing import Any

from fengcai.core.selection.results import Candidate, Group

_BASES = {"track", "unit", "division", "region", "total"}
_OF = {"submitted": "报送", "accepted": "接收", "input": "本轮参评"}
_ROUNDING = {"down": "向下取整", "up": "向上取整", "half_up": "四舍五入"}


class SelectionError(ValueError):
    """The rule or the candidates cannot be used; ``problems`` says why, in Chinese."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("；".join(self.problems))


def group_of(base: str | None, candidate: Candidate) -> str:
    """The id of the group that a work is counted in: its track's, unit's, … or "" for all together.

    Divisions of several axes give one group for each combination.
    """
    if base in (None, "total"):
        return ""
    if base == "unit":
        return candidate.unit
    return "+".join(sorted(ref for kind, ref in candidate.belongs if kind == base))


def number(value: object) -> Fraction | None:
    """Read a number of the rules exactly; ``TypeError`` for a float."""
    if value is None:
        return None
    if isinstance(value, float):
        raise TypeError("rules are exact: pass a string, an int or a Decimal, not a float")
    try:
        return Fraction(Decimal(str(value)))
    except (InvalidOperation, ValueError, OverflowError):
        raise SelectionError([f"入围规则里的“{value}”不是数字。"]) from None


def rounded(value: Fraction, mode: str | None) -> int:
    """A count out of an exact number: ``down`` (the default), ``up`` or ``half_up``."""
    if mode == "up":
        return ceil(value)
    return floor(value + Fraction(1, 2)) if mode == "half_up" else floor(value)


def groups_of(
    advance: Mapping[str, Any],
    candidates: Sequence[Candidate],
    population: Sequence[Candidate],
    names: Mapping[str, str],
) -> dict[str, Group]:
    """Every group with its places. Raises ``SelectionError`` for a rule that cannot be used."""
    by, base = advance.get("by"), advance.get("base")
    if by not in ("all", "top", "ratio", "threshold"):
        raise SelectionError([f"入围办法应是 all、top、ratio、threshold 之一，现在是“{by}”。"])
    if base is not None and base not in _BASES:
        raise SelectionError([f"入围规则里不认识“{base}”这种分组。"])
    wanted = number(advance.get("number"))
    if by != "all" and (wanted is None or wanted < 0):
        raise SelectionError(["入围规则没有写明取几件、多大的比例或多少分。"])
    here = Counter(group_of(base, each) for each in candidates)
    counted = Counter(group_of(base, each) for each in population)
    return {
        id: Group(
            id=id,
            name="、".join(names.get(part, part) for part in id.split("+")) if id else "",
            candidates=here[id],
            base=counted[id],
            **_places(advance, wanted, counted[id]),
        )
        for id in sorted(here)
    }


def _places(advance: Mapping[str, Any], wanted: Fraction | None, base: int) -> dict[str, Any]:
    least, most = advance.get("min"), advance.get("max")
    if advance["by"] == "all" or wanted is None:
        return {"places": None, "text": "全部进入下一轮"}
    if advance["by"] == "threshold":
        limit = "" if most is None else f"，最多 {most} 件"
        return {"places": most, "text": f"得分不低于 {_plain(wanted)} 分的进入下一轮{limit}"}
    if advance["by"] == "top":
        return {"places": floor(wanted), "text": f"取前 {floor(wanted)} 名"}
    exact = wanted * base
    mode = advance.get("rounding") or "down"
    places = rounded(exact, mode)
    text = (
        f"{_OF[advance.get('of') or 'input']} {base} 件 × {_plain(wanted * 100)}% = {_plain(exact)}，"
        f"{_ROUNDING[mode]}为 {places} 件"
    )
    if least is not None and places < least:
        places, text = least, f"{text}，规则规定至少 {least} 件"
    if most is not None and places > most:
        places, text = most, f"{text}，规则规定最多 {most} 件"
    return {"places": places, "text": text}


def _plain(value: Fraction) -> str:
    return f"{float(value):.6f}".rstrip("0").rstrip(".")
