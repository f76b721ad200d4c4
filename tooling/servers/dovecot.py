"""A Dovecot of its own: IMAP with TLS and STARTTLS, Maildir folders, accounts made for the occasion.

Its certificate is made when it first starts and trusted by nobody else (`certificate`). Mails are put
straight into the Maildir (`deliver`), as a mail server does; nothing is sent anywhere.
"""

from __future__ import annotations

import getpass
import grp
import itertools
import os
import pwd
import shutil
import time
from contextlib import AbstractContextManager
from pathlib import Path

from tooling.servers import certificates
from tooling.servers.ports import free_port
from tooling.servers.process import Server, give, kept_running, program

CONFIGURATION = """\
base_dir = {folder}/run
state_dir = {folder}/state
instance_name = fengcai
log_path = /dev/stderr
protocols = imap
listen = 127.0.0.1
ssl = yes
ssl_cert = <{folder}/certificate.pem
ssl_key = <{folder}/key.pem
disable_plaintext_auth = no
auth_mechanisms = plain login
auth_failure_delay = 0
mail_location = maildir:{folder}/mail/%u
mail_fsync = never
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = 1
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {folder}/users/%u
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={folder}/mail/%u allow_all_users=yes
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
{more}
"""


class Dovecot(Server):
    """`port` speaks plainly and STARTTLS, `tls_port` TLS; clients trust `certificate`."""

    title = "Dovecot"
    package = "dovecot-imapd"
    account = "dovecot"

    def __init__(self, folder: Path, *, more: str = "") -> None:
        super().__init__(folder)
        self.tls_port = free_port()
        self.certificate = self.folder / "certificate.pem"
        self._more = more
        self._count = itertools.count()
        who = pwd.getpwnam(self.account if os.geteuid() == 0 else getpass.getuser())
        self._user, self._group = who.pw_name, grp.getgrgid(who.pw_gid).gr_name

    def prepare(self) -> None:
        """Its configuration, its certificate, and folders that are its account's."""
        for name in ("run", "state", "mail"):
            give(self.folder / name, self.account)
        if not self.certificate.exists():
            certificates.make(self.certificate, self.folder / "key.pem")
        (self.folder / "users").mkdir(exist_ok=True)
        written = CONFIGURATION.format(
            folder=self.folder, user=self._user, group=self._group, port=self.port,
            tls_port=self.tls_port, more=self._more,
        )  # fmt: skip
        (self.folder / "dovecot.conf").write_text(written, encoding="utf-8")

    def command(self) -> list[str]:
        """In the foreground, by its own configuration."""
        return [program("dovecot", self.package), "-F", "-c", str(self.folder / "dovecot.conf")]

    def answers(self) -> bool:
        """Whether it greets."""
        with self.connect() as line:
            return line.recv(256).startswith(b"* OK")

    def add(self, user: str, password: str) -> None:
        """An account; the same user again gets the new password."""
        file = self.folder / "users" / user
        if file.exists():
            time.sleep(1.1)  # it looks at a file once a second, and at its time in seconds
        file.write_text(f"{user}:{{PLAIN}}{password}\n", encoding="utf-8")
        file.chmod(0o644)

    def maildir(self, user: str, folder: str = "INBOX") -> Path:
        """Where a folder's mails lie. `folder` is in modified UTF-7, as on the disk (Maildir++)."""
        home = self.folder / "mail" / user
        return home if folder == "INBOX" else home / f".{folder}"

    def deliver(self, user: str, mail: bytes | Path, folder: str = "INBOX") -> Path:
        """Put a mail into a folder; a Path is linked, not copied. Answers with the mail's file."""
        place = self.maildir(user, folder)
        for name in ("tmp", "new", "cur"):
            (place / name).mkdir(parents=True, exist_ok=True)
        unique = f"{int(time.time())}.M{next(self._count):09d}P{os.getpid()}.fengcai"
        temporary, final = place / "tmp" / unique, place / "new" / unique
        if isinstance(mail, bytes):
            temporary.write_bytes(mail)
        else:
            os.link(mail, temporary)
        if os.geteuid() == 0:
            for path in (self.folder / "mail" / user, place, *place.iterdir(), temporary):
                shutil.chown(path, self._user, self._group)
        temporary.rename(final)
        return final

    def renumber(self, user: str, folder: str = "INBOX") -> None:
        """Lose the folder's numbering, as a server that was restored from a backup does."""
        time.sleep(1.1)  # a UIDVALIDITY is a time in seconds
        for path in self.maildir(user, folder).glob("dovecot*"):
            path.unlink()


def running(folder: Path, *, more: str = "") -> AbstractContextManager[Dovecot]:
    """A Dovecot in `folder`; `more` is added to its configuration."""
    return kept_running(Dovecot(folder, more=more))
