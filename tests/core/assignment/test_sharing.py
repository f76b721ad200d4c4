"""Works shared out: each to its number of judges, as even as can be, mended with the fewest moves."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fengcai.core.assignment import (
    AssignmentError,
    Matrix,
    check_panel,
    eligible_pairs,
    share,
)

SEED = "5a" * 32


def matrix(judges: int, works: int, barred: set[tuple[int, int]] = frozenset()) -> Matrix:  # type: ignore[assignment]
    return eligible_pairs(
        [{"id": f"j{n:02d}"} for n in range(judges)],
        [{"id": f"w{n:03d}"} for n in range(works)],
        recuse_own_unit=False,
        declared=[
            {"judge": f"j{judge:02d}", "work": f"w{work:03d}", "reason": "亲属"}
            for judge, work in sorted(barred)
        ],
    )


def loads(sharing: Any) -> list[int]:
    return sorted(many for _, many in sharing.loads)


@pytest.mark.clause("H5")
def test_every_work_goes_to_its_number_and_loads_differ_by_one_at_most() -> None:
    made = share(matrix(8, 30), per_work=4, seed=SEED)
    assert {len(one.judges) for one in made.shares} == {4}
    assert loads(made) == [15] * 8
    assert made.short == ()
    assert made.joined
    assert made.shares[0].text == (
        "8 位评委可评，分给其中 4 位：件数少的优先，件数相同的按种子的次序。"
    )
    assert len(made.new) == 120


def test_the_seed_decides_between_equals_and_nothing_else_does() -> None:
    first = share(matrix(6, 20), per_work=3, seed=SEED)
    assert first == share(matrix(6, 20), per_work=3, seed=SEED)
    other = share(matrix(6, 20), per_work=3, seed="7b" * 32)
    assert other.shares != first.shares
    assert loads(other) == loads(first) == [10] * 6


def test_recusals_are_kept_and_the_rest_is_levelled_around_them() -> None:
    """Judge 0 may mark works 0 to 3 only: the others share what is left."""
    barred = {(0, work) for work in range(4, 12)}
    made = share(matrix(4, 12, barred), per_work=2, seed=SEED)
    assert dict(made.loads)["j00"] == 4
    assert loads(made) == [4, 6, 7, 7]
    assert all("j00" not in one.judges for one in made.shares[4:])
    assert made.shares[4].text == (
        "3 位评委可评（1 位回避），分给其中 2 位：件数少的优先，件数相同的按种子的次序。"
    )


def test_a_work_that_too_few_may_mark_is_named_and_given_to_those() -> None:
    made = share(matrix(3, 2, {(0, 1), (2, 1)}), per_work=2, seed=SEED)
    assert made.shares[1].judges == ("j01",)
    assert made.shares[1].text == "1 位评委可评（2 位回避），全部评这件作品。"
    (short,) = made.short
    assert (short.work, short.left, short.required, short.recused) == ("w001", 1, 2, ("j00", "j02"))
    assert short.text == "作品 w001 能评的评委只有 1 位，规则要求每件由 2 位评。"


@pytest.mark.clause("H5")
def test_a_judge_who_drops_out_is_replaced_and_nothing_else_moves() -> None:
    whole = share(matrix(6, 30), per_work=3, seed=SEED)
    kept = [(judge, one.work) for one in whole.shares for judge in one.judges]
    lost = [pair for pair in kept if pair[0] == "j05"]
    mended = share(matrix(5, 30), per_work=3, seed=SEED, kept=kept)
    assert len(mended.new) == len(lost) == 15
    assert {work for _, work in mended.new} == {work for _, work in lost}
    stood = [(judge, one.work) for one in mended.shares for judge in one.kept]
    assert sorted(stood) == sorted(set(kept) - set(lost))
    assert loads(mended) == [18] * 5
    again = [(judge, one.work) for one in mended.shares for judge in one.judges]
    assert share(matrix(5, 30), per_work=3, seed=SEED, kept=again).new == ()


def test_who_has_finished_gets_more_only_where_nobody_else_can() -> None:
    made = share(matrix(4, 6, {(3, 0)}), per_work=2, seed=SEED, last=["j00", "j01"])
    assert made.loads == (("j00", 1), ("j01", 0), ("j02", 6), ("j03", 5))


def test_only_the_judges_of_one_panel_share_its_works() -> None:
    made = share(matrix(5, 4), per_work=2, seed=SEED, judges=["j00", "j01", "j02", "j03"])
    assert loads(made) == [2, 2, 2, 2]
    assert "j04" not in dict(made.loads)


def test_judges_whom_no_common_work_joins_are_said_to_be_apart() -> None:
    assert not share(matrix(4, 8), per_work=1, seed=SEED).joined
    apart = {(judge, work) for judge in (0, 1) for work in (2, 3)}
    apart |= {(judge, work) for judge in (2, 3) for work in (0, 1)}
    assert not share(matrix(4, 4, apart), per_work=2, seed=SEED).joined
    assert share(matrix(4, 0), per_work=2, seed=SEED).joined
    assert not share(matrix(2, 3, {(0, 0), (1, 0)}), per_work=1, seed=SEED).joined


@pytest.mark.parametrize(
    ("per_work", "seed", "said"),
    [(0, SEED, "每件作品至少要有 1 位评委评。"), (1, "5a", "没有事先封存的种子，不能分配作品。"),
     (1, "无", "没有事先封存的种子，不能分配作品。")],
)  # fmt: skip
def test_what_cannot_be_shared_out_is_refused(per_work: int, seed: str, said: str) -> None:
    with pytest.raises(AssignmentError) as caught:
        share(matrix(2, 1), per_work=per_work, seed=seed)
    assert caught.value.problems == (said,)


def test_works_that_went_to_others_are_not_marked_and_count_for_the_number() -> None:
    judges = [{"id": "j1"}, {"id": "j2"}, {"id": "j3"}]
    table = eligible_pairs(
        judges,
        [{"id": "w1"}, {"id": "w2"}],
        recuse_own_unit=False,
        declared=[{"judge": "j2", "work": "w1", "reason": "亲属"}],
        given={"j1": ["w1"], "j2": ["w1", "w2"]},
    )
    assert table.judges_of("w1") == ("j1", "j3")
    assert table.works_of("j1") == ("w1",)
    assert table.pair("j1", "w2").eligible
    first, second = check_panel(table, min_judges=2, judges=["j1", "j2"])
    assert (first.work, first.left, first.recused) == ("w1", 1, ("j2",))
    assert (second.work, second.left, second.recused) == ("w2", 1, ())


def _spread_at_best(works: list[list[int]], judges: int, per_work: int) -> list[int]:
    """The least Σ load² over all sharings, by trying them all."""
    choices = [list(itertools.combinations(able, min(per_work, len(able)))) for able in works]
    best: tuple[int, list[int]] | None = None
    for pick in itertools.product(*choices):
        load = [sum(judge in one for one in pick) for judge in range(judges)]
        if best is None or sum(n * n for n in load) < best[0]:
            best = (sum(n * n for n in load), sorted(load))
    assert best is not None
    return best[1]


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_no_other_sharing_is_more_even(data: st.DataObject) -> None:
    judges, works = data.draw(st.integers(2, 4)), data.draw(st.integers(1, 5))
    per_work = data.draw(st.integers(1, 2))
    pairs = [(judge, work) for judge in range(judges) for work in range(works)]
    barred = data.draw(st.sets(st.sampled_from(pairs), max_size=len(pairs) // 2))
    table = matrix(judges, works, barred)
    made = share(table, per_work=per_work, seed=SEED)
    able = [[j for j in range(judges) if (j, w) not in barred] for w in range(works)]
    assert sum(n * n for n in loads(made)) == sum(
        n * n for n in _spread_at_best(able, judges, per_work)
    )
    for one, mine in zip(made.shares, able, strict=True):
        assert len(one.judges) == min(per_work, len(mine))
        assert set(one.judges) <= {f"j{judge:02d}" for judge in mine}
