"""The hospital's directory (OpenLDAP, Active Directory): bind, search, bind as the person found.

Only over TLS (LDAPS or StartTLS) with a certificate that is checked. Reads one entry, writes nothing,
and takes no group for a role: what a person may do stands in the contest's own roster.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from ldap3 import BASE, NONE, SUBTREE, Connection, Server, Tls
from ldap3.core.exceptions import LDAPException, LDAPInvalidFilterError
from ldap3.utils.conv import escape_filter_chars

from fengcai.engines.identity.vouching import Identity, NotVouched

PROVIDER = "ldap"
SECONDS = 8
LONGEST_NAME, LONGEST_PASSWORD = 191, 512
IDENTIFIERS = ("entryUUID", "objectGUID", "nsUniqueId", "ipaUniqueID")
"""What stays the same when a person is renamed or moved; the first that the directory has counts."""

WRONG = "单位账号或密码不对。"
UNREACHED = "暂时连不上单位的账号目录，没有登录。请稍等片刻再试，或换一种方式登录。"
MISSET = "单位账号登录还没有设置好，现在用不了。请换一种方式登录，并告诉管理员。"


@dataclass(frozen=True)
class Directory:
    """One directory. `url` is ldaps://… or, with `starttls`, ldap://…; `base` the branch that is
    searched; `filter` says which attribute holds the name that people type: (uid={name}) for OpenLDAP,
    (sAMAccountName={name}) for Active Directory. Without `bind_dn` it is searched anonymously."""

    url: str
    base: str
    filter: str = "(uid={name})"
    bind_dn: str = ""
    bind_password: str = field(default="", repr=False)
    starttls: bool = False
    ca_file: str = ""

    def identity(self, name: str, password: str) -> Identity:
        """The person of this name and password. Raises NotVouched: for a wrong name and a wrong
        password alike."""
        name = name.strip()
        # A bind with an empty password succeeds as nobody (RFC 4513, 5.1.2).
        if not name or not password.strip("\0") or "\0" in name + password:
            raise NotVouched(WRONG, why="an empty or unfit name or password")
        if len(name) > LONGEST_NAME or len(password) > LONGEST_PASSWORD:
            raise NotVouched(WRONG, why="a name or password that is too long")
        with self._connection(self.bind_dn, self.bind_password) as searcher:
            if not searcher.bind():
                raise _misset("the searching account was refused", _MEND_BIND)
            entry = self._find(searcher, name)
        if entry is None:
            # As long as a wrong password takes: the directory is asked for somebody all the same.
            with self._connection(f"cn=nobody,{self.base}", password) as nobody:
                nobody.bind()
            raise NotVouched(WRONG, why="no such person, or more than one")
        with self._connection(entry["dn"], password) as person:
            if not person.bind():
                raise NotVouched(WRONG, why="the password was refused")
        return _identity(entry, name)

    def probe(self) -> None:
        """Connect, bind and look for the branch. Raises NotVouched with what is to be mended."""
        with self._connection(self.bind_dn, self.bind_password) as searcher:
            if not searcher.bind():
                raise _misset("the searching account was refused", _MEND_BIND)
            try:
                found = searcher.search(self.base, "(objectClass=*)", search_scope=BASE)
            except LDAPException as error:
                raise _misset(type(error).__name__, _MEND_BASE) from None
            if not found:
                raise _misset("the branch is not there", _MEND_BASE)
            try:
                searcher.search(self.base, self._question("fengcai-doctor"), size_limit=1)
            except LDAPException as error:
                raise _misset(type(error).__name__, _MEND_FILTER) from None

    def _question(self, name: str) -> str:
        return self.filter.replace("{name}", escape_filter_chars(name))

    def _find(self, searcher: Any, name: str) -> dict[str, Any] | None:
        try:
            searcher.search(
                self.base,
                self._question(name),
                search_scope=SUBTREE,
                attributes=["cn", "displayName", "+", "*"] if self._plain else ["*"],
                size_limit=2,
                time_limit=SECONDS,
            )
        except LDAPInvalidFilterError:
            raise _misset("the filter is no filter", _MEND_FILTER) from None
        found = [each for each in searcher.response or () if each.get("type") == "searchResEntry"]
        return found[0] if len(found) == 1 and found[0].get("dn") else None

    @property
    def _plain(self) -> bool:
        """Whether operational attributes must be asked for by `+`; Active Directory gives objectGUID
        by itself and does not know the sign."""
        return "samaccountname" not in self.filter.lower()

    @contextmanager
    def _connection(self, dn: str, password: str) -> Iterator[Any]:
        """Open and, before anything is said, encrypted. Raises NotVouched."""
        at = urlsplit(self.url)
        secure = at.scheme == "ldaps"
        if not secure and not self.starttls:
            raise _misset("the connection would not be encrypted", _MEND_TLS)
        connection = None
        try:
            tls = Tls(validate=ssl.CERT_REQUIRED, ca_certs_file=self.ca_file or None)
            server = Server(
                at.hostname or "", port=at.port or (636 if secure else 389), use_ssl=secure,
                tls=tls, get_info=NONE, connect_timeout=SECONDS,
            )  # fmt: skip
            connection = Connection(
                server, user=dn or None, password=password if dn else None,
                auto_bind=False, auto_referrals=False, raise_exceptions=False,
                receive_timeout=SECONDS, read_only=True,
            )  # fmt: skip
            connection.open()
            if not secure and not connection.start_tls():
                raise _misset("StartTLS was refused", _MEND_TLS)
            yield connection
        except LDAPException as error:
            raise NotVouched(UNREACHED, why=type(error).__name__, mend=_MEND_REACH) from None
        except (OSError, ssl.SSLError) as error:
            raise NotVouched(UNREACHED, why=type(error).__name__, mend=_MEND_REACH) from None
        finally:
            if connection is not None:
                with suppress(LDAPException, OSError):  # it was cut already
                    connection.unbind()


def _identity(entry: dict[str, Any], name: str) -> Identity:
    raw = {key.lower(): values for key, values in (entry.get("raw_attributes") or {}).items()}
    told = {key.lower(): value for key, value in (entry.get("attributes") or {}).items()}
    subject = f"dn:{entry['dn'].lower()}"
    for identifier in IDENTIFIERS:
        values = raw.get(identifier.lower())
        if values:
            value = values[0]
            text = value.hex() if identifier == "objectGUID" else value.decode("ascii", "replace")
            subject = f"{identifier}:{text}"
            break
    if len(subject) > 191:
        raise _misset("no identifier that is short enough", _MEND_FILTER)
    shown = told.get("displayname") or told.get("cn") or ""
    shown = shown[0] if isinstance(shown, list) and shown else shown
    return Identity(provider=PROVIDER, subject=subject, login=name, name=str(shown or "")[:60])


def _misset(why: str, mend: str) -> NotVouched:
    return NotVouched(MISSET, why=why, mend=mend, again=False)


_MEND_BIND = (
    "FENGCAI_LDAP_BIND_DN 或 FENGCAI_LDAP_BIND_PASSWORD 不对：向管理目录的同事要一个只读账号"
)
_MEND_BASE = "FENGCAI_LDAP_BASE 不对，或这个账号看不到它：例如 ou=people,dc=example,dc=cn"
_MEND_FILTER = "FENGCAI_LDAP_FILTER 不对：例如 (uid={name}) 或 (sAMAccountName={name})"
_MEND_TLS = "用 ldaps:// 的地址，或在支持 StartTLS 的目录上设 FENGCAI_LDAP_STARTTLS=1"
_MEND_REACH = (
    "检查 FENGCAI_LDAP_URL 和防火墙；证书由单位自己签发的，把根证书的路径设为 FENGCAI_LDAP_CA"
)
