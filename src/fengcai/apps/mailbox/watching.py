"""Lines that are held to the mailboxes, so that a letter is a case within seconds of its arrival.

A worker holds at most one line to a mailbox, and one worker of all: a lease on the mailbox's row says
which. A line only listens (IDLE, or looking again where the server has none); what it hears orders the
same look that the clock orders, so that a line too many, or one that is deaf, costs nothing.
"""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

import structlog
from django.db import DatabaseError, InterfaceError, connections
from django.db.models import Q
from django.db.models.functions import Now

from fengcai.apps.mailbox.actions.connecting import order_look
from fengcai.apps.mailbox.jobs import order_polls
from fengcai.apps.mailbox.models import Connection
from fengcai.apps.mailbox.polling import PAUSES, account_of, as_it_was, note_trouble
from fengcai.apps.refusals import Refused
from fengcai.engines.mailbox import Account, Mailbox, MailboxTrouble, Position

log = structlog.get_logger(__name__)

LEASE = timedelta(seconds=45)
"""So long after a worker vanished may nobody hold its lines; the clock goes on looking meanwhile."""
ROUND_S = 5.0
"""Seconds between two rounds: leases are lengthened, changed settings seen."""
LOOK_S = 120.0
"""Seconds between two looks by the clock, whoever holds a line."""
LISTEN_S = 24 * 3600.0
RESTS_S = (30.0, 60.0, 300.0, 600.0)
"""Pauses after a line that broke, growing while each new one breaks as well."""
STANDS_S = 300.0
"""A line that stood so long was a good one."""
MOST_LINES = 50
"""Lines of one worker; what is more is another worker's, or the clock's."""
PATIENCE_S = 3.0


class Line(threading.Thread):
    """One line to one mailbox, in a thread that knows no rows.

    `heard` becomes true with each letter, `trouble` says why the line has ended by itself; `stir` is
    called at both, and when it is known how the server tells of letters.
    """

    def __init__(
        self,
        account: Account,
        after: Position | None,
        stir: Callable[[], None],
        pauses: tuple[float, ...] = PAUSES,
    ) -> None:
        super().__init__(name=f"mailbox-{account}", daemon=True)
        self._mailbox = Mailbox(account, pauses=pauses)
        self._after, self._stir = after, stir
        self._ended = threading.Event()
        self.heard = threading.Event()
        self.trouble: MailboxTrouble | None = None
        self._told: bool | None = None
        self.began = time.monotonic()

    @property
    def pushed(self) -> bool | None:
        """Whether the server tells of letters by itself; None until that is known."""
        return self._mailbox.pushed

    def run(self) -> None:
        """Listen until `end` or trouble."""
        try:
            with self._mailbox as mailbox:
                while not self._ended.is_set():
                    newest = mailbox.idle(self._after, LISTEN_S, stop=self._asked_to_end)
                    if newest is not None and newest != self._after:
                        self._after = newest
                        self.heard.set()
                        self._stir()
        except MailboxTrouble as trouble:
            self.trouble = trouble
        except Exception as error:  # a line must never take the round with it
            log.exception("mailbox_line_broke")
            self.trouble = MailboxTrouble("server", str(error)[:300], again=True)
        self._stir()

    def _asked_to_end(self) -> bool:
        if self._told != self.pushed:  # how letters come in by it is known now, or has changed
            self._told = self.pushed
            self._stir()
        return self._ended.is_set()

    def end(self) -> None:
        """Ask it to end; it does within a second or so, or when the server answers."""
        self._ended.set()


@dataclass
class _Held:
    """A line with the mailbox as it was when the line began."""

    row: Connection
    line: Line


class Watch:
    """All that one worker does for the mailboxes: looks by the clock and, with `lines`, listening."""

    def __init__(
        self,
        *,
        lines: bool = True,
        rests: tuple[float, ...] = RESTS_S,
        pauses: tuple[float, ...] = PAUSES,
    ) -> None:
        self.name = f"{socket.gethostname()[:60]}/{os.getpid()}/{uuid4().hex[:8]}"
        self.stirred = threading.Event()
        self._lines, self._rests, self._pauses = lines, rests, pauses
        self._held: dict[int, _Held] = {}
        self._broken: dict[int, tuple[int, float]] = {}
        self._look_at = 0.0

    def keep(self, stop: threading.Event, *, failed: Callable[[Exception], None]) -> None:
        """Go round until told to stop; then every line is let go. `failed` is told of what kept a round
        from its end (a database that is away); the next one comes all the same."""
        round_at = 0.0
        while not stop.is_set():
            if self.stirred.wait(0.5) or time.monotonic() >= round_at:
                self._carefully(self.go_round, failed)
                round_at = time.monotonic() + ROUND_S
        self._carefully(self.let_go, failed)

    @staticmethod
    def _carefully(act: Callable[[], None], failed: Callable[[Exception], None]) -> None:
        try:
            act()
        except (DatabaseError, InterfaceError) as error:
            failed(error)
        except (
            Exception
        ) as error:  # whatever it is: without this thread no letter comes in any more
            log.exception("mailbox_round_failed")
            failed(error)
        finally:
            connections.close_all()

    def go_round(self) -> None:
        """One round: order what was heard, keep or end each line, begin those that are missing."""
        self.stirred.clear()
        if time.monotonic() >= self._look_at:
            order_polls()
            self._look_at = time.monotonic() + LOOK_S
        for pk, held in list(self._held.items()):
            if held.line.heard.is_set():
                held.line.heard.clear()
                order_look(held.row)
            if not held.line.is_alive():
                self._after_trouble(pk, held)
            elif not self._kept(held):
                log.info("mailbox_line_ended", mailbox=pk)
                held.line.end()
                self._free(pk)
        if self._lines:
            self._begin_missing()

    def let_go(self) -> None:
        """End every line and give the mailboxes free for others."""
        held, self._held = list(self._held.values()), {}
        for each in held:
            each.line.end()
        Connection.objects.filter(watcher=self.name).update(watcher="", watched_until=None)
        until = time.monotonic() + PATIENCE_S
        for each in held:
            each.line.join(max(0.0, until - time.monotonic()))

    def _kept(self, held: _Held) -> bool:
        """Lengthen the lease; False where it was lost, or the settings are others by now."""
        mine = Connection.objects.filter(**as_it_was(held.row), watcher=self.name)
        return bool(mine.update(watched_until=Now() + LEASE, pushed=held.line.pushed))

    def _free(self, pk: int) -> None:
        del self._held[pk]
        Connection.objects.filter(pk=pk, watcher=self.name).update(watcher="", watched_until=None)

    def _after_trouble(self, pk: int, held: _Held) -> None:
        """The line broke: free the mailbox, rest, and say so where only a person can mend it."""
        self._free(pk)
        trouble = held.line.trouble
        times = self._broken.get(pk, (0, 0.0))[0]
        if time.monotonic() - held.line.began > STANDS_S:
            times = 0
        rest = self._rests[min(times, len(self._rests) - 1)]
        self._broken[pk] = times + 1, time.monotonic() + rest
        log.info("mailbox_line_broke", mailbox=pk, reason=trouble.reason if trouble else "")
        if trouble is not None and not trouble.again:
            note_trouble(held.row, str(trouble), refused=True)

    def _begin_missing(self) -> None:
        free = Q(watcher="") | Q(watched_until=None) | Q(watched_until__lt=Now())
        rows = Connection.objects.filter(free, active=True, refused=False).exclude(
            pk__in=self._held
        )
        for row in rows.order_by("pk")[: MOST_LINES - len(self._held)]:
            if time.monotonic() < self._broken.get(row.pk, (0, 0.0))[1]:
                continue
            try:
                account = account_of(row)
            except Refused as refusal:
                note_trouble(row, refusal.message, refused=True)
                continue
            taken = Connection.objects.filter(free, **as_it_was(row), refused=False).update(
                watcher=self.name, watched_until=Now() + LEASE, pushed=None
            )
            if taken:
                after = Position(row.uidvalidity, row.position) if row.uidvalidity else None
                line = Line(account, after, self.stirred.set, self._pauses)
                self._held[row.pk] = _Held(row, line)
                line.start()
