"""What happens in a round: the organiser opens, mends and seals it; judges promise, recuse, mark."""

from fengcai.apps.judging.actions.promises import (
    declare_conflict,
    sign_commitment,
    withdraw_conflict,
)
from fengcai.apps.judging.actions.rounds import (
    excuse_judge,
    open_round,
    reopen_stack,
    seal_round,
    seat_judge,
)
from fengcai.apps.judging.actions.sheets import add_note, delete_note, hand_in, save_sheet

__all__ = [
    "add_note",
    "declare_conflict",
    "delete_note",
    "excuse_judge",
    "hand_in",
    "open_round",
    "reopen_stack",
    "save_sheet",
    "seal_round",
    "seat_judge",
    "sign_commitment",
    "withdraw_conflict",
]
