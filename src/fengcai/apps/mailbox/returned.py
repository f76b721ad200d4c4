"""What a bounce brings back: which of our messages did not arrive, so that the outbox does not call them sent."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from fengcai.apps.mailbox.actions.notes import tell
from fengcai.apps.mailbox.models import Case
from fengcai.apps.messages.deciding import note_bounce
from fengcai.engines.mailbox import Letter

MOST = 20
_OURS = re.compile(r"\b[0-9a-f]{32}@[A-Za-z0-9.-]{1,255}")
_HEADERS = "text/rfc822-headers"
_LOOKED_AT = 64 * 1024


def returned_in(letter: Letter) -> tuple[str, ...]:
    """The Message-IDs that a bounce speaks of and that look like ours: from its head, the letter or the
    heads that it brings back, or its text. Raises OSError."""
    found = (each for text in _texts(letter) for each in _OURS.findall(text))
    return tuple(dict.fromkeys(found))[:MOST]


def _texts(letter: Letter) -> Iterator[str]:
    for each in letter.letters():
        yield " ".join((each.message_id, *each.in_reply_to))
        yield each.text
        for file in each.attachments:
            if file.content_type == _HEADERS:
                with file.open() as opened:
                    yield opened.read(_LOOKED_AT).decode("ascii", "replace")


def note_returned(case: Case, ids: tuple[str, ...], failed: tuple[str, ...], at: datetime) -> None:
    """Say in the outbox what came back, in the caller's transaction."""
    reason = f"{'、'.join(failed[:3])[:200]} 收不到；退信全文在“来信”里。".strip()
    for each in ids:
        row = note_bounce(message_id=each, reason=reason, at=at)
        if row is not None:
            tell(case, f"发件箱里的“{row.subject[:80]}”记为退信。", at=at)
