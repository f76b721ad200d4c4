"""What a row may hold but nobody may read in it: encrypted under a key derived from the secret key."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from cryptography.fernet import InvalidToken
from django.conf import settings

from fengcai.apps.vaults import vault

_PURPOSE = b"fengcai-outbox"


def seal(value: Any) -> str:
    """A JSON value as unreadable text."""
    return vault(_PURPOSE).encrypt(json.dumps(value, ensure_ascii=False).encode()).decode()


def unseal(text: str) -> Any:
    """The value again; None where there is none or FENGCAI_SECRET_KEY has become another one."""
    try:
        return json.loads(vault(_PURPOSE).decrypt(text.encode())) if text else None
    except InvalidToken:
        return None


def digest(text: str) -> str:
    """By which an address is found again without being kept: a keyed hash, letters' case aside."""
    key = settings.SECRET_KEY.encode()
    told = hashlib.blake2b(
        text.strip().casefold().encode(), digest_size=32, key=key[:64], person=b"fengcai-address"
    )
    return told.hexdigest()
