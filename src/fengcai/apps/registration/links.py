"""A registration's own link: made from the installation's key, so that the database alone holds none."""

from __future__ import annotations

import hashlib
import secrets
from base64 import urlsafe_b64encode
from datetime import timedelta
from uuid import UUID

from django.utils.crypto import salted_hmac

ENTRY_LIFE = timedelta(days=45)
"""How long after its acceptance the link lets the contact in."""


def fresh_nonce() -> str:
    """What makes a link another than any before."""
    return secrets.token_hex(16)


def token(registration: UUID, nonce: str) -> str:
    """The link's secret part: 32 letters, 192 bits."""
    mac = salted_hmac("fengcai.registration.link", f"{registration}:{nonce}", algorithm="sha256")
    return urlsafe_b64encode(mac.digest()[:24]).decode()


def digest(token: str) -> str:
    """What the row is found by."""
    return hashlib.sha256(token.encode()).hexdigest()


def origin(address: str) -> str:
    """A keyed hash of an address, the same for the same address."""
    return salted_hmac("fengcai.registration.origin", address, algorithm="sha256").hexdigest()
