"""One look into a mailbox: every letter after the last known one becomes a case, then the position moves.

What goes wrong is written on the mailbox's row in plain words and is no failure of the job: the next
look comes by itself.
"""

from __future__ import annotations

import errno
import tempfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, cast

from django.conf import settings
from django.utils import timezone

from fengcai.apps.mailbox.actions.receiving import keep_letter
from fengcai.apps.mailbox.models import Connection
from fengcai.apps.mailbox.vault import opened
from fengcai.apps.refusals import Refused
from fengcai.engines import storage
from fengcai.engines.mailbox import Account, Fetched, Mailbox, MailboxTrouble, Position, Renumbered

if TYPE_CHECKING:
    from fengcai.engines.mailbox.account import Security

SETTINGS = ("host", "port", "security", "account", "secret", "folder", "active")
"""What a line to the mailbox depends on."""
PLACE = ("host", "account", "folder", "since")
"""What a position belongs to."""
MOST_AT_ONCE = 500
"""Letters of one look; a mailbox of thousands is read in several."""
TIMEOUT_S = 60.0
PAUSES = (1.0, 4.0, 15.0)
PATIENCE_S = 15.0
"""Seconds that a server may be silent: while letters are fetched, and while somebody waits for a test."""


def account_of(row: Connection, *, timeout_s: float = TIMEOUT_S) -> Account:
    """What the engine needs to know. Raises `Refused` where the code cannot be read or a setting
    cannot be."""
    try:
        return Account(
            host=row.host, port=row.port, security=cast("Security", row.security), user=row.account,
            password=opened(row.secret), folder=row.folder, timeout_s=timeout_s,
            ca_file=settings.FENGCAI_MAILBOX_CA,
        )  # fmt: skip
    except ValueError as error:
        raise Refused(f"{error}。") from None


def check(row: Connection) -> tuple[bool, list[str]]:
    """Try the mailbox: whether it works, and what was found in plain sentences."""
    try:
        return True, Mailbox(account_of(row, timeout_s=PATIENCE_S)).check()
    except MailboxTrouble as trouble:
        return False, [str(trouble)]
    except Refused as refusal:
        return False, [refusal.message]


def look(
    row: Connection,
    *,
    beat: Callable[[], None] = lambda: None,
    pauses: tuple[float, ...] = PAUSES,
) -> int:
    """Fetch what is new; returns how many letters became cases. `beat` is called while it lasts; what
    it raises passes through, and nothing is lost by it. `pauses` as the engine's."""
    try:
        made = _taken(row, beat, pauses)
    except MailboxTrouble as trouble:
        note_trouble(row, str(trouble), refused=not trouble.again)
    except Refused as refusal:
        note_trouble(row, refusal.message, refused=True)
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        if not full and not isinstance(error, storage.StorageTrouble):
            raise
        note_trouble(row, "磁盘满了，来信暂时存不下；信还在邮箱里，清理磁盘后会自动收进来。")
    else:
        _well(row, timezone.now())
        return made
    return 0


def _taken(row: Connection, beat: Callable[[], None], pauses: tuple[float, ...]) -> int:
    made = seen = 0
    with (
        Mailbox(account_of(row), pauses=pauses) as mailbox,
        tempfile.TemporaryDirectory(dir=storage.scratch_directory()) as folder,
    ):
        for _ in range(2):
            if not row.uidvalidity:
                # A mailbox may hold the letters of years: those before are known by their dates.
                begun = mailbox.begin(row.since, tell=beat)
                _move_on(row, begun.uidvalidity, begun.uid)
            after = Position(row.uidvalidity, row.position)
            try:
                for fetched in mailbox.messages(after, into=Path(folder), tell=beat):
                    beat()
                    made += _kept(row, fetched)
                    _move_on(row, fetched.uidvalidity, fetched.uid)
                    seen += 1
                    if seen >= MOST_AT_ONCE:
                        return made
            except Renumbered:
                # From the beginning: what was taken in before is known by its bytes.
                _start_over(row)
            else:
                break
    return made


def _kept(row: Connection, fetched: Fetched) -> bool:
    received_at = fetched.received_at or timezone.now()
    if received_at < row.since:
        return False
    case = keep_letter(
        contest=row.contest, raw=fetched.path, uidvalidity=fetched.uidvalidity, uid=fetched.uid,
        received_at=received_at, whole=fetched.whole, at=timezone.now(),
    )  # fmt: skip
    return case is not None


def _same(row: Connection) -> dict[str, object]:
    """The letters that were looked at: an officer may have changed the row meanwhile."""
    return {"pk": row.pk, **{name: getattr(row, name) for name in PLACE}}


def as_it_was(row: Connection) -> dict[str, object]:
    """The connection that was tried, for a filter: what was found is of no other."""
    return {"pk": row.pk, **{name: getattr(row, name) for name in SETTINGS}}


def _move_on(row: Connection, uidvalidity: int, uid: int) -> None:
    """The position goes forward only."""
    rows = Connection.objects.filter(**_same(row))
    rows.exclude(uidvalidity=uidvalidity, position__gte=uid).update(
        uidvalidity=uidvalidity, position=uid
    )
    row.uidvalidity, row.position = uidvalidity, uid


def _start_over(row: Connection) -> None:
    Connection.objects.filter(**_same(row)).update(uidvalidity=0, position=0)
    row.uidvalidity = row.position = 0


def _well(row: Connection, at: datetime) -> None:
    Connection.objects.filter(**as_it_was(row)).update(
        looked_at=at, answered_at=at, trouble="", trouble_since=None, refused=False
    )


def note_trouble(row: Connection, text: str, *, refused: bool = False) -> None:
    """Write down what keeps letters away; `refused`: nothing but a changed setting helps."""
    at = timezone.now()
    rows = Connection.objects.filter(**as_it_was(row))
    rows.filter(trouble="").update(trouble_since=at)
    rows.update(looked_at=at, trouble=text[:400], refused=refused)
