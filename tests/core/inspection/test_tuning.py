"""Limits that a contest moves: what a stored measure answers then."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fengcai.core.inspection import SCALES, Measured, Tuning, retuned

ABOUT = ("shaky",)


def shake(value: object, answer: str = "found") -> Measured:
    facts = {} if answer in ("doubtful", "unmeasured") else {"shaky": answer == "found"}
    values = {"tremor_percent": value}
    return Measured(answer, facts, values, {"tremor_percent": 0.1})  # type: ignore[arg-type]


def tuned(measured: Measured, factor: str = "1", stance: str = "judge") -> object:
    return retuned("shake", measured, ABOUT, Tuning(stance, Fraction(factor)))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("value", "before", "factor", "after"),
    [
        (0.12, "found", "1", "found"),
        (0.121, "found", "1.2", "found"),
        (0.12, "found", "1.3", "doubtful"),
        (0.12, "found", "2", "clear"),
        (0.09, "doubtful", "1.05", "doubtful"),
        (0.09, "doubtful", "1.2", "clear"),
        (0.05, "clear", "2", "clear"),
        (0.091, "doubtful", "0.9", "found"),
        (0.09, "doubtful", "0.95", "doubtful"),
        (0.08, "clear", "0.9", "doubtful"),
        (0.2, "clear", "0.5", "doubtful"),
        (0.05, "clear", "0.9", "clear"),
        (0.2, "unmeasured", "0.5", "unmeasured"),
    ],
)
def test_a_moved_limit_moves_what_its_value_decided(
    value: float, before: str, factor: str, after: str
) -> None:
    facts = {"found": {"shaky": True}, "clear": {"shaky": False}}.get(after, {})
    assert tuned(shake(value, before), factor) == (after, facts)


@pytest.mark.parametrize("value", [None, "viel", True, 0])
def test_a_measure_without_a_number_stays_as_it_is(value: object) -> None:
    assert tuned(shake(value), "2") == ("found", {"shaky": True})


def test_what_another_reason_found_is_not_taken_back() -> None:
    assert tuned(shake(0.08), "3") == ("found", {"shaky": True})
    assert tuned(shake(0.05, "doubtful"), "3") == ("doubtful", {})


def test_a_stance_leaves_it_to_a_person() -> None:
    assert tuned(shake(0.2), stance="advise") == ("doubtful", {})
    assert tuned(shake(0.02, "clear"), stance="advise") == ("clear", {"shaky": False})
    assert tuned(shake(0.02, "clear"), stance="off") == ("unmeasured", {})
    assert tuned(shake(0.12), "2", "advise") == ("clear", {"shaky": False})


def test_a_falling_scale_is_worse_when_less() -> None:
    limits = {"audible_below_programme_db": 45.0, "faint_below_programme_db": 54.0}
    hum = Measured("found", {"hum": True}, {"below_programme_db": 40.0}, limits)
    assert retuned("hum", hum, ("hum",), Tuning(factor=Fraction("1.1"))) == ("found", {"hum": True})
    assert retuned("hum", hum, ("hum",), Tuning(factor=Fraction("1.2"))) == ("doubtful", {})
    assert retuned("hum", hum, ("hum",), Tuning(factor=Fraction(2))) == ("clear", {"hum": False})


def test_a_side_of_either_sign_counts_by_its_size() -> None:
    limits = {"lean_db": 9.0, "slight_lean_db": 6.0}
    left = Measured("found", {"one_sided": True}, {"left_over_right_db": -10.0}, limits)
    told = retuned("balance", left, ("one_sided",), Tuning(factor=Fraction("1.2")))
    assert told == ("doubtful", {})


def test_without_its_limits_a_measure_stays_as_it_is() -> None:
    lame = Measured("found", {"hum": True}, {"below_programme_db": 40.0},
                    {"audible_below_programme_db": 45.0})  # fmt: skip
    assert retuned("hum", lame, ("hum",), Tuning(factor=Fraction(2))) == ("found", {"hum": True})


def test_a_check_without_a_scale_knows_stances_only() -> None:
    mark = Measured("found", {"watermark": True}, {}, {})
    about = ("watermark",)
    assert retuned("watermark", mark, about, Tuning(factor=Fraction(2)))[0] == "found"
    assert retuned("watermark", mark, about, Tuning("advise"))[0] == "doubtful"
    assert Tuning().plain
    assert not Tuning("advise").plain


@given(
    st.sampled_from(sorted(SCALES)),
    st.sampled_from(["found", "clear", "doubtful", "unmeasured"]),
    st.floats(0.001, 100, allow_nan=False),
    st.fractions(Fraction(1, 2), Fraction(3)),
)
def test_wider_never_accuses_and_stricter_never_acquits(
    check: str, answer: str, value: float, factor: Fraction
) -> None:
    scale = SCALES[check]
    limits = {scale.limit: 10.0}
    if isinstance(scale.doubtful, str):
        limits[scale.doubtful] = 12.0 if scale.falling else 8.0
    measured = Measured(answer, {}, {scale.value: value}, limits)  # type: ignore[arg-type]
    after, _ = retuned(check, measured, ("f",), Tuning(factor=factor))
    order = ["clear", "doubtful", "found"]
    if answer == "unmeasured":
        assert after == answer
    elif factor > 1:
        assert order.index(after) <= order.index(answer)
    else:
        assert 0 <= order.index(after) - order.index(answer) <= 1
