"""What must hold of every ranking, whatever the marks."""

from __future__ import annotations

import itertools
from fractions import Fraction
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from fengcai.core.scoring import Ranking, Scheme, TieDecision, rank

from .builders import panels, schemes

Panel = tuple[list[str], list[dict[str, Any]]]


def ranked(ranking: Ranking) -> list[str]:
    return [one.work for one in ranking.standings if one.rank is not None]


@given(schemes, panels(), st.randoms(use_true_random=False))
def test_the_order_of_the_input_does_not_matter(
    data: dict[str, Any], panel: Panel, random: Any
) -> None:
    works, sheets = panel
    before = rank(Scheme.from_json(data), sheets, works=works)
    shuffled = sheets.copy()
    random.shuffle(shuffled)
    mixed = [
        {**sheet, "values": dict(random.sample(list(sheet["values"].items()), 5))}
        for sheet in shuffled
    ]
    criteria = random.sample(data["criteria"], 5)
    scheme = Scheme.from_json({**data, "criteria": criteria})
    after = rank(scheme, mixed, works=random.sample(works, len(works)))
    assert [(one.work, one.rank, one.figure, one.marks) for one in before.standings] == [
        (one.work, one.rank, one.figure, one.marks) for one in after.standings
    ]
    assert before.ties == after.ties


@given(schemes, panels(), st.data())
def test_raising_a_works_marks_never_lowers_its_rank(
    data: dict[str, Any], panel: Panel, choice: st.DataObject
) -> None:
    works, sheets = panel
    assume(sheets)
    scheme = Scheme.from_json(data)
    index = choice.draw(st.integers(0, len(sheets) - 1))
    raised = {
        id: str(choice.draw(st.integers(int(Fraction(value) * 2), 40)) / 2)
        for id, value in sheets[index]["values"].items()
    }
    better = [*sheets[:index], {**sheets[index], "values": raised}, *sheets[index + 1 :]]
    work = sheets[index]["work"]
    before, after = rank(scheme, sheets, works=works), rank(scheme, better, works=works)
    was, now = before.of(work), after.of(work)
    assert now.rank is not None
    assert was.rank is not None
    assert now.rank <= was.rank
    assert set(now.tied_with) <= set(was.tied_with) or now.rank < was.rank


@given(schemes, panels())
def test_places_are_those_of_a_competition(data: dict[str, Any], panel: Panel) -> None:
    """Equal works share the place, the next one skips: rank = 1 + number of works before."""
    works, sheets = panel
    ranking = rank(Scheme.from_json(data), sheets, works=works)
    marked = {sheet["work"] for sheet in sheets}
    assert sorted(one.work for one in ranking.standings) == sorted(works)
    assert set(ranked(ranking)) == marked
    for one in ranking.standings:
        if one.rank is None:
            assert one.work not in marked
            continue
        before = [
            other for other in ranking.standings if other.rank is not None and other.rank < one.rank
        ]
        assert one.rank == 1 + len(before)
        assert {other.work for other in ranking.standings if other.rank == one.rank} == {
            one.work,
            *one.tied_with,
        }


@given(schemes, panels())
def test_borders_tell_the_truth(data: dict[str, Any], panel: Panel) -> None:
    works, sheets = panel
    ranking = rank(Scheme.from_json(data), sheets, works=works)
    line = [one for one in ranking.standings if one.rank is not None]
    if line:
        assert line[0].above is None
        assert line[-1].below is None
    for upper, lower in itertools.pairwise(line):
        assert upper.below == lower.above
        assert upper.below is not None
        assert upper.figure is not None
        assert lower.figure is not None
        if upper.below.by == "figure":
            assert upper.figure > lower.figure
            continue
        assert upper.figure == lower.figure
        chain = [step["id"] for step in data["tie_break"] if step["by"] == "criterion"]
        high, low = dict(upper.criteria), dict(lower.criteria)
        telling = [id for id in chain if high[id] != low[id]]
        assert (upper.below.by, upper.below.id) == (
            ("criterion", telling[0]) if telling else ("tied", "")
        )
        assert all(high[id] > low[id] for id in telling[:1])


@given(schemes, panels())
def test_the_figure_can_be_recounted_from_the_marks_that_count(
    data: dict[str, Any], panel: Panel
) -> None:
    works, sheets = panel
    ranking = rank(Scheme.from_json(data), sheets, works=works)
    for one in ranking.standings:
        counted = [mark.total for mark in one.marks if not mark.dropped]
        assert one.n == sum(sheet["work"] == one.work for sheet in sheets)
        if one.aggregate is None or data["aggregate"] == "median":
            continue
        assert one.aggregate == sum(counted, Fraction(0)) / len(counted)
        struck = data["aggregate"] == "trimmed_mean" and one.n >= data["drop_only_if_at_least"]
        assert one.n - len(counted) == (2 if struck else 0)


@given(schemes, panels(), st.randoms(use_true_random=False))
def test_decisions_settle_every_tie_and_move_nobody_else(
    data: dict[str, Any], panel: Panel, random: Any
) -> None:
    works, sheets = panel
    scheme = Scheme.from_json(data)
    before = rank(scheme, sheets, works=works)
    decisions = [
        TieDecision(tuple(random.sample(tie.works, len(tie.works))), "评审委员会", "逐件复看后投票")
        for tie in before.ties
    ]
    after = rank(scheme, sheets, works=works, decisions=decisions)
    assert after.ties == ()
    assert after.unused == ()
    for decision in decisions:
        numbers = [after.of(work).rank or 0 for work in decision.order]
        assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
        assert numbers[0] == before.of(decision.order[0]).rank
    decided = {work for decision in decisions for work in decision.order}
    for one in before.standings:
        if one.work not in decided:
            assert after.of(one.work).rank == one.rank
