"""What happens in a round: the organiser opens, mends and seals it; judges promise, recuse, mark."""

from fengcai.apps.judging.actions.penalties import record_penalty, withdraw_penalty
from fengcai.apps.judging.actions.promises import (
    declare_conflict,
    sign_commitment,
    withdraw_conflict,
)
from fengcai.apps.judging.actions.rounds import open_round, seal_round
from fengcai.apps.judging.actions.seats import (
    assign_panel,
    excuse_judge,
    reopen_stack,
    seat_judge,
)
from fengcai.apps.judging.actions.sharing import fix_assignment
from fengcai.apps.judging.actions.sheets import add_note, delete_note, hand_in, save_sheet
from fengcai.apps.judging.actions.shortlists import (
    confirm_shortlist,
    order_tied,
    set_aside,
    take_back_ruling,
)
from fengcai.apps.judging.actions.stage import draw_order, record_time
from fengcai.apps.judging.actions.votes import enter_votes, restore_votes, void_votes

__all__ = [
    "add_note",
    "assign_panel",
    "confirm_shortlist",
    "declare_conflict",
    "delete_note",
    "draw_order",
    "enter_votes",
    "excuse_judge",
    "fix_assignment",
    "hand_in",
    "open_round",
    "order_tied",
    "record_penalty",
    "record_time",
    "reopen_stack",
    "restore_votes",
    "save_sheet",
    "seal_round",
    "seat_judge",
    "set_aside",
    "sign_commitment",
    "take_back_ruling",
    "void_votes",
    "withdraw_conflict",
    "withdraw_penalty",
]
