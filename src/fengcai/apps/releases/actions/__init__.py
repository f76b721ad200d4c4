"""What changes the register of a work or a release. Each names its room."""

from .ending import erase_person, withdraw, withdraw_for
from .papers import check_scan, keep_paper, keep_scan
from .people import add_person, ask_again, remove_person, say_nobody, send_link
from .signing import refuse, sign

__all__ = [
    "add_person", "ask_again", "check_scan", "erase_person", "keep_paper", "keep_scan", "refuse",
    "remove_person", "say_nobody", "send_link", "sign", "withdraw", "withdraw_for",
]  # fmt: skip
