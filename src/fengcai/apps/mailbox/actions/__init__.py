"""What happens to a mailbox and its letters: connect, keep, read, match, take in, answer, set aside."""

from fengcai.apps.mailbox.actions.asking import ask_for_files, fetch_file, reply, wait_no_longer
from fengcai.apps.mailbox.actions.connecting import connect, disconnect, look_again
from fengcai.apps.mailbox.actions.desk import assign, finish, reopen, set_aside, take_file
from fengcai.apps.mailbox.actions.originals import drop_original, keep_original
from fengcai.apps.mailbox.actions.receiving import keep_letter
from fengcai.apps.mailbox.actions.sending import grant_for

__all__ = [
    "ask_for_files",
    "assign",
    "connect",
    "disconnect",
    "drop_original",
    "fetch_file",
    "finish",
    "grant_for",
    "keep_letter",
    "keep_original",
    "look_again",
    "reopen",
    "reply",
    "set_aside",
    "take_file",
    "wait_no_longer",
]
