"""Who may mark what, and where recusals leave too few."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fengcai.core.assignment import (
    AssignmentError,
    Matrix,
    Shortage,
    check_panel,
    eligible_pairs,
)

JUDGES: list[dict[str, Any]] = [
    {"id": "j1", "unit": "心内科"},
    {"id": "j2", "units": ["针灸科", "第二支部"]},
    {"id": "j3", "units": []},
    {"id": "j4", "unit": None},
]
WORKS: list[dict[str, Any]] = [
    {"id": "w1", "unit": "心内科", "name": "《搏动》"},
    {"id": "w2", "unit": "第二支部"},
    {"id": "w3"},
]
OWN = "作品由评委所在单位报送，按规则回避。"


def pairs(**changes: Any) -> Matrix:
    return eligible_pairs(JUDGES, WORKS, **{"recuse_own_unit": True, **changes})


@pytest.mark.clause("J14")
def test_ones_own_unit_is_recused() -> None:
    matrix = pairs()
    assert matrix.pair("j1", "w1").reasons == (OWN,)
    assert matrix.pair("j2", "w2").reasons == (OWN,)
    assert matrix.judges_of("w1") == ("j2", "j3", "j4")
    assert matrix.works_of("j1") == ("w2", "w3")
    assert matrix.works_of("j2") == ("w1", "w3")
    assert matrix.works_of("j4") == ("w1", "w2", "w3")
    assert matrix.pair("j3", "w3").eligible
    with pytest.raises(KeyError):
        matrix.pair("j9", "w1")
    with pytest.raises(KeyError):
        matrix.pair("j1", "w9")


def test_without_the_rule_everybody_marks_everything() -> None:
    assert all(pair.eligible for pair in pairs(recuse_own_unit=False).pairs)


def test_declared_conflicts_recuse_from_a_work_or_a_unit() -> None:
    matrix = pairs(
        declared=[
            {"judge": "j1", "work": "w1", "reason": "亲属参演"},
            {"judge": "j1", "work": "w1", "reason": "担任医学顾问"},
            {"judge": "j3", "unit": "第二支部", "reason": "曾任该支部书记"},
        ]
    )
    assert matrix.pair("j1", "w1").reasons == (
        OWN,
        "评委声明回避：亲属参演",
        "评委声明回避：担任医学顾问",
    )
    assert matrix.pair("j3", "w2").reasons == ("评委声明回避：曾任该支部书记",)
    assert matrix.works_of("j3") == ("w1", "w3")


def test_what_the_rules_found_stands_as_it_is_before_what_was_declared() -> None:
    region = "作品来自评委所在的江北赛区，按规则回避。"
    matrix = pairs(
        declared=[
            {"judge": "j3", "work": "w1", "reason": "亲属参演"},
            {"judge": "j3", "work": "w1", "reason": region, "found": True},
        ]
    )
    assert matrix.pair("j3", "w1").reasons == (region, "评委声明回避：亲属参演")


def test_numbers_serve_as_ids() -> None:
    matrix = eligible_pairs(
        [{"id": 1, "units": [7]}, {"id": 2}],
        [{"id": 10, "unit": 7}, {"id": 11, "unit": 8}],
        recuse_own_unit=True,
        declared=[
            {"judge": 2, "unit": 8, "reason": "曾在该科任职"},
            {"judge": 2, "work": 10, "reason": "亲属参演"},
        ],
    )
    assert matrix.works_of("1") == ("11",)
    assert matrix.works_of("2") == ()


def test_a_work_with_too_few_judges_is_named() -> None:
    matrix = pairs(declared=[{"judge": "j3", "work": "w1", "reason": "亲属参演"}])
    assert check_panel(matrix, min_judges=3) == (
        Shortage(
            "w1",
            2,
            3,
            ("j1", "j3"),
            "作品 《搏动》 回避后仅剩 2 位评委，少于规则要求的 3 位。",
        ),
    )
    assert check_panel(matrix, min_judges=2) == ()


def test_a_number_asked_of_one_panel_counts_its_judges_only() -> None:
    (found,) = check_panel(pairs(), min_judges=2, judges=["j1", "j4"])
    assert (found.work, found.left, found.recused) == ("w1", 1, ("j1",))


def test_a_panel_that_is_too_small_for_any_work() -> None:
    matrix = eligible_pairs(JUDGES[:1], WORKS[2:], recuse_own_unit=True)
    assert [one.text for one in check_panel(matrix, min_judges=2)] == [
        "作品 w3 只有 1 位评委，少于规则要求的 2 位。"
    ]


@pytest.mark.parametrize(
    ("changes", "problems"),
    [
        (
            {"declared": [{"judge": "j9", "work": "w1", "reason": "亲属"}]},
            ("回避声明里的评委 j9 不在评委组里。",),
        ),
        (
            {"declared": [{"judge": "j1", "work": "w9", "reason": "亲属"}]},
            ("回避声明里的作品 w9 不在参评名单里。",),
        ),
        (
            {"declared": [{"judge": "j1", "reason": "亲属"}]},
            ("评委 j1 的回避声明没有写明作品或单位。",),
        ),
        (
            {"declared": [{"judge": "j1", "work": "w1", "reason": " "}]},
            ("评委 j1 的回避声明没有写明理由。",),
        ),
    ],
)
def test_a_declaration_that_says_too_little_is_refused(
    changes: dict[str, Any], problems: tuple[str, ...]
) -> None:
    with pytest.raises(AssignmentError) as refused:
        pairs(**changes)
    assert refused.value.problems == problems
    assert str(refused.value) == "；".join(problems)


def test_one_id_names_one_judge_and_one_work() -> None:
    with pytest.raises(AssignmentError) as refused:
        eligible_pairs([*JUDGES, {"id": "j1"}], WORKS, recuse_own_unit=True)
    assert refused.value.problems == ("评委 j1 出现了两次。",)
    with pytest.raises(AssignmentError) as refused:
        eligible_pairs(JUDGES, [*WORKS, {"id": "w3"}], recuse_own_unit=True)
    assert refused.value.problems == ("作品 w3 出现了两次。",)


units = st.sampled_from(["甲", "乙", "丙", None])


@given(
    st.lists(units, max_size=5),
    st.lists(units, max_size=6),
    st.sets(st.tuples(st.integers(0, 4), st.integers(0, 5)), max_size=4),
    st.integers(0, 4),
    st.randoms(use_true_random=False),
)
def test_every_judge_marks_every_work_but_for_a_reason(
    judge_units: list[str | None],
    work_units: list[str | None],
    conflicts: set[tuple[int, int]],
    least: int,
    random: Any,
) -> None:
    judges = [{"id": f"j{n}", "unit": unit} for n, unit in enumerate(judge_units)]
    works = [{"id": f"w{n}", "unit": unit} for n, unit in enumerate(work_units)]
    known = {(j, w) for j, w in conflicts if j < len(judges) and w < len(works)}
    declared = [{"judge": f"j{j}", "work": f"w{w}", "reason": "声明"} for j, w in known]
    matrix = eligible_pairs(judges, works, recuse_own_unit=True, declared=declared)
    expected = {
        (f"j{j}", f"w{w}")
        for (j, of_judge), (w, of_work) in itertools.product(
            enumerate(judge_units), enumerate(work_units)
        )
        if (j, w) not in known and (of_work is None or of_judge != of_work)
    }
    assert {(pair.judge, pair.work) for pair in matrix.pairs if pair.eligible} == expected
    assert len(matrix.pairs) == len(judges) * len(works)
    for work in works:
        left = sum(of == work["id"] for _, of in expected)
        named = work["id"] in {short.work for short in check_panel(matrix, min_judges=least)}
        assert named == (left < least)
    for rows in (judges, works, declared):
        random.shuffle(rows)
    assert eligible_pairs(judges, works, recuse_own_unit=True, declared=declared) == matrix
