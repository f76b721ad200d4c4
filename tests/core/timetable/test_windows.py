"""Deadlines: inclusive to the second, grace, late entries, uploads begun in time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fengcai.core.rulebook import Citation, Window
from fengcai.core.timetable import (
    AFTER_UPLOAD,
    Admission,
    admit,
    basis_in_words,
    held_open,
    in_time,
    remaining,
    standing,
)

CST = timezone(timedelta(hours=8))
OPENS = datetime(2026, 4, 3, tzinfo=CST)
CLOSES = datetime(2026, 4, 30, 17, tzinfo=CST)
CITE = Citation(section="五", words="2026 年 4 月 30 日 17:00 前")
SECOND = timedelta(seconds=1)


def window(**changes: object) -> Window:
    base = {
        "opens": OPENS,
        "closes": CLOSES,
        "closes_inclusive": True,
        "basis": "server_received",
        "late": "reject",
        "original": "2026 年 4 月 30 日 17:00 前",
        "cite": CITE,
    }
    return Window.model_validate({**base, **changes})


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (OPENS - SECOND, "before"),
        (OPENS, "open"),
        (CLOSES, "open"),
        (CLOSES + timedelta(microseconds=999_999), "open"),
        (CLOSES + SECOND, "closed"),
    ],
)
@pytest.mark.clause("J11")
def test_the_deadlines_own_second_is_in_time_and_the_next_is_not(
    at: datetime, expected: str
) -> None:
    assert standing(window(), at) == expected


def test_an_exclusive_deadline_leaves_its_own_second_out() -> None:
    exclusive = window(closes_inclusive=False)
    assert in_time(exclusive, CLOSES - timedelta(microseconds=1)) is True
    assert in_time(exclusive, CLOSES) is False


def test_grace_moves_the_last_second() -> None:
    graceful = window(grace=timedelta(minutes=10))
    assert in_time(graceful, CLOSES + timedelta(minutes=10)) is True
    assert in_time(graceful, CLOSES + timedelta(minutes=10, seconds=1)) is False


@pytest.mark.clause("J11")
def test_at_the_deadline_is_accepted_and_a_second_later_refused() -> None:
    assert admit(window(), arrived=CLOSES) == Admission(
        True, False, "在截止时间 2026-04-30 17:00:00 之前收到", CITE
    )
    assert admit(window(), arrived=CLOSES + SECOND) == Admission(
        False,
        True,
        "收到时间 2026-04-30 17:00:01 晚于截止时间 2026-04-30 17:00:00，按规则不再受理",
        CITE,
    )


def test_what_comes_before_the_opening_is_refused_but_not_late() -> None:
    assert admit(window(), arrived=OPENS - SECOND) == Admission(
        False, False, "尚未开始，2026-04-03 00:00 起受理", CITE
    )


@pytest.mark.parametrize(
    ("late", "accepted", "ending"),
    [
        ("reject", False, "按规则不再受理"),
        ("mark", True, "已收下并注明逾期"),
        ("allow", True, "按规则照常收下"),
    ],
)
def test_late_entries_go_as_the_rulebook_says(late: str, accepted: bool, ending: str) -> None:
    found = admit(window(late=late), arrived=CLOSES + timedelta(hours=1))
    assert (found.accepted, found.late) == (accepted, True)
    assert found.reason.endswith(ending)


@pytest.mark.clause("J11")
@pytest.mark.parametrize(
    ("counts", "began", "accepted"),
    [
        (False, CLOSES - timedelta(minutes=5), False),
        (True, CLOSES - timedelta(minutes=5), True),
        (True, CLOSES + SECOND, False),
        (True, OPENS - SECOND, False),
        (True, None, False),
    ],
)
def test_an_upload_begun_in_time_and_finished_late_goes_by_the_rule(
    counts: bool, began: datetime | None, accepted: bool
) -> None:
    found = admit(window(begun_counts=counts), arrived=CLOSES + timedelta(hours=1), began=began)
    assert (found.accepted, found.late) == (accepted, not accepted)


@pytest.mark.intake
@pytest.mark.clause("J11")
@pytest.mark.parametrize(
    ("counts", "began", "arrived", "longer"),
    [
        (True, CLOSES - SECOND, CLOSES + timedelta(hours=2), True),
        (True, CLOSES - SECOND, CLOSES, False),
        (True, CLOSES + timedelta(minutes=2), CLOSES + timedelta(hours=2), False),
        (False, CLOSES - SECOND, CLOSES + timedelta(hours=2), False),
    ],
)
def test_an_upload_that_held_a_unit_up_leaves_it_time_to_hand_in(
    counts: bool, began: datetime, arrived: datetime, longer: bool
) -> None:
    own = window(begun_counts=counts, grace=timedelta(minutes=1))
    found = held_open(own, began=began, arrived=arrived)
    assert found.closes == (arrived + AFTER_UPLOAD if longer else own.closes)
    assert in_time(found, found.closes) and not in_time(found, found.closes + timedelta(minutes=2))
    assert admit(found, arrived=found.closes).late is False
    assert (found == own) is not longer


@pytest.mark.parametrize("basis", ["server_received", "mail_date", "paper_arrival", "post_mark"])
def test_every_basis_has_its_words(basis: str) -> None:
    words = basis_in_words(window().model_copy(update={"basis": basis}))
    assert words.startswith("以") and words.endswith("为准")


def test_the_reason_speaks_in_the_contests_time_zone() -> None:
    found = admit(window(), arrived=datetime(2026, 4, 30, 9, 0, 1, tzinfo=UTC))
    assert found.reason.startswith("收到时间 2026-04-30 17:00:01 ")


def test_remaining_time_counts_down_to_zero() -> None:
    assert remaining(window(), CLOSES - timedelta(days=2)) == timedelta(days=2)
    assert remaining(window(), CLOSES + SECOND) == timedelta(0)


@pytest.mark.parametrize("ask", [standing, in_time, remaining])
def test_an_instant_without_a_time_zone_is_refused(ask: object) -> None:
    with pytest.raises(ValueError, match="time zone"):
        ask(window(), datetime(2026, 4, 30))  # type: ignore[operator]
    with pytest.raises(ValueError, match="time zone"):
        admit(window(), arrived=datetime(2026, 4, 30))


instants = st.datetimes(datetime(2026, 3, 1), datetime(2026, 6, 1)).map(
    lambda each: each.replace(tzinfo=CST)
)
windows = st.builds(
    window,
    closes_inclusive=st.booleans(),
    late=st.sampled_from(["reject", "mark", "allow"]),
    grace=st.integers(0, 3600).map(lambda each: timedelta(seconds=each)),
    begun_counts=st.booleans(),
)


@given(windows, instants, instants)
def test_standing_only_moves_forward(each: Window, first: datetime, second: datetime) -> None:
    order = ["before", "open", "closed"]
    early, late = sorted([first, second])
    assert order.index(standing(each, early)) <= order.index(standing(each, late))


@given(windows, instants, st.none() | instants)
def test_admission_agrees_with_standing(
    each: Window, arrived: datetime, began: datetime | None
) -> None:
    found = admit(each, arrived=arrived, began=began)
    now = standing(each, arrived)
    if now == "before":
        assert (found.accepted, found.late) == (False, False)
    elif now == "open":
        assert (found.accepted, found.late) == (True, False)
    else:
        excused = each.begun_counts and began is not None and standing(each, began) == "open"
        assert found.late is not excused
        assert found.accepted is (excused or each.late != "reject")


@given(windows, instants, st.timedeltas(timedelta(days=-400), timedelta(days=400)))
def test_shifting_window_and_instant_together_changes_nothing(
    each: Window, at: datetime, by: timedelta
) -> None:
    moved = each.model_copy(update={"opens": each.opens + by, "closes": each.closes + by})
    if by.microseconds == 0:
        assert standing(moved, at + by) == standing(each, at)
