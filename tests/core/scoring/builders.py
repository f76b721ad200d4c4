"""Resolved schemes and sheets as the scoring tests need them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hypothesis import strategies as st

from fengcai.core.scoring import Ranking

FIVE = (
    ("theme", "主题契合度"),
    ("content", "内容充实度"),
    ("distinct", "特色辨识度"),
    ("craft", "制作精良度"),
    ("creative", "创意新颖度"),
)


def scheme_json(**changes: Any) -> dict[str, Any]:
    """Five criteria of 20 points in half points; trimmed mean −1/−1 from 5 sheets; two places."""
    return {
        "criteria": [
            {"id": id, "name": name, "min": "0", "max": "20", "step": "0.5", "weight": "1"}
            for id, name in FIVE
        ],
        "total": "100",
        "aggregate": "trimmed_mean",
        "drop_high": 1,
        "drop_low": 1,
        "drop_only_if_at_least": 5,
        "rounding_places": 2,
        "rounding_mode": "half_up",
        "tie_break": [{"by": "criterion", "id": "theme"}, {"by": "committee"}],
        **changes,
    }


def one_criterion(**changes: Any) -> dict[str, Any]:
    """A single criterion of 0–100 in steps of 0.01 and a plain mean, without a tie chain."""
    return {
        "criteria": [{"id": "all", "name": "总评", "min": "0", "max": "100", "step": "0.01"}],
        "aggregate": "mean",
        "rounding_places": 2,
        "rounding_mode": "half_up",
        **changes,
    }


def marks(*values: str) -> dict[str, str]:
    """Values for the five criteria, in their order."""
    return {id: value for (id, _), value in zip(FIVE, values, strict=True)}


def even(value: str) -> dict[str, str]:
    """The same value for each of the five criteria."""
    return marks(*[value] * 5)


def sheets_of(table: Mapping[str, Sequence[Mapping[str, str]]]) -> list[dict[str, Any]]:
    """Sheets by judges j1, j2, … from ``{work: [values, …]}``."""
    return [
        {"judge": f"j{number}", "work": work, "values": values}
        for work, rows in table.items()
        for number, values in enumerate(rows, 1)
    ]


def single(table: Mapping[str, Sequence[str]]) -> list[dict[str, Any]]:
    """Sheets with the one criterion ``all`` from ``{work: ["91.5", …]}``."""
    return sheets_of({work: [{"all": v} for v in row] for work, row in table.items()})


# Few judges and few different marks, so that equal totals, equal figures and ties are common.
# A sheet is one drawn number (its digits to base 7 are the marks), which keeps drawing cheap.
def _sheet(number: int) -> dict[str, str]:
    return {id: f"{17 + number // 7**place % 7 / 2:.1f}" for place, (id, _) in enumerate(FIVE)}


values = st.integers(0, 7**5 - 1).map(_sheet)


@st.composite
def panels(draw: st.DrawFn) -> tuple[list[str], list[dict[str, Any]]]:
    """Some works, and sheets of up to seven judges with recusals."""
    works = [f"w{number}" for number in range(draw(st.integers(1, 6)))]
    judges = [f"j{number}" for number in range(draw(st.integers(1, 7)))]
    recused = draw(st.sets(st.tuples(st.sampled_from(judges), st.sampled_from(works)), max_size=6))
    pairs = [(judge, work) for work in works for judge in judges if (judge, work) not in recused]
    rows = draw(st.lists(values, min_size=len(pairs), max_size=len(pairs)))
    return works, [
        {"judge": judge, "work": work, "values": row}
        for (judge, work), row in zip(pairs, rows, strict=True)
    ]


chains = st.lists(
    st.sampled_from([{"by": "criterion", "id": id} for id, _ in FIVE]), max_size=3, unique_by=str
).flatmap(lambda chain: st.sampled_from([chain, [*chain, {"by": "committee"}]]))

schemes = st.builds(
    lambda aggregate, chain, places, mode, floor: scheme_json(
        aggregate=aggregate,
        tie_break=chain,
        rounding_places=places,
        rounding_mode=mode,
        **(
            {"drop_high": 1, "drop_low": 1, "drop_only_if_at_least": floor}
            if aggregate == "trimmed_mean"
            else {"drop_high": 0, "drop_low": 0, "drop_only_if_at_least": 0}
        ),
    ),
    st.sampled_from(["mean", "median", "trimmed_mean"]),
    chains,
    st.integers(0, 3),
    st.sampled_from(["half_up", "half_even"]),
    st.integers(3, 6),
)


def part(id: str, of: str, weight: str, ref: str | None = None, **more: Any) -> dict[str, Any]:
    """A part of a score."""
    return {"id": id, "name": id, "of": of, "ref": ref, "weight": weight, **more}


def figures(ranking: Ranking) -> dict[str, str | None]:
    """The final figure of each work, as it is written."""
    return {
        one.work: None if one.figure is None else f"{one.figure:f}" for one in ranking.standings
    }
