"""What a unit does with its work: start, write, send files, submit, confirm, take back, withdraw."""

from fengcai.apps.entries.actions.drafts import save_draft, start_entry, withdraw_entry
from fengcai.apps.entries.actions.files import (
    UPLOAD_PURPOSE,
    add_file_version,
    ask_to_upload,
    hand_over_file,
    take_upload,
)
from fengcai.apps.entries.actions.submission import confirm_entry, recall_entry, submit_entry

__all__ = [
    "UPLOAD_PURPOSE",
    "add_file_version",
    "ask_to_upload",
    "confirm_entry",
    "hand_over_file",
    "recall_entry",
    "save_draft",
    "start_entry",
    "submit_entry",
    "take_upload",
    "withdraw_entry",
]
