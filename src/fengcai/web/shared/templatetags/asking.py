"""Whom to ask about a track: the notice's contact for it, else the one for everything."""

from __future__ import annotations

from typing import Any

from django import template

from fengcai.apps.entries.passages import newest_giving_back
from fengcai.core.rulebook import Rules
from fengcai.core.rulebook.rules import Contact

register = template.Library()


def contacts_for(rules: Rules, track: str) -> list[Contact]:
    """Those whose scope names the track or a heading over it; where none does, those for everything."""
    names = {each.id: each.name for each in rules.tracks}
    above = {each.id: each for each in rules.groups}
    wanted, here = {names.get(track, "")}, next((t for t in rules.tracks if t.id == track), None)
    parent = getattr(here, "parent", None)
    while parent in above:
        wanted.add(above[parent].name)
        parent = above[parent].parent
    mine = [each for each in rules.contacts if each.scope in wanted]
    return mine or [each for each in rules.contacts if each.scope is None]


@register.inclusion_tag("shared/_given_back.html")
def given_back(entry: Any) -> dict[str, Any]:
    """`{% given_back entry %}`: why a collecting unit gave the work back, while it is being mended."""
    return {"back": newest_giving_back(entry)}


@register.inclusion_tag("shared/_whom_to_ask.html")
def whom_to_ask(rules: Rules, track: str) -> dict[str, Any]:
    """`{% whom_to_ask rules track.id %}`: a line with names, telephones and the clause."""
    return {"contacts": contacts_for(rules, track)}
