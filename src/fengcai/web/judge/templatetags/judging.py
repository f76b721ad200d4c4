"""The tags of the judging room: the parts that stand there once for each work."""

from __future__ import annotations

from collections.abc import Iterable

from django import template
from django.utils.safestring import SafeString

from fengcai.apps.judging.queries import Card
from fengcai.web.judge import drawing
from fengcai.web.judge.pages import StripStep

register = template.Library()


@register.simple_tag
def strip(steps: Iterable[StripStep]) -> SafeString:
    """`{% strip page.strip %}`: the works around the open one, each with its state."""
    return drawing.strip(steps)


@register.simple_tag
def work_options(cards: Iterable[Card], chosen: str = "") -> SafeString:
    """`{% work_options stack.cards sent.work %}`: a work to choose in each line."""
    return drawing.options(cards, chosen)


@register.simple_tag
def recused_work(card: Card) -> SafeString:
    """`{% recused_work card %}`: a work that is not the judge's to mark, and why."""
    return drawing.recused(card)
