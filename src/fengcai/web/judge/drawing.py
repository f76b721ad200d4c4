"""What the judging room shows once for each work, drawn by functions (see `web.shared.drawing`).

What is not our own word or address is escaped here.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from django.utils.safestring import SafeString, mark_safe

from fengcai.apps.judging.queries import Card
from fengcai.web.judge.pages import StripStep
from fengcai.web.shared import icons

ICONS = {"done": "pass", "partial": "running", "todo": "wait"}


def strip(steps: Iterable[StripStep]) -> SafeString:
    """The list of steps that leads through the stack."""
    lines = "".join(_step(step) for step in steps)
    return mark_safe(f'<ul class="strip">{lines}</ul>')  # noqa: S308  (escaped in each line)


def _step(step: StripStep) -> str:
    title, state = escape(step.title), escape(step.state_name)
    here = ' aria-current="page"' if step.here else ""
    return (
        f'<li><a href="{escape(step.url)}" data-state="{escape(step.state)}"{here}'
        f' title="{title}（{state}）">{icons.draw(ICONS[step.state])}'
        f'<span>{step.number}<span class="sr-only">号《{title}》{state}</span></span></a></li>'
    )


def options(cards: Iterable[Card], chosen: str) -> SafeString:
    """The options of a choice among works; `chosen` is the id that was sent."""
    lines = "".join(
        f'<option value="{card.entry_id}"{" selected" if str(card.entry_id) == chosen else ""}>'
        f"{card.number} 号《{escape(card.title)}》 {escape(card.unit)}</option>"
        for card in cards
    )
    return mark_safe(lines)  # noqa: S308  (escaped in each line)


def recused(card: Card) -> SafeString:
    """What a work is called that the judge must not mark, and why."""
    return mark_safe(  # noqa: S308  (every word is escaped here)
        f"<p><strong>{card.number} 号　{escape(card.title)}</strong>　{escape(card.unit)}</p>"
        f'<p class="muted">{escape(card.why)}</p>'
    )
