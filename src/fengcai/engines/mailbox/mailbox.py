"""The mails of one folder, by their numbers: what came after a position, piece by piece into files.

Keeps no rows and changes nothing in the mailbox: mails stay unread and where they are. A lost line is
picked up again where it broke, with growing pauses; what cannot be mended is a MailboxTrouble.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import TypeVar

from .account import Account
from .connection import Client, close, connected
from .troubles import MailboxTrouble, Renumbered, not_written, trouble_of

PIECE = 1024 * 1024
MOST_BYTES = 1024**3
RENEW_S = 9 * 60
"""RFC 2177 asks for less than 29 minutes; routers forget a silent line much sooner."""
POLL_S = 60
STEP_S = 1.0
DATES = 500
MOST_LOST = 2
"""So often may a line break in IDLE before we look again by the clock instead."""
PAUSES = (1.0, 4.0, 15.0)
T = TypeVar("T")


@dataclass(frozen=True)
class Position:
    """The last mail that was taken, by the folder's numbering (`uidvalidity`) and its number."""

    uidvalidity: int
    uid: int = 0


@dataclass(frozen=True)
class Fetched:
    """One mail in a file, as the server has it. `whole` is False where it would not come to its end (a
    limit, or the server breaks off at this one mail every time): what came is in the file."""

    uidvalidity: int
    uid: int
    path: Path
    size: int
    received_at: datetime | None
    whole: bool = True

    @property
    def position(self) -> Position:
        """What to keep, once this mail has been taken over."""
        return Position(self.uidvalidity, self.uid)


@dataclass(frozen=True)
class _Folder:
    uidvalidity: int
    count: int


class Mailbox:
    """One account's folder. Connects when it must; close it, or use it in a `with`.

    `pauses`: seconds before each new try after a lost line; `most_bytes`: of one mail.
    """

    def __init__(
        self,
        account: Account,
        *,
        pauses: tuple[float, ...] = PAUSES,
        most_bytes: int = MOST_BYTES,
        renew_s: float = RENEW_S,
        poll_s: float = POLL_S,
    ) -> None:
        self.account = account
        self._pauses, self._most_bytes = pauses, most_bytes
        self._renew_s, self._poll_s = renew_s, poll_s
        self._client: Client | None = None
        self._folder: _Folder | None = None
        self.pushed: bool | None = None
        """Whether the server announces mails by itself (IDLE); None before the first wait."""

    def __enter__(self) -> Mailbox:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Log out. May be called again, and used again."""
        if self._client is not None:
            close(self._client)
        self._client = self._folder = None

    def check(self) -> list[str]:
        """Plain sentences about a mailbox that works, for the doctor and the first run. One try.
        Raises MailboxTrouble for one that does not."""
        self.close()
        try:
            client, folder = self._ready()
            told = [
                f"已连上 {self.account}"
                + ("（不加密，仅限本机）。" if self.account.security == "none" else "（加密）。"),
                f"已登录 {self.account.user}。",
                f"文件夹“{self.account.folder}”里有 {folder.count} 封邮件。",
                "服务器会主动通知新邮件。"
                if client.has_capability("IDLE")
                else f"服务器不会主动通知新邮件，每 {self._poll_s:.0f} 秒查看一次。",
            ]
        except Exception as error:
            trouble = trouble_of(error, self.account)
            if trouble.reason == "folder" and self._client is not None:
                trouble = self._with_folders(trouble, self._client)
            raise trouble from error
        finally:
            self.close()
        return told

    def _with_folders(self, trouble: MailboxTrouble, client: Client) -> MailboxTrouble:
        """The trouble of a wrong name, with the names that there are."""
        try:
            names = [name for _, _, name in client.list_folders() if name]
        except Exception:  # whatever it says: the name is wrong all the same
            return trouble
        text = f"{trouble}现有的文件夹：{'、'.join(names[:12])}。"
        return MailboxTrouble("folder", text, again=False, said=trouble.said)

    def folders(self) -> list[str]:
        """The names of all folders, for a person to choose from. Raises MailboxTrouble."""

        def listed() -> list[str]:
            client = self._client = self._client or connected(self.account)
            found = self._asked(client.list_folders)
            return [name for _, _, name in found if name][:500]

        return self._steadily(listed)

    def begin(self, since: datetime, *, tell: Callable[[], None] = lambda: None) -> Position:
        """The position before the first mail that the server received at `since` or later, so that the
        years of mails before a contest need not be fetched. `tell` is called after each 500. Raises
        MailboxTrouble.

        Told by each mail's INTERNALDATE, not by SEARCH SINCE, which servers know by days of their own.
        """

        def found() -> Position:
            uidvalidity, uids = self._numbers(None)
            for at in range(0, len(uids), DATES):
                client, batch = self._numbering(uidvalidity), uids[at : at + DATES]
                answer = self._asked(lambda: client.fetch(batch, ["INTERNALDATE"]))  # noqa: B023
                tell()
                dated = ((uid, answer.get(uid, {}).get(b"INTERNALDATE")) for uid in batch)
                for uid, date in dated:
                    if not isinstance(date, datetime) or date >= since:
                        return Position(uidvalidity, uid - 1)
            return Position(uidvalidity, uids[-1] if uids else 0)

        return self._steadily(found)

    def messages(
        self, after: Position | None, *, into: Path, tell: Callable[[], None] = lambda: None
    ) -> Iterator[Fetched]:
        """Every mail after the position, in the order of its number, each in a file in `into`.

        Move or read the file before asking for the next mail: it is deleted then. `tell` is called after
        each piece; what it raises passes through. Raises MailboxTrouble; Renumbered where `after` belongs
        to another numbering.
        """
        uidvalidity, uids = self._steadily(lambda: self._numbers(after))
        for uid in uids:
            path = into / f"{uidvalidity}-{uid}.eml"
            path.unlink(missing_ok=True)
            try:
                fetched = self._fetched(uidvalidity, uid, path, tell)
                if fetched is not None:
                    yield fetched
            finally:
                path.unlink(missing_ok=True)

    def message(self, position: Position, *, into: Path) -> Fetched | None:
        """One mail again, in a file that is the caller's; None where it is gone from the folder. Raises
        MailboxTrouble; Renumbered where the position belongs to another numbering."""
        path = into / f"{position.uidvalidity}-{position.uid}.eml"
        path.unlink(missing_ok=True)
        return self._fetched(position.uidvalidity, position.uid, path, lambda: None)

    def idle(
        self, after: Position | None, seconds: float, *, stop: Callable[[], bool] = lambda: False
    ) -> Position | None:
        """Wait for mail after the position: the position of the newest one, or None after so long.

        By IDLE where it is offered, renewed in time, else by looking again; `pushed` says which. `stop` is
        asked at least every second. Raises MailboxTrouble.
        """
        until = time.monotonic() + seconds
        lost = 0
        while True:
            try:
                if (newest := self._steadily(lambda: self._newest(after), stop)) is not None:
                    return newest
            except Renumbered as anew:
                return self._steadily(lambda: self._newest(None), stop) or Position(
                    anew.uidvalidity
                )
            left = until - time.monotonic()
            if left <= 0 or stop():
                return None
            try:
                self._pass_time(left, stop, pushed=lost < MOST_LOST)
            except MailboxTrouble as trouble:
                self.close()
                if not trouble.again:
                    raise
                pause = (*self._pauses, self._poll_s)[min(lost, len(self._pauses))]
                _sleep(time.monotonic() + min(left, pause), stop)
                lost += 1

    def _newest(self, after: Position | None) -> Position | None:
        uidvalidity, uids = self._numbers(after)
        return Position(uidvalidity, uids[-1]) if uids else None

    def _pass_time(self, seconds: float, stop: Callable[[], bool], *, pushed: bool) -> None:
        """Until a mail is announced, `stop` says so, or the time is over; at most until a renewal."""
        client, folder = self._ready()
        self.pushed = pushed and client.has_capability("IDLE")
        if not self.pushed:
            _sleep(time.monotonic() + min(seconds, self._poll_s), stop)
            return
        until = time.monotonic() + min(seconds, self._renew_s)
        try:
            self._asked(client.idle)
            # What was announced before the `+`, with the search or while we asked, is not said again.
            count, news = _after(folder.count, client.announced())
            while not news and (left := until - time.monotonic()) > 0 and not stop():
                began, step = time.monotonic(), min(left, STEP_S)
                said = self._asked(lambda: client.idle_check(timeout=step))  # noqa: B023
                count, news = _after(count, said)
                if not said and time.monotonic() - began < step / 2:
                    break  # readable and nothing there: the line is gone, as idle_done will find
            self._asked(client.idle_done)
        except BaseException:  # a line in the middle of IDLE takes no other command
            self.close()
            raise

    def _numbers(self, after: Position | None) -> tuple[int, list[int]]:
        """The folder's numbering, and the numbers after the position, ascending."""
        client, folder = self._ready(fresh=True)
        if after is not None and after.uidvalidity != folder.uidvalidity:
            raise Renumbered(self.account, folder.uidvalidity)
        first = (after.uid if after else 0) + 1
        if not folder.count:
            return folder.uidvalidity, []
        # By number alone: what servers make of Chinese in a SEARCH cannot be relied on. `n:*` always
        # names the last mail, even one before n.
        found = self._asked(lambda: client.search(["UID", f"{first}:*"]))
        return folder.uidvalidity, sorted({uid for uid in found if uid >= first})

    def _fetched(
        self, uidvalidity: int, uid: int, path: Path, tell: Callable[[], None]
    ) -> Fetched | None:
        """One mail; None where it is gone from the folder."""
        received: list[datetime] = []
        try:
            whole = self._steadily(lambda: self._to_end(uidvalidity, uid, path, received, tell))
        except MailboxTrouble as trouble:
            if trouble.reason not in {"closed", "timeout", "server"}:
                raise
            # Is it the mailbox, or this one mail? A folder that opens says: this mail.
            self.close()
            self._steadily(lambda: self._numbering(uidvalidity))
            whole = False
        if whole is None:
            return None
        _write(path, b"")
        size = path.stat().st_size
        return Fetched(uidvalidity, uid, path, size, received[0] if received else None, whole)

    def _to_end(
        self,
        uidvalidity: int,
        uid: int,
        path: Path,
        received: list[datetime],
        tell: Callable[[], None],
    ) -> bool | None:
        """Go on writing the mail where the file ends. None: there is no such mail."""
        client = self._numbering(uidvalidity)
        place = path.stat().st_size if path.exists() else 0
        while place < self._most_bytes:
            wanted = ["INTERNALDATE", "RFC822.SIZE", f"BODY.PEEK[]<{place}.{PIECE}>"]
            answer = self._asked(lambda: client.fetch([uid], wanted))  # noqa: B023
            if uid not in answer:
                return None
            mail = answer[uid]
            if isinstance(said := mail.get(b"INTERNALDATE"), datetime) and not received:
                received.append(said.astimezone(UTC))
            piece = (
                next((mail[key] for key in mail if bytes(key).startswith(b"BODY[]")), b"") or b""
            )
            _write(path, piece)
            place += len(piece)
            tell()
            # Exchange and QQ say sizes that are not: a piece that is short ends the mail where the size
            # agrees, an empty one in any case.
            if not piece:
                return place > 0  # there is no mail of nothing
            if len(piece) < PIECE and place >= (mail.get(b"RFC822.SIZE") or 0):
                return True
        return False

    def _numbering(self, uidvalidity: int) -> Client:
        client, folder = self._ready()
        if folder.uidvalidity != uidvalidity:
            raise Renumbered(self.account, folder.uidvalidity)
        return client

    def _ready(self, *, fresh: bool = False) -> tuple[Client, _Folder]:
        """A connection with the folder open; `fresh`: opened now, so that its numbers are today's."""
        if self._client is None:
            self._folder = None
            self._client = connected(self.account)
        if self._folder is None or fresh:
            try:
                said = self._client.select_folder(self.account.folder, readonly=True)
                self._folder = _Folder(int(said.get(b"UIDVALIDITY", 0)), int(said[b"EXISTS"]))
            except Exception as error:
                raise trouble_of(error, self.account, selecting=True) from error
        return self._client, self._folder

    def _asked(self, ask: Callable[[], T]) -> T:
        """What the server answers. Raises MailboxTrouble, also for answers that make no sense."""
        try:
            return ask()
        except Exception as error:
            raise trouble_of(error, self.account) from error

    def _steadily(self, act: Callable[[], T], stop: Callable[[], bool] = lambda: False) -> T:
        """Do it; after a lost line, again on a new one, with pauses between, unless `stop` says that
        nobody waits any more. Raises MailboxTrouble."""
        for pause in (*self._pauses, None):
            try:
                return act()
            except Renumbered:
                raise
            except MailboxTrouble as trouble:
                self.close()
                if pause is None or not trouble.again or trouble.reason == "disk" or stop():
                    raise
                _sleep(time.monotonic() + pause, stop)
        raise AssertionError("the last pause is None")


def _after(count: int, said: Iterable[Sequence[object]]) -> tuple[int, bool]:
    """How many mails there are after what the server said, and whether one has come. Some servers
    repeat what we know: only more mails than there were are news."""
    news = False
    for each in said:
        if len(each) < 2 or not isinstance(each[0], int):
            continue
        if each[1] == b"EXPUNGE":
            count -= 1
        elif each[1] == b"EXISTS":
            news = news or each[0] > count
            count = each[0]
    return count, news


def _sleep(until: float, stop: Callable[[], bool]) -> None:
    while (left := until - time.monotonic()) > 0 and not stop():
        time.sleep(min(left, STEP_S))


def _write(path: Path, piece: bytes) -> None:
    """Add to the file, which is made when it is missing. Raises MailboxTrouble."""
    try:
        with path.open("ab") as file:
            file.write(piece)
    except OSError as error:
        raise not_written(error) from error
