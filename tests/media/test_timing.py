from __future__ import annotations

from fractions import Fraction

import pytest

from fengcai.media.film.timing import Timing

pytestmark = pytest.mark.media


def timed(times, base, nominal=None, duration=0):
    timing = Timing(base, nominal)
    for time in times:
        timing.feed(time, duration)
    return timing.result()


@pytest.mark.parametrize(
    ("rate", "base"),
    [
        (Fraction(25), Fraction(1, 12800)),
        (Fraction(24000, 1001), Fraction(1, 24000)),
        (Fraction(30000, 1001), Fraction(1, 30000)),
        (Fraction(24), Fraction(1, 12288)),
    ],
)
def test_steady_rates_come_out_exact(rate, base):
    step = 1 / (rate * base)
    found = timed([round(i * step) for i in range(100)], base, rate, round(step))
    assert Fraction(found["fps_kept"]) == Fraction(found["fps_average"]) == rate
    assert found["frame_rate"] == "constant"
    assert Fraction(found["duration_s"]) == 100 / rate


@pytest.mark.parametrize("rate", [Fraction(24000, 1001), Fraction(25), Fraction(30000, 1001)])
def test_a_clock_of_milliseconds_does_not_blur_a_rate(rate):
    """Matroska writes 23.976 as gaps of 41 and 42 ms."""
    found = timed([round(i * 1000 / rate) for i in range(500)], Fraction(1, 1000))
    assert (found["fps_kept"], found["frame_rate"]) == (str(rate), "constant")


def test_pictures_out_of_order_are_put_in_order():
    found = timed([0, 3, 1, 2, 6, 4, 5], Fraction(1, 25), None, 1)
    assert (found["fps_average"], found["interval_max_s"]) == ("25", "1/25")


def test_a_variable_rate_is_averaged_and_its_range_kept():
    times = [0]
    for i in range(200):
        times.append(times[-1] + (20 if i % 2 else 60))
    found = timed(times, Fraction(1, 1000))
    assert found["frame_rate"] == "variable"
    assert (found["interval_min_s"], found["interval_max_s"]) == ("1/50", "3/50")
    assert found["fps_kept"] == found["fps_average"] == "25"


def test_one_dropped_frame_does_not_lower_the_rate_that_the_film_keeps():
    times = [i * 40 for i in range(400) if i != 200]
    found = timed(times, Fraction(1, 1000), Fraction(25))
    assert (found["fps_kept"], found["frame_rate"]) == ("25", "variable")
    assert Fraction(found["fps_average"]) < 25
    assert found["steady_share"] == pytest.approx(397 / 398, abs=1e-4)


def test_a_stated_rate_that_the_pictures_do_not_keep_is_not_believed():
    found = timed([i * 1000 for i in range(50)], Fraction(1, 20000), Fraction(60), 1000)
    assert (found["fps_nominal"], found["fps_kept"]) == ("20", "20")


def test_one_picture_has_a_duration_and_no_rate():
    assert timed([0], Fraction(1, 25), None, 5) == {"duration_s": "1/5"}
    assert timed([], Fraction(1, 25)) == {}
    assert timed([7, 7, 7], Fraction(1, 25)) == {}
