"""The personal link of a release: made from the installation's key, so that the unit can show it again
while the database alone holds none."""

from __future__ import annotations

import hashlib
import secrets
from base64 import urlsafe_b64encode
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.utils.crypto import salted_hmac

LIFE = timedelta(days=30)
"""How long a link takes a signature. What was signed can be read and withdrawn by it ever after."""


def fresh_nonce() -> str:
    """What makes a link another than the one before."""
    return secrets.token_hex(16)


def token(release: UUID, nonce: str) -> str:
    """The link's secret part: 32 letters, 192 bits."""
    mac = salted_hmac("fengcai.releases.link", f"{release}:{nonce}", algorithm="sha256")
    return urlsafe_b64encode(mac.digest()[:24]).decode()


def digest(token: str) -> str:
    """What the row is found by."""
    return hashlib.sha256(token.encode()).hexdigest()


def address(token: str) -> str:
    """The whole link, where the installation knows its own address; else from the root."""
    return f"{settings.FENGCAI_PUBLIC_URL}/r/{token}/"
