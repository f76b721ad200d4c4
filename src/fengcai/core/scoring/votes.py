"""A public vote turned into marks: a share, points by rank, or something for every vote.

It counts nothing and judges no voter: the counts come in as evidence that somebody vouches for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from fengcai.core.scoring.numbers import ScoringError, exact, show


@dataclass(frozen=True, slots=True)
class VoteMark:
    """What one work's votes are worth: ``value`` of the vote's full mark, with the sum shown."""

    work: str
    votes: int
    rank: int
    value: Fraction
    text: str


def vote_marks(vote: Mapping[str, Any], counts: Mapping[str, int]) -> tuple[VoteMark, ...]:
    """Marks by ``vote`` (resolved JSON), the most votes first; equal counts share a rank and a mark.

    Raises ``ScoringError`` for a rule that cannot be used and for a count that is no whole number.
    """
    full, cap = exact(vote.get("full")), exact(vote.get("cap") or vote.get("full"))
    if full is None or full <= 0 or cap is None or cap <= 0:
        raise ScoringError([f"投票“{vote.get('name')}”的满分应是大于 0 的数。"])
    wrong = [
        work for work, many in counts.items()
        if not isinstance(many, int) or isinstance(many, bool) or many < 0
    ]  # fmt: skip
    if wrong:
        raise ScoringError([f"作品 {work} 的票数应是不小于 0 的整数。" for work in sorted(wrong)])
    found: list[VoteMark] = []
    for work in sorted(counts, key=lambda work: (-counts[work], work)):
        rank = 1 + sum(many > counts[work] for many in counts.values())
        value, text = _value(vote, counts, counts[work], rank, full)
        if value > cap:
            value, text = cap, f"{text}，封顶 {show(cap)} 分"
        found.append(VoteMark(work, counts[work], rank, value, f"{text}。"))
    return tuple(found)


def _value(
    vote: Mapping[str, Any], counts: Mapping[str, int], votes: int, rank: int, full: Fraction
) -> tuple[Fraction, str]:
    way = vote.get("transform")
    if way == "share":
        top = vote.get("share_of") != "all"
        base = max(counts.values()) if top else sum(counts.values())
        value = full * votes / base if base else Fraction(0)
        what = "最高票" if top else "总票数"
        return value, f"{votes} 票 ÷ {what} {base} 票 × {show(full)} = {show(value)} 分"
    if way == "rank_points":
        points = vote.get("points") or {}
        first, step, floor = (exact(points.get(key, 0)) for key in ("first", "step", "floor"))
        if first is None or step is None or floor is None:
            raise ScoringError([f"投票“{vote.get('name')}”没有写明各名次得几分。"])
        value = max(floor, first - step * (rank - 1))
        return value, f"{votes} 票，第 {rank} 名，得 {show(value)} 分"
    each = exact(vote.get("each"))
    if way != "each_vote" or each is None:
        raise ScoringError([f"投票“{vote.get('name')}”没有写明票数怎样折成分。"])
    value = min(full, each * votes)
    return value, f"{votes} 票 × {show(each)} 分，满分 {show(full)}，得 {show(value)} 分"
