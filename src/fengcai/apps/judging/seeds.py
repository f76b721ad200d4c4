"""One secret seed for each round, committed at its opening; what has to be told earlier is derived.

Whoever learns a derived seed learns neither the round's nor any other: the order of appearance can
be told before the lot that may break ties.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

from fengcai.core.rulebook import Round as RoundRule
from fengcai.core.rulebook import Rules


def fresh_seed(rules: Rules, rule: RoundRule) -> str:
    """32 random bytes in hex where anything of the round is drawn; else empty."""
    panels = [rules.panel(id) for id in {rule.panel_id, *_panels(rule)} if id]
    draws = (
        any(step.by == "lot" for step in rule.scheme.tie_break)
        or any(panel is not None and panel.per_entry for panel in panels)
        or (rule.live is not None and rule.live.order == "draw")
    )
    return secrets.token_hex(32) if draws else ""


def committed(seed: str) -> str:
    """SHA-256 (hex) of a seed, told before it is used."""
    return hashlib.sha256(bytes.fromhex(seed)).hexdigest()


def derived(seed: str, purpose: str) -> str:
    """HMAC-SHA-256 (hex) of `purpose` under the seed; empty where there is no seed."""
    if not seed:
        return ""
    return hmac.new(bytes.fromhex(seed), purpose.encode(), hashlib.sha256).hexdigest()


def _panels(rule: RoundRule) -> set[str]:
    parts = {one.ref for one in rule.scheme.components if one.of == "panel" and one.ref}
    return parts | {one.panel for one in rule.scheme.criteria if one.panel}
