"""What of the releases is owed by works before they may be handed in or shown, in whole sentences."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from fengcai.apps.entries.governing import rules_for
from fengcai.apps.entries.models import Entry
from fengcai.apps.entries.owed import Owed
from fengcai.apps.releases.models import Appearance
from fengcai.apps.releases.registering import demands_on, registers_of, today
from fengcai.core.consent import PUBLIC, Debt, owed
from fengcai.core.rulebook import Rules

PLACE = "releases"
"""The place on the work's form where the people on screen stand."""


def owed_for_submission(entry: Entry, rules: Rules) -> list[Owed]:
    """What a submission waits for. 3 SQL, none where the rules let nothing wait."""
    demands = [d for d in demands_on(rules, entry.track) if d.needed_for == "submission"]
    if not demands:
        return []
    debts = owed(demands, registers_of([entry])[entry.pk], on=today(rules, timezone.now()))
    return [Owed(PLACE, text) for text in told(debts, _named([entry]))]


def owed_for_publication(entries: Sequence[Entry], at: datetime) -> dict[UUID, list[str]]:
    """The works that may not be shown yet, each with why. At most 4 SQL whatever their number.

    Whatever a submission waits for is waited for here as well, and so is what ends a showing however
    the rulebook sees it: a refusal, a withdrawal, an ended term.
    """
    asked = {e.pk: (rules_for(e), e) for e in entries}
    mine = [e for rules, e in asked.values() if demands_on(rules, e.track)]
    if not mine:
        return {}
    registers, names = registers_of(mine), _named(mine)
    found = {}
    for each in mine:
        rules = asked[each.pk][0]
        binding: list[Debt] = []
        for demand in demands_on(rules, each.track):
            debts = owed([demand], registers[each.pk], on=today(rules, at))
            if demand.needed_for != "nothing":
                binding += debts
            elif PUBLIC.intersection(demand.purposes):
                binding += [d for d in debts if d.kind not in ("register", "unsigned")]
        if said := told(binding, names):
            found[each.pk] = said
    return found


def told(debts: Sequence[Debt], names: dict[str, str]) -> list[str]:
    """The debts as sentences, each once, with the clause that asks."""
    return list(
        dict.fromkeys(
            f"{names.get(d.person, '') + '：' if d.person else ''}{d.text}（依据通知{d.cite}）"
            for d in debts
        )
    )


def _named(entries: Sequence[Entry]) -> dict[str, str]:
    rows = Appearance.objects.filter(entry__in=[e.pk for e in entries], removed_at=None)
    return {str(row.pk): row.name or row.get_role_display() for row in rows}
