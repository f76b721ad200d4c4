"""What entrants read of a span, and that every check keeps its promises about spans and files."""

from __future__ import annotations

from fractions import Fraction

import pytest

from benchmarks.media.clips.feeding import feed
from fengcai.core.rulebook.predicate.tree import FACTS
from fengcai.media.facts.measures import Measure, Span, clock
from fengcai.media.film.advice import ADVICE, sentence, sentences
from fengcai.media.film.moments import MOST_PICTURES, MOST_POINTS, MOST_SPANS, Moments, Plot
from tests.media.film.conftest import OURS

pytestmark = pytest.mark.media


@pytest.mark.clause("J4")
def test_a_span_in_plain_words():
    span = Span(from_s=Fraction(42), to_s=Fraction(111, 2))
    told = Measure(method="m", answer="found", spans=(span,))
    assert sentence("shake", told, span) == (
        "第 0:42–0:55 秒画面抖动明显，请用三脚架重拍，或在剪辑软件里做防抖处理"
    )
    doubted = told.model_copy(update={"answer": "doubtful"})
    assert sentence("shake", doubted, span).startswith("第 0:42–0:55 秒画面可能有抖动，")
    assert sentences("black", told) == ("第 0:42–0:55 秒是黑屏，请剪掉，或检查这里是否漏放了素材",)
    assert sentences("interlacing", told) == (
        "整部影片画面有横向锯齿（隔行扫描），请在剪辑软件里做去隔行处理，按逐行扫描导出",
    )


def test_nothing_is_said_where_nothing_was_found():
    clear = Measure(method="m", answer="clear", spans=(Span(from_s=0, to_s=1),))
    assert sentences("shake", clear) == ()
    assert sentence("nothing", clear, clear.spans[0]) == ""


def test_every_check_with_spans_has_advice():
    silent = {"shots", "dynamic_range"}
    assert {kind.name for kind in OURS} - silent == set(ADVICE)


def test_facts_are_names_that_rulebooks_know(faulty, sound):
    for told in [*faulty.values(), *sound.values()]:
        assert set(told.facts) <= set(told.about) <= set(FACTS)


def test_pictures_that_spans_name_are_small_jpegs(faulty_film):
    for check in feed(faulty_film, OURS):
        told = check.result()
        named = {span.picture for span in told.spans if span.picture}
        assert named == set(check.files)
        for data in check.files.values():
            assert data[:2] == b"\xff\xd8"
            assert len(data) < 300_000


def test_moments_keep_the_weightiest():
    moments = Moments("m")
    for k in range(500):
        at = Fraction(k)
        moments.add(at, at + 1, weight=float(k % 100), value=float(k), jpeg=b"x")
    spans, files = moments.told()
    assert (len(spans), len(files)) == (MOST_SPANS, MOST_PICTURES)
    assert [span.from_s for span in spans] == sorted(span.from_s for span in spans)
    assert min(span.value % 100 for span in spans) >= 88
    assert (moments.count, moments.longest_s) == (500, 1)


def test_a_plot_of_a_long_film_stays_small():
    plot = Plot("percent")
    for second in range(20_000):
        plot.add(Fraction(second), 5.0 if second == 12_345 else 1.0)
    curve = plot.curve()
    assert len(curve.values) <= MOST_POINTS
    assert curve.values[int(12_345 / curve.step_s)] == 5.0
    assert curve.values.count(5.0) == 1
    assert Plot("percent").curve() is None


def test_moments_as_people_write_them():
    assert [clock(at) for at in (0, 42, 725, 3723)] == ["0:00", "0:42", "12:05", "1:02:03"]
