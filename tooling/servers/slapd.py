"""An OpenLDAP server of its own, with a certificate of its own: LDAPS on one port, StartTLS on another.

It holds one branch with an account that may search it; tests add the people.
"""

from __future__ import annotations

import subprocess
from contextlib import AbstractContextManager
from pathlib import Path

from tooling.servers import certificates
from tooling.servers.ports import free_port
from tooling.servers.process import Server, kept_running, program
from tooling.steps import Trouble

BASE = "dc=example,dc=cn"
PEOPLE = f"ou=people,{BASE}"
SEARCHER, SEARCHER_PASSWORD = f"cn=reader,{BASE}", "reads-and-no-more"

CONFIGURATION = """\
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
pidfile {folder}/slapd.pid
modulepath /usr/lib/ldap
moduleload back_mdb
TLSCertificateFile {folder}/server.crt
TLSCertificateKeyFile {folder}/server.key
database mdb
suffix "{base}"
directory {folder}/db
rootdn "cn=root,{base}"
access to attrs=userPassword by anonymous auth by * none
access to * by dn.exact="{searcher}" read by * none
"""

ROOT = """\
dn: {base}
objectClass: dcObject
objectClass: organization
dc: example
o: 示例医院

dn: {people}
objectClass: organizationalUnit
ou: people

dn: {searcher}
objectClass: simpleSecurityObject
objectClass: organizationalRole
cn: reader
userPassword: {password}
"""


class Slapd(Server):
    """`url` is LDAPS, `plain_url` takes StartTLS; `ca_file` is what to trust."""

    title = "OpenLDAP"
    package = "slapd"

    def __init__(self, folder: Path, *, ldif: str) -> None:
        super().__init__(folder)
        self.plain_port = free_port()
        self._ldif = ldif

    @property
    def url(self) -> str:
        """Encrypted from the first byte."""
        return f"ldaps://127.0.0.1:{self.port}"

    @property
    def plain_url(self) -> str:
        """Encrypted by StartTLS, or not at all."""
        return f"ldap://127.0.0.1:{self.plain_port}"

    @property
    def ca_file(self) -> Path:
        """The certificate, which signs itself."""
        return self.folder / "server.crt"

    def prepare(self) -> None:
        """Write the configuration and certificate, and fill the branch, once."""
        configuration = self.folder / "slapd.conf"
        if configuration.exists():
            return
        (self.folder / "db").mkdir()
        certificates.make(self.folder / "server.crt", self.folder / "server.key")
        configuration.write_text(
            CONFIGURATION.format(folder=self.folder, base=BASE, searcher=SEARCHER)
        )
        ldif = ROOT.format(base=BASE, people=PEOPLE, searcher=SEARCHER, password=SEARCHER_PASSWORD)
        (self.folder / "content.ldif").write_text(f"{ldif}\n{self._ldif}")
        done = subprocess.run(
            [program("slapadd", self.package), "-q", "-f", str(configuration), "-l",
             str(self.folder / "content.ldif")],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            raise Trouble(f"slapadd 没有装入内容：{done.stderr[-800:]}")

    def command(self) -> list[str]:
        """In the foreground; `-d 0` keeps it there and says nothing."""
        return [
            program("slapd", self.package), "-f", str(self.folder / "slapd.conf"),
            "-h", f"{self.url} {self.plain_url}", "-d", "0",
        ]  # fmt: skip

    def answers(self) -> bool:
        """Whether the encrypted port is open."""
        with self.connect():
            return True


def running(folder: Path, *, ldif: str = "") -> AbstractContextManager[Slapd]:
    """OpenLDAP with `ldif` under `BASE`."""
    return kept_running(Slapd(folder, ldif=ldif))
