"""The record that cannot be quietly rewritten: canonical JSON, hash-chained events, commitments.

Standard library only. It stores nothing and reads no clock; keeping the events in a database, one
chain per contest, is ``fengcai.apps.audit``.
"""

from fengcai.core.ledger.canonical import canonical, salted
from fengcai.core.ledger.chain import ORIGIN, Break, Event, Head, append, instant, start, verify

__all__ = [
    "ORIGIN",
    "Break",
    "Event",
    "Head",
    "append",
    "canonical",
    "instant",
    "salted",
    "start",
    "verify",
]
