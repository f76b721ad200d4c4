"""What must hold of every shortlist, whatever the rule and the works."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fengcai.core.selection import Candidate, Order, Selection, choosing, group_of, select
from tests.core.selection.plain_race import Race as PlainRace

Case = dict[str, Any]


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Up to ten works of three units, tracks and themes, ties common, and any rule over them."""
    works: list[Candidate] = []
    for number in range(draw(st.integers(0, 10))):
        rank = draw(st.sampled_from([1, 1, 2, 3, 4, 4, 6, None]))
        works.append(
            Candidate(
                f"w{number}",
                rank,
                None if rank is None else Decimal(100 - rank),
                draw(st.sampled_from("xyz")),
                draw(st.frozensets(st.sampled_from("pqr"), max_size=2)),
                frozenset(
                    {("track", draw(st.sampled_from("st"))), ("theme", draw(st.sampled_from("hk")))}
                ),
            )
        )
    by = draw(st.sampled_from(["all", "top", "ratio", "threshold"]))
    number = {"all": None, "top": "3", "ratio": "0.4", "threshold": "97"}[by]
    small = st.sampled_from([None, None, 1, 2])
    bounds = st.fixed_dictionaries(
        {
            "id": st.just("c"),
            "of": st.just("theme"),
            "ref": st.sampled_from("hk"),
            "min": small,
            "max": small,
            "min_share": st.sampled_from([None, None, "0.5"]),
            "max_share": st.sampled_from([None, None, "0.5"]),
        }
    )
    return {
        "advance": {
            "by": by,
            "number": number,
            "base": draw(st.sampled_from([None, "track", "unit"])),
            "rounding": draw(st.sampled_from(["down", "up", "half_up"])),
            "max_per_unit": draw(small),
            "max_per_person": draw(small),
            "reserve": draw(st.sampled_from([None, 1, 2])),
            "constraints": draw(st.lists(bounds, max_size=2, unique_by=lambda row: row["ref"])),
        },
        "candidates": works,
    }


def settled(case: Case) -> Selection:
    """The selection after a person has ordered every tie by id."""
    orders: list[Order] = []
    while True:
        made = select(**case, orders=orders)
        ties = [flag.works for flag in made.flags if flag.kind == "tie"]
        if not ties:
            return made
        orders += [Order(works, "评委会", "按序") for works in ties]


@given(cases())
@settings(max_examples=300)
def test_counting_on_gives_what_counting_anew_gives(case: Case) -> None:
    quick = select(**case)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(choosing, "Race", PlainRace)
        assert select(**case) == quick


@given(cases())
def test_nobody_twice_and_everybody_told(case: Case) -> None:
    made = select(**case)
    assert sorted(pick.work for pick in made.picks) == sorted(c.work for c in case["candidates"])
    assert len(set(made.selected)) == len(made.selected)
    assert all(pick.reason.endswith("。") for pick in made.picks)


@given(cases())
def test_no_group_has_more_than_its_places(case: Case) -> None:
    for made in (select(**case), settled(case)):
        chosen = [c for c in case["candidates"] if c.work in made.selected]
        many = Counter(group_of(case["advance"]["base"], c) for c in chosen)
        for group in made.groups:
            assert group.places is None or many[group.id] <= group.places


@given(cases())
def test_caps_hold_and_constraints_hold_or_a_flag_says_why_not(case: Case) -> None:
    made = settled(case)
    advance = case["advance"]
    chosen = [c for c in case["candidates"] if c.work in made.selected]
    units = Counter(c.unit for c in chosen)
    people = Counter(person for c in chosen for person in c.people)
    for many, key in ((units, "max_per_unit"), (people, "max_per_person")):
        assert advance[key] is None or all(each <= advance[key] for each in many.values())
    flagged = " ".join(flag.text for flag in made.flags)
    for row in advance["constraints"]:
        many_of = sum(("theme", row["ref"]) in c.belongs for c in chosen)
        holds = (
            many_of >= (row["min"] or 0)
            and (row["max"] is None or many_of <= row["max"])
            and (row["min_share"] is None or 2 * many_of >= len(chosen))
            and (row["max_share"] is None or 2 * many_of <= len(chosen))
        )
        assert holds or f"“{row['ref']}”" in flagged


@given(cases(), st.randoms(use_true_random=False))
def test_the_order_of_the_input_does_not_matter(case: Case, random: Any) -> None:
    mixed = list(case["candidates"])
    random.shuffle(mixed)
    assert select(case["advance"], mixed) == select(**case)


@given(cases())
def test_equals_are_treated_equally_or_flagged(case: Case) -> None:
    """Swapping the ids of two works that are alike in all but their id changes nothing for them."""
    made = select(**case)
    alike: dict[Any, set[str]] = {}
    for one in case["candidates"]:
        key = (one.rank, one.unit, one.people, one.belongs)
        alike.setdefault(key, set()).add(made.of(one.work).outcome)
    assert all(len(outcomes) == 1 for outcomes in alike.values())


@given(cases())
def test_without_caps_and_constraints_nobody_is_passed_over(case: Case) -> None:
    advance = case["advance"] | {"constraints": [], "max_per_unit": None, "max_per_person": None}
    made = settled({**case, "advance": advance})
    chosen = set(made.selected)
    for one in case["candidates"]:
        for other in case["candidates"]:
            same = group_of(advance["base"], one) == group_of(advance["base"], other)
            if same and one.work in chosen and other.work not in chosen:
                assert other.rank is None or (one.rank or 99) <= other.rank


@given(cases())
def test_a_person_can_settle_every_tie(case: Case) -> None:
    made = settled(case)
    assert not any(pick.outcome in ("tie", "waits") for pick in made.picks)
    assert not any(flag.kind == "unused" for flag in made.flags)
