"""What a letter is once it has been read: frozen, with its attachments in files.

Nothing here reads a mail, speaks to a server or keeps rows.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

KIBIBYTE = 1024
MEBIBYTE = 1024**2


@dataclass(frozen=True)
class Limits:
    """How much of one mail is read. What lies beyond is named in `Letter.problems`, never an error.

    `parts`, `attachments`, `letters`, `text_characters` and `html_bytes` count over the whole mail with
    everything nested in it; `depth` is how many multiparts and nested letters may stand inside one another.
    """

    depth: int = 12
    parts: int = 2_000
    attachments: int = 500
    letters: int = 50
    links: int = 200
    addresses: int = 200
    header_bytes: int = 512 * KIBIBYTE
    part_header_bytes: int = 64 * KIBIBYTE
    subject_characters: int = 500
    text_characters: int = 200_000
    html_bytes: int = 2 * MEBIBYTE
    attachment_bytes: int = 512 * MEBIBYTE


@dataclass(frozen=True)
class Problem:
    """Something about a letter that a person should know: a name for programs, a sentence for people."""

    kind: str
    text: str


@dataclass(frozen=True)
class Attachment:
    """One file of a letter, decoded. `name` is fit for any disk and never empty; `said` is the name as
    the sender wrote it, with what cannot be seen made visible.

    `inline`: part of how the letter looks (a picture in its text, a signature), not handed in.
    `whole`: False where the mail ended in the middle of it or a limit cut it.
    """

    name: str
    said: str
    content_type: str
    size: int
    sha256: str
    path: Path
    inline: bool = False
    whole: bool = True

    def open(self) -> BinaryIO:
        """The bytes, from the start. Raises OSError once the letter was closed."""
        return self.path.open("rb")


@dataclass(frozen=True)
class LargeFile:
    """A file that stays with the sender's provider, who sends a link instead. Never fetched here.

    `provider` is "qq", "netease", "189" or "sina"; `size` in bytes as the page rounds it (None: not
    said); `expires_at` is None where the link says 无限期 (`lasting`) or says nothing.
    """

    provider: str
    name: str
    size: int | None
    expires_at: datetime | None
    url: str
    lasting: bool = False


@dataclass(frozen=True)
class Letter:
    """One mail, read. `sender`, `reply_to` and `to` are addresses; `date` is the sender's own clock.

    `automatic`: written by a machine (an auto-reply, a list, a receipt) and so never to be answered, as
    is a `bounce`, whose `failed` names the addresses that got nothing. `nested` holds letters that were
    attached or forwarded whole. `sha256` and `size` are of the mail's own bytes.
    """

    message_id: str
    sender: str
    sender_name: str
    to: tuple[str, ...]
    subject: str
    date: datetime | None
    text: str
    attachments: tuple[Attachment, ...] = ()
    links: tuple[LargeFile, ...] = ()
    nested: tuple[Letter, ...] = ()
    automatic: bool = False
    bounce: bool = False
    problems: tuple[Problem, ...] = ()
    reply_to: str = ""
    in_reply_to: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    size: int = 0
    sha256: str = ""
    _folder: tempfile.TemporaryDirectory[str] | None = field(
        default=None, repr=False, compare=False
    )

    def letters(self) -> Iterator[Letter]:
        """This letter and every one nested in it, outermost first."""
        todo = [self]
        while todo:
            letter = todo.pop(0)
            yield letter
            todo = [*letter.nested, *todo]

    def close(self) -> None:
        """Delete the attachments' files, unless they were spooled to a folder of the caller's."""
        if self._folder is not None:
            self._folder.cleanup()

    def __enter__(self) -> Letter:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
