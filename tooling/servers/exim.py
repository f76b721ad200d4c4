"""A real SMTP server of its own: exim, delivering every mail into one Maildir.

It relays nowhere. What a recipient's name begins with says how it is treated, so that a test can have a
mail refused (`refused…@`: 550) or put off (`later…@`: 452). With `signed_in` it takes mail only over TLS
from whoever gives `USER` and `PASSWORD`, as the mail services in use do; its certificate is made for the
run and signed by nobody but itself.
"""

from __future__ import annotations

import email
import email.policy
import os
import shutil
import time
from contextlib import AbstractContextManager
from email.message import EmailMessage
from pathlib import Path

from tooling.servers import certificates
from tooling.servers.ports import free_port
from tooling.servers.process import Server, give, kept_running, program
from tooling.steps import Trouble

ACCOUNT = "Debian-exim"
USER, PASSWORD = "office@hospital.test", "authorisation-code"
CONFIGURATION = """\
exim_user = {user}
exim_group = {group}
primary_hostname = mail.hospital.test
domainlist local_domains = *
local_interfaces = 127.0.0.1
daemon_smtp_ports = {port} : {tls_port}
tls_on_connect_ports = {tls_port}
tls_advertise_hosts = *
tls_certificate = {folder}/certificate.pem
tls_privatekey = {folder}/key.pem
spool_directory = {folder}/spool
log_file_path = {folder}/exim-%s.log
log_selector = +smtp_connection
pid_file_path = {folder}/pid
process_log_path = {folder}/process
keep_environment =
host_lookup =
rfc1413_query_timeout = 0s
smtp_enforce_sync = false
smtp_accept_max = 50
message_size_limit = {most_mb}M
deliver_drop_privilege = true
queue_only = false
check_spool_space = 0
check_spool_inodes = 0
acl_smtp_mail = acl_mail
acl_smtp_rcpt = acl_rcpt
acl_smtp_data = acl_data
{signed_in}
begin acl
acl_mail:
{must_sign_in}  accept
acl_rcpt:
  deny local_parts = ^(?i)refused
       message = 5.1.1 <$local_part@$domain>: no such user here
  defer local_parts = ^(?i)later
       message = 4.2.2 <$local_part@$domain>: mailbox full, try again later
  accept
acl_data:
  deny condition = ${{if match{{$h_subject:}}{{^SPAM}}}}
       message = 5.7.1 message content rejected
  accept
begin routers
everybody:
  driver = accept
  transport = maildir
begin transports
maildir:
  driver = appendfile
  user = {user}
  group = {group}
  maildir_format
  directory = {folder}/mail
  create_directory
  delivery_date_add
  envelope_to_add
  return_path_add
begin retry
* * F,1h,1m
begin rewrite
begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = ${{if and{{{{eq{{$auth2}}{{{name}}}}}{{eq{{$auth3}}{{{password}}}}}}}}}
  server_set_id = $auth2
  server_advertise_condition = ${{if def:tls_in_cipher}}
login:
  driver = plaintext
  public_name = LOGIN
  server_prompts = Username:: : Password::
  server_condition = ${{if and{{{{eq{{$auth1}}{{{name}}}}}{{eq{{$auth2}}{{{password}}}}}}}}}
  server_set_id = $auth1
  server_advertise_condition = ${{if def:tls_in_cipher}}
"""
MUST_SIGN_IN = """\
  deny !encrypted = *
       message = 5.7.0 Must issue a STARTTLS command first
  deny !authenticated = *
       message = 5.7.0 Authentication required
"""


class Exim(Server):
    """`port` speaks SMTP with STARTTLS, `tls_port` SMTP over TLS; `certificate` is what to trust."""

    title = "exim"
    package = "exim4-daemon-light"
    account = ACCOUNT
    patience = 20.0

    def __init__(self, folder: Path, *, signed_in: bool = False, most_mb: int = 20) -> None:
        super().__init__(folder)
        self.tls_port = free_port()
        self._signed_in, self._most_mb = signed_in, most_mb

    @property
    def certificate(self) -> Path:
        """The certificate that it shows, for localhost and 127.0.0.1."""
        return self.folder / "certificate.pem"

    def prepare(self) -> None:
        """Its configuration, its certificate, and a copy of the program that is not setuid root: as
        installed, it would give up the folders of whoever started it."""
        for name in ("spool", "mail"):
            (self.folder / name).mkdir(exist_ok=True)
        shutil.copy(program("exim4", self.package), self.folder / "exim")
        (self.folder / "exim").chmod(0o755)
        if not self.certificate.exists():
            certificates.make(self.certificate, self.folder / "key.pem")
        root = os.geteuid() == 0
        (self.folder / "exim.conf").write_text(
            CONFIGURATION.format(
                user=ACCOUNT if root else os.geteuid(),
                group=ACCOUNT if root else os.getegid(),
                folder=self.folder,
                port=self.port,
                tls_port=self.tls_port,
                most_mb=self._most_mb,
                signed_in="auth_advertise_hosts = *",
                must_sign_in=MUST_SIGN_IN if self._signed_in else "",
                name=USER,
                password=PASSWORD,
            ),
            encoding="utf-8",
        )
        (self.folder / "exim.conf").chmod(0o644)
        give(self.folder, self.account)

    def command(self) -> list[str]:
        """The daemon in the foreground; each mail is delivered when it arrives."""
        return [str(self.folder / "exim"), "-C", str(self.folder / "exim.conf"), "-bdf", "-q1m"]

    def answers(self) -> bool:
        """Whether it greets."""
        with self.connect() as line:
            return line.recv(64).startswith(b"220")

    def connections(self) -> int:
        """How many connections it has taken since it began, by its own record."""
        log = self.folder / "exim-main.log"
        text = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
        return text.count("(TCP/IP connection count = ")

    def mails(self, address: str = "") -> list[EmailMessage]:
        """What has been delivered to an address (or to all), oldest first, read by the standard
        library; `Envelope-to` tells whose it is."""
        return [
            email.message_from_bytes(raw, policy=email.policy.default) for raw in self.raw(address)
        ]

    def raw(self, address: str = "") -> list[bytes]:
        """The same, as the bytes that lie in the Maildir."""
        files = (self.folder / "mail" / "new").glob("*")
        found = sorted(files, key=lambda file: (file.stat().st_mtime_ns, file.name))
        line = f"\nenvelope-to: {address}\n".lower().encode()
        raws = (file.read_bytes() for file in found)
        return [raw for raw in raws if not address or line in raw[:2_000].lower()]

    def wait_for(self, address: str, *, count: int = 1, seconds: float = 10) -> list[EmailMessage]:
        """The mails of an address once there are `count`. Raises Trouble when they do not come."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if len(found := self.mails(address)) >= count:
                return found
            time.sleep(0.02)
        raise Trouble(f"{address} 没有收到 {count} 封邮件；exim 的记录在 {self.folder}")


def running(
    folder: Path, *, signed_in: bool = False, most_mb: int = 20
) -> AbstractContextManager[Exim]:
    """An exim in `folder` on two free ports of the loopback."""
    return kept_running(Exim(folder, signed_in=signed_in, most_mb=most_mb))
