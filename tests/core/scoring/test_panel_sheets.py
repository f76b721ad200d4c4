"""Panels with sheets of their own: each marks its lines and counts for its part."""

from __future__ import annotations

from typing import Any

import pytest

from fengcai.core.scoring import (
    Extras,
    Scheme,
    ScoringError,
    rank,
)

from .builders import figures, one_criterion, part

TWO_SHEETS = {
    "criteria": [
        {"id": "science", "name": "科学性", "min": "0", "max": "60", "step": "1", "panel": "e"},
        {"id": "manner", "name": "表达", "min": "0", "max": "40", "step": "1", "panel": "e"},
        {"id": "liking", "name": "总体印象", "min": "0", "max": "100", "step": "1", "panel": "a"},
    ],
    "total": "100",
    "components": [
        part("expert", "panel", "0.7", "e", aggregate="trimmed_mean", drop_high=1, drop_low=1),
        part("audience", "panel", "0.3", "a"),
    ],
    "tie_break": [{"by": "criterion", "id": "science"}],
}


def sheet(judge: str, work: str, **values: str) -> dict[str, Any]:
    return {"judge": judge, "work": work, "values": values}


def on_two_sheets(work: str, science: list[str], liking: list[str]) -> list[dict[str, Any]]:
    """Experts give `science` and 30 for manner, the audience `liking`."""
    return [
        *(sheet(f"e{n}", work, science=one, manner="30") for n, one in enumerate(science)),
        *(sheet(f"a{n}", work, liking=one) for n, one in enumerate(liking)),
    ]


SEATED = {**{f"e{n}": "e" for n in range(3)}, **{f"a{n}": "a" for n in range(2)}}


@pytest.mark.clause("H5")
def test_each_panel_has_its_own_lines_and_counts_for_its_own_part() -> None:
    scheme = Scheme.from_json(one_criterion(**TWO_SHEETS))
    assert scheme.panels == ("e", "a")
    assert scheme.sheet_full == 100
    assert [one.id for one in scheme.for_panel("e").criteria] == ["science", "manner"]
    assert [one.id for one in scheme.for_panel("a").criteria] == ["liking"]
    made = rank(
        scheme,
        [
            *on_two_sheets("x", ["30", "60", "50"], ["90", "70"]),
            *on_two_sheets("y", ["50", "50", "20"], ["80", "80"]),
        ],
        works=["x", "y"],
        extras=Extras(panels=SEATED),
    )
    # The middle one of three experts, (50 + 30) × 70 % + 80 × 30 % for both.
    assert figures(made) == {"x": "80.00", "y": "80.00"}
    one = made.of("x")
    assert [(mark.judge, mark.total, mark.dropped) for mark in one.marks] == [
        ("e1", 90, "high"), ("e2", 80, ""), ("e0", 60, "low"), ("a0", 90, ""), ("a1", 70, ""),
    ]  # fmt: skip
    # A panel's lines are trimmed as its part is, and nobody else's marks are on them.
    assert dict(one.criteria) == {"science": 50, "manner": 30, "liking": 80}
    assert made.of("y").rank == 1
    assert made.ties[0].works == ("x", "y")


@pytest.mark.clause("H5")
@pytest.mark.parametrize(
    ("sheets", "panels", "said"),
    [
        ([sheet("a0", "x", liking="80")], {}, "评委 a0 没有编入评委组，不知道该评哪几项。"),
        (
            [sheet("a0", "x", liking="80", science="3")],
            SEATED,
            "评委 a0 对作品 x 的评分表：评分表里没有“science”这一项。",
        ),
        (
            [sheet("e0", "x", science="3")],
            SEATED,
            "评委 e0 对作品 x 的评分表：“表达”还没有打分。",
        ),
    ],
)
def test_a_sheet_with_another_panels_lines_stops_the_count(
    sheets: list[dict[str, Any]], panels: dict[str, str], said: str
) -> None:
    with pytest.raises(ScoringError) as caught:
        rank(
            Scheme.from_json(one_criterion(**TWO_SHEETS)),
            sheets,
            works=["x"],
            extras=Extras(panels=panels),
        )
    assert caught.value.problems == (said,)


def test_a_panel_that_never_came_leaves_its_lines_empty_or_at_zero() -> None:
    here = on_two_sheets("x", [], ["90", "70"]) + on_two_sheets("y", [], ["80", "80"])
    left_out = rank(
        Scheme.from_json(one_criterion(**TWO_SHEETS, missing="leave_out")),
        here,
        works=["x", "y"],
        extras=Extras(panels=SEATED),
    )
    assert figures(left_out) == {"x": "80.00", "y": "80.00"}
    assert dict(left_out.of("x").criteria) == {"liking": 80}
    assert left_out.ties[0].works == ("x", "y")
    zero = rank(
        Scheme.from_json(one_criterion(**TWO_SHEETS, missing="zero")),
        here,
        works=["x", "y"],
        extras=Extras(panels=SEATED, absent=[(f"e{n}", "x") for n in range(3)] + [("e0", "y")]),
    )
    assert figures(zero) == {"x": "24.00", "y": "24.00"}
    assert dict(zero.of("x").criteria) == {"science": 0, "manner": 0, "liking": 80}


def test_without_parts_every_panels_sheet_counts_alike() -> None:
    alike = {**TWO_SHEETS, "components": []}
    made = rank(
        Scheme.from_json(one_criterion(**alike)),
        on_two_sheets("x", ["50"], ["60"]),
        works=["x"],
        extras=Extras(panels=SEATED),
    )
    assert figures(made) == {"x": "70.00"}
    assert dict(made.of("x").criteria) == {"science": 50, "manner": 30, "liking": 60}


def test_the_lines_of_each_panel_must_make_the_total() -> None:
    short = [*TWO_SHEETS["criteria"][:1], *TWO_SHEETS["criteria"][2:]]  # type: ignore[index]
    with pytest.raises(ScoringError) as caught:
        Scheme.from_json(one_criterion(**{**TWO_SHEETS, "criteria": short, "tie_break": []}))
    assert caught.value.problems == (
        "评委组“e”的各项“满分 × 权重”相加为 60 分，与规则写的总分 100 不符。",
    )
