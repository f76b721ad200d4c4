"""Whatever the scopes, quotas and ties: every place is accounted for, and money adds up."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from fengcai.core.allocation import (
    Entrant,
    allocate,
)

from .builders import Places, in_order
from .scoped import award, field, quota


@st.composite
def scoped(draw: st.DrawFn) -> dict[str, Any]:
    """Rules of every kind over eight works of three units and two tracks, ties common."""
    works = "abcdefgh"
    entrants = [
        Entrant(
            work, draw(st.sampled_from("xyz")), frozenset({("track", draw(st.sampled_from(["video", "photo"])))}),
            draw(st.frozensets(st.sampled_from("pq"), max_size=1)),
        )
        for work in works
    ]  # fmt: skip
    ways: list[dict[str, Any]] = [
        {"count": 2}, quota("at_most", max=2), quota("ratio", share="0.3", rounding="up"),
        quota("threshold", score="96"),
    ]  # fmt: skip
    rules = [
        award(
            f"r{n}", f"奖{n}", 0, draw(st.sampled_from(["0", "7.01"])), **{
                **draw(st.sampled_from(ways)),
                "group": draw(st.sampled_from("甲乙")),
                "per": draw(st.sampled_from([[], ["track"]])),
                "max_per_unit": draw(st.sampled_from([None, None, 1])),
                "money_pool": draw(st.sampled_from([None, None, "100"])),
            },
        )
        for n in range(draw(st.integers(1, 4)))
    ]  # fmt: skip
    order = draw(st.permutations(works))
    groups, rest = [], list(order)
    while rest:
        size = draw(st.sampled_from([1, 1, 2, 3]))
        groups.append("".join(rest[:size]))
        rest = rest[size:]
    return {
        "awards": rules,
        "ranking": in_order(*groups),
        "eligible": set(works) - draw(st.sets(st.sampled_from(works), max_size=2)),
        "field": field(entrants),
        "stacking": draw(st.sampled_from(["stack", "exclusive"])),
        "max_per_person": draw(st.sampled_from([None, None, 1])),
    }


@given(scoped())
def test_every_place_is_won_vacant_or_open_in_every_scope(case: dict[str, Any]) -> None:
    result = allocate(**case)
    for row in case["awards"]:
        cells = case["field"].cells(type("R", (), {"scope": (), "per": tuple(row["per"])}))
        for cell in cells:
            mine = [p.number for p in result.places if p.award == row["id"] and p.cell == cell]
            here = [f for f in result.flags if f.award == row["id"] and f.cell == cell]
            if any(flag.kind == "awaits" for flag in here):
                continue
            number = mine[0] if mine else row["count"]
            many = sum(w.award == row["id"] and w.cell == cell for w in result.winners)
            vacant = sum(
                v.count for v in result.vacancies if v.award == row["id"] and v.cell == cell
            )
            assert many + vacant + sum(flag.places for flag in here) == number


@given(scoped())
def test_nobody_twice_only_in_scope_within_caps_and_eligible(case: dict[str, Any]) -> None:
    result = allocate(**case)
    entrants = case["field"].entrants
    assert {one.work for one in result.winners} <= case["eligible"]
    assert max(Counter((w.award, w.work) for w in result.winners).values(), default=1) == 1
    placed = Counter((w.group, w.work) for w in result.winners)
    assert max(placed.values(), default=1) == 1
    for one in result.winners:
        assert entrants[one.work].belongs.issuperset(one.cell)
    for row in case["awards"]:
        if row["max_per_unit"]:
            units = Counter(entrants[w.work].unit for w in result.winners if w.award == row["id"])
            assert max(units.values(), default=0) <= row["max_per_unit"]
    if case["max_per_person"]:
        people = Counter(p for w in result.winners for p in entrants[w.work].people)
        assert max(people.values(), default=0) <= 1


@given(scoped(), st.randoms(use_true_random=False))
def test_money_adds_up_and_order_does_not_matter(case: dict[str, Any], random: Any) -> None:
    result = allocate(**case)
    money = result.money
    assert money.awarded == sum((one.money for one in result.winners), Decimal(0))
    assert money.awarded + money.vacant + money.undecided + money.remainder == money.planned
    standings = list(case["ranking"].standings)
    random.shuffle(standings)
    assert allocate(**{**case, "ranking": Places(standings)}) == result
