"""A CAS server's tickets (CAS protocol 2.0 and 3.0: apereo.github.io/cas, CAS-Protocol-Specification).

The answer is XML from elsewhere: read without entities, without a DTD, without the network.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from lxml import etree  # type: ignore[import-untyped]

from fengcai.engines.identity.asking import ask
from fengcai.engines.identity.vouching import Identity, NotVouched

PROVIDER = "cas"
SPACE = "{http://www.yale.edu/tp/cas}"
LONGEST = 191
NAMES = ("cn", "name", "displayName", "userName", "realName")
"""Attributes in which servers put the name that people read."""

AGAIN = "统一身份认证没有确认您的身份，可能是停留太久了。请再试一次，或换一种方式登录。"


@dataclass(frozen=True)
class Cas:
    """One CAS server. `url` is its root, such as https://cas.example.cn/cas; `version` 3 also brings
    attributes, 2 only the user."""

    url: str
    version: int = 3

    def login_url(self, service: str) -> str:
        """Where to send the browser; it comes back to `service` with a ticket."""
        return f"{self.url.rstrip('/')}/login?{urlencode({'service': service})}"

    def identity(self, ticket: str, service: str) -> Identity:
        """Whom a ticket for `service` stands for; it is good once. Raises NotVouched."""
        return _read(self._validate(ticket, service))

    def probe(self, service: str) -> None:
        """Ask with a ticket that cannot be right; a working server says so. Raises NotVouched."""
        try:
            self.identity("ST-fengcai-doctor", service)
        except NotVouched as refusal:
            if refusal.why.startswith("INVALID_TICKET"):
                return
            raise

    def _validate(self, ticket: str, service: str) -> bytes:
        page = "p3/serviceValidate" if self.version == 3 else "serviceValidate"
        return ask(
            f"{self.url.rstrip('/')}/{page}",
            {"service": service, "ticket": ticket},
            name="统一身份认证",
        )


def _read(body: bytes) -> Identity:
    root = _parse(body)
    if root.tag != f"{SPACE}serviceResponse":
        raise NotVouched(AGAIN, why="the answer is no cas:serviceResponse", mend=_MEND_URL)
    failure = root.find(f"{SPACE}authenticationFailure")
    if failure is not None:
        raise _refused(str(failure.get("code", ""))[:40])
    found = root.findall(f"{SPACE}authenticationSuccess")
    users = found[0].findall(f"{SPACE}user") if len(found) == 1 else []
    # A comment inside the name would cut `text` short: zhang<!---->san must not be zhang.
    user = "".join(users[0].itertext()).strip() if len(users) == 1 and not len(users[0]) else ""
    if not user or len(user) > LONGEST:
        raise NotVouched(AGAIN, why="the answer names no user")
    return Identity(provider=PROVIDER, subject=user, login=user, name=_name(found[0]))


def _parse(body: bytes) -> Any:
    parser = etree.XMLParser(
        resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False, remove_pis=True,
        remove_comments=True,
    )  # fmt: skip
    try:
        tree = etree.fromstring(body.strip(), parser).getroottree()
    except (etree.XMLSyntaxError, ValueError):
        raise NotVouched(AGAIN, why="the answer is no XML", mend=_MEND_URL) from None
    if tree.docinfo.doctype:
        raise NotVouched(AGAIN, why="the answer brings a DTD")
    return tree.getroot()


def _name(success: Any) -> str:
    attributes = success.find(f"{SPACE}attributes")
    for name in NAMES if attributes is not None else ():
        if text := (attributes.findtext(f"{SPACE}{name}") or "").strip():
            return str(text)[:60]
    return ""


def _refused(code: str) -> NotVouched:
    if code in {"INVALID_SERVICE", "UNAUTHORIZED_SERVICE", "UNAUTHORIZED_SERVICE_PROXY"}:
        return NotVouched(
            "统一身份认证不认识本站，现在用不了。请换一种方式登录，并告诉管理员。",
            why=code,
            mend="请管理 CAS 的同事登记本站的地址（服务匹配写到 /accounts/cas/ 为止，其后任意）",
            again=False,
        )
    return NotVouched(AGAIN, why=code or "authenticationFailure")


_MEND_URL = "FENGCAI_CAS_URL 要写到 /login 之前为止，例如 https://cas.example.cn/cas"
