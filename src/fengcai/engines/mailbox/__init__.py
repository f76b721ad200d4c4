"""A mailbox that works are sent to: fetching its mails by IMAP, and reading them whatever they are.

`Mailbox` knows one account and keeps no rows: the position is given to it and given back. `read` makes
a `Letter` of a mail's bytes. Neither follows a link, opens an archive or answers anybody.
"""

from .letter import Attachment, LargeFile, Letter, Limits, Problem
from .reading import read

__all__ = ["Attachment", "LargeFile", "Letter", "Limits", "Problem", "read"]
