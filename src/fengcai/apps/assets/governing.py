"""By which rules a file is judged: those of the work that it belongs to, which a later context knows.

Without anybody who knows, by the rules in force.
"""

from __future__ import annotations

from collections.abc import Callable

from fengcai.apps.assets.models import Asset
from fengcai.apps.contests.queries import rules_of
from fengcai.core.rulebook import Rules

_knows: dict[str, Callable[[Asset], Rules | None]] = {}


def judge_by(name: str, rules: Callable[[Asset], Rules | None]) -> None:
    """Have `rules` say by which rules a file is judged; None for a file that it does not know."""
    _knows[name] = rules


def rules_of_file(asset: Asset) -> Rules:
    """The rules that the file is judged by."""
    for knows in _knows.values():
        if (found := knows(asset)) is not None:
            return found
    return rules_of(asset.contest)
