"""What a unit does with its work: start, write, send files and links, submit, confirm, take back,
withdraw, rank, pass on; and what the office notes of paper and things."""

from fengcai.apps.entries.actions.arrivals import note_arrival, void_arrival
from fengcai.apps.entries.actions.desk import Through
from fengcai.apps.entries.actions.drafts import save_draft, start_entry, withdraw_entry
from fengcai.apps.entries.actions.files import (
    UPLOAD_PURPOSE,
    add_file_version,
    arrange_files,
    ask_to_upload,
    hand_over_file,
    take_upload,
    try_file,
)
from fengcai.apps.entries.actions.gathering import give_back, pass_on, rank_entries
from fengcai.apps.entries.actions.items import remove_item, save_item
from fengcai.apps.entries.actions.submission import confirm_entry, recall_entry, submit_entry

__all__ = [
    "UPLOAD_PURPOSE",
    "Through",
    "add_file_version",
    "arrange_files",
    "ask_to_upload",
    "confirm_entry",
    "give_back",
    "hand_over_file",
    "note_arrival",
    "pass_on",
    "rank_entries",
    "recall_entry",
    "remove_item",
    "save_draft",
    "save_item",
    "start_entry",
    "submit_entry",
    "take_upload",
    "try_file",
    "void_arrival",
    "withdraw_entry",
]
