"""Every check that finds a fault has plain words for it, with the moment and what to do."""

from __future__ import annotations

from fractions import Fraction

import pytest

from fengcai.core.rulebook.predicate import FACTS
from fengcai.media.facts.measures import Measure, Span
from fengcai.media.sound.advice import ADVICE, LEVEL, sentence, sentences
from fengcai.media.sound.registry import CHECKS

pytestmark = pytest.mark.media


def measure(answer, *spans):
    return Measure(method="ears", answer=answer, spans=spans)


def test_every_check_has_advice():
    assert set(ADVICE) | {"speech", "fingerprint"} == {check.name for check in CHECKS}
    assert set(LEVEL) <= set(FACTS)


def test_a_moment_a_fault_and_a_remedy():
    span = Span(from_s=Fraction(425, 10), to_s=Fraction(55))
    said = sentence("noise", measure("found", span), span)
    assert said.startswith("第 0:42–0:55 秒人声背后有明显的杂音，请")
    assert "可能" in sentence("noise", measure("doubtful", span), span)
    assert sentence("noise", measure("clear", span), span) == ""
    assert sentence("speech", measure("found", span), span) == ""


def test_one_second_is_one_moment_and_hours_are_told():
    span = Span(from_s=Fraction(3725), to_s=Fraction(37255, 10))
    assert sentence("clipping", measure("found", span), span).startswith("第 1:02:05 秒声音爆音")


def test_lopsided_sound_says_which_side():
    dead = Span(from_s=0, to_s=9, text="右声道没有声音或很轻")
    against = Span(from_s=9, to_s=20, text="左右声道反相")
    first, second = sentences("balance", measure("found", dead, against))
    assert first.startswith("第 0:00–0:09 秒右声道没有声音或很轻，请")
    assert "用手机外放时人声会变小或消失" in second
