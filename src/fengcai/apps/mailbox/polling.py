"""One look into a mailbox: every letter after the last known one becomes a case, then the position moves.

What goes wrong is written on the mailbox's row in plain words and is no failure of the job: the next
look comes by itself.
"""

from __future__ import annotations

import errno
from collections.abc import Callable
from datetime import datetime

from django.db.models import Q
from django.utils import timezone

from fengcai.apps.mailbox.actions.receiving import keep_letter
from fengcai.apps.mailbox.models import Connection
from fengcai.apps.mailbox.vault import opened
from fengcai.apps.refusals import Refused
from fengcai.engines import mailbox as engine
from fengcai.engines import storage

MOST_AT_ONCE = 500
"""Letters of one look; a mailbox of thousands is read in several."""


def mailbox_of(row: Connection) -> engine.Mailbox:
    """The engine, told where this mailbox is. Raises `Refused` where its code cannot be read."""
    return engine.Mailbox(settings_of(row))


def settings_of(row: Connection) -> engine.Settings:
    """What the engine needs to know."""
    return engine.Settings(
        host=row.host, port=row.port, security=row.security, user=row.account,
        password=opened(row.secret), folder=row.folder,
    )  # fmt: skip


def check(row: Connection) -> list[str]:
    """Try the mailbox; what was found, in plain sentences."""
    try:
        return mailbox_of(row).check()
    except Refused as refusal:
        return [refusal.message]


def look(row: Connection, *, beat: Callable[[], None] = lambda: None) -> int:
    """Fetch what is new; returns how many letters became cases. `beat` is called between letters."""
    made = 0
    try:
        mailbox = mailbox_of(row)
        for seen, fetched in enumerate(mailbox.messages((row.uidvalidity, row.position)), 1):
            beat()
            if fetched.received_at >= row.since:
                case = keep_letter(
                    contest=row.contest,
                    raw=fetched.path,
                    uidvalidity=fetched.uidvalidity,
                    uid=fetched.uid,
                    received_at=fetched.received_at,
                    at=timezone.now(),
                )
                made += case is not None
            _move_on(row, fetched.uidvalidity, fetched.uid)
            if seen >= MOST_AT_ONCE:
                break
    except engine.MailboxTrouble as trouble:
        _troubled(row, str(trouble))
    except Refused as refusal:
        _troubled(row, refusal.message)
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        if not full and not isinstance(error, storage.StorageTrouble):
            raise
        _troubled(row, "磁盘满了，来信暂时存不下；信还在邮箱里，清理磁盘后会自动收进来。")
    else:
        _well(row, timezone.now())
    return made


def _move_on(row: Connection, uidvalidity: int, uid: int) -> None:
    """The position goes forward only, and only for the mailbox that was looked at."""
    same = Q(uidvalidity=uidvalidity, position__lt=uid) | ~Q(uidvalidity=uidvalidity)
    Connection.objects.filter(same, pk=row.pk, host=row.host, account=row.account,
                              folder=row.folder).update(uidvalidity=uidvalidity, position=uid)  # fmt: skip


def _well(row: Connection, at: datetime) -> None:
    Connection.objects.filter(pk=row.pk).update(
        looked_at=at, answered_at=at, trouble="", trouble_since=None
    )


def _troubled(row: Connection, text: str) -> None:
    at = timezone.now()
    rows = Connection.objects.filter(pk=row.pk)
    rows.filter(trouble="").update(trouble_since=at)
    rows.update(looked_at=at, trouble=text[:400])
