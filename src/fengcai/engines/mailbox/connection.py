"""One IMAP connection that is ready for work: encrypted, logged in, told who we are, bounded.

NetEase opens no folder before it has been sent an `ID` (RFC 2971) after the login; QQ drops the line on a
command that it does not know. So `ID` is sent where the server lists it, and nowhere else.
"""

from __future__ import annotations

import contextlib
import imaplib
import logging
import re
import ssl
import time
from typing import Any

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import CapabilityError, IMAPClientError
from imapclient.tls import IMAP4_TLS

from .account import Account
from .troubles import MailboxTrouble, trouble_of

IDENTITY = {"name": "fengcai", "version": "1"}
CONNECT_S = 15.0
MOST_LITERAL = 4 * 1024 * 1024
"""No piece that we ask for is longer; a server that announces more is not believed."""
MOST_LINE = 8 * 1024 * 1024
PIECE_S = 600.0
READ = 64 * 1024
# The library's log repeats what is said on the line: mails, and names of people.
logging.getLogger("imapclient").setLevel(logging.CRITICAL)
_ATOM = re.compile(r"[A-Za-z0-9@._+-]+")


class _Bounded:
    """Reads what a server announces within limits of size and time; for a class of imaplib."""

    file: Any

    def readline(self) -> bytes:
        """One line; of the numbers of a million mails there is one."""
        line: bytes = self.file.readline(MOST_LINE + 1)
        if len(line) > MOST_LINE:
            raise imaplib.IMAP4.abort(f"a line of more than {MOST_LINE} bytes")
        return line

    def read(self, size: int) -> bytes:
        """Exactly so many bytes. Raises abort where the line ends before, or the limits are passed."""
        if size > MOST_LITERAL:
            raise imaplib.IMAP4.abort(f"literal of {size} bytes")
        until = time.monotonic() + PIECE_S
        held = memoryview(bytearray(size))
        filled = 0
        while filled < size:
            came = self.file.readinto1(held[filled : filled + READ])
            if not came:
                raise imaplib.IMAP4.abort("EOF inside a literal")
            if time.monotonic() > until:
                raise TimeoutError("a piece took too long")
            filled += came
        return bytes(held)


class _Plain(_Bounded, imaplib.IMAP4):
    pass


class _TLS(_Bounded, IMAP4_TLS):
    pass


class Client(IMAPClient):
    """IMAPClient over the bounded line."""

    def _create_IMAP4(self) -> imaplib.IMAP4:  # noqa: N802  (IMAPClient's name)
        made: imaplib.IMAP4
        if self.ssl:
            made = _TLS(self.host, self.port, self.ssl_context, self._timeout.connect)
        else:
            made = _Plain(self.host, self.port, self._timeout.connect)
        return made

    def idle(self) -> None:
        """As IMAPClient's, which takes anything that a server announces before its `+` for a refusal."""
        self._idle_tag = self._imap._command("IDLE")
        while (said := self._imap._get_response()) is not None:
            if self._imap.tagged_commands.get(self._idle_tag):
                raise IMAPClientError(f"IDLE was refused: {said!r}")

    def announced(self) -> list[tuple[int, bytes]]:
        """How many mails came and went by what the server said beside its answers since the folder was
        opened, as `idle_check` says it; each once."""
        held = self._imap.untagged_responses
        return [
            (int(number), kind)
            for kind in (b"EXPUNGE", b"EXISTS")
            for number in held.pop(kind.decode(), None) or ()
            if bytes(number).isdigit()
        ]


def connected(account: Account) -> Client:
    """A connection that is logged in. Raises MailboxTrouble."""
    client: Client | None = None
    try:
        context = ssl.create_default_context()
        if account.ca_file:
            context.load_verify_locations(account.ca_file)
        client = Client(
            account.host,
            account.port,
            ssl=account.security == "tls",
            ssl_context=context if account.security == "tls" else None,
            timeout=SocketTimeout(min(CONNECT_S, account.timeout_s), account.timeout_s),
        )
        client._imap.debug = 0
        client.normalise_times = False
        if account.security == "starttls":
            client.starttls(context)
            client._set_read_timeout()
        _log_in(client, account)
        _identify(client)
    except Exception as error:
        if client is not None:
            close(client)
        raise trouble_of(error, account) from error
    return client


def close(client: Client) -> None:
    """Log out where that is possible; the line is closed in any case."""
    with contextlib.suppress(Exception):
        client.socket().settimeout(5)
        client.logout()
    with contextlib.suppress(Exception):
        client.shutdown()


def _log_in(client: Client, account: Account) -> None:
    if client.has_capability("LOGINDISABLED"):
        raise MailboxTrouble(
            "encryption", f"{account} 不许用不加密的连接登录；请改用 TLS。", again=False
        )
    if account.user.isascii() and account.password.isascii():
        plain = _ATOM.fullmatch(account.user) is not None
        client.login(account.user if plain else client._imap._quote(account.user), account.password)
    elif client.has_capability("AUTH=PLAIN"):
        client.plain_login(account.user, account.password)
    else:
        raise MailboxTrouble(
            "password", f"{account} 不认带中文的帐号或密码；请改用授权码。", again=False
        )
    # What was listed before the login says little about what is offered now.
    client._cached_capabilities = None
    client._imap.untagged_responses.pop("CAPABILITY", None)


def _identify(client: Client) -> None:
    try:
        client.id_(IDENTITY)
    except CapabilityError:
        return
    except imaplib.IMAP4.abort:
        raise
    except IMAPClientError:
        return  # refused: opening the folder will tell whether that matters
