"""An IMAP server on the loopback that speaks RFC 3501 as far as a reader needs it, and has moods.

The moods are those of real ones: NetEase's "Unsafe Login" to who has not identified himself (and BAD for an
ID of the wrong shape), QQ's closing of the line on a command that it does not know, a line that breaks in
the middle of a mail, sizes that are not, silence.
"""

from __future__ import annotations

import contextlib
import re
import socket
import socketserver
import threading
from dataclasses import dataclass, field
from typing import Any

from fengcai.engines.mailbox import Account

USER, PASSWORD = "office@163.example", "AUTHORISATIONCODE"
UNSAFE = "EXAMINE Unsafe Login. Please contact kefu@188.com for help"
_ID = re.compile(r'\("[^"]*" "[^"]*"(?: "[^"]*" "[^"]*")*\)')
_PIECE = re.compile(r"BODY\.PEEK\[\](?:<(\d+)\.(\d+)>)?", re.IGNORECASE)


@dataclass
class Moods:
    """What this server does that another would not."""

    capabilities: str = "IMAP4rev1 ID IDLE"
    wants_id: bool = False
    drops_on: tuple[str, ...] = ()
    refuses: str = ""
    login_says: str = ""
    select_says: str = ""
    uidvalidity: int = 7
    breaks_at: dict[int, int] = field(default_factory=dict)
    """Number of a mail → how many bytes of it are sent before the line breaks."""
    breaks: int = 1
    """How often; −1 is always."""
    gone: set[int] = field(default_factory=set)
    silent_on: str = ""
    literal: int = 0
    whole_always: bool = False
    sizes: dict[int, int] = field(default_factory=dict)
    """What RFC822.SIZE says of a mail, where that is not so."""
    most: int = 0
    """The longest piece that is given, however much is asked for."""
    dates: dict[int, str] = field(default_factory=dict)
    garbles: str = ""
    greeting: str = "* OK ready"


class Scripted:
    """`account` reads it; `heard` are the commands it was sent; `lines` how often one connected."""

    def __init__(self, mails: tuple[bytes, ...], moods: Moods) -> None:
        self.mails = dict(enumerate(mails, start=1))
        self.moods = moods
        self.heard: list[str] = []
        self.lines = 0
        self.arrived = threading.Event()
        self._server = _Listening(self)
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.05,), daemon=True
        )
        self._thread.start()

    def account(self, **different: Any) -> Account:
        plain: dict[str, Any] = {
            "host": "127.0.0.1", "user": USER, "password": PASSWORD, "security": "none",
            "port": self._server.server_address[1], "timeout_s": 5,
        }  # fmt: skip
        return Account(**(plain | different))

    def arrive(self, mail: bytes) -> None:
        self.mails[len(self.mails) + 1] = mail
        self.arrived.set()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)


def scripted(*mails: bytes, **moods: Any) -> Scripted:
    return Scripted(mails, Moods(**moods))


class _Listening(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False

    def __init__(self, script: Scripted) -> None:
        self.script = script
        super().__init__(("127.0.0.1", 0), _Line)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is none of our business."""


class _Broken(Exception):
    pass


class _Line(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        self.script: Scripted = self.server.script  # type: ignore[attr-defined]
        self.moods = self.script.moods
        self.script.lines += 1
        self.identified = False
        self.say(self.moods.greeting)
        with contextlib.suppress(_Broken, ConnectionError, ValueError):
            for raw in iter(self.rfile.readline, b""):
                tag, _, rest = raw.decode("utf-8").rstrip("\r\n").partition(" ")
                self.script.heard.append(rest)
                self.obey(tag, rest)

    def say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())

    def obey(self, tag: str, rest: str) -> None:
        word = rest.split(" ", 1)[0].upper()
        if word == "UID":
            word = " ".join(rest.split(" ", 2)[:2]).upper()
        if word == self.moods.silent_on:
            self.script.arrived.wait(8)
            raise _Broken
        act = getattr(self, f"on_{word.replace(' ', '_').lower()}", None)
        if act is None or word in self.moods.drops_on:
            raise _Broken
        act(tag, rest)

    def on_capability(self, tag: str, rest: str) -> None:
        self.say(f"* CAPABILITY {self.moods.capabilities}")
        self.say(f"{tag} OK done")

    def on_login(self, tag: str, rest: str) -> None:
        if self.moods.login_says:
            self.say(f"{tag} {self.moods.login_says}")
        elif rest != f'LOGIN {USER} "{PASSWORD}"':
            self.say(f"{tag} NO LOGIN Login error or password error")
        else:
            self.say(f"{tag} OK LOGIN completed")

    def on_id(self, tag: str, rest: str) -> None:
        if not _ID.fullmatch(rest.partition(" ")[2]):
            self.say(f"{tag} BAD Parse command error")
            return
        self.identified = True
        self.say('* ID ("name" "scripted")')
        self.say(f"{tag} OK ID completed")

    def on_examine(self, tag: str, rest: str) -> None:
        if self.moods.wants_id and not self.identified:
            self.say(f"{tag} NO {UNSAFE}")
        elif self.moods.select_says:
            self.say(f"{tag} {self.moods.select_says}")
        else:
            self.say(f"* {len(self.script.mails)} EXISTS")
            self.say("* 0 RECENT")
            self.say("* FLAGS (\\Seen)")
            self.say(f"* OK [UIDVALIDITY {self.moods.uidvalidity}] ok")
            self.say(f"{tag} OK [READ-ONLY] done")

    def on_uid_search(self, tag: str, rest: str) -> None:
        asked = re.fullmatch(r"UID SEARCH UID (\d+):\*", rest)
        assert asked is not None, rest
        numbers = sorted(self.script.mails)
        found = [n for n in numbers if n >= int(asked[1])] or numbers[-1:]
        self.say("* SEARCH " + " ".join(map(str, found)))
        self.say(f"{tag} OK done")

    def on_uid_fetch(self, tag: str, rest: str) -> None:
        if "BODY" not in rest:
            for number in map(int, rest.split()[2].split(",")):
                date = self.moods.dates.get(number, "23-Nov-2026")
                self.say(f'* {number} FETCH (UID {number} INTERNALDATE "{date} 09:30:00 +0800")')
            self.say(f"{tag} OK done")
            return
        number = int(rest.split()[2])
        if number in self.moods.gone:
            self.say(f"{tag} OK nothing")
            return
        mail = self.script.mails[number]
        asked = _PIECE.search(rest)
        assert asked is not None, rest
        start, size = int(asked[1] or 0), int(asked[2] or len(mail))
        size = min(size, self.moods.most or size)
        piece = mail if self.moods.whole_always else mail[start : start + size]
        said = self.moods.sizes.get(number, len(mail))
        head = (
            f'* {number} FETCH (UID {number} INTERNALDATE "23-Nov-2026 09:30:00 +0800" '
            f"RFC822.SIZE {said} BODY[]<{start}> "
        )
        if self.moods.garbles:
            self.say(f"* {number} FETCH {self.moods.garbles}")
            self.say(f"{tag} OK done")
            return
        announced = self.moods.literal or len(piece)
        self.wfile.write(f"{head}{{{announced}}}\r\n".encode())
        breaks_at = self.moods.breaks_at.get(number)
        if breaks_at is not None and start <= breaks_at < start + len(piece) and self.moods.breaks:
            self.moods.breaks -= 1
            self.wfile.write(piece[: breaks_at - start])
            self.wfile.flush()
            self.connection.shutdown(socket.SHUT_RDWR)
            raise _Broken
        self.wfile.write(piece + b")\r\n")
        self.say(f"{tag} OK done")

    def on_idle(self, tag: str, rest: str) -> None:
        self.say("+ idling")
        if self.script.arrived.wait(3):
            self.script.arrived.clear()
            self.say(f"* {len(self.script.mails)} EXISTS")
        self.rfile.readline()
        self.say(f"{tag} OK done")

    def on_list(self, tag: str, rest: str) -> None:
        self.say('* LIST (\\HasNoChildren) "/" "INBOX"')
        self.say('* LIST (\\HasNoChildren) "/" "&YpV6Pw-"')
        self.say(f"{tag} OK done")

    def on_logout(self, tag: str, rest: str) -> None:
        self.say("* BYE")
        self.say(f"{tag} OK done")
        raise _Broken
