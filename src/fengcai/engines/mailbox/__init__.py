"""A mailbox that works are sent to: fetching its mails by IMAP, and reading them whatever they are.

`Mailbox` knows one account and keeps no rows: the position is given to it and given back. `read` makes
a `Letter` of a mail's bytes. Neither follows a link, opens an archive or answers anybody.
"""

from .account import Account, usual_host
from .large_files import provider_of
from .letter import Attachment, LargeFile, Letter, Limits, Problem
from .mailbox import Fetched, Mailbox, Position
from .names import safe_name
from .reading import read
from .troubles import MailboxTrouble, Renumbered

__all__ = [
    "Account", "Attachment", "Fetched", "LargeFile", "Letter", "Limits", "Mailbox", "MailboxTrouble",
    "Position", "Problem", "Renumbered", "provider_of", "read", "safe_name", "usual_host",
]  # fmt: skip
