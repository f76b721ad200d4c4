"""Where a request comes from: the client's address, and whether the browser may use passkeys here.

A proxy's word counts only as far as FENGCAI_TRUSTED_PROXIES says; anybody may write the header.
"""

from __future__ import annotations

import ipaddress
import logging
from enum import Enum

from django.conf import settings
from django.http import HttpRequest

log = logging.getLogger("fengcai.web")
_told: set[str] = set()


def client_address(request: HttpRequest) -> str:
    """The client's IP address. With n trusted proxies: the n-th from the right of X-Forwarded-For,
    which the outermost of them has written; else the peer's."""
    peer = _clean(request.META.get("REMOTE_ADDR", "")) or "0.0.0.0"  # noqa: S104  (no address known)
    forwarded = request.headers.get("X-Forwarded-For", "")
    trusted: int = settings.FENGCAI_TRUSTED_PROXIES
    if not forwarded:
        return peer
    if not trusted:
        if not _told and peer not in forwarded:
            _told.add(peer)
            log.warning("请求带有 X-Forwarded-For，但 FENGCAI_TRUSTED_PROXIES=0：按 %s 计", peer)
        return peer
    hops = forwarded.split(",")
    return _clean(hops[-trusted]) or peer if len(hops) >= trusted else peer


def counted_address(request: HttpRequest) -> str:
    """What attempts are counted by: the address, for IPv6 its /64, which one household has whole."""
    address = ipaddress.ip_address(client_address(request))
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ipaddress.IPv6Network((address, 64), strict=False).network_address)
    return str(address)


class Passkeys(Enum):
    """Whether a browser can use passkeys at the address that the page was opened by."""

    POSSIBLE = "possible"
    INSECURE = "insecure"  # plain HTTP: the browser withholds them
    NUMERIC = "numeric"  # an IP address: passkeys belong to names


def passkeys_at(request: HttpRequest) -> Passkeys:
    """What the server knows; the page's own script asks the browser as well."""
    host = request.get_host().rpartition("]")[0].lstrip("[") or request.get_host().partition(":")[0]
    if _clean(host):
        return Passkeys.NUMERIC
    if request.is_secure() or host == "localhost" or host.endswith(".localhost"):
        return Passkeys.POSSIBLE
    return Passkeys.INSECURE


def _clean(text: str) -> str:
    try:
        return str(ipaddress.ip_address(text.strip()))
    except ValueError:
        return ""
