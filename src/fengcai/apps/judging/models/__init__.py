"""A round of judging: its works, its panel, and everything that a judge signs or writes in it.

A row says what stood when; who did what in which order stands in the audit record.
"""

from fengcai.apps.judging.models.decisions import (
    Draw,
    PenaltyRecord,
    Performance,
    Ruling,
    Shortlist,
    VoteCount,
    VoteVoid,
)
from fengcai.apps.judging.models.rounds import (
    Assignment,
    Commitment,
    Conflict,
    Round,
    RoundEntry,
    Seat,
)
from fengcai.apps.judging.models.sheets import HandIn, MarksField, Note, ScoreSheet, fresh_salt

__all__ = [
    "Assignment",
    "Commitment",
    "Conflict",
    "Draw",
    "HandIn",
    "MarksField",
    "Note",
    "PenaltyRecord",
    "Performance",
    "Round",
    "RoundEntry",
    "Ruling",
    "ScoreSheet",
    "Seat",
    "Shortlist",
    "VoteCount",
    "VoteVoid",
    "fresh_salt",
]
