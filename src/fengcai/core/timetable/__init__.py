"""Windows and deadlines: what is open at an instant, and whether an entry comes in time.

The present instant is always an argument. It knows nothing of entries, uploads or clocks; which
instant counts (server receipt, mail date, paper arrival) is the window's `basis`, and the caller
passes that instant.
"""

from .reminding import latest_due, next_due, reminder_times
from .windows import (
    AFTER_UPLOAD,
    Admission,
    Standing,
    admit,
    basis_in_words,
    held_open,
    in_time,
    remaining,
    standing,
)
from .workdays import is_workday, last_day

__all__ = [
    "AFTER_UPLOAD", "Admission", "Standing", "admit", "basis_in_words", "held_open", "in_time",
    "is_workday", "last_day", "latest_due", "next_due", "remaining", "reminder_times",
    "standing",
]  # fmt: skip
